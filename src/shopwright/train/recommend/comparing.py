"""Which setting of the dial earns more than the present one, judged on trials of all of them.

    found = compare(feedback.log, present=0.5)
    found.best                      # the setting that may be promoted; None: the present one stays

Each setting is taken as the policy "always this": its value by IPS, SNIPS and doubly robust, with errors by visit. A
setting may be promoted when the doubly robust gain over the present one is above 0 at the lower end of an interval
that holds at all times at once (`Estimate.anytime`), so that looking every day promotes nothing by luck; the level is
shared among the settings that are tried (Bonferroni). A log with too few decisions like a setting's, or whose weights
do not average 1, promotes nothing.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from shopwright.errors import CorpusError
from shopwright.offpolicy import Estimate, Floats, doubly_robust, effective_sample_size, ips, snips
from shopwright.train.intent.decisions import DecisionLog, Ints
from shopwright.train.intent.gating import SMALLEST_SAMPLE, paired
from shopwright.train.intent.models import Fit, Predict, crossed, rewards_of
from shopwright.train.intent.sifting import sift

LEAST = 100
"""Visits with trials below which nothing is compared."""
_OFF, _SURE = 0.1, 4.0
"""How far weights may be from 1 on average, and how many standard errors it takes to say so."""


@dataclass(frozen=True, slots=True)
class Setting:
    """One setting of the dial, as if it had stood so throughout.

    Args:
        adventure: the setting.
        decisions: of the log that took it.
        ips, snips, dr: its value, a decision.
        ess: effective sample size.
        gain, low, high: over the present one; the interval holds at all times at once.
        reasons: why it may not be promoted; empty when it may.
    """

    adventure: float
    decisions: int
    ips: Estimate
    snips: Estimate
    dr: Estimate
    ess: float
    gain: float
    low: float
    high: float
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Comparison:
    """All settings that were tried.

    Args:
        present: how the dial stands.
        settings: ascending, the present one among them.
        decisions, visits: that they are judged on.
        level: of the intervals, before it is shared.
        told: what was left out.
    """

    present: float
    settings: tuple[Setting, ...]
    decisions: int
    visits: int
    level: float
    told: tuple[str, ...]

    @property
    def best(self) -> Setting | None:
        """The setting that may be promoted, that with the largest gain; None: the present one stays."""
        return max((one for one in self.settings if not one.reasons), key=lambda one: one.gain, default=None)


def compare(log: DecisionLog, present: float, level: float = 0.95, seed: int = 0) -> Comparison:
    """Judge every setting of a log.

    Args:
        log: trials; the actions are settings, as text.
        present: how the dial stands.
        level: of the intervals, shared among the settings that are tried beside the present one.
        seed: of the folds of the model of rewards.

    Raises:
        CorpusError: too few visits are left, or no decision took the present setting.
    """
    log, told = sift(log)
    if (visits := len(np.unique(log.sources))) < LEAST:
        raise CorpusError(f"{'; '.join([*told, f'{visits} visits with trials of the dial'])}: {LEAST} are needed")
    dials = [float(name) for name in log.action_names]
    if present not in dials:
        raise CorpusError(
            f"no trial of the present setting {present:g} among {', '.join(log.action_names)}: nothing can be compared "
            "with it; keep recommend_explore above 0 for a while"
        )
    base = dials.index(present)
    shared = 1 - (1 - level) / max(len(dials) - 1, 1)
    predicted_NA = crossed(_rewards(log), log.features, seed=seed, groups=log.sources)
    settings = [_setting(log, predicted_NA, at, base, dials[at], shared) for at in np.argsort(dials).tolist()]
    return Comparison(present, tuple(settings), len(log), visits, level, tuple(told))


def _setting(log: DecisionLog, predicted_NA: Floats, action: int, base: int, adventure: float, level: float) -> Setting:
    always_NA, other_NA = _always(log, action), _always(log, base)
    chosen = always_NA[np.arange(len(log)), log.actions]
    direct = ips(log.rewards, chosen, log.logged)
    values = (
        direct.by(log.sources),
        snips(log.rewards, chosen, log.logged).by(log.sources),
        doubly_robust(log.rewards, log.actions, log.logged, always_NA, predicted_NA).by(log.sources),
    )
    taken = int((log.actions == action).sum())
    if action == base:
        return Setting(adventure, taken, *values, direct.ess, 0.0, 0.0, 0.0, ("it stands so",))
    gain = paired(log, log.logged, predicted_NA, always_NA, other_NA)
    low, high = gain.anytime(level)
    unsure = [] if low > 0 else ["its gain is not sure"]
    reasons = (*unsure, *_unsupported(log, action, "its"), *_unsupported(log, base, "the present setting's"))
    return Setting(adventure, taken, *values, direct.ess, gain.value, low, high, reasons)


def _always(log: DecisionLog, action: int) -> Floats:
    found = np.zeros((len(log), len(log.action_names)))
    found[:, action] = 1.0
    return found


def _unsupported(log: DecisionLog, action: int, whose: str) -> list[str]:
    """Why the log cannot tell what a setting earns."""
    weights = (log.actions == action) / log.logged
    reasons, ess = [], effective_sample_size(weights)
    if ess < SMALLEST_SAMPLE:
        reasons.append(f"{whose} effective sample size is {ess:.0f}: {SMALLEST_SAMPLE:.0f} are needed")
    mean = Estimate("weights", float(weights.mean()), ess, weights).by(log.sources)
    if abs(mean.value - 1) > max(_OFF, _SURE * mean.error):
        reasons.append(
            f"{whose} weights average {mean.value:.2f}, not 1: the logged probabilities are wrong, or it was not tried "
            "all the time"
        )
    return reasons


def _rewards(log: DecisionLog) -> Fit:
    """Fits a model of rewards to some decisions of a log."""

    def fit(places: Ints) -> Predict:
        part = log.at(places)
        return rewards_of(part.features, part.actions, part.rewards, len(log.action_names))

    return fit
