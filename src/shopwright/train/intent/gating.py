"""The gate: a policy is offered only when its lower bound beats what runs now, on decisions that it did not learn from.

The two values are estimated on the same decisions, so the bound is that of their difference, which takes the luck of
those decisions out. It is the lower end of a normal interval of the doubly robust difference with clipped weights, with
errors by source, since decisions of one session are not independent. A log does not pass whose effective sample is too
small for that, which never tried what the policy wants, of which the clip takes too much, or whose weights do not
average 1, as they do where propensities are right.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import numpy as np

from shopwright.offpolicy import Estimate, Floats, Support, doubly_robust, inspect
from shopwright.train.intent.decisions import Bools, DecisionLog

SMALLEST_SAMPLE = 100.0
LARGEST_UNSEEN, LARGEST_CUT = 0.01, 0.1
_OFF, _SURE = 0.1, 4.0
"""How far weights may be from 1 on average, and how many standard errors it takes to say so."""


@dataclass(frozen=True, slots=True)
class Part:
    """One part of the log in a report: how much better the policy does there, and on how much it rests.

    Args:
        name: what is common to the decisions.
        n: how many.
        ess: effective sample size of the policy's weights among them.
        gain: value of the policy less that of what runs now.
        low, high: interval of it.
    """

    name: str
    n: int
    ess: float
    gain: float
    low: float
    high: float

    @property
    def says(self) -> str:
        """What may be said about it."""
        if self.ess < SMALLEST_SAMPLE / 2 or not math.isfinite(self.low):
            return "no data"
        if self.low > 0:
            return "wins"
        return "loses" if self.high < 0 else "open"


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a policy may be offered.

    Args:
        promoted: whether it may.
        reasons: why not; empty when it may.
        value: of the policy, doubly robust.
        running: value of what runs now.
        gain: their difference, and the ends of its interval.
        support: what the log can say about the policy.
        parts: the same gain within parts of the log.
        level: of the intervals.
    """

    promoted: bool
    reasons: tuple[str, ...]
    value: Estimate
    running: Estimate
    gain: Part
    support: Support
    parts: tuple[Part, ...] = field(default=())
    level: float = 0.95


def judge(
    log: DecisionLog,
    logged: Floats,
    predicted_NA: Floats,
    target_NA: Floats,
    running_NA: Floats | None,
    *,
    clip: float = 100.0,
    level: float = 0.95,
) -> Verdict:
    """Compare a policy with what runs now.

    Args:
        log: decisions that the policy did not learn from.
        logged: their propensities.
        predicted_NA: rewards expected by a model that did not see them.
        target_NA: probabilities of the policy.
        running_NA: probabilities of what runs now; None: what made the log.
        clip: bound of the weights.
        level: of the interval; its lower end must be above 0.
    """
    support = inspect(log.actions, logged, target_NA, clip)
    value = doubly_robust(log.rewards, log.actions, logged, target_NA, predicted_NA, clip).by(log.sources)
    running = _running(log, logged, predicted_NA, running_NA, clip)
    whole = _part("all", np.ones(len(log), np.bool_), log, logged, target_NA, value, running, level)
    reasons = [*_unsupported(support, log), *_miscounted(log, logged, target_NA, "its")]
    if running_NA is not None:
        reasons += _miscounted(log, logged, running_NA, "the running policy's")
    if not whole.low > 0:
        low, high = f"{whole.low:+.4f}", f"{whole.high:+.4f}"
        reasons.append(f"the gain of {whole.gain:+.4f} is not sure: its {level:.0%} interval is {low} to {high}")
    parts = tuple(
        _part(name, rows, log, logged, target_NA, value, running, level) for name, rows in _divisions(log, target_NA)
    )
    return Verdict(not reasons, tuple(reasons), value, running, whole, support, parts, level)


def paired(
    log: DecisionLog,
    logged: Floats,
    predicted_NA: Floats,
    target_NA: Floats,
    other_NA: Floats,
    clip: float = math.inf,
) -> Estimate:
    """How much more one policy earns than another, on the same decisions; doubly robust, with errors by source."""
    given = (log.rewards, log.actions, logged)
    one = doubly_robust(*given, target_NA, predicted_NA, clip)
    other = doubly_robust(*given, other_NA, predicted_NA, clip)
    return _difference(one, other, min(one.ess, other.ess), np.ones(len(log), np.bool_)).by(log.sources)


def _running(
    log: DecisionLog, logged: Floats, predicted_NA: Floats, running_NA: Floats | None, clip: float
) -> Estimate:
    if running_NA is None:
        mean = float(log.rewards.mean())
        return Estimate("mean", mean, float(len(log)), log.rewards, 1.0).by(log.sources)
    return doubly_robust(log.rewards, log.actions, logged, running_NA, predicted_NA, clip).by(log.sources)


def _unsupported(support: Support, log: DecisionLog) -> list[str]:
    reasons = []
    if support.one_action:
        reasons.append("the log took a single action throughout: nothing is known of any other")
    if support.ess < SMALLEST_SAMPLE:
        reasons.append(f"effective sample size {support.ess:.0f}: must be {SMALLEST_SAMPLE:.0f} or more")
    if support.unseen_mass > LARGEST_UNSEEN:
        names = ", ".join(log.action_names[action] for action in support.unseen)
        reasons.append(f"{support.unseen_mass:.0%} of its decisions are actions that the log never took: {names}")
    if support.cut_mass > LARGEST_CUT:
        reasons.append(f"the clip takes {support.cut_mass:.0%} of the weight away: must be {LARGEST_CUT:.0%} or less")
    return reasons


def _miscounted(log: DecisionLog, logged: Floats, target_NA: Floats, whose: str) -> list[str]:
    """Whether a policy's weights are not 1 on average: wrong propensities, or actions that had no chance."""
    weights = target_NA[np.arange(len(log)), log.actions] / logged
    mean = Estimate("weights", float(weights.mean()), 0.0, weights).by(log.sources)
    if abs(mean.value - 1) <= max(_OFF, _SURE * mean.error):
        return []
    return [f"{whose} weights average {mean.value:.2f}, not 1: propensities are wrong, or some actions had no chance"]


def _divisions(log: DecisionLog, target_NA: Floats) -> list[tuple[str, Bools]]:
    """Each feature at or below its median and above it, and what the policy would do most."""
    found = []
    for place, name in enumerate(log.feature_names):
        values = log.features[:, place]
        middle = float(np.median(values))
        if (values > middle).any():
            found += [(f"{name} ≤ {middle:.3g}", values <= middle), (f"{name} > {middle:.3g}", values > middle)]
        elif (values < middle).any():
            found += [(f"{name} < {middle:.3g}", values < middle), (f"{name} = {middle:.3g}", values == middle)]
    most = target_NA.argmax(axis=1)
    return found + [(f"would do: {name}", most == action) for action, name in enumerate(log.action_names)]


def _part(
    name: str,
    rows: Bools,
    log: DecisionLog,
    logged: Floats,
    target_NA: Floats,
    value: Estimate,
    running: Estimate,
    level: float,
) -> Part:
    if not rows.any():
        return Part(name, 0, 0.0, math.nan, math.nan, math.nan)
    ess = inspect(log.actions[rows], logged[rows], target_NA[rows]).ess
    gain = _difference(value, running, ess, rows).by(log.sources[rows])
    return Part(name, gain.n, ess, gain.value, *gain.interval(level))


def _difference(one: Estimate, other: Estimate, ess: float, rows: Bools) -> Estimate:
    terms = (one.terms - other.terms)[rows]
    return Estimate("dr difference", float(terms.mean()), ess, terms)
