"""Is the policy that is tried on a share of the conversations better than what runs? Looked at as often as one likes.

Conversations are drawn into the two arms by chance (`Policies.in_canary`), so what they earn is compared directly,
without weights by decision. A conversation counts once, with the mean reward of its decisions. The interval of the
difference holds at all times at once (`Estimate.anytime`), so that looking every hour promotes nothing by luck.

    rolled back    its upper end is below 0; or nearly all decisions of the arm became one strategy, which was not so in
                   the other arm; or the situations drifted away from those before the trial, after a day at the least
    promoted       its lower end is above 0
    waits          else
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

import numpy as np

from shopwright.catalog.events.decisions import Logged
from shopwright.errors import CorpusError
from shopwright.offpolicy import Estimate, Floats
from shopwright.skills.intent.policies import Policies
from shopwright.train.intent.decisions import DecisionLog
from shopwright.train.intent.drift import Drift, between
from shopwright.train.intent.reading import read_kept

Verdict = Literal["promote", "roll back", "wait"]
LEAST = 50
"""Conversations that each arm needs before anything is said."""
_DAY_S = 86_400.0
_COLLAPSED, _HELD = 0.95, 0.8
_FEWEST_DECISIONS = 200


@dataclass(frozen=True, slots=True)
class Arm:
    """One of the two: conversations, decisions, mean reward, and the share of its most frequent strategy."""

    conversations: int
    decisions: int
    reward: float
    most: float
    strategy: str


@dataclass(frozen=True, slots=True)
class Watch:
    """What a look at the two arms says.

    Args:
        says: what to do.
        why: in a sentence.
        canary, running: the arms.
        gain: mean reward of the canary less that of the other arm, a conversation.
        low, high: interval of it that holds at all times at once.
        drift: from before the trial; None where there is nothing to compare with yet.
    """

    says: Verdict
    why: str
    canary: Arm
    running: Arm
    gain: float
    low: float
    high: float
    drift: Drift | None = None


def watch(policies: Policies, decisions: Iterable[Logged], now: float, level: float = 0.95) -> Watch:
    """Compare the arms.

    Args:
        policies: which policy is tried, on how many, since when.
        decisions: settled ones, those before the trial too, against which drift is measured.
        now: seconds since the epoch.
        level: of the interval.

    Raises:
        CorpusError: nothing is being tried.
    """
    if not policies.candidate or not policies.share:
        raise CorpusError("no policy is being tried: start with shopwright intent canary --share 0.1")
    kept = list(decisions)
    before = [one for one in kept if one.at < policies.started]
    since = [one for one in kept if one.at >= policies.started]
    canary, running = ([one for one in since if policies.in_canary(one.session_id) is drawn] for drawn in (True, False))
    tried, other = _log(canary, now), _log(running, now)
    arms = _arm(tried), _arm(other)
    if tried is None or other is None:
        return Watch("wait", "an arm has no settled decisions yet", *arms, 0.0, -math.inf, math.inf)
    gain = compared(_rewards(tried), _rewards(other), policies.share)
    low, high = gain.anytime(level)
    drift = _drift(before, since, now) if now - policies.started >= _DAY_S else None
    says, why = _said(*arms, low, high, drift, level)
    return Watch(says, why, *arms, gain.value, low, high, drift)


def compared(canary: Floats, running: Floats, share: float) -> Estimate:
    """The difference of two arms that were drawn by chance, from the mean reward of each of their conversations.

    Each conversation contributes its reward, less the mean of all, over the probability of the arm that it was drawn
    into, and the other arm's with a minus (the augmented inverse propensity of Robins, Rotnitzky and Zhao, 1994, with a
    constant for a model).
    """
    overall = float(np.concatenate([canary, running]).mean())
    terms = np.concatenate([(canary - overall) / share, -(running - overall) / (1 - share)])
    return Estimate("difference of arms", float(terms.mean()), float(len(terms)), terms)


def _said(canary: Arm, running: Arm, low: float, high: float, drift: Drift | None, level: float) -> tuple[Verdict, str]:
    span = f"the {level:.0%} interval of the gain is {low:+.4f} to {high:+.4f}"
    if min(canary.conversations, running.conversations) < LEAST:
        counted = f"{canary.conversations} and {running.conversations} conversations"
        return "wait", f"{counted}: {LEAST} are needed in each arm"
    if high < 0:
        return "roll back", f"it earns less: {span}"
    if canary.decisions >= _FEWEST_DECISIONS and canary.most > _COLLAPSED and running.most < _HELD:
        return "roll back", f"it does hardly anything but {canary.strategy} ({canary.most:.0%} of its decisions)"
    if drift is not None and drift.drifted:
        names = ", ".join(one.name for one in drift.drifted[:5])
        return "roll back", f"the situations are not those that it learned from: {names}; train anew"
    if low > 0:
        return "promote", f"it earns more: {span}"
    return "wait", span


def _log(decisions: list[Logged], now: float) -> DecisionLog | None:
    try:
        return read_kept(decisions, now).log
    except CorpusError:
        return None


def _drift(before: list[Logged], since: list[Logged], now: float) -> Drift | None:
    """From what came before the trial to what came since, over the columns of both."""
    older = _log(before, now)
    both = _log([*before, *since], now)
    if older is None or both is None or len(both) <= len(older):
        return None
    return between(both.at(np.arange(len(older))), both.at(np.arange(len(older), len(both))))


def _rewards(log: DecisionLog) -> Floats:
    """Mean reward of each conversation."""
    _, place = np.unique(log.sources, return_inverse=True)
    return np.asarray(np.bincount(place, weights=log.rewards) / np.bincount(place), np.float64)


def _arm(log: DecisionLog | None) -> Arm:
    if log is None:
        return Arm(0, 0, math.nan, 0.0, "")
    counts = np.bincount(log.actions)
    most = int(counts.argmax())
    share = float(counts[most]) / len(log)
    return Arm(len(np.unique(log.sources)), len(log), float(_rewards(log).mean()), share, log.action_names[most])
