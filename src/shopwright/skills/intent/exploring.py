"""Trying actions to learn about them, within a budget: LinUCB and Thompson sampling over linear rewards.

Methods: disjoint LinUCB (Li et al., 2010, algorithm 1) and Thompson sampling with Gaussian posteriors (Agrawal and
Goyal, 2013). Each action has its own ridge regression of the reward on the features, updated a decision at a time, or
at once from a log.

Both give probabilities, not only an action, so that what they do can be judged off-policy. LinUCB's choice is certain.
Thompson's is drawn from the shares of `draws` samples of the posterior, so that the logged probability is exact. An
`Explorer` mixes them into the policy that runs: a share of the decisions, and no more than a limit of decisions that
departed from it. Rewards are bounded to 0 to 1 before they count; delayed ones are given to `learn` when they come.

Simplification: features are taken as they are given; standardise them first where their sizes differ much.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from shopwright.errors import ConfigError

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]
Method = Literal["linucb", "thompson"]


class LinearArms:
    """A ridge regression of rewards for each action.

    Args:
        actions: how many.
        features: how many, without a constant, which is added.
        ridge: strength of the prior that all weights are 0, above 0.
    """

    def __init__(self, actions: int, features: int, ridge: float = 1.0) -> None:
        if actions < 1 or features < 0 or not ridge > 0:
            raise ConfigError(f"actions {actions}, features {features}, ridge {ridge}: 1 or more, 0 or more, above 0")
        size = features + 1
        self.inverse = np.repeat(np.eye(size)[None] / ridge, actions, axis=0)
        self.moment = np.zeros((actions, size))
        self.tried = np.zeros(actions, np.int64)

    @property
    def weights(self) -> Floats:
        """Weights of each action, A by F + 1; the constant is the last."""
        return np.asarray(np.einsum("afg,ag->af", self.inverse, self.moment), np.float64)

    def learn(self, features: Floats, action: int, reward: float) -> None:
        """Take in what an action earned, by a rank-one update (Sherman and Morrison, 1950)."""
        row, inverse = np.append(features, 1.0), self.inverse[action]
        moved = inverse @ row
        self.inverse[action] = inverse - np.outer(moved, moved) / (1 + row @ moved)
        self.moment[action] += min(max(reward, 0.0), 1.0) * row
        self.tried[action] += 1

    def learn_all(self, features_NF: Floats, actions: Ints, rewards: Floats) -> None:
        """Take in a whole log at once; the same as `learn` for each decision of it."""
        rows_NF = np.hstack([features_NF, np.ones((len(features_NF), 1))])
        bounded = np.clip(rewards, 0.0, 1.0)
        for action in np.unique(actions):
            own = actions == action
            self.inverse[action] = np.linalg.inv(np.linalg.inv(self.inverse[action]) + rows_NF[own].T @ rows_NF[own])
            self.moment[action] += rows_NF[own].T @ bounded[own]
            self.tried[action] += int(own.sum())

    def upper(self, features: Floats, width: float) -> Floats:
        """Mean reward of each action plus `width` standard deviations."""
        mean, spread = self._posterior(features)
        return mean + width * spread

    def samples(self, features: Floats, width: float, draws: int, random: np.random.Generator) -> Floats:
        """Rewards of each action drawn from the posterior, one row a draw."""
        mean, spread = self._posterior(features)
        return mean + width * spread * random.standard_normal((draws, len(spread)))

    def _posterior(self, features: Floats) -> tuple[Floats, Floats]:
        """Mean reward of each action, and its standard deviation in units of the noise."""
        row = np.append(features, 1.0)
        square = np.einsum("f,afg,g->a", row, self.inverse, row)
        return np.asarray(self.weights @ row, np.float64), np.sqrt(np.maximum(square, 0.0))


@dataclass(slots=True)
class Explorer:
    """Explores in a share of the decisions until the budget is spent.

    Args:
        arms: what is known of each action.
        method: how it is explored.
        share: of the decisions that the explorer takes, 0 to 1.
        budget: decisions in which the explorer may depart from what the running policy likes best, in total.
        width: how many standard deviations of doubt count.
        draws: samples of the posterior that a decision is made from.
        spent: departures so far.
    """

    arms: LinearArms
    method: Method = "thompson"
    share: float = 0.1
    budget: int = 1000
    width: float = 0.5
    draws: int = 200
    spent: int = 0

    def __post_init__(self) -> None:
        if not 0 <= self.share <= 1:
            raise ConfigError(f"share {self.share}: must be 0 to 1")
        if self.budget < 0 or self.draws < 1 or self.width < 0 or self.spent < 0:
            raise ConfigError(
                f"budget {self.budget}, draws {self.draws}, width {self.width}, spent {self.spent}: draws must be 1 or "
                "more, the others 0 or more"
            )

    def decide(
        self, features: Floats, running: Floats, random: np.random.Generator, possible: Bools | None = None
    ) -> tuple[int, float]:
        """An action and the probability with which it was taken.

        Args:
            features: of the situation.
            running: probability that the running policy gives to each action.
            random: what draws.
            possible: actions that can be taken; None: all.
        """
        own = self._own(features, random, possible)
        share = 0.0 if own is None else self.share
        exploring = own is not None and random.random() < share
        drawn_from = own if own is not None and exploring else running
        action = int(random.choice(len(running), p=drawn_from))
        self.spent += exploring and action != int(running.argmax())
        chance = running[action] if own is None else share * own[action] + (1 - share) * running[action]
        return action, float(chance)

    def probabilities(
        self, features: Floats, running: Floats, random: np.random.Generator, possible: Bools | None = None
    ) -> Floats:
        """The running policy, mixed with what the explorer would do as long as there is budget."""
        own = self._own(features, random, possible)
        return running if own is None else np.asarray(self.share * own + (1 - self.share) * running, np.float64)

    def _own(self, features: Floats, random: np.random.Generator, possible: Bools | None) -> Floats | None:
        """Probabilities of the explorer alone; None without budget, or where nothing can be chosen."""
        open_ = np.ones(len(self.arms.tried), np.bool_) if possible is None else possible
        if self.spent >= self.budget or not self.share or not open_.any():
            return None
        if self.method == "linucb":
            best = np.where(open_, self.arms.upper(features, self.width), -np.inf)[None].argmax(axis=1)
        else:
            drawn = self.arms.samples(features, self.width, self.draws, random)
            best = np.where(open_, drawn, -np.inf).argmax(axis=1)
        return np.bincount(best, minlength=len(open_)) / len(best)
