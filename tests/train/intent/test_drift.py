from __future__ import annotations

import numpy as np
import pytest

from shopwright.train.intent.decisions import DecisionLog
from shopwright.train.intent.drift import SHIFT, between, cusum, kolmogorov_smirnov, newest, psi


def window(n: int, seed: int, shift: float = 0.0, reward: float = 0.1, turns: int = 1) -> DecisionLog:
    random = np.random.default_rng(seed)
    sources = np.arange(n) // turns
    level = random.normal(size=n)[sources]
    columns = np.stack([level + shift, (random.random(n)[sources] < 0.2 + shift / 2) * 1.0, random.random(n)], axis=1)
    rewards = (random.random(n)[sources] < reward).astype(np.float64)
    return DecisionLog(
        columns, np.zeros(n, np.int64), rewards, np.ones(n), sources, ("level", "flag", "noise"), ("search",)
    )


def test_stability_index_by_hand() -> None:
    before, after = np.array([0.0] * 80 + [1.0] * 20), np.array([0.0] * 50 + [1.0] * 50)
    expected = (0.5 - 0.8) * np.log(0.5 / 0.8) + (0.5 - 0.2) * np.log(0.5 / 0.2)
    assert psi(before, after) == pytest.approx(expected, rel=0.05)
    assert psi(before, before) == pytest.approx(0)


def test_kolmogorov_smirnov_by_hand() -> None:
    distance, chance = kolmogorov_smirnov(np.array([1.0, 2.0, 3.0, 4.0]), np.array([3.0, 4.0, 5.0, 6.0]))
    assert distance == pytest.approx(0.5)
    assert 0.5 < chance <= 1
    assert kolmogorov_smirnov(np.zeros(500), np.ones(500))[1] < 1e-9


def test_planted_drift_is_found_and_named() -> None:
    found = between(window(2_000, 0), window(800, 1, shift=0.8))
    assert {one.name for one in found.drifted} == {"level", "flag"}
    assert found.features[0].psi > SHIFT
    assert found.features[0].after - found.features[0].before > 0.1


def test_no_drift_raises_few_alarms() -> None:
    alarms = [between(window(900, seed), window(300, seed + 1_000)) for seed in range(200)]
    assert sum(bool(one.drifted) for one in alarms) <= 2
    assert sum(one.reward is not None and one.reward.found for one in alarms) <= 6


def test_a_session_counts_once() -> None:
    alarms = [between(window(3_000, seed, turns=6), window(900, seed + 1_000, turns=6)) for seed in range(100)]
    assert sum(bool(one.drifted) for one in alarms) <= 2
    assert sum(one.reward is not None and one.reward.found for one in alarms) <= 4


def test_a_change_of_the_reward_is_found_where_it_was() -> None:
    rewards = np.concatenate([window(3_000, 3).rewards, window(2_000, 4, reward=0.2).rewards])
    change = cusum(rewards)
    assert change.found
    assert change.at == pytest.approx(3_000, abs=400)
    assert (change.before, change.after) == pytest.approx((0.1, 0.2), abs=0.03)
    assert not cusum(np.zeros(500)).found


def test_the_chance_of_the_cusum_is_right() -> None:
    chances = [cusum(np.random.default_rng(seed).normal(size=500)).chance for seed in range(400)]
    assert np.mean(np.array(chances) < 0.1) == pytest.approx(0.1, abs=0.05)


def test_short_windows_say_nothing() -> None:
    found = between(window(40, 0), window(20, 1))
    assert (found.features, found.reward) == ((), None)
    older, newer = newest(window(100, 0))
    assert (len(older), len(newer)) == (80, 20)
