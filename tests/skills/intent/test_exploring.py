from __future__ import annotations

import numpy as np
import pytest

from shopwright.errors import ConfigError
from shopwright.skills.intent.exploring import Explorer, LinearArms, Method

RUNNING = np.array([0.0, 1.0, 0.0])
HERE = np.array([1.0, -0.5])


def taught(seed: int = 0, n: int = 300) -> tuple[LinearArms, np.ndarray, np.ndarray, np.ndarray]:
    random = np.random.default_rng(seed)
    features, actions = random.normal(size=(n, 2)), random.integers(0, 3, n)
    rewards = np.clip(0.3 + 0.2 * actions + 0.1 * features[:, 0], 0, 1)
    arms = LinearArms(3, 2)
    for row, action, reward in zip(features, actions, rewards, strict=True):
        arms.learn(row, int(action), float(reward))
    return arms, features, actions, rewards


def test_an_arm_is_a_ridge_regression() -> None:
    arms, features, actions, rewards = taught()
    for action in range(3):
        own = np.hstack([features, np.ones((len(features), 1))])[actions == action]
        expected = np.linalg.solve(own.T @ own + np.eye(3), own.T @ rewards[actions == action])
        assert arms.weights[action] == pytest.approx(expected)
    assert arms.tried.sum() == 300


def test_a_log_at_once_teaches_the_same() -> None:
    arms, features, actions, rewards = taught()
    at_once = LinearArms(3, 2)
    at_once.learn_all(features[:200], actions[:200], rewards[:200])
    at_once.learn_all(features[200:], actions[200:], rewards[200:])
    assert at_once.weights == pytest.approx(arms.weights)
    assert at_once.inverse == pytest.approx(arms.inverse)
    assert np.array_equal(at_once.tried, arms.tried)


def test_what_was_never_tried_is_in_doubt_and_rewards_are_bounded() -> None:
    arms = LinearArms(2, 2)
    for _ in range(40):
        arms.learn(HERE, 0, 50.0)
    assert arms.upper(HERE, 0.0)[0] == pytest.approx(1.0, abs=0.02), "50 counts as 1"
    wide = arms.upper(HERE, 3.0) - arms.upper(HERE, 0.0)
    assert wide[1] > 5 * wide[0]


@pytest.mark.parametrize("method", ["linucb", "thompson"])
def test_the_probability_is_that_of_the_mixture(method: Method) -> None:
    explorer = Explorer(taught()[0], method, share=0.2, budget=10**6)
    taken: dict[int, list[float]] = {}
    random = np.random.default_rng(1)
    for _ in range(3_000):
        action, chance = explorer.decide(HERE, RUNNING, random)
        taken.setdefault(action, []).append(chance)
    for action, chances in taken.items():
        assert len(chances) / 3_000 == pytest.approx(float(np.mean(chances)), abs=0.03), action
    assert sum(len(chances) / np.mean(chances) for chances in taken.values()) / 3_000 == pytest.approx(
        len(taken), abs=0.25
    )
    mixed = explorer.probabilities(HERE, RUNNING, np.random.default_rng(3))
    assert mixed.sum() == pytest.approx(1)
    assert mixed[1] >= 0.8


def test_the_best_arm_is_explored_most() -> None:
    found = Explorer(taught()[0], "thompson", share=1.0).probabilities(HERE, RUNNING, np.random.default_rng(0))
    assert found.argmax() == 2
    certain = Explorer(taught()[0], "linucb", share=1.0).probabilities(HERE, RUNNING, np.random.default_rng(0))
    assert certain.tolist() == [0.0, 0.0, 1.0]


def test_the_budget_is_kept_and_then_the_running_policy_decides_alone() -> None:
    explorer, random = Explorer(taught()[0], share=0.5, budget=7), np.random.default_rng(0)
    taken = [explorer.decide(HERE, RUNNING, random) for _ in range(500)]
    assert sum(action != 1 for action, _ in taken) == 7 == explorer.spent
    assert taken[-1] == (1, 1.0)
    assert explorer.probabilities(HERE, RUNNING, random) is RUNNING


def test_chance_of_the_running_policy_itself_costs_nothing() -> None:
    explorer, random = Explorer(taught()[0], "linucb", share=0.1, budget=10**6), np.random.default_rng(0)
    running = np.array([0.3, 0.3, 0.4])
    for _ in range(500):
        explorer.decide(HERE, running, random)
    assert explorer.spent == 0, "LinUCB and the running policy like the same action best"


@pytest.mark.parametrize("method", ["linucb", "thompson"])
def test_what_is_not_possible_is_not_explored(method: Method) -> None:
    explorer, possible = Explorer(taught()[0], method, share=1.0), np.array([True, True, False])
    found = explorer.probabilities(HERE, RUNNING, np.random.default_rng(0), possible)
    assert found[2] == 0
    assert found.sum() == pytest.approx(1)


def test_contradictions() -> None:
    with pytest.raises(ConfigError, match="share 2"):
        Explorer(LinearArms(2, 1), share=2)
    with pytest.raises(ConfigError, match="budget -1"):
        Explorer(LinearArms(2, 1), budget=-1)
    with pytest.raises(ConfigError, match="ridge 0"):
        LinearArms(2, 1, 0)
