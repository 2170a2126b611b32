"""What of a log may be learned from, what it says of the policy that runs, and its division by source.

Nothing here repairs silently: every decision that is left out is counted under its reason.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from shopwright.skills.intent.linear_policy import LinearPolicy
from shopwright.train.intent.decisions import RULES, Bools, DecisionLog, Floats

LARGEST_SOURCE = 0.05
"""Share of a log that one source may bring."""


def sift(log: DecisionLog, largest_source: float = LARGEST_SOURCE) -> tuple[DecisionLog, list[str]]:
    """The decisions that may be learned from, and what was found wrong with the others.

    Propensities outside of (0, 1] and rewards or features that are no number are left out. Rewards are bounded to 0 to
    1. One source keeps at most `largest_source` of all decisions, its first ones, so that it cannot move the policy
    alone.
    """
    told = []
    usable = np.isfinite(log.rewards) & np.isfinite(log.features).all(axis=1)
    if broken := int((~usable).sum()):
        told.append(f"{broken} decisions left out: a reward or a feature is no number")
    zero = usable & (log.logged == 0)
    wrong = usable & ((log.logged < 0) | (log.logged > 1))
    if zero.any():
        names = sorted({log.action_names[action] for action in log.actions[zero]})
        told.append(f"{int(zero.sum())} decisions left out: propensity 0 ({', '.join(names)}), so they never happened")
    if wrong.any():
        first = log.logged[np.flatnonzero(wrong)[0]]
        told.append(f"{int(wrong.sum())} decisions left out: propensity outside of (0, 1], e.g. {first:g}")
    usable &= ~zero & ~wrong
    outside = usable & ((log.rewards < 0) | (log.rewards > 1))
    if outside.any():
        told.append(f"{int(outside.sum())} rewards outside of 0 to 1 were moved to the nearer bound")
    crowded = usable & _beyond(log, usable, largest_source)
    if crowded.any():
        told.append(
            f"{int(crowded.sum())} decisions of {len(np.unique(log.sources[crowded]))} sources left out: one source "
            f"may bring {largest_source:.0%} of a log"
        )
    kept = log.at(usable & ~crowded)
    return replace(kept, rewards=np.clip(kept.rewards, 0.0, 1.0)), told


def divided(log: DecisionLog, share: float, seed: int = 0) -> tuple[DecisionLog, DecisionLog]:
    """A part to learn from and a part to judge on; all decisions of a source are in one of them.

    Args:
        log: to divide.
        share: of the sources that the first part gets.
        seed: of the draw.
    """
    named, place = np.unique(log.sources, return_inverse=True)
    first = (np.random.default_rng(seed).permutation(len(named)) < round(share * len(named)))[place]
    return log.at(first), log.at(~first)


def by_rules(log: DecisionLog) -> tuple[Floats, Bools]:
    """What the rules would have done, N by A, 1 for that action; and for which decisions the log says so.

    A log of an assistant has a feature `rules:STRATEGY` of 1 for the strategy that its rules proposed, whatever was
    done then. That is the rules' policy on these situations exactly, also where chance departed from it.
    """
    proposed_NA = (log.family(RULES) > 0).astype(np.float64)
    return proposed_NA, proposed_NA.sum(axis=1) == 1


def by_policy(policy: LinearPolicy, log: DecisionLog) -> Floats:
    """Probabilities of a learned policy in the situations of a log, N by A in the log's order of actions.

    Features that the log does not have are 0, as in a turn. Actions of the policy that the log does not know are not
    possible; use `DecisionLog.with_actions` to let it know them. Where none of the policy's actions was possible, it
    would have left the turn to the rules: there the row is 0 throughout.
    """
    column = {name: place for place, name in enumerate(log.feature_names)}
    features_NF = np.zeros((len(log), len(policy.features)))
    for place, name in enumerate(policy.features):
        if name in column:
            features_NF[:, place] = log.features[:, column[name]]
    number = {name: place for place, name in enumerate(log.action_names)}
    shared = [place for place, name in enumerate(policy.actions) if name in number]
    to = [number[policy.actions[place]] for place in shared]
    possible_NB = np.zeros((len(log), len(policy.actions)), np.bool_)
    possible_NB[:, shared] = log.possible()[:, to]
    able = possible_NB.any(axis=1)
    found_NA = np.zeros((len(log), len(log.action_names)))
    shares_NB = policy.probabilities(features_NF[able], possible_NB[able])
    found_NA[np.flatnonzero(able)[:, None], np.array(to, np.int64)] = shares_NB[:, shared]
    return found_NA


def _beyond(log: DecisionLog, usable: Bools, largest: float) -> Bools:
    """Which decisions are beyond what their source may bring."""
    places = np.flatnonzero(usable)
    allowed = max(1, int(largest * len(places)))
    order = np.argsort(log.sources[places], kind="stable")
    _, begins, counts = np.unique(log.sources[places][order], return_index=True, return_counts=True)
    rank = np.empty(len(places), np.int64)
    rank[order] = np.arange(len(places)) - np.repeat(begins, counts)
    beyond = np.zeros(len(log), np.bool_)
    beyond[places] = (rank >= allowed) & (len(counts) > 1)
    return beyond
