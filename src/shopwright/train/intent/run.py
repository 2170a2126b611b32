"""From a log to a judged policy: sift, propensities, reward model, policy gradient, gate, drift.

    training = train(read, TrainingPlan(seed=1))
    training.verdict.promoted, training.policy, training.told

Sources, not decisions, are divided: three fifths to learn from, two fifths to judge on. Where the log has no
propensities they are estimated from the features, which is right only as far as the features hold whatever the decision
was made from; `warnings` says so. Nothing is learned from a log that cannot teach: `DecisionLog` of one action, or with
hardly any chance in it, gives a policy that does not pass, with the reason.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Callable
from dataclasses import dataclass, field, replace

import numpy as np

from shopwright.errors import CorpusError
from shopwright.offpolicy import Estimate, doubly_robust, ips, snips, switch_dr
from shopwright.skills.intent.arms import KeptArms
from shopwright.skills.intent.linear_policy import LinearPolicy
from shopwright.train.intent.decisions import RULES, DecisionLog, Floats, Ints
from shopwright.train.intent.drift import Drift, between, newest
from shopwright.train.intent.gating import Verdict, judge
from shopwright.train.intent.learning import LearningSettings, learn
from shopwright.train.intent.models import Predict, crossed, propensities_of, rewards_of
from shopwright.train.intent.reading import ReadLog
from shopwright.train.intent.sifting import by_policy, by_rules, divided, sift
from shopwright.train.intent.spreading import Spread, run_here

LEAST = 500
"""Decisions below which nothing is learned."""
_LOWEST = 0.01
"""Smallest propensity that is estimated."""
_FEW = 20
Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class TrainingPlan:
    """How a policy is made and judged.

    Args:
        learning: see `LearningSettings`.
        share: of the sources, to learn from.
        clip: bound of the weights in judging.
        level: of the gate's interval.
        seeds: policies that are learned, each from another seed; their mean weights are one policy.
        seed: of everything random.
    """

    learning: LearningSettings = field(default_factory=LearningSettings)
    share: float = 0.6
    clip: float = 100.0
    level: float = 0.95
    seeds: int = 1
    seed: int = 0


@dataclass(frozen=True, slots=True, eq=False)
class Training:
    """What came of it.

    Args:
        policy: that was learned.
        verdict: of the gate.
        against: what it was compared with.
        estimates: its value by each estimator on the judged part, by name.
        drift: between the older and the newest decisions.
        taken: decisions of each strategy in the whole log, and their mean reward.
        policies: decisions of each policy that made the log.
        learned, judged: decisions that were learned from, and judged on.
        told: what was left out, and why.
        warnings: what to know before the figures are believed.
        arms: what the whole log tells of each strategy, for exploring.
    """

    policy: LinearPolicy
    verdict: Verdict
    against: str
    estimates: dict[str, Estimate]
    drift: Drift
    taken: dict[str, tuple[int, float]]
    policies: dict[str, int]
    learned: int
    judged: int
    told: tuple[str, ...]
    warnings: tuple[str, ...]
    arms: KeptArms


def train(
    read: ReadLog,
    plan: TrainingPlan,
    running: LinearPolicy | None = None,
    spread: Spread = run_here,
    say: Say = lambda _line: None,
) -> Training:
    """Learn a policy from a log and judge it.

    Args:
        read: the log.
        plan: how.
        running: the policy that runs; None: the rules, as far as the log says what they would have done.
        spread: where parts that can stand beside each other run.
        say: is told of progress.

    Raises:
        CorpusError: fewer than `LEAST` decisions are left, or all are of one source.
    """
    log, told = sift(read.log)
    if len(log) < LEAST:
        raise CorpusError(
            f"{len(log)} decisions are left of {len(read.log)}: {LEAST} or more are needed. "
            f"{'; '.join([*read.told, *told])}"
        )
    say(f"{len(log):,} decisions, {len(log.feature_names)} features, {len(log.action_names)} strategies")
    log, unclear = _with_running(log, running)
    log, silent = _where_rules_spoke(log)
    told += silent
    warnings = [*_thin(log), *unclear]
    logged, guessed = _propensities(log, plan.seed, spread)
    warnings += guessed
    known = replace(log, logged=logged)
    early, late = divided(known, plan.share, plan.seed)
    if not len(early) or not len(late):
        raise CorpusError("all decisions are of one source: a policy must be judged on others than it learned from")
    say(f"learning from {len(early):,}, judging on {len(late):,}")
    policy = _learned(early, plan, spread)
    predicted_NA = _model(early)(np.arange(len(early)))(late.features)
    running_NA, against = _running(late, running)
    target_NA = _or_else(by_policy(policy, late), running_NA)
    verdict = judge(late, late.logged, predicted_NA, target_NA, running_NA, clip=plan.clip, level=plan.level)
    return Training(
        policy,
        verdict,
        against,
        _estimates(late, target_NA, predicted_NA, plan.clip),
        between(*newest(log)),
        {name: _earned(log, action) for action, name in enumerate(log.action_names)},
        dict(read.policies),
        len(early),
        len(late),
        (*read.told, *told),
        tuple(warnings),
        _arms(policy, log),
    )


def _arms(policy: LinearPolicy, log: DecisionLog) -> KeptArms:
    """What the log tells of the strategies that the policy knows."""
    place_of = {name: place for place, name in enumerate(policy.actions)}
    places = np.array([place_of.get(name, -1) for name in log.action_names])[log.actions]
    known = places >= 0
    return KeptArms.learned(policy, log.features[known], places[known], log.rewards[known])


def _with_running(log: DecisionLog, running: LinearPolicy | None) -> tuple[DecisionLog, list[str]]:
    """The log with the actions of the running policy, and what that policy would do that the log does not tell."""
    if running is not None:
        names = {*running.actions}
    else:
        used = [log.feature_names[place] for place in np.flatnonzero((log.features != 0).sum(axis=0))]
        names = {name.removeprefix(RULES) for name in used if name.startswith(RULES)}
    new = sorted(names - {*log.action_names})
    told = [f"what runs knows strategies that the log never took: {', '.join(new)}"] if new else []
    return log.with_actions(new), told


def _where_rules_spoke(log: DecisionLog) -> tuple[DecisionLog, list[str]]:
    """The decisions for which the log says what the rules would have done; all, where it never does."""
    _, said = by_rules(log)
    if said.all() or not said.any():
        return log, []
    return log.at(said), [f"{int((~said).sum())} decisions left out: the log does not say what the rules would do"]


def _thin(log: DecisionLog) -> list[str]:
    """Strategies of which the log says too little."""
    counts = np.bincount(log.actions, minlength=len(log.action_names))
    if (counts > 0).sum() == 1:
        return [f"the log took a single strategy throughout, {log.action_names[int(counts.argmax())]}: let it explore"]
    few = [f"{log.action_names[action]} ({count})" for action, count in enumerate(counts) if 0 < count < _FEW]
    return [f"strategies taken fewer than {_FEW} times, of which nothing can be said: {', '.join(few)}"] if few else []


def _propensities(log: DecisionLog, seed: int, spread: Spread) -> tuple[Floats, list[str]]:
    """The log's propensities, those that it does not have estimated, with a warning."""
    missing = ~np.isfinite(log.logged)
    if not missing.any():
        certain = float((log.logged >= 1).mean())
        told = f"{certain:.0%} of the decisions were certain (propensity 1): they say nothing of other strategies"
        return log.logged, [told] if certain > 0.5 else []
    fit = _Fit(log.features, log.actions, log.rewards, len(log.action_names), propensity=True)
    shares_NA = crossed(fit, log.features, seed=seed, groups=log.sources, spread=spread)
    guess = np.maximum(shares_NA[np.arange(len(log)), log.actions], _LOWEST)
    return np.where(missing, guess, log.logged), [
        f"{int(missing.sum()):,} of {len(log):,} decisions have no propensity: it was estimated from the features. "
        "Whatever else the decisions were made from makes every figure here wrong by an unknown amount; log "
        "propensities, and prove the policy on a share of the conversations first"
    ]


@dataclass(frozen=True, slots=True, eq=False)
class _Fit:
    """Fits a model to some decisions of a log; an object, so that it can travel to other machines."""

    features: Floats
    actions: Ints
    rewards: Floats
    count: int
    propensity: bool = False

    def __call__(self, places: Ints) -> Predict:
        features, actions = self.features[places], self.actions[places]
        if self.propensity:
            return propensities_of(features, actions, self.count)
        return rewards_of(features, actions, self.rewards[places], self.count)


def _model(log: DecisionLog) -> _Fit:
    return _Fit(log.features, log.actions, log.rewards, len(log.action_names))


def _learned(early: DecisionLog, plan: TrainingPlan, spread: Spread) -> LinearPolicy:
    """The policy, named after what it is, so that two that differ never share a name.

    It picks only among strategies that the log took often enough to know something of them.
    """
    counts = np.bincount(early.actions, minlength=len(early.action_names))
    early = early.among(np.flatnonzero(counts >= min(_FEW, counts.max())))
    predicted_NA = crossed(_model(early), early.features, seed=plan.seed, groups=early.sources, spread=spread)
    settings = [(replace(plan.learning, seed=plan.seed + place),) for place in range(plan.seeds)]
    found: list[LinearPolicy] = spread(learn, settings, early, early.logged, predicted_NA)
    weights = np.mean([one.weights for one in found], axis=0)
    digest = hashlib.sha256(weights.tobytes()).hexdigest()[:8]
    return replace(found[0], name=f"learned-{digest}", weights=weights)


def _running(log: DecisionLog, running: LinearPolicy | None) -> tuple[Floats | None, str]:
    """Probabilities of what runs now in the situations of a log, and its name."""
    proposed_NA, said = by_rules(log)
    if running is not None:
        return _or_else(by_policy(running, log), proposed_NA), running.name
    if said.all():
        return proposed_NA, "the rules"
    return None, "what made the log"


def _or_else(policy_NA: Floats, other_NA: Floats | None) -> Floats:
    """A policy's probabilities, and another's where none of its strategies was possible."""
    return policy_NA if other_NA is None else np.where(policy_NA.any(axis=1, keepdims=True), policy_NA, other_NA)


def _estimates(log: DecisionLog, target_NA: Floats, predicted_NA: Floats, clip: float) -> dict[str, Estimate]:
    chosen = target_NA[np.arange(len(log)), log.actions]
    given = (log.rewards, log.actions, log.logged, target_NA, predicted_NA)
    found = {
        "IPS": ips(log.rewards, chosen, log.logged),
        "IPS, clipped": ips(log.rewards, chosen, log.logged, clip),
        "doubly robust": doubly_robust(*given),
        "doubly robust, clipped": doubly_robust(*given, clip=clip),
        "switch-DR": switch_dr(*given, threshold=clip),
    }
    if chosen.any():
        found["SNIPS"] = snips(log.rewards, chosen, log.logged)
    return {name: one.by(log.sources) for name, one in found.items()}


def _earned(log: DecisionLog, action: int) -> tuple[int, float]:
    rewards = log.rewards[log.actions == action]
    return len(rewards), float(rewards.mean()) if len(rewards) else math.nan
