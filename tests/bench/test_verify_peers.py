from __future__ import annotations

import math

import pytest

from shopwright.bench.verify_peers import lenient, official, peer_rows
from shopwright.errors import CorpusError

BOTH = 'Please respond with "Yes, answer is present" or "I don\'t know" for each context.'


@pytest.mark.parametrize(
    ("output", "published", "meant"),
    [
        ("Yes, answer is present.", True, True),
        ("\nYes, answer is present in context [1].", True, True),
        ("I don't know.", False, False),
        ("None of the contexts says so. Therefore,\nI don't know.", False, False),
        ("Yes, answer is present in [1].\nI don't know about [2].\nYes, answer is present in [3].", True, True),
        ("Yes, answer is present in [1].\nI don't know about [2].", None, True),
        ("I don't know (unless [3] counts, in which case: Yes, answer is present)", None, False),
        ("The answer is present in context 2.", True, True),
        ("No, the answer is not present.", False, False),
        ("No, answer is present", True, True),  # as published
        ("[3]", True, True),
        ("No", None, False),
        ("[1] No\n[2] No\n[3] No", None, False),
        ("No, the population is not mentioned in any context.", None, False),
        ("The contexts do not directly answer the question.", None, False),
        ("Yes, answers are present in contexts 1 and 5. Context 2 does not mention it.", None, True),
        ("Switzerland", None, True),
        ("589年", None, True),
        (BOTH, None, None),
        ("Please answer the question based on the given contexts.", None, None),
        ("Do you know where it is located?", None, None),
        ("Unable to generate response.", None, None),
        ("", None, None),
    ],
)
def test_outputs_are_read_as_published_and_as_meant(output: str, published: bool | None, meant: bool | None) -> None:
    assert official(output) is published
    assert lenient(output) is meant


def test_a_published_decision_is_never_overruled() -> None:
    for output in ("Yes, answer is present", "I don't know", "no, answer is present", "answer is not present [1]"):
        assert lenient(output) is official(output)


ROWS = [
    {"answerable": True, "peers": {"good": "Yes, answer is present", "odd": "Paris", "late": "I don't know"}},
    {"answerable": True, "peers": {"good": "Yes, answer is present", "odd": "1889"}},
    {"answerable": False, "peers": {"good": "I don't know", "odd": BOTH, "late": "I don't know"}},
    {"answerable": False, "peers": {"good": "I don't know", "odd": "No"}},
]


def test_peers_are_measured_on_the_questions_that_they_saw() -> None:
    found = {row.metric: row for row in peer_rows("made", ROWS, [True, True, False, False])}
    assert found["balanced_accuracy:good"].value == 1.0
    assert found["mcnemar_p:good"].value == 1.0
    assert found["balanced_accuracy:odd"].value == 0.0
    assert found["balanced_accuracy_lenient:odd"].value == 0.75
    assert found["invalid:odd"].value == 1.0
    assert found["mcnemar_p:odd"].value == pytest.approx(2 / 2**4)
    assert (found["balanced_accuracy:late"].value, found["balanced_accuracy:late"].n) == (0.5, 2)
    assert all((row.bench, row.set) == ("verify", "made") for row in found.values())


def test_a_system_that_always_refuses_differs_where_the_peer_answers() -> None:
    found = {row.metric: row.value for row in peer_rows("made", ROWS * 5, [False] * 20)}
    assert found["mcnemar_p:good"] == pytest.approx(2 / 2**10)
    assert found["mcnemar_p:late"] == 1.0


def test_one_kind_of_question_has_no_balanced_accuracy() -> None:
    found = {row.metric: row.value for row in peer_rows("made", ROWS[:2], [True, True])}
    assert math.isnan(found["balanced_accuracy:good"])


def test_every_question_needs_a_decision() -> None:
    with pytest.raises(CorpusError, match="3 decisions for 4 questions"):
        next(peer_rows("made", ROWS, [True] * 3))


def test_a_long_run_of_digits_is_read_at_once() -> None:
    assert lenient("1" * 5_000 + " 等") is not None
    assert lenient("[1] context 2: yes") is True
