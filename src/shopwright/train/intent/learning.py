"""A policy from a log: gradient ascent on its estimated value with bounded weights.

The value is the doubly robust one (`offpolicy.doubly_robust`), or IPS with the mean reward as its baseline. A logged
decision whose weight is above the clip no longer pulls, so that a few rare decisions cannot carry the policy away
(the truncation of POEM, Swaminathan and Joachims, 2015, and of off-policy REINFORCE, Chen et al., 2019). Adam, in
batches, over arrays alone: a million decisions of 20 features and 8 actions take well under a minute.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from shopwright.skills.intent.linear_policy import LinearPolicy, softmax, standardised
from shopwright.train.intent.decisions import DecisionLog
from shopwright.train.intent.models import scaling

Floats = NDArray[np.float64]
Objective = Literal["dr", "ips"]
_BATCHES, _SMALLEST = 40, 64
"""Steps a pass at least, and the fewest decisions of one."""


@dataclass(frozen=True, slots=True)
class LearningSettings:
    """How a policy is learned.

    Args:
        objective: doubly robust, or inverse propensity alone.
        clip: bound of the weights.
        passes: over the log.
        batch: decisions a step, at most: a short log makes as many steps of fewer.
        rate: of Adam.
        penalty: squared length of the weights that costs as much value.
        floor: share of its decisions that the policy takes by chance, so that it can be judged and learned from.
        seed: of everything random.
    """

    objective: Objective = "dr"
    clip: float = 10.0
    passes: int = 12
    batch: int = 4096
    rate: float = 0.05
    penalty: float = 1e-4
    floor: float = 0.02
    seed: int = 0


def learn(
    log: DecisionLog, logged: Floats, predicted_NA: Floats, settings: LearningSettings, name: str = "linear-1"
) -> LinearPolicy:
    """The policy whose estimated value is highest.

    Args:
        log: what to learn from.
        logged: propensity of each action taken, above 0.
        predicted_NA: expected reward of every action, by models that did not see the decision (`models.crossed`).
        settings: how.
        name: of the policy.
    """
    mean, scale = scaling(log.features)
    design = np.hstack([standardised(log.features, mean, scale), np.ones((len(log), 1))])
    count, possible_NA = len(log.action_names), log.possible()
    base = predicted_NA if settings.objective == "dr" else np.full_like(predicted_NA, log.rewards.mean())
    residual = log.rewards - base[np.arange(len(log)), log.actions]
    weights = np.zeros((count, design.shape[1]))
    slope, spread = np.zeros_like(weights), np.zeros_like(weights)
    random, step = np.random.default_rng(settings.seed), 0
    batch = min(settings.batch, max(_SMALLEST, len(log) // _BATCHES))
    for turn in range(settings.passes):
        for rows in np.array_split(random.permutation(len(log)), -(-len(log) // batch)):
            at = np.arange(len(rows))
            shares = softmax(np.where(possible_NA[rows], design[rows] @ weights.T, -np.inf))
            pull = base[rows].copy()
            ratio = shares[at, log.actions[rows]] / logged[rows]
            pull[at, log.actions[rows]] += np.where(ratio < settings.clip, residual[rows] / logged[rows], 0.0)
            gain = shares * (pull - (shares * pull).sum(axis=1, keepdims=True))
            gradient = gain.T @ design[rows] / len(rows) - 2 * settings.penalty * weights
            step += 1
            slope = 0.9 * slope + 0.1 * gradient
            spread = 0.999 * spread + 0.001 * gradient**2
            size = settings.rate * (1 - turn / settings.passes)
            weights = weights + size * (slope / (1 - 0.9**step)) / (np.sqrt(spread / (1 - 0.999**step)) + 1e-9)
    return LinearPolicy(name, log.action_names, log.feature_names, mean, scale, weights, settings.floor)
