from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path

import pytest
from hand_made import rising, write_calibration

from shopwright.models.scripted import OverlapJudge
from shopwright.skills.verify.sufficiency import Sufficient, beginning, features_of
from shopwright.types import Judgement

PASSAGES = ["Our shop opens at nine.", "The battery lasts eleven hours on one charge.", "Returns are free."]


class Known:
    """A judge whose relevance and answer for each passage are given."""

    fingerprint = "known-1"

    def __init__(self, **relevance: float) -> None:
        self.relevance = relevance

    def judge(self, pairs: Sequence[tuple[str, str]]) -> list[Judgement]:
        found = [self.relevance.get(text, 0.0) for _, text in pairs]
        return [Judgement(each, 0.0, 0.0, (0, len(text)), each) for each, (_, text) in zip(found, pairs, strict=True)]


@pytest.fixture
def sufficient(tmp_path: Path) -> Sufficient:
    return Sufficient(OverlapJudge(), folder=write_calibration(tmp_path))


def test_the_passage_that_answers_is_named_with_its_words(sufficient: Sufficient) -> None:
    found = sufficient.weigh("How long does the battery last on one charge?", PASSAGES)
    assert found.best == 1
    assert found.probability > sufficient.weigh("Which colours are there?", PASSAGES).probability
    assert PASSAGES[1][slice(*found.answer)]


def test_no_passages_answer_nothing(sufficient: Sufficient) -> None:
    found = sufficient.weigh("How long does the battery last?", [])
    assert (found.probability, found.best, found.answer) == (0.0, -1, (0, 0))
    assert all(math.isfinite(value) for value in found.features.values())


def test_an_empty_question_is_no_error(sufficient: Sufficient) -> None:
    assert 0.0 <= sufficient.weigh("", [*PASSAGES, ""]).probability <= 1.0


def test_a_surer_judge_makes_a_higher_probability() -> None:
    model = rising("both", 0.0, 2.0)
    weighed = [Sufficient(Known(a=value), model).weigh("q", ["a", "b"]).probability for value in (0.1, 0.5, 0.9, 1.0)]
    assert weighed == sorted(weighed)
    assert weighed[0] < 0.5 < weighed[-1]


def test_agreement_and_margin_are_told_apart() -> None:
    judge = Known(a=0.9, b=0.8, c=0.1)

    def features(*texts: str) -> dict[str, float]:
        return features_of("q", texts, judge.judge([("q", text) for text in texts]))

    together, alone = features("a", "b"), features("a", "c")
    assert together["relevance"] == alone["relevance"]
    assert together["second"] == 0.8 > alone["second"]
    assert together["margin"] < alone["margin"]


def test_places_of_an_answer_hold_in_the_whole_passage() -> None:
    passage = "Tea\n\nis  grown " + "in Assam, " * 300
    assert passage.startswith(beginning(passage))
    assert len(beginning(passage).split(" ")) == 180
    assert len(beginning("茶" * 1_000_000)) == 4_000
