from __future__ import annotations

import itertools
import math
from fractions import Fraction

import numpy as np
import pytest

from shopwright.errors import CorpusError
from shopwright.selective import (
    aurc,
    auroc,
    average_precision,
    balanced_accuracy,
    brier,
    coverage_at_risk,
    mcnemar,
    risk_coverage,
)


def drawn(seed: int, n: int = 30) -> tuple[list[float], list[bool]]:
    """Scores with many ties, and truth values of both kinds."""
    generator = np.random.default_rng(seed)
    scores = generator.integers(0, 8, n) / 8
    return scores.tolist(), [True, False, *(generator.random(n - 2) < 0.2 + 0.6 * scores[2:]).tolist()]


@pytest.mark.parametrize("seed", range(5))
def test_auroc_counts_pairs(seed: int) -> None:
    scores, labels = drawn(seed)
    pairs = [
        1.0 if a > b else 0.5 if a == b else 0.0
        for a, b in itertools.product(
            [score for score, label in zip(scores, labels, strict=True) if label],
            [score for score, label in zip(scores, labels, strict=True) if not label],
        )
    ]
    assert auroc(scores, labels) == pytest.approx(sum(pairs) / len(pairs))


def test_auroc_of_a_perfect_a_blind_and_a_reversed_score() -> None:
    labels = [False, False, True, True]
    assert auroc([1, 2, 3, 4], labels) == 1.0
    assert auroc([0, 0, 0, 0], labels) == 0.5
    assert auroc([4, 3, 2, 1], labels) == 0.0
    assert math.isnan(auroc([1, 2], [True, True]))


@pytest.mark.parametrize("seed", range(5))
def test_aurc_is_the_mean_over_the_orders_of_ties(seed: int) -> None:
    scores, correct = drawn(seed)
    generator, areas = np.random.default_rng(seed), []
    for _ in range(3000):
        order = np.lexsort((generator.random(len(scores)), -np.asarray(scores)))
        wrong = ~np.asarray(correct)[order]
        areas.append((np.cumsum(wrong) / np.arange(1, len(wrong) + 1)).mean())
    assert aurc(scores, correct) == pytest.approx(np.mean(areas), abs=0.005)


def test_aurc_of_known_cases() -> None:
    assert aurc([3, 2, 1], [True, True, True]) == 0.0
    assert aurc([3, 2, 1], [True, True, False]) == pytest.approx((0 + 0 + 1 / 3) / 3)
    assert aurc([3, 2, 1], [False, True, True]) == pytest.approx((1 + 1 / 2 + 1 / 3) / 3)
    assert aurc([1, 1, 1, 1], [True, False, True, False]) == pytest.approx(0.5)  # knows nothing: the error rate
    assert math.isnan(aurc([], []))


@pytest.mark.parametrize("seed", range(5))
def test_the_curve_is_what_each_threshold_gives(seed: int) -> None:
    scores, correct = drawn(seed)
    curve = risk_coverage(scores, correct)
    assert curve.thresholds.tolist() == sorted(set(scores), reverse=True)
    for threshold, coverage, risk in zip(curve.thresholds, curve.coverage, curve.risk, strict=True):
        given = [right for score, right in zip(scores, correct, strict=True) if score >= threshold]
        assert coverage == pytest.approx(len(given) / len(scores))
        assert risk == pytest.approx(given.count(False) / len(given))
    for risk in (0.1, 0.3, 0.5):
        best = max((c for c, r in zip(curve.coverage, curve.risk, strict=True) if r <= risk), default=0.0)
        assert coverage_at_risk(scores, correct, risk) == pytest.approx(best)


def test_coverage_at_risk_takes_all_of_a_tie_or_none() -> None:
    assert coverage_at_risk([0.9, 0.9, 0.1, 0.1], [True, False, True, True], 0.4) == 1.0  # 1 of 4 wrong
    assert coverage_at_risk([0.9, 0.9, 0.1], [True, False, False], 0.4) == 0.0
    assert coverage_at_risk([0.9, 0.5, 0.1], [True, True, False], 0.0) == pytest.approx(2 / 3)


def test_average_precision_of_known_cases() -> None:
    assert average_precision([4, 3, 2, 1], [True, False, True, False]) == pytest.approx((1 + 2 / 3) / 2)
    assert average_precision([1, 1, 1, 1], [True, False, False, False]) == pytest.approx(0.25)
    assert math.isnan(average_precision([1, 2], [False, False]))


def test_balanced_accuracy_weighs_both_kinds_alike() -> None:
    truth = [True] * 8 + [False] * 2
    assert balanced_accuracy(truth, truth) == 1.0
    assert balanced_accuracy([True] * 10, truth) == 0.5
    assert balanced_accuracy([None] * 10, truth) == 0.0
    assert balanced_accuracy([True] * 4 + [None] * 4 + [False] * 2, truth) == 0.75
    assert math.isnan(balanced_accuracy([True], [True]))


def test_brier_of_known_cases() -> None:
    assert brier([1.0, 0.0], [True, False]) == 0.0
    assert brier([0.5, 0.5], [True, False]) == 0.25
    assert brier([0.0], [True]) == 1.0
    assert math.isnan(brier([], []))


@pytest.mark.parametrize(("won", "lost"), [(0, 0), (1, 0), (5, 5), (9, 2), (2, 9), (0, 12)])
def test_mcnemar_is_the_binomial_of_the_discordant_pairs(won: int, lost: int) -> None:
    ours = [True] * won + [False] * lost + [True, False] * 4
    theirs = [False] * won + [True] * lost + [True, False] * 4
    outcomes = [sum(way) for way in itertools.product((0, 1), repeat=won + lost)]
    far = abs(won - lost)
    as_far = Fraction(sum(abs(2 * heads - (won + lost)) >= far for heads in outcomes), len(outcomes))
    assert mcnemar(ours, theirs) == pytest.approx(float(as_far))
    assert mcnemar(theirs, ours) == mcnemar(ours, theirs)


def test_mcnemar_of_many_pairs_stays_exact() -> None:
    assert mcnemar([True] * 4000, [False] * 4000) == pytest.approx(0.0)
    assert mcnemar([True, False] * 2000, [False, True] * 2000) == 1.0


def test_what_cannot_be_scored_is_named() -> None:
    with pytest.raises(CorpusError, match="score 1 is NaN"):
        auroc([0.5, math.nan], [True, False])
    with pytest.raises(CorpusError, match="2 scores or decisions for 1"):
        aurc([0.5, 0.4], [True])
    with pytest.raises(CorpusError, match="at least one"):
        risk_coverage([], [])
