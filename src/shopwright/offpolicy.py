"""What a policy would have earned, estimated from decisions that another one made; pure functions over arrays.

A log has, for each of n decisions, the action taken, the probability with which it was taken (its propensity) and the
reward. The policy that is judged gives a probability to every one of A actions in each of those situations.

    ips, snips          importance weights (Horvitz and Thompson, 1952; Swaminathan and Joachims, 2015)
    direct              a model of the reward alone
    doubly_robust       the model, corrected by weighted residuals (Dudík, Langford and Li, 2011)
    switch_dr           the correction only where the weight is small (Wang, Agarwal and Dudík, 2017)

`clip` bounds the weights (Ionides, 2008): less variance, and a bias that is never above what `Support.cut_mass` shows
times the largest reward. The model must be fitted on other decisions than those that it is used for (cross-fitting),
or the intervals are too narrow. Decisions of one session or one shopper are not independent either: `Estimate.by`
makes every error and interval that of whole groups (Liang and Zeger, 1986). `inspect` says what a log cannot answer;
read it before any estimate.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

from shopwright.errors import CorpusError

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
_NAMED = 5
_BLOCKS = 20_000
"""A bootstrap of more terms than this resamples means of random blocks of them."""
_TOLERANCE = 1e-6


@dataclass(frozen=True, slots=True, eq=False)
class Estimate:
    """The value of a policy: mean reward a decision.

    Args:
        method: which estimator.
        value: the mean of `terms`.
        ess: effective sample size, (sum of weights) squared over the sum of squared weights; n for `direct`.
        terms: what each decision contributes; for SNIPS its linearisation.
        width: how far apart two terms can be when rewards are 0 to 1; infinite when nothing bounds the weights.
        groups: a number for each decision, alike for those that are not independent; None: all are.
    """

    method: str
    value: float
    ess: float
    terms: Floats = field(repr=False)
    width: float = math.inf
    groups: Ints | None = field(default=None, repr=False)

    @property
    def n(self) -> int:
        """Decisions that it rests on."""
        return len(self.terms)

    def by(self, groups: Ints) -> Estimate:
        """The same value, with errors and intervals for decisions that are independent only between groups."""
        _same_length(self.terms, groups)
        return replace(self, groups=groups)

    def units(self) -> Floats:
        """What is independent, with the value as its mean: the terms, or one sum for each group."""
        if self.groups is None:
            return self.terms
        _, place = np.unique(self.groups, return_inverse=True)
        sums = np.bincount(place, weights=self.terms - self.value)
        return np.asarray(self.value + sums * (len(sums) / self.n), np.float64)

    @property
    def error(self) -> float:
        """Standard error of the value; NaN for fewer than two independent units."""
        units = self.units()
        return float(units.std(ddof=1)) / math.sqrt(len(units)) if len(units) > 1 else math.nan

    def interval(self, level: float = 0.95) -> tuple[float, float]:
        """Normal interval; right for large effective samples only."""
        reach = NormalDist().inv_cdf(0.5 + level / 2) * self.error
        return self.value - reach, self.value + reach

    def bootstrap(self, level: float = 0.95, resamples: int = 1000, seed: int = 0) -> tuple[float, float]:
        """Percentile bootstrap interval (Efron, 1979)."""
        random = np.random.default_rng(seed)
        terms = self.units()
        if len(terms) > _BLOCKS:
            terms = np.array([block.mean() for block in np.array_split(random.permutation(terms), _BLOCKS)])
        means = [terms[random.integers(0, len(terms), len(terms))].mean() for _ in range(resamples)]
        low, high = np.quantile(means, [(1 - level) / 2, (1 + level) / 2])
        return float(low), float(high)

    def lower_bound(self, level: float = 0.95, width: float | None = None) -> float:
        """Empirical Bernstein bound (Maurer and Pontil, 2009, theorem 4): the mean lies above it with this probability.

        Holds for any number of decisions, without a normal distribution; with clipped weights it bounds the clipped
        value, which for rewards of 0 or more lies below the true one under `ips`.

        Args:
            level: probability that it holds.
            width: how far apart two terms can be; default `width`, for rewards of 0 to 1.

        Raises:
            CorpusError: the terms are unbounded or fewer than two.
        """
        reach, units = self.width if width is None else width, self.units()
        count, odds = len(units), math.log(2 / (1 - level))
        if not math.isfinite(reach) or count < 2:
            raise CorpusError(
                f"lower bound of {self.method} over {count}: needs two, and bounded weights; give `clip` or `width`"
            )
        if self.groups is not None:
            reach *= float(np.unique(self.groups, return_counts=True)[1].max()) * count / self.n
        spread = math.sqrt(2 * float(units.var(ddof=1)) * odds / count)
        return self.value - spread - 7 * reach * odds / (3 * (count - 1))

    def anytime(self, level: float = 0.95, tuned_at: int = 1_000) -> tuple[float, float]:
        """Interval that holds at all times at once, so that it may be looked at after every decision.

        The asymptotic confidence sequence of Waudby-Smith, Arbour, Sinha, Kennedy and Ramdas (2021, theorem 2.2), wider
        than `interval`. Like that it rests on the central limit theorem: not for a few dozen decisions.

        Args:
            level: probability that no interval of the sequence is wrong.
            tuned_at: number of independent units at which it is narrowest.
        """
        units = self.units()
        count, odds = len(units), -2 * math.log(1 - level)
        if count < 2:
            return -math.inf, math.inf
        growth = (odds + math.log(odds + 1)) / tuned_at * count + 1
        bound = 2 * growth / (growth - 1) * math.log(math.sqrt(growth) / (1 - level)) / count
        reach = float(units.std(ddof=1)) * math.sqrt(bound)
        return self.value - reach, self.value + reach


@dataclass(frozen=True, slots=True)
class Support:
    """What a log can say about a policy, and what it cannot.

    Args:
        n: decisions.
        ess: effective sample size of the weights.
        mean_weight: near 1 when the propensities are right and every action that the policy wants was tried.
        max_weight: the largest weight.
        clipped: share of decisions whose weight is above the clip.
        cut_mass: share of all weight that the clip takes away.
        zero_propensity: decisions that were logged with a probability of 0; nothing can be learned from them.
        unseen: actions that the policy wants and the log never took.
        unseen_mass: mean probability that the policy gives to those.
        one_action: whether the log took a single action throughout.
    """

    n: int
    ess: float
    mean_weight: float
    max_weight: float
    clipped: float
    cut_mass: float
    zero_propensity: tuple[int, ...]
    unseen: tuple[int, ...]
    unseen_mass: float
    one_action: bool


def inspect(actions: Ints, logged: Floats, target_NA: Floats, clip: float = math.inf) -> Support:
    """How far a log supports a policy; unlike the estimators it takes zero propensities, and names them.

    Args:
        actions: taken, 0 to A - 1.
        logged: propensity of each.
        target_NA: the policy's probability of every action in each situation.
        clip: the weights' bound.
    """
    _same_length(actions, logged, target_NA)
    zero = np.flatnonzero(~(logged > 0))
    kept = logged > 0
    weights = target_NA[np.arange(len(actions)), actions][kept] / logged[kept]
    taken = np.bincount(actions, minlength=target_NA.shape[1])
    wanted = target_NA.mean(axis=0) if len(target_NA) else np.zeros(target_NA.shape[1])
    unseen = np.flatnonzero((taken == 0) & (wanted > 0))
    total = float(weights.sum())
    return Support(
        n=len(actions),
        ess=effective_sample_size(weights),
        mean_weight=float(weights.mean()) if len(weights) else math.nan,
        max_weight=float(weights.max(initial=0.0)),
        clipped=float((weights > clip).mean()) if len(weights) else math.nan,
        cut_mass=float(np.maximum(weights - clip, 0).sum()) / total if total and math.isfinite(clip) else 0.0,
        zero_propensity=tuple(map(int, zero)),
        unseen=tuple(map(int, unseen)),
        unseen_mass=float(wanted[unseen].sum()),
        one_action=int((taken > 0).sum()) == 1,
    )


def effective_sample_size(weights: Floats) -> float:
    """How many equally weighted decisions would tell as much (Kish, 1965); 0 without any weight."""
    squares = float(np.square(weights).sum())
    return float(weights.sum()) ** 2 / squares if squares else 0.0


def ips(rewards: Floats, target: Floats, logged: Floats, clip: float = math.inf) -> Estimate:
    """Inverse propensity scoring; unbiased without a clip where every action that the policy takes was tried.

    Args:
        rewards: n of them.
        target: the policy's probability of the action that was taken, n.
        logged: its propensity, n, above 0.
        clip: the weights' bound.

    Raises:
        CorpusError: different lengths, nothing given, or a propensity outside of (0, 1].
    """
    weights = _weights(rewards, target, logged, clip)
    name = "ips" if math.isinf(clip) else "clipped ips"
    return _estimate(name, weights * rewards, weights, clip)


def snips(rewards: Floats, target: Floats, logged: Floats, clip: float = math.inf) -> Estimate:
    """Self-normalised IPS: weights divided by their mean; a small bias, far less variance. Arguments as in `ips`.

    Raises:
        CorpusError: as `ips`, or no decision of the log has a weight.
    """
    weights = _weights(rewards, target, logged, clip)
    if not weights.any():
        raise CorpusError("the policy takes none of the logged actions: snips has nothing to go by; see `inspect`")
    scaled = weights / weights.mean()
    value = float((scaled * rewards).mean())
    return Estimate("snips", value, effective_sample_size(weights), value + scaled * (rewards - value))


def direct(predicted_NA: Floats, target_NA: Floats) -> Estimate:
    """The model's prediction alone; as wrong as the model is.

    Args:
        predicted_NA: reward that a model expects of every action in each situation.
        target_NA: the policy's probability of each.

    Raises:
        CorpusError: different shapes, or nothing given.
    """
    if predicted_NA.shape != target_NA.shape or not len(predicted_NA):
        raise CorpusError(
            f"predictions {predicted_NA.shape} and probabilities {target_NA.shape}: must be of one shape, not empty"
        )
    terms = (predicted_NA * target_NA).sum(axis=1)
    return Estimate("direct", float(terms.mean()), float(len(terms)), terms, 1.0)


def doubly_robust(
    rewards: Floats, actions: Ints, logged: Floats, target_NA: Floats, predicted_NA: Floats, clip: float = math.inf
) -> Estimate:
    """The model, and its error on what was logged, weighted; unbiased when either model or propensities are right.

    Args:
        rewards: n of them.
        actions: taken, n.
        logged: propensity of each, above 0.
        target_NA: the policy's probabilities.
        predicted_NA: a model's rewards, fitted on other decisions.
        clip: bound of the weights of the correction.

    Raises:
        CorpusError: as `ips`.
    """
    weights, base, residual = _parts(rewards, actions, logged, target_NA, predicted_NA, clip)
    name = "dr" if math.isinf(clip) else "clipped dr"
    return _estimate(name, base + weights * residual, weights, 1 + 2 * clip)


def switch_dr(
    rewards: Floats, actions: Ints, logged: Floats, target_NA: Floats, predicted_NA: Floats, threshold: float
) -> Estimate:
    """Doubly robust where the weight is at most `threshold`, the model alone elsewhere. Arguments as `doubly_robust`.

    Raises:
        CorpusError: as `ips`.
    """
    weights, base, residual = _parts(rewards, actions, logged, target_NA, predicted_NA, math.inf)
    weights = np.where(weights <= threshold, weights, 0.0)
    return _estimate("switch-dr", base + weights * residual, weights, 1 + 2 * threshold)


def _parts(
    rewards: Floats, actions: Ints, logged: Floats, target_NA: Floats, predicted_NA: Floats, clip: float
) -> tuple[Floats, Floats, Floats]:
    """Weights, the model's value of the policy, and the model's error on the action that was taken."""
    _same_length(rewards, actions, logged, target_NA, predicted_NA)
    at = np.arange(len(actions))
    weights = _weights(rewards, target_NA[at, actions], logged, clip)
    return weights, (target_NA * predicted_NA).sum(axis=1), rewards - predicted_NA[at, actions]


def _weights(rewards: Floats, target: Floats, logged: Floats, clip: float) -> Floats:
    _same_length(rewards, target, logged)
    if not len(rewards):
        raise CorpusError("an empty log: an estimate needs at least one decision")
    if not clip > 0:
        raise CorpusError(f"clip {clip}: must be above 0")
    wrong = np.flatnonzero(~((logged > 0) & (logged <= 1 + _TOLERANCE)))
    if len(wrong):
        raise CorpusError(
            f"{len(wrong)} propensities are outside of (0, 1], first at {', '.join(map(str, wrong[:_NAMED]))} "
            f"({logged[wrong[0]]:g}): leave these decisions out, or estimate their propensities"
        )
    return np.asarray(np.minimum(target / logged, clip), np.float64)


def _estimate(method: str, terms: Floats, weights: Floats, width: float) -> Estimate:
    return Estimate(method, float(terms.mean()), effective_sample_size(weights), terms, width)


def _same_length(*arrays: NDArray[np.generic]) -> None:
    lengths = [len(array) for array in arrays]
    if len(set(lengths)) != 1:
        raise CorpusError(f"arrays of {', '.join(map(str, lengths))} decisions: must be of one length")
