from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from shopwright.errors import ConfigError
from shopwright.train.intent.shoppers.playing import play
from shopwright.train.intent.shoppers.requests import Requests, draw_log, exploring, log_of, requests_of
from shopwright.train.intent.shoppers.shopper import Shopper
from shopwright.train.intent.shoppers.wants import Want


@pytest.fixture
def requests(shopper: Shopper, tent: Want, both: Want, tent_talker: Any) -> Requests:
    held = replace(both, split="held")
    return requests_of([play(want, tent_talker, shopper) for want in (tent, held)], shopper)


def test_a_request_is_a_want_on_a_device(requests: Requests) -> None:
    assert [(want.id, device) for want, device in zip(requests.wants, requests.devices, strict=True)] == [
        ("w1", "phone"), ("w1", "desktop"), ("w2", "phone"), ("w2", "desktop"),
    ]  # fmt: skip
    assert requests.action_names == ("search", "ask", "recommend")
    phone = requests.feature_names.index("shopper:phone")
    assert requests.features[:, phone].tolist() == [1, 0, 1, 0]
    assert requests.possible.all()
    assert requests.rules.tolist() == [0, 0, 0, 0]


def test_splits_share_no_want(requests: Requests) -> None:
    train, held = requests.of_split("train"), requests.of_split("held")
    assert {want.id for want in train.wants} == {"w1"}
    assert {want.id for want in held.wants} == {"w2"}
    assert len(train) + len(held) == len(requests)


def test_the_oracle_earns_most_and_the_rules_what_they_do(requests: Requests) -> None:
    best = requests.earned(requests.by_oracle)
    np.testing.assert_allclose(best, requests.values.max(axis=1))
    np.testing.assert_allclose(requests.earned(requests.by_rules), requests.values[:, 0])
    np.testing.assert_allclose(requests.earned(requests.constant(2)), requests.values[:, 2])


def test_a_constant_that_is_not_possible_falls_back_to_the_rules(requests: Requests) -> None:
    possible = requests.possible.copy()
    possible[0, 2] = False
    assert replace(requests, possible=possible).constant(2).argmax(axis=1).tolist() == [0, 2, 2, 2]


def test_a_log_has_the_propensities_that_it_was_drawn_with(requests: Requests) -> None:
    drawn = draw_log(requests, 20_000, exploration=0.3, seed=1)
    chances = exploring(requests, 0.3)
    np.testing.assert_allclose(chances.sum(axis=1), 1)
    np.testing.assert_array_equal(drawn.logged, chances[drawn.places, drawn.actions])
    for place in range(len(requests)):
        own = drawn.places == place
        taken = np.bincount(drawn.actions[own], minlength=3) / own.sum()
        np.testing.assert_allclose(taken, chances[place], atol=0.02)


def test_rewards_have_the_values_as_their_mean(requests: Requests) -> None:
    drawn = draw_log(requests, 40_000, exploration=1.0)
    assert set(drawn.rewards.tolist()) == {0.0, 1.0}
    for place in range(len(requests)):
        for action in range(3):
            own = (drawn.places == place) & (drawn.actions == action)
            assert drawn.rewards[own].mean() == pytest.approx(requests.values[place, action], abs=0.04)


def test_the_same_seed_draws_the_same_log(requests: Requests) -> None:
    one, other = draw_log(requests, 50, seed=3), draw_log(requests, 50, seed=3)
    np.testing.assert_array_equal(one.rewards, other.rewards)
    np.testing.assert_array_equal(one.actions, other.actions)


def test_what_is_never_possible_is_never_taken(requests: Requests) -> None:
    possible = requests.possible.copy()
    possible[:, 1] = False
    assert not (draw_log(replace(requests, possible=possible), 500, exploration=1.0).actions == 1).any()


def test_a_log_for_learning_keeps_texts_together(requests: Requests) -> None:
    drawn = draw_log(requests, 200)
    log = log_of(requests, drawn)
    assert len(log) == 200
    assert set(log.sources[drawn.places < 2]) == {0}
    assert set(log.sources[drawn.places >= 2]) == {1}
    assert log.possible().all()


def test_nothing_to_decide_is_refused(shopper: Shopper, tent: Want, tent_talker: Any) -> None:
    served = replace(play(tent, tent_talker, shopper), features={})
    with pytest.raises(ConfigError, match="nothing to decide"):
        requests_of([served], shopper)
    with pytest.raises(ConfigError, match="exploration 2: must be 0 to 1"):
        draw_log(requests_of([play(tent, tent_talker, shopper)], shopper), 5, exploration=2)
