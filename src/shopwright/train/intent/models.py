"""Models that learning and judging rest on: the reward of each action, and the propensities that a log does not have.

Both are linear in standardised features and fitted in whole-array steps. `crossed` fits on all folds but one and
predicts that one, so that no decision is judged by a model that saw it, or saw another of its session.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from shopwright.skills.intent.linear_policy import softmax, standardised
from shopwright.train.intent.spreading import Spread, run_here

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Predict = Callable[[Floats], Floats]
Fit = Callable[[Ints], Predict]
Kind = Literal["ridge", "logistic"]
_NEWTON, _ASCENTS, _STILL = 6, 60, 1e-9


def scaling(features_NF: Floats) -> tuple[Floats, Floats]:
    """Mean and standard deviation of each feature; 1 for one that never changes."""
    spread = features_NF.std(axis=0)
    return features_NF.mean(axis=0), np.where(spread > _STILL, spread, 1.0)


def rewards_of(
    features_NF: Floats, actions: Ints, rewards: Floats, count: int, kind: Kind = "logistic", ridge: float = 10.0
) -> Predict:
    """A regression of the reward for each action, from the decisions that took it (the T-learner of Künzel, 2019).

    Args:
        features_NF: of the situations.
        actions: taken.
        rewards: 0 to 1.
        count: of actions; one that was never taken is expected to earn the mean of all.
        kind: least squares, or a logistic regression by Newton steps.
        ridge: pull of the weights to 0; the constant is free of it.

    Returns:
        What predicts rewards, 0 to 1, of every action in given situations.
    """
    mean, scale = scaling(features_NF)
    design = _with_constant(standardised(features_NF, mean, scale))
    weights_AF = np.zeros((count, design.shape[1]))
    overall = float(rewards.mean())
    weights_AF[:, -1] = _log_odds(overall) if kind == "logistic" else overall
    fit = _logistic if kind == "logistic" else _least_squares
    for action in range(count):
        own = actions == action
        if own.any():
            weights_AF[action] = fit(design[own], rewards[own], ridge)

    def predict(situations_NF: Floats) -> Floats:
        scores = _with_constant(standardised(situations_NF, mean, scale)) @ weights_AF.T
        return np.asarray(1 / (1 + np.exp(-scores)) if kind == "logistic" else np.clip(scores, 0, 1), np.float64)

    return predict


def propensities_of(features_NF: Floats, actions: Ints, count: int, ridge: float = 1.0) -> Predict:
    """A multinomial logistic regression of the action on the features, by accelerated ascent (Nesterov, 1983).

    Returns:
        What predicts the probability of every action in given situations.
    """
    mean, scale = scaling(features_NF)
    design = _with_constant(standardised(features_NF, mean, scale))
    n = len(design)
    taken = np.eye(count)[actions]
    weights = np.zeros((design.shape[1], count))
    weights[-1] = np.log(taken.mean(axis=0) + 1e-6)
    ahead, step = weights, 1.0 / (0.5 * float(np.linalg.eigvalsh(design.T @ design / n)[-1]) + ridge / n)
    for turn in range(_ASCENTS):
        gradient = design.T @ (taken - softmax(design @ ahead)) / n
        gradient[:-1] -= ridge / n * ahead[:-1]
        moved = ahead + step * gradient
        ahead, weights = moved + turn / (turn + 3) * (moved - weights), moved

    def predict(situations_NF: Floats) -> Floats:
        return softmax(_with_constant(standardised(situations_NF, mean, scale)) @ weights)

    return predict


def crossed(
    fit: Fit,
    features_NF: Floats,
    folds: int = 5,
    seed: int = 0,
    groups: Ints | None = None,
    spread: Spread = run_here,
) -> Floats:
    """Predictions for every decision by a model that was fitted on the other folds.

    Args:
        fit: given places of decisions to learn from, returns what predicts.
        features_NF: of all decisions.
        folds: 2 or more.
        seed: of the split.
        groups: decisions of one group, e.g. a session, stay in one fold; None: each is a group.
        spread: where the folds are computed.
    """
    fold = folds_of(np.arange(len(features_NF)) if groups is None else groups, folds, seed)
    parts = spread(_one_fold, [(each,) for each in range(folds)], fit, features_NF, fold)
    found = np.zeros((len(features_NF), parts[0].shape[1]))
    for each, part in enumerate(parts):
        found[fold == each] = part
    return found


def folds_of(groups: Ints, folds: int, seed: int = 0) -> Ints:
    """A fold for every decision, 0 to `folds` - 1, the same for all of a group."""
    named, place = np.unique(groups, return_inverse=True)
    return np.asarray((np.random.default_rng(seed).permutation(len(named)) % folds)[place], np.int64)


def _one_fold(fit: Fit, features_NF: Floats, fold: Ints, each: int) -> Floats:
    return fit(np.flatnonzero(fold != each))(features_NF[fold == each])


def _with_constant(features_NF: Floats) -> Floats:
    return np.hstack([features_NF, np.ones((len(features_NF), 1))])


def _log_odds(share: float) -> float:
    bounded = min(max(share, 1e-4), 1 - 1e-4)
    return float(np.log(bounded / (1 - bounded)))


def _pull(size: int, ridge: float) -> Floats:
    pull = np.full(size, ridge)
    pull[-1] = 1e-6
    return np.diag(pull)


def _least_squares(design: Floats, rewards: Floats, ridge: float) -> Floats:
    return np.asarray(
        np.linalg.solve(design.T @ design + _pull(design.shape[1], ridge), design.T @ rewards), np.float64
    )


def _logistic(design: Floats, rewards: Floats, ridge: float) -> Floats:
    """Newton's method from the mean; the ridge on the constant is weak but keeps one-sided rewards finite."""
    pull = _pull(design.shape[1], ridge)
    pull[-1, -1] = 0.5
    start = np.zeros(design.shape[1])
    start[-1] = _log_odds(float(rewards.mean()))
    weights = start
    for _ in range(_NEWTON):
        shares = 1 / (1 + np.exp(-(design @ weights)))
        slope = design.T @ (rewards - shares) - pull @ (weights - start)
        curve = (design * (shares * (1 - shares))[:, None]).T @ design + pull
        weights = weights + np.linalg.solve(curve, slope)
    return weights
