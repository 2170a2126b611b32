from dataclasses import replace

import numpy as np
import pytest

from shopwright.bench.intent_simulated import AssistantTalker, by_want, learned, measured, ratio_row
from shopwright.catalog.demo import demo_products
from shopwright.errors import ConfigError
from shopwright.shop import Shop
from shopwright.train.intent.decisions import POSSIBLE
from shopwright.train.intent.shoppers.playing import play, value
from shopwright.train.intent.shoppers.requests import Requests, draw_log, log_of, requests_of
from shopwright.train.intent.shoppers.shopper import Shopper
from shopwright.train.intent.shoppers.wants import Goods, Want, parse
from shopwright.types import Product, Strategy

ACTIONS = ("search", "ask")


def tellable(n: int = 60) -> Requests:
    """Requests in which one feature tells whether asking pays; the rules always search."""
    asks = np.arange(n) % 2 == 0
    names = ("vague", *(f"{POSSIBLE}{action}" for action in ACTIONS))
    return Requests(
        tuple(Want(f"w{i}", f"text {i}", "find", split="held" if i % 3 == 0 else "train") for i in range(n)),
        ("phone",) * n,
        np.column_stack([asks, np.ones(n), np.ones(n)]).astype(np.float64),
        np.ones((n, 2), np.bool_),
        np.where(asks[:, None], [[0.2, 0.8]], [[0.8, 0.2]]),
        np.zeros(n, np.int64),
        names,
        ACTIONS,
    )


def test_what_the_features_tell_is_learned() -> None:
    rows = {row.metric: row for row in measured(tellable(), 0.0, decisions=4_000, draws=20)}
    assert rows["value:oracle"].value == pytest.approx(0.8)
    assert rows["value:fixed"].value == pytest.approx(0.5)
    assert rows["value"].value > 0.75
    assert rows["regret_ratio"].value < 1 / 3
    assert rows["dr_error"].value < rows["ips_error"].value
    assert rows["ess"].value > 100


def test_the_oracle_scores_one_way_and_the_rules_the_other() -> None:
    requests = tellable().of_split("held")
    best, fixed = requests.earned(requests.by_oracle), requests.earned(requests.by_rules)
    assert ratio_row(best - best, best - fixed, 0.0).value == 0
    assert ratio_row(best - fixed, best - fixed, 0.0).value == 1


def test_devices_of_a_want_count_once() -> None:
    requests = tellable(4)
    twice = replace(requests, wants=(*requests.wants[:2], *requests.wants[:2]))
    assert by_want(twice, np.array([0.0, 1.0, 1.0, 0.0])).tolist() == [0.5, 0.5]


def test_a_policy_is_deterministic_for_a_seed() -> None:
    train = tellable().of_split("train")
    log = log_of(train, draw_log(train, 1_000, seed=1))
    np.testing.assert_array_equal(learned(log).weights, learned(log).weights)


def test_both_splits_are_needed() -> None:
    with pytest.raises(ConfigError, match="0 to judge on"):
        next(measured(tellable().of_split("train"), 0.0))


@pytest.mark.slow
def test_a_want_is_played_with_the_real_assistant(tmp_path_factory: pytest.TempPathFactory) -> None:
    goods = {"name": "headphones", "where": [["category", "=", "Headphones"]], "needed": True}
    want = parse({"id": "x", "text": "headphones", "kind": "find", "goods": [goods], "about": None, "split": "train"})
    assert isinstance(want.goods[0], Goods)
    shopper = Shopper({one.id: one for one in demo_products() if isinstance(one, Product)})
    with Shop.open(tmp_path_factory.mktemp("shop")) as shop:
        shop.ingest_demo()
        played = play(want, AssistantTalker(shop), shopper)
    assert {Strategy.SEARCH, Strategy.ASK, Strategy.RECOMMEND} <= set(played.plays)
    assert all(play.strategy is strategy for strategy, play in played.plays.items())
    assert value(played, Strategy.SEARCH, shopper, "desktop") > 0.5
    assert value(played, Strategy.HAND_OVER, shopper, "desktop") == 0
    requests = requests_of([played], shopper)
    assert len(requests) == 2
    assert "rules:search" in requests.feature_names
