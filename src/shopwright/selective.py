"""Measures of scores that should tell right from wrong, and of answering only where the score is high; pure functions.

A score is any number that grows with trust; what it is compared with is a truth value an item. Where a measure has no
value (nothing given, or one of two classes missing) it is NaN, as in `metrics`. Items of equal score cannot be told
apart by a threshold: they are accepted together, and measures over a ranking take the mean over their orders.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from shopwright.errors import CorpusError

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class RiskCoverage:
    """What answering from each threshold on gives (El-Yaniv and Wiener, 2010); highest threshold first.

    Args:
        thresholds: the distinct scores, descending; an item is answered when its score is at least the threshold.
        answered: how many items are answered, rising to all of them.
        wrong: how many of those are wrong.
    """

    thresholds: Floats
    answered: NDArray[np.int64]
    wrong: NDArray[np.int64]

    @property
    def coverage(self) -> Floats:
        """Share of the items that is answered."""
        return np.asarray(self.answered / self.answered[-1], np.float64)

    @property
    def risk(self) -> Floats:
        """Share of wrong answers among those given (the selective risk)."""
        return np.asarray(self.wrong / self.answered, np.float64)


def risk_coverage(scores: Sequence[float] | Floats, correct: Sequence[bool]) -> RiskCoverage:
    """The risk-coverage curve.

    Args:
        scores: one an item, higher where the answer is trusted more.
        correct: whether the item's answer is right.

    Raises:
        CorpusError: no items, two lengths, or a score that is NaN.
    """
    values, right = paired(scores, correct)
    if not len(values):
        raise CorpusError("no scores: a risk-coverage curve needs at least one answered question")
    order = np.argsort(-values, kind="stable")
    values, right = values[order], right[order]
    last = np.flatnonzero(np.append(values[1:] != values[:-1], True))
    return RiskCoverage(values[last], last + 1, np.cumsum(~right, dtype=np.int64)[last])


def aurc(scores: Sequence[float] | Floats, correct: Sequence[bool]) -> float:
    """Area under the risk-coverage curve: the mean selective risk of the k most trusted answers over every k.

    Geifman, Uziel and El-Yaniv (2019). 0 when nothing is wrong; with scores that say nothing it is the error rate.
    Within a tie the wrong answers are spread evenly, which is the mean over its orders. NaN without items.
    """
    if not len(scores):
        return math.nan
    curve = risk_coverage(scores, correct)
    places = np.arange(1, curve.answered[-1] + 1)
    expected = np.interp(places, np.append(0, curve.answered), np.append(0, curve.wrong))
    return float(np.mean(expected / places))


def coverage_at_risk(scores: Sequence[float] | Floats, correct: Sequence[bool], risk: float) -> float:
    """The largest share of items that some threshold answers with at most this share of wrong ones; 0 when none does.

    The threshold is chosen with the truth in hand, so this bounds what a calibrated one can reach. NaN without items.
    """
    if not len(scores):
        return math.nan
    curve = risk_coverage(scores, correct)
    kept = curve.wrong <= risk * curve.answered + 1e-9
    return float(curve.coverage[kept].max(initial=0.0))


def auroc(scores: Sequence[float] | Floats, labels: Sequence[bool]) -> float:
    """The chance that a true item scores above a false one, ties counted half; NaN where one kind is missing.

    Computed from average ranks (the Mann-Whitney statistic; Hanley and McNeil, 1982).
    """
    values, true = paired(scores, labels)
    positive, negative = int(true.sum()), int((~true).sum())
    if not positive or not negative:
        return math.nan
    _, place, counts = np.unique(values, return_inverse=True, return_counts=True)
    ranks = np.cumsum(counts) - (counts - 1) / 2
    return float((ranks[place][true].sum() - positive * (positive + 1) / 2) / (positive * negative))


def average_precision(scores: Sequence[float] | Floats, labels: Sequence[bool]) -> float:
    """Precision at each threshold, weighted by the recall that it adds; NaN where nothing is true.

    The step-wise area under the precision-recall curve, without interpolation (Davis and Goadrich, 2006).
    """
    _, true = paired(scores, labels)
    if not true.any():
        return math.nan
    curve = risk_coverage(scores, labels)
    hits = curve.answered - curve.wrong
    return float(np.sum(np.diff(hits, prepend=0) / hits[-1] * hits / curve.answered))


def balanced_accuracy(decided: Sequence[bool | None], truth: Sequence[bool]) -> float:
    """Mean of the shares of true and of false items decided rightly; .5 by chance; NaN where one kind is missing.

    Args:
        decided: what was said of each item; None, neither yes nor no, is wrong on both kinds.
        truth: what it is.
    """
    _same_length(decided, truth)
    shares = []
    for kind in (True, False):
        right = [said is kind for said, is_so in zip(decided, truth, strict=True) if bool(is_so) is kind]
        shares.append(sum(right) / len(right) if right else math.nan)
    return sum(shares) / 2


def brier(probabilities: Sequence[float] | Floats, outcomes: Sequence[bool]) -> float:
    """Mean squared distance of a promised probability from what came (Brier, 1950): 0 to 1; NaN without items."""
    promised, came = paired(probabilities, outcomes)
    return float(np.mean((promised - came) ** 2)) if len(promised) else math.nan


def mcnemar(ours: Sequence[bool], theirs: Sequence[bool]) -> float:
    """Exact two-sided p that two systems are right equally often on the same items (McNemar, 1947; binomial form).

    Only items count on which exactly one of them is right; 1 when there are none.

    Args:
        ours, theirs: whether each system is right on each item.
    """
    _same_length(ours, theirs)
    won = sum(bool(a) and not b for a, b in zip(ours, theirs, strict=True))
    lost = sum(bool(b) and not a for a, b in zip(ours, theirs, strict=True))
    discordant = won + lost
    tail: int = sum(math.comb(discordant, count) for count in range(min(won, lost) + 1))
    return min(1.0, float(2 * tail / 2**discordant))


def paired(scores: Sequence[float] | Floats, outcomes: Sequence[bool]) -> tuple[Floats, NDArray[np.bool_]]:
    """Scores and truth values as arrays of one length.

    Raises:
        CorpusError: two lengths, or a score that is NaN.
    """
    _same_length(scores, outcomes)
    values, truth = np.asarray(scores, np.float64), np.asarray(outcomes, np.bool_)
    if np.isnan(values).any():
        place = int(np.flatnonzero(np.isnan(values))[0])
        raise CorpusError(f"score {place} is NaN: every item needs a number; leave out what could not be scored")
    return values, truth


def _same_length(one: Sequence[object] | Floats, other: Sequence[object]) -> None:
    if len(one) != len(other):
        raise CorpusError(f"{len(one)} scores or decisions for {len(other)} truth values: give one for each item")
