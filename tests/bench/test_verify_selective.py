from __future__ import annotations

import math

import numpy as np
import pytest

from shopwright.bench.task import Row
from shopwright.bench.verify_selective import Scored, curve_points, kept_promises, probabilities, selective_rows


def answers(n: int = 400, knows: float = 4.0) -> Scored:
    """Answers of which the score knows more or less."""
    generator = np.random.default_rng(7)
    right = generator.random(n) < 0.6
    logits = knows * (right - 0.5) + generator.normal(size=n)
    return Scored((1 / (1 + np.exp(-logits))).tolist(), right.tolist())


def values(rows: list[Row]) -> dict[str, float]:
    return {row.metric: row.value for row in rows}


def test_a_score_that_is_the_truth_is_perfect_and_a_blind_one_answers_nothing() -> None:
    right = answers().correct
    gold = Scored([float(each) for each in right], right)
    blind = Scored([0.5] * len(right), right)
    found = values([*selective_rows("made", gold, {"blind": blind})])
    share = sum(right) / len(right)
    assert found["auroc"] == 1.0
    assert found["ece"] == found["brier"] == 0.0
    assert found["coverage@risk5"] == pytest.approx(share / 0.95, abs=share / 0.95 - share + 1e-9)
    assert found["violations"] == found["violations@risk5"] == 0.0
    assert found["promised@risk10"] > 0.5
    assert found["auroc:blind"] == 0.5
    assert found["aurc:blind"] == pytest.approx(1 - share)
    assert found["coverage@risk10:blind"] == found["promised@risk10:blind"] == 0.0
    assert found["aurc"] < found["aurc:blind"]


def test_the_rows_of_system_and_baseline_are_the_same() -> None:
    rows = [*selective_rows("made", answers(), {"bm25": answers(knows=1.0)}, seconds=2.0)]
    ours = [row.metric for row in rows if ":" not in row.metric]
    assert ours == [
        "aurc", "auroc", "coverage@risk10", "coverage@risk5", "ece", "brier",
        "violations", "promised@risk10", "violations@risk5", "promised@risk5",
    ]  # fmt: skip
    assert [row.metric for row in rows if ":" in row.metric] == [f"{name}:bm25" for name in ours]
    assert rows[0].seconds >= 2.0
    for row in rows:
        assert (row.bench, row.set) == ("verify", "made")
        assert row.ci95 is None or row.ci95[0] <= row.ci95[1]
    assert [row.metric for row in rows if row.curve] == ["aurc", "aurc:bm25"]


def test_promises_are_kept_on_the_other_half() -> None:
    scored = answers(600)
    for promise in (0.05, 0.1, 0.2):
        broken, answered = kept_promises(scored, promise)
        assert len(broken) == len(answered) == 200
        assert np.mean(broken) <= 0.1
    assert np.mean(answered) > 0.5
    assert kept_promises(scored, 0.1) == kept_promises(scored, 0.1)
    assert kept_promises(scored, 0.1) != kept_promises(scored, 0.1, seed=1)


def test_answers_of_one_kind_are_measured_as_far_as_they_go() -> None:
    found = values([*selective_rows("made", Scored([0.1, 0.9, 0.5], [True] * 3))])
    assert math.isnan(found["auroc"])
    assert (found["aurc"], found["coverage@risk5"], found["promised@risk5"]) == (0.0, 1.0, 0.0)


def test_a_score_that_is_no_probability_becomes_one() -> None:
    scored = answers()
    assert probabilities(scored).tolist() == scored.scores
    odds = Scored([math.log(score / (1 - score)) for score in scored.scores], scored.correct)
    made = probabilities(odds)
    assert 0 < made.min() < made.max() < 1
    assert np.mean((made - np.asarray(odds.correct)) ** 2) < 0.1
    assert probabilities(Scored([3.0, 4.0], [True, True])).tolist() == [1.0, 1.0]


def test_the_curve_rises_in_coverage_to_all() -> None:
    scored = answers(1000)
    points = curve_points(scored)
    assert len(points) == 100
    assert points == tuple(sorted(points, key=lambda point: point[0]))
    assert points[-1] == (1.0, pytest.approx(1 - np.mean(scored.correct)))
