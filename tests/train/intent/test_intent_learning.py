"""Reward models, propensities and the policy gradient over made worlds with known answers."""

from __future__ import annotations

import numpy as np
import pytest

from shopwright.train.intent.decisions import DecisionLog
from shopwright.train.intent.learning import LearningSettings, learn
from shopwright.train.intent.models import crossed, folds_of, propensities_of, rewards_of, scaling


def crossing(n: int, seed: int = 0) -> tuple[DecisionLog, np.ndarray]:
    """Action 1 is right where the feature is above 0, action 0 where it is below; and the chances of a reward."""
    random = np.random.default_rng(seed)
    features = random.normal(size=(n, 2))
    chances = 1 / (1 + np.exp(-np.stack([-2 * features[:, 0], 2 * features[:, 0]], axis=1)))
    first = 1 / (1 + np.exp(-0.8 * features[:, 1]))
    actions = (random.random(n) > first).astype(np.int64)
    logged = np.where(actions == 0, first, 1 - first)
    rewards = (random.random(n) < chances[np.arange(n), actions]).astype(np.float64)
    return DecisionLog(features, actions, rewards, logged, np.arange(n), ("a", "b"), ("ask", "search")), chances


@pytest.mark.parametrize("kind", ["ridge", "logistic"])
def test_the_reward_model_finds_the_rewards(kind: str) -> None:
    log, chances = crossing(8_000)
    predicted = rewards_of(log.features, log.actions, log.rewards, 2, kind=kind)(log.features)
    assert np.abs(predicted - chances).mean() < (0.02 if kind == "logistic" else 0.1)
    assert ((predicted >= 0) & (predicted <= 1)).all()


def test_an_action_that_was_never_taken_is_expected_to_earn_the_mean() -> None:
    log, _ = crossing(500)
    predicted = rewards_of(log.features, log.actions, log.rewards, 3)(log.features)
    assert predicted[:, 2] == pytest.approx(log.rewards.mean())


def test_rewards_that_never_vary_stay_finite() -> None:
    log, _ = crossing(200)
    predicted = rewards_of(log.features, log.actions, np.zeros(200), 2)(log.features * 1e6)
    assert np.isfinite(predicted).all()
    assert predicted.max() < 0.05


def test_estimated_propensities_are_those_of_the_log() -> None:
    log, _ = crossing(8_000)
    shares = propensities_of(log.features, log.actions, 2)(log.features)
    assert np.abs(shares[np.arange(8_000), log.actions] - log.logged).mean() < 0.02
    assert shares.sum(axis=1) == pytest.approx(1)


def test_no_decision_is_predicted_by_a_model_that_saw_its_session() -> None:
    seen: list[set[int]] = []
    groups = np.repeat(np.arange(40), 3)
    fold = folds_of(groups, 4, seed=1)

    def fit(places: np.ndarray):
        seen.append(set(groups[places]))
        return lambda features: np.full((len(features), 1), float(len(seen)))

    predicted = crossed(fit, np.zeros((120, 1)), folds=4, seed=1, groups=groups)
    for place in range(120):
        assert groups[place] not in seen[int(predicted[place, 0]) - 1]
    assert all(len(set(fold[groups == group])) == 1 for group in range(40))


def test_a_feature_that_never_changes_is_no_danger() -> None:
    mean, scale = scaling(np.full((5, 1), 3.0))
    assert (mean[0], scale[0]) == (3.0, 1.0)


@pytest.mark.parametrize("objective", ["dr", "ips"])
def test_the_policy_learns_where_each_action_is_right(objective: str) -> None:
    log, _ = crossing(6_000)

    def fit(places: np.ndarray):
        part = log.at(places)
        return rewards_of(part.features, part.actions, part.rewards, 2)

    predicted = crossed(fit, log.features)
    policy = learn(log, log.logged, predicted, LearningSettings(objective=objective))
    fresh, truth = crossing(4_000, seed=9)
    value = (policy.probabilities(fresh.features) * truth).sum(axis=1).mean()
    best, constant = truth.max(axis=1).mean(), truth.mean(axis=0).max()
    assert value > constant + 0.8 * (best - constant)
    assert policy.probabilities(fresh.features).min() >= policy.floor / 2 - 1e-12, "every action keeps its floor"
    again = learn(log, log.logged, predicted, LearningSettings(objective=objective))
    assert np.array_equal(policy.weights, again.weights), "seeded"


def test_a_rare_decision_cannot_carry_the_policy_away() -> None:
    log, _ = crossing(2_000)
    planted = log.logged.copy()
    planted[:3] = 1e-6
    model = np.full((2_000, 2), log.rewards.mean())
    bounded = learn(log, planted, model, LearningSettings(clip=10.0)).probabilities(log.features)
    clean = learn(log, log.logged, model, LearningSettings(clip=10.0)).probabilities(log.features)
    free = learn(log, planted, model, LearningSettings(clip=1e12)).probabilities(log.features)
    assert np.abs(bounded - clean).mean() < 0.02
    assert np.abs(free - clean).mean() > 0.1


def test_what_is_not_possible_is_not_learned() -> None:
    log, _ = crossing(1_000)
    only = np.ones((1_000, 2))
    only[log.features[:, 0] > 1, 0] = 0
    log = log.at(only[np.arange(1_000), log.actions] > 0)
    open_ = np.ones((len(log), 2))
    open_[log.features[:, 0] > 1, 0] = 0
    columns = np.hstack([log.features, open_])
    named = DecisionLog(
        columns, log.actions, log.rewards, log.logged, log.sources,
        ("a", "b", "possible:ask", "possible:search"), log.action_names,
    )  # fmt: skip
    policy = learn(named, named.logged, np.full((len(log), 2), 0.5), LearningSettings())
    assert np.isfinite(policy.weights).all()
