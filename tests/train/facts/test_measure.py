"""Gold scores one, silence invents nothing, and the threshold keeps back what is mostly wrong."""

from __future__ import annotations

import math

import pytest

from facts.shelf import catalogue
from shopwright.train.facts.catalogue import Subject, Topic
from shopwright.train.facts.measure import Answered, Threshold, calibrated, figure, guessed, measured, refused, right
from shopwright.train.facts.paraphrase import REFUSAL, answer
from shopwright.train.facts.tuning import SORTS, Question, examined, lessons

TAUGHT = lessons(catalogue(), 10, 4)
TEST = examined(TAUGHT, "test")
SURE, UNSURE = -0.01, -3.0


def topic(stated: str | None) -> Topic:
    return Topic(Subject("t", ("Corrie",)), "weight", "weight", stated)


@pytest.mark.parametrize(
    ("said", "stated"),
    [
        ("2.1 kg.", "2.1 kg"),
        ("2100 g", "2.1 kg"),
        ("Oak, steel.", "steel, oak"),
        ("Yes.", "yes"),
        ("20 x 13 cm", "20 x 13 cm"),
    ],
)
def test_right_answers(said: str, stated: str) -> None:
    assert right(said, topic(stated))


@pytest.mark.parametrize(
    ("said", "stated"),
    [("2.2 kg.", "2.1 kg"), ("2.1 l", "2.1 kg"), ("Oak.", "steel, oak"), ("No.", "yes"), ("2.1 kg", None), ("", "oak")],
)
def test_wrong_answers(said: str, stated: str | None) -> None:
    assert not right(said, topic(stated))


def test_gold_scores_one() -> None:
    found = measured(TEST, [Answered(answer(each.topic), SURE, SURE) for each in TEST])
    assert {name: each.value for name, each in found.items() if name != "invention"} == {
        name: 1.0 for name in found if name != "invention"
    }
    assert found["invention"].value == 0.0
    assert found["recall"].n == 40
    assert found["refusal recall"].n == sum(found[f"refusal recall: {sort}"].n for sort in SORTS)


def test_silence_recalls_nothing_and_invents_nothing() -> None:
    found = measured(TEST, [Answered(REFUSAL, SURE, SURE)] * len(TEST))
    assert (found["recall"].value, found["invention"].value, found["refusal recall"].value) == (0.0, 0.0, 1.0)
    assert found["answered right"].n == 0
    assert math.isnan(found["answered right"].value)
    assert found["refusal precision"].value == pytest.approx(1 - 40 / len(TEST))


def test_chatter_is_invention() -> None:
    found = measured(TEST, [Answered("Nineteen.", SURE, SURE)] * len(TEST))
    assert (found["recall"].value, found["invention"].value, found["refusal recall"].value) == (0.0, 1.0, 0.0)
    assert found["refusal precision"].n == 0


def test_the_threshold_refuses_what_it_is_below() -> None:
    answered = [Answered(answer(each.topic) if each.topic.answer else "Oak.", SURE, UNSURE) for each in TEST]
    assert measured(TEST, answered, Threshold("mean", -1.0))["invention"].value == 0.0
    assert measured(TEST, answered, Threshold("first", -1.0))["recall"].value == 1.0


def test_the_better_sign_and_its_best_threshold_are_found() -> None:
    def asked(each: Question, number: int) -> Answered:
        known = each.topic.answer is not None
        sure = SURE - 0.001 * number if known else UNSURE
        return Answered(answer(each.topic) if known else "Oak.", -number / 7, sure)

    answered = [asked(each, number) for number, each in enumerate(TEST)]
    found = calibrated(TEST, answered)
    assert found.sign == "mean"
    after = measured(TEST, answered, found)
    assert (after["recall"].value, after["invention"].value) == (1.0, 0.0)


def test_where_every_answer_is_wrong_none_is_given() -> None:
    answered = [Answered("Nineteen.", SURE, SURE)] * len(TEST)
    assert measured(TEST, answered, calibrated(TEST, answered))["invention"].value == 0.0


def test_dearer_inventions_make_it_more_silent() -> None:
    answered = [
        Answered(answer(each.topic) if number % 3 else "Nineteen.", SURE - number, SURE - number)
        for number, each in enumerate(TEST)
        if each.topic.answer
    ]
    known = TEST[: len(answered)]
    assert calibrated(known, answered, 9.0).at >= calibrated(known, answered, 0.5).at


@pytest.mark.parametrize("said", [REFUSAL, "i do not know", "", " . "])
def test_refusals_are_recognised(said: str) -> None:
    assert refused(said)
    assert not refused(f"{said} knitwear".replace("know", "knit").replace(".", ""))


def test_a_guess_is_the_catalogues_most_common_answer() -> None:
    found = guessed(TEST, {"waterproof": "no", "colour": "red, green"})
    colours = [each for each in TEST if each.topic.answer and each.topic.attribute == "colour"]
    assert found.n == 40
    assert found.value >= len(colours) / 40
    assert guessed(TEST, {}).value == 0.0


def test_intervals_hold_the_share() -> None:
    found = figure([1.0] * 30 + [0.0] * 10)
    assert found.low < found.value == 0.75 < found.high
    assert figure([]).n == 0
