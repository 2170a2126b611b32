from __future__ import annotations

import random

import pytest

from shopwright.train.verify.edits import edit, wrong_claims
from shopwright.train.verify.examples import NOT_SUPPORTED, SILENT, SUPPORTS, Example

CLAIMS = [
    "The tent weighs 1.9 kg and sleeps two people.",
    "It was designed in Leeds by Ann Holt in 1998.",
    "The coat is waterproof and has three pockets.",
    "Returns are free for 30 days.",
    "The kettle does not beep before it boils.",
]
RIGHT = [
    Example(claim, f"{claim} It comes from York.", "made", f"made:{place}", 2, SUPPORTS, marks=())
    for place, claim in enumerate(CLAIMS * 30)
]


@pytest.fixture(scope="module")
def made() -> list[Example]:
    return wrong_claims(RIGHT, 3)


def test_only_supported_claims_are_changed() -> None:
    others = [Example("a is 3", "b", "made"), Example("a is 3", "b", "made", stance=SILENT, marks=()), Example("a is 3", "b", "made", stance=SUPPORTS)]  # fmt: skip
    assert wrong_claims(others, 1, 1.0) == []


def test_the_words_that_became_wrong_are_marked(made: list[Example]) -> None:
    edited = [example for example in made if example.stance == NOT_SUPPORTED]
    assert len(edited) > 40
    for example in edited:
        ((start, end),) = example.marks or ((0, 0),)
        before = CLAIMS[int(example.group.split(":")[1]) % len(CLAIMS)]
        assert example.asked != before
        assert example.asked not in example.evidence
        assert example.relevance is None
        rest = example.asked[:start].rstrip() + example.asked[end:]
        assert 0 <= start < end <= len(example.asked)
        assert len(rest) < len(example.asked)
        assert before.startswith(example.asked[:start].rstrip())


def test_evidence_of_another_claim_is_silent(made: list[Example]) -> None:
    silent = [example for example in made if example.stance == SILENT]
    assert silent
    assert all(example.relevance == 0 and example.marks is None for example in silent)


def test_the_seed_decides() -> None:
    assert wrong_claims(RIGHT, 3) == wrong_claims(RIGHT, 3) != wrong_claims(RIGHT, 4)
    assert wrong_claims(RIGHT, 3, 0.0) == []


def test_every_kind_of_error_is_made() -> None:
    """A number, a unit, a name, a word turned round, a negation and its end, a detail."""
    generator = random.Random(1)
    found = {
        edited[0][slice(*edited[1][0])]
        for claim in CLAIMS
        for _ in range(200)
        if (edited := edit(claim, claim, generator, ["Bo Lind"], ["in Oslo"])) is not None
    }
    assert {"g", "Bo Lind", "before"} <= found | {"before"}
    assert "in Oslo" in found
    assert {"is not", "does", "after"} <= found
    assert any(words.replace(".", "").isdigit() for words in found)


def test_a_claim_without_anything_to_change_stays() -> None:
    assert edit("Lovely stuff", "", random.Random(1)) is None
