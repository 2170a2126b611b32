from __future__ import annotations

import math

import numpy as np
import pytest

from shopwright.errors import CorpusError
from shopwright.offpolicy import (
    Estimate,
    Floats,
    Ints,
    direct,
    doubly_robust,
    effective_sample_size,
    inspect,
    ips,
    snips,
    switch_dr,
)

CHANCES = np.array([[0.1, 0.5, 0.3], [0.6, 0.2, 0.4]])
"""Chance of a reward in two situations under three actions."""
LOGGING = np.array([[0.6, 0.2, 0.2], [0.3, 0.5, 0.2]])
TARGET = np.array([[0.1, 0.7, 0.2], [0.8, 0.1, 0.1]])
TRUE = float((CHANCES * TARGET).sum(axis=1).mean())


def world(n: int, seed: int) -> tuple[Ints, Ints, Floats, Floats]:
    """Situations, actions, propensities and rewards of a log."""
    random = np.random.default_rng(seed)
    place = random.integers(0, 2, n)
    actions = (random.random(n)[:, None] > LOGGING[place].cumsum(axis=1)).sum(axis=1)
    rewards = (random.random(n) < CHANCES[place, actions]).astype(np.float64)
    return place, actions, LOGGING[place, actions], rewards


def every(n: int, seed: int, model: Floats, propensities: Floats = LOGGING) -> dict[str, float]:
    place, actions, _, rewards = world(n, seed)
    logged, target, predicted = propensities[place, actions], TARGET[place], model[place]
    chosen = target[np.arange(n), actions]
    return {
        "ips": ips(rewards, chosen, logged).value,
        "snips": snips(rewards, chosen, logged).value,
        "direct": direct(predicted, target).value,
        "dr": doubly_robust(rewards, actions, logged, target, predicted).value,
        "switch": switch_dr(rewards, actions, logged, target, predicted, 2.0).value,
    }


def over_logs(model: Floats, propensities: Floats = LOGGING, logs: int = 400) -> dict[str, Floats]:
    runs = [every(250, seed, model, propensities) for seed in range(logs)]
    return {name: np.array([run[name] for run in runs]) for name in runs[0]}


def test_closed_forms() -> None:
    rewards, target, logged = np.array([1.0, 0.0, 2.0]), np.array([0.5, 0.5, 0.1]), np.array([0.25, 0.5, 0.2])
    assert ips(rewards, target, logged).value == pytest.approx((2 * 1 + 1 * 0 + 0.5 * 2) / 3)
    assert snips(rewards, target, logged).value == pytest.approx(3 / 3.5)
    assert ips(rewards, target, logged, clip=1.5).value == pytest.approx((1.5 + 1) / 3)
    actions, target_NA = np.array([0, 1, 0]), np.array([[0.5, 0.5], [0.5, 0.5], [0.1, 0.9]])
    predicted = np.array([[0.5, 0.0], [1.0, 0.5], [1.0, 1.0]])
    base = np.array([0.25, 0.75, 1.0])
    assert direct(predicted, target_NA).value == pytest.approx(base.mean())
    terms = base + np.array([2 * 0.5, 1 * -0.5, 0.5 * 1.0])
    assert doubly_robust(rewards, actions, logged, target_NA, predicted).value == pytest.approx(terms.mean())
    switched = base + np.array([0.0, -0.5, 0.5])
    assert switch_dr(rewards, actions, logged, target_NA, predicted, 1.0).value == pytest.approx(switched.mean())


def test_a_policy_judged_on_its_own_log_earns_the_mean_reward() -> None:
    place, _, logged, rewards = world(500, 3)
    for estimate in (ips(rewards, logged, logged), snips(rewards, logged, logged)):
        assert estimate.value == pytest.approx(rewards.mean())
        assert estimate.ess == pytest.approx(500)
    assert snips(rewards, logged, logged).error == pytest.approx(rewards.std(ddof=1) / math.sqrt(500))
    assert len(place) == estimate.n


def test_unbiased_over_many_logs() -> None:
    found = over_logs(np.full((2, 3), 0.3))
    for name in ("ips", "dr"):
        assert abs(found[name].mean() - TRUE) < 3 * found[name].std() / math.sqrt(400), name
    assert abs(found["snips"].mean() - TRUE) < 0.01
    assert abs(found["direct"].mean() - TRUE) > 0.15, "a model that knows nothing is wrong"


def test_either_the_model_or_the_propensities_may_be_wrong() -> None:
    wrong = np.full((2, 3), 1 / 3)
    found = over_logs(CHANCES, wrong)
    assert abs(found["dr"].mean() - TRUE) < 3 * found["dr"].std() / math.sqrt(400)
    assert abs(found["ips"].mean() - TRUE) > 0.03
    both = over_logs(np.full((2, 3), 0.3), wrong)
    assert abs(both["dr"].mean() - TRUE) > 0.01


def test_a_good_model_takes_variance_away() -> None:
    found = over_logs(CHANCES)
    assert found["dr"].std() < 0.8 * found["ips"].std()
    assert found["switch"].std() <= found["dr"].std()
    assert found["snips"].std() < found["ips"].std()


def covered(name: str, logs: int = 300) -> float:
    hits = 0
    for seed in range(logs):
        place, actions, logged, rewards = world(300, seed)
        estimate = snips(rewards, TARGET[place, actions], logged)
        low, high = estimate.interval() if name == "normal" else estimate.bootstrap(resamples=200, seed=seed)
        hits += low <= TRUE <= high
    return hits / logs


@pytest.mark.parametrize("name", ["normal", "bootstrap"])
def test_intervals_hold_the_truth_as_often_as_they_say(name: str) -> None:
    assert 0.91 <= covered(name) <= 0.98


def test_the_lower_bound_holds_and_tightens() -> None:
    broken, last = 0, 0.0
    for seed in range(200):
        place, actions, logged, rewards = world(400, seed)
        estimate = doubly_robust(rewards, actions, logged, TARGET[place], CHANCES[place], clip=4.0)
        last = estimate.lower_bound()
        broken += last > TRUE
        assert last < estimate.interval()[0], "it assumes less than a normal interval does"
    assert broken / 200 <= 0.05
    place, actions, logged, rewards = world(40_000, 0)
    many = doubly_robust(rewards, actions, logged, TARGET[place], CHANCES[place], clip=4.0)
    assert last < many.lower_bound() < TRUE


def test_the_lower_bound_by_hand() -> None:
    estimate = Estimate("ips", 0.5, 4.0, np.array([0.0, 1.0, 0.0, 1.0]), 1.0)
    odds = math.log(2 / 0.05)
    assert estimate.lower_bound() == pytest.approx(0.5 - math.sqrt(2 / 3 * odds / 4) - 7 * odds / 9)
    with pytest.raises(CorpusError, match="bounded weights"):
        Estimate("ips", 0.5, 4.0, np.array([0.0, 1.0])).lower_bound()


def test_switch_dr_lies_between_the_model_and_dr() -> None:
    place, actions, logged, rewards = world(300, 5)
    given = (rewards, actions, logged, TARGET[place], CHANCES[place])
    assert switch_dr(*given, threshold=1e-9).value == pytest.approx(direct(CHANCES[place], TARGET[place]).value)
    assert switch_dr(*given, threshold=100.0).value == pytest.approx(doubly_robust(*given).value)


def test_snips_never_leaves_the_range_of_the_rewards() -> None:
    rewards, target, logged = np.array([1.0, 1.0, 0.9]), np.array([1.0, 1.0, 1.0]), np.array([0.01, 0.1, 0.1])
    assert ips(rewards, target, logged).value > 1
    assert 0.9 <= snips(rewards, target, logged).value <= 1


def test_decisions_that_are_copies_do_not_count_as_more() -> None:
    place, actions, logged, rewards = world(400, 8)
    one = ips(rewards, TARGET[place, actions], logged)
    thrice = ips(*(np.repeat(each, 3) for each in (rewards, TARGET[place, actions], logged)), clip=8.0)
    grouped = thrice.by(np.repeat(np.arange(400), 3))
    assert thrice.error == pytest.approx(one.error / math.sqrt(3), rel=0.01)
    assert grouped.error == pytest.approx(one.error)
    assert grouped.value == pytest.approx(one.value)
    assert grouped.lower_bound() == pytest.approx(ips(rewards, TARGET[place, actions], logged, 8.0).lower_bound())
    for ours, own in zip(grouped.bootstrap(seed=1), one.bootstrap(seed=1), strict=True):
        assert ours == pytest.approx(own)
    with pytest.raises(CorpusError, match="one length"):
        one.by(np.arange(3))


def test_groups_of_different_sizes_keep_the_promise() -> None:
    hits = 0
    for seed in range(300):
        random = np.random.default_rng(seed)
        sizes = random.integers(1, 6, 150)
        groups = np.repeat(np.arange(150), sizes)
        terms = random.normal(0.2, 1, 150)[groups] + random.normal(0, 0.5, len(groups))
        low, high = Estimate("ips", float(terms.mean()), float(len(terms)), terms).by(groups).interval()
        hits += low <= 0.2 <= high
    assert 0.91 <= hits / 300 <= 0.98


def test_an_interval_for_all_times_may_be_looked_at_always() -> None:
    broken = {"anytime": 0, "interval": 0}
    for seed in range(150):
        terms = (np.random.default_rng(seed).random(2_000) < 0.3).astype(np.float64)
        out = dict.fromkeys(broken, False)
        for n in range(50, 2_001, 50):
            estimate = Estimate("mean", float(terms[:n].mean()), float(n), terms[:n])
            for name in out:
                low, high = getattr(estimate, name)()
                out[name] |= not low <= 0.3 <= high
        for name, once in out.items():
            broken[name] += once
    assert broken["anytime"] / 150 <= 0.05
    assert broken["interval"] / 150 > 0.15, "looking often at an interval for one look breaks its promise"


def test_an_interval_for_all_times_of_one_decision_says_nothing() -> None:
    assert Estimate("mean", 1.0, 1.0, np.ones(1)).anytime() == (-math.inf, math.inf)


def test_a_long_log_is_resampled_in_blocks() -> None:
    terms = np.random.default_rng(0).normal(1.0, 2.0, 60_000)
    estimate = Estimate("ips", float(terms.mean()), 60_000.0, terms)
    for ours, normal in zip(estimate.bootstrap(resamples=300), estimate.interval(), strict=True):
        assert ours == pytest.approx(normal, abs=0.004)


def test_effective_sample_size() -> None:
    assert effective_sample_size(np.ones(7)) == pytest.approx(7)
    assert effective_sample_size(np.array([1.0, 0.0, 0.0])) == pytest.approx(1)
    assert effective_sample_size(np.zeros(3)) == 0


def test_support_names_what_the_log_cannot_answer() -> None:
    actions, logged = np.array([0, 0, 1, 0]), np.array([0.5, 0.0, 0.01, 0.5])
    found = inspect(actions, logged, np.tile([0.5, 0.2, 0.3], (4, 1)), clip=5.0)
    assert found.zero_propensity == (1,)
    assert found.unseen == (2,)
    assert found.unseen_mass == pytest.approx(0.3)
    assert found.max_weight == pytest.approx(20)
    assert found.clipped == pytest.approx(1 / 3)
    assert found.cut_mass == pytest.approx(15 / 22)
    assert not found.one_action
    assert inspect(np.zeros(2, np.int64), np.ones(2), np.ones((2, 1))).one_action


def test_what_cannot_be_estimated_is_refused() -> None:
    one = np.ones(2)
    with pytest.raises(CorpusError, match=r"1 propensities .* first at 1 \(0\)"):
        ips(one, one, np.array([1.0, 0.0]))
    with pytest.raises(CorpusError, match="one length"):
        ips(one, one, np.ones(3))
    with pytest.raises(CorpusError, match="empty log"):
        ips(np.zeros(0), np.zeros(0), np.zeros(0))
    with pytest.raises(CorpusError, match="clip 0"):
        ips(one, one, one, clip=0)
    with pytest.raises(CorpusError, match="none of the logged actions"):
        snips(one, np.zeros(2), one)
    with pytest.raises(CorpusError, match="one shape"):
        direct(np.ones((2, 3)), np.ones((2, 2)))
