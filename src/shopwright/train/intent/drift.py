"""Whether newer decisions come from another world than older ones: features, rewards, and what is decided.

    population stability index    how much the shares of a feature's ranges moved; above 0.25 by custom a shift
    Kolmogorov-Smirnov            the largest distance between two distributions, with the chance of as much by luck
    CUSUM                         whether, and about when, the mean reward changed: the largest deviation of the running
                                  sum from a straight line, against that of a Brownian bridge (Ploberger and Krämer,
                                  1992)

A feature drifts when it moved far and not by luck: a large index, and a chance below `RISK` shared among all features
(Bonferroni), so that a log without drift is called one in about one of a hundred. The chance is of large samples, and
too large, so on the safe side, for features of few values. Every source counts once in a window, by its first decision
and its mean reward: its decisions are alike.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from shopwright.train.intent.decisions import DecisionLog, Floats, Ints

SHIFT, RISK = 0.25, 0.01
_BINS, _LEAST, _TERMS = 10, 100, 100


@dataclass(frozen=True, slots=True)
class Moved:
    """How far something moved between two windows.

    Args:
        name: of the feature.
        psi: population stability index.
        ks: largest distance of the distributions, 0 to 1.
        chance: of such a distance without any drift.
        before, after: means.
    """

    name: str
    psi: float
    ks: float
    chance: float
    before: float
    after: float


@dataclass(frozen=True, slots=True)
class Change:
    """A change of the mean reward.

    Args:
        statistic: of the CUSUM; 1.36 is reached by luck in 5 %, 1.63 in 1 %.
        chance: of such a deviation without a change.
        at: how many of the sequence come before the likeliest place of a change.
        before, after: mean reward until there, and from there on.
    """

    statistic: float
    chance: float
    at: int
    before: float
    after: float

    @property
    def found(self) -> bool:
        """Whether the reward changed."""
        return self.chance < RISK


@dataclass(frozen=True, slots=True)
class Drift:
    """What moved between the older part of a log and the newer one.

    Args:
        features: all of them, those that moved farthest first.
        reward: the change of the mean reward over the whole log; None for too short a log.
        older, newer: decisions in each window.
    """

    features: tuple[Moved, ...]
    reward: Change | None
    older: int
    newer: int

    @property
    def drifted(self) -> tuple[Moved, ...]:
        """Features that moved far, and not by luck."""
        least = RISK / max(1, len(self.features))
        return tuple(one for one in self.features if one.psi > SHIFT and one.chance < least)


def between(older: DecisionLog, newer: DecisionLog) -> Drift:
    """Compare two windows with the same columns; the reward over both together, in their order."""
    before, after = older.at(_firsts(older)), newer.at(_firsts(newer))
    moved = [
        _moved(name, before.features[:, place], after.features[:, place])
        for place, name in enumerate(older.feature_names)
        if min(len(before), len(after)) >= _LEAST
    ]
    rewards = np.concatenate([_means(older), _means(newer)])
    change = cusum(rewards) if len(rewards) >= _LEAST else None
    return Drift(tuple(sorted(moved, key=lambda one: -one.psi)), change, len(older), len(newer))


def newest(log: DecisionLog, share: float = 0.2) -> tuple[DecisionLog, DecisionLog]:
    """The older and the newest part of a log that is in order of time."""
    cut = len(log) - int(share * len(log))
    return log.at(np.arange(cut)), log.at(np.arange(cut, len(log)))


def psi(before: Floats, after: Floats, bins: int = _BINS) -> float:
    """Population stability index over ranges that hold equal shares before; a value of its own for few values."""
    edges = np.unique(np.quantile(before, np.linspace(0, 1, bins + 1)[1:-1]))
    count = len(edges) + 1
    shares = []
    for values in (before, after):
        held = np.bincount(np.searchsorted(edges, values, side="left"), minlength=count)
        shares.append((held + 0.5) / (len(values) + 0.5 * count))
    return float(((shares[1] - shares[0]) * np.log(shares[1] / shares[0])).sum())


def kolmogorov_smirnov(before: Floats, after: Floats) -> tuple[float, float]:
    """Largest distance between two empirical distributions, and the chance of as much by luck."""
    places = np.sort(np.concatenate([before, after]))
    gap = np.searchsorted(np.sort(before), places, "right") / len(before)
    gap = np.abs(gap - np.searchsorted(np.sort(after), places, "right") / len(after))
    size = math.sqrt(len(before) * len(after) / (len(before) + len(after)))
    largest = float(gap.max())
    return largest, _kolmogorov(size * largest)


def cusum(rewards: Floats) -> Change:
    """Whether the mean of a sequence changed once, and where."""
    n, spread = len(rewards), float(rewards.std())
    sums = np.cumsum(rewards - rewards.mean())[:-1]
    at = int(np.abs(sums).argmax()) + 1
    statistic = float(np.abs(sums[at - 1])) / (spread * math.sqrt(n)) if spread else 0.0
    return Change(statistic, _kolmogorov(statistic), at, float(rewards[:at].mean()), float(rewards[at:].mean()))


def _firsts(log: DecisionLog) -> Ints:
    """Place of the first decision of each source, in order."""
    return np.sort(np.unique(log.sources, return_index=True)[1])


def _means(log: DecisionLog) -> Floats:
    """Mean reward of each source, in the order of their first decisions."""
    _, first, place = np.unique(log.sources, return_index=True, return_inverse=True)
    means = np.bincount(place, weights=log.rewards) / np.bincount(place)
    return np.asarray(means[np.argsort(first)], np.float64)


def _moved(name: str, before: Floats, after: Floats) -> Moved:
    distance, chance = kolmogorov_smirnov(before, after)
    return Moved(name, psi(before, after), distance, chance, float(before.mean()), float(after.mean()))


def _kolmogorov(statistic: float) -> float:
    """Chance that a Brownian bridge deviates farther (Kolmogorov, 1933)."""
    if statistic < 0.2:
        return 1.0
    terms = np.arange(1, _TERMS + 1)
    total = 2 * float(((-1.0) ** (terms - 1) * np.exp(-2 * (terms * statistic) ** 2)).sum())
    return min(1.0, max(0.0, total))
