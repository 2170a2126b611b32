"""The policies that may decide a turn, behind one protocol: the rules, chance within a share, and learned ones.

    RulePolicy()              what runs until something learned beats it; certain, so its propensity is 1
    Exploring(policy, 0.1)    in a tenth of the decisions any possible strategy, each as likely, so that a log can tell
                              what the others would have earned
    Curious(exploring, ...)   the same, but what may well earn most goes first: LinUCB or Thompson sampling, within a
                              budget of departures a day
    Learned(file, policy)     what a shop's file of learned policies says, conversation by conversation; else `policy`
    Forced(strategy)          always one strategy, where it is possible; for simulations and benches

Every decision says with which probability it was taken.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Protocol

import numpy as np

from shopwright.assistant.strategy.situation import Situation
from shopwright.config import Settings
from shopwright.errors import ConfigError
from shopwright.models.kept_file import KeptFile
from shopwright.skills.intent.arms import FILE, KeptArms
from shopwright.skills.intent.exploring import Explorer, Method
from shopwright.skills.intent.policies import Policies
from shopwright.types import Decision, Strategy


class StrategyPolicy(Protocol):
    """Decides which strategy a turn takes."""

    def decide(self, situation: Situation) -> Decision:
        """The strategy, and the probability with which it was picked."""
        ...


@dataclass(frozen=True, slots=True)
class RulePolicy:
    """What the rules say."""

    def decide(self, situation: Situation) -> Decision:
        """See `StrategyPolicy`."""
        return situation.rules


@dataclass(frozen=True, slots=True)
class Forced:
    """One strategy wherever it is possible, else what the rules say."""

    strategy: Strategy

    def decide(self, situation: Situation) -> Decision:
        """See `StrategyPolicy`."""
        if self.strategy not in situation.possible:
            return situation.rules
        return Decision(self.strategy, 1.0, "forced", "it was asked for")


@dataclass(frozen=True, slots=True)
class Exploring:
    """Another policy, and in a share of the decisions chance.

    Args:
        policy: what decides otherwise; its own propensities must be known for every strategy, so it is certain.
        share: of the decisions that chance takes, 0 to 1.
        draws: where chance comes from.
    """

    policy: StrategyPolicy
    share: float
    draws: random.Random = field(default_factory=random.SystemRandom)

    def __post_init__(self) -> None:
        if not 0 <= self.share <= 1:
            raise ConfigError(f"share {self.share} of exploration: give 0 (none) to 1")

    def decide(self, situation: Situation) -> Decision:
        """See `StrategyPolicy`."""
        own = self.policy.decide(situation)
        if not self.share or len(situation.possible) < 2:
            return own
        each = self.share / len(situation.possible)
        picked = own.strategy
        if self.draws.random() < self.share:
            picked = self.draws.choice(situation.possible)
        chance = each + (1 - self.share) * (picked is own.strategy)
        name = f"{own.policy}+{self.share:g}"
        if picked is own.strategy:
            return replace(own, propensity=chance, policy=name)
        return Decision(picked, chance, name, "tried, to learn what it is worth")


def policies_file(path: Path) -> KeptFile[Policies]:
    """A shop's learned policies as they stand."""
    return KeptFile(path, Policies.load, Policies())


@dataclass(slots=True)
class Curious:
    """Another policy, and in a share of the decisions the strategy that may well earn most.

    Args:
        exploring: the policy, and the share; explores evenly as long as nothing is known of the strategies.
        arms: what is known of them.
        method: LinUCB or Thompson sampling.
        budget: decisions a day that may depart from the policy.
        draws: where chance comes from.
    """

    exploring: Exploring
    arms: KeptFile[KeptArms | None]
    method: Method
    budget: int
    draws: np.random.Generator = field(default_factory=np.random.default_rng)
    _spent: tuple[date, int] = (date.min, 0)

    def decide(self, situation: Situation) -> Decision:
        """See `StrategyPolicy`."""
        kept = self.arms()
        own = self.exploring.policy.decide(situation)
        if kept is None or own.strategy not in kept.actions or len(situation.possible) < 2:
            return self.exploring.decide(situation)
        today = date.today()
        spent = self._spent[1] if self._spent[0] == today else 0
        explorer = Explorer(kept.arms, self.method, self.exploring.share, self.budget, spent=spent)
        running = np.eye(len(kept.actions))[kept.actions.index(own.strategy)]
        possible = kept.among([str(strategy) for strategy in situation.possible])
        picked, chance = explorer.decide(kept.row(situation.features), running, self.draws, possible)
        self._spent = today, explorer.spent
        name = f"{own.policy}+{self.exploring.share:g} {self.method}"
        if kept.actions[picked] == own.strategy:
            return replace(own, propensity=chance, policy=name)
        return Decision(Strategy(kept.actions[picked]), chance, name, "tried, since it may well be worth most")


@dataclass(frozen=True, slots=True)
class Learned:
    """The learned policy of a conversation's arm, and another one where the arm has none.

    Args:
        policies: gives those in force.
        otherwise: decides where none is learned, or none of the possible strategies is known to it.
        draws: where chance comes from.
    """

    policies: KeptFile[Policies]
    otherwise: StrategyPolicy
    draws: np.random.Generator = field(default_factory=np.random.default_rng)

    def decide(self, situation: Situation) -> Decision:
        """See `StrategyPolicy`."""
        policy = self.policies().arm(situation.session_id)
        if policy is None:
            return self.otherwise.decide(situation)
        known = [str(strategy) for strategy in situation.possible if strategy in policy.actions]
        if len(situation.possible) < 2 or not known:
            return situation.rules
        picked, chance = policy.decide(situation.features, self.draws, known)
        return Decision(Strategy(picked), chance, policy.name, "learned from what shoppers did")


def policy_of(file: Path, settings: Settings) -> StrategyPolicy:
    """What decides in a shop: its learned policies, and where there are none the rules, with a share of exploration."""
    rules: StrategyPolicy = Exploring(RulePolicy(), settings.explore)
    if settings.explore and settings.explore_by != "even":
        arms: KeptFile[KeptArms | None] = KeptFile(file.with_name(FILE), KeptArms.load, None)
        rules = Curious(Exploring(RulePolicy(), settings.explore), arms, settings.explore_by, settings.explore_budget)
    return Learned(policies_file(file), rules)
