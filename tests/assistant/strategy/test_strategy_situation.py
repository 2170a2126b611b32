from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from decimal import Decimal

import pytest

from shopwright.assistant.strategy.situation import (
    MESSAGES,
    Candidates,
    Situation,
    like_features,
    need_features,
    possible_strategies,
    talk_features,
    within,
)
from shopwright.types import Constraint, Context, Decision, Filter, Hit, Money, Need, Product, SearchPage, Strategy

SEARCH = Decision(Strategy.SEARCH)


def product(key: str, *path: str, price: str = "10") -> Product:
    return Product(key, key, category=path, price=Money(Decimal(price), "EUR"))


GOODS = {
    "lamp": product("lamp", "Home", "Lighting", "Lamps"),
    "torch": product("torch", "Outdoor", "Light", "Torches", price="40"),
    "lantern": product("lantern", "Outdoor", "Light", "Lanterns"),
}


def candidates(scores: dict[str, float], need: Need | None = None) -> Candidates:
    page = SearchPage(tuple(Hit(key, score) for key, score in scores.items()), total=len(scores))
    return Candidates.of(need or Need("light", "light"), page, GOODS)


def test_a_clear_winner_leaves_little_doubt() -> None:
    sure = candidates({"lamp": 0.9, "torch": 0.2, "lantern": 0.1}).features()
    torn = candidates({"lamp": 0.5, "torch": 0.5, "lantern": 0.5}).features()
    assert sure["found:doubt"] < torn["found:doubt"]
    assert sure["found:margin"] > torn["found:margin"]
    assert sure["found:gain"] < torn["found:gain"]


def test_kinds_are_more_than_departments() -> None:
    found = candidates({"torch": 0.5, "lantern": 0.5}).features()
    assert found["found:departments"] == pytest.approx(0.0)
    assert found["found:kinds"] == pytest.approx(1.0)


def test_the_part_of_the_shop_is_the_narrowest_that_holds_half() -> None:
    assert candidates({"torch": 0.5, "lantern": 0.5, "lamp": 0.1}).part == Filter(
        "category", values=("Outdoor > Light",)
    )
    assert candidates({}).part is None


def test_nothing_found_says_so() -> None:
    assert candidates({}).features() == {"found:none": 1.0}
    assert candidates({"gone": 0.9}).features() == {"found:none": 1.0}


def test_a_message_without_a_goal_is_not_asked_about_goods() -> None:
    assert candidates({"lamp": 0.5, "torch": 0.5}, Need("hello")).question is None


def test_what_is_possible() -> None:
    need, found = Need("light", "light"), candidates({"lamp": 0.5, "torch": 0.5})
    every = possible_strategies(need, SEARCH, found, thinks=True, serves=True, just_asked=False, told=0.5)
    assert set(every) == set(Strategy) - {Strategy.DECLINE}
    plain = possible_strategies(need, SEARCH, found, thinks=True, serves=True, just_asked=False, told=0.1)
    assert Strategy.ANSWER not in plain  # nothing is asked, and no passage is near
    asked = replace(need, interrogative=True)
    assert Strategy.ANSWER in possible_strategies(asked, SEARCH, found, thinks=True, serves=True, just_asked=False)
    assert Strategy.BUNDLE not in possible_strategies(need, SEARCH, found, thinks=False, serves=True, just_asked=False)


def test_an_answer_to_a_question_back_is_what_the_question_was_for() -> None:
    need, found = Need("light", "light"), candidates({"lamp": 0.5, "torch": 0.5})
    assert possible_strategies(need, SEARCH, found, thinks=True, serves=True, just_asked=True) == (Strategy.SEARCH,)


def test_what_is_declined_stays_declined_and_carts_are_no_matter_of_chance() -> None:
    found = candidates({"lamp": 0.5, "torch": 0.5})
    decline = Decision(Strategy.DECLINE)
    how = {"thinks": True, "serves": True, "just_asked": False}
    assert possible_strategies(Need("light", "light"), decline, found, **how) == (Strategy.DECLINE,)
    serve = Decision(Strategy.SERVE)
    assert possible_strategies(Need("into my cart", asks=("cart:add",)), serve, found, **how) == (Strategy.SERVE,)


def test_with_nothing_found_what_the_rules_say_stays_possible() -> None:
    left = possible_strategies(Need("x"), SEARCH, Candidates(), thinks=False, serves=False, just_asked=False)
    assert left == (Strategy.SEARCH, Strategy.ASK, Strategy.HAND_OVER)


def test_looking_around_keeps_the_budget_and_drops_the_words() -> None:
    price = Constraint(Filter("price", "range", high=20.0))
    part = Filter("category", values=("Home",))
    need = within(Need("something nice", "something nice", constraints=(price,)), part)
    assert need.filters == (part, price.filter)
    assert need.goal == ""
    named = Need("lamps", "lamps", constraints=(Constraint(Filter("category", values=("Lamps",))),))
    assert within(named, part) is named


def test_features_are_numbers_and_zeros_are_not_kept() -> None:
    numbers = {
        **need_features(Need("a red lamp", "lamp", "lamp", (Constraint(Filter("attr:colour", values=("red",))),))),
        **talk_features(Context(turns=3), True, "phone", 2, datetime(2026, 1, 3, 6, 0)),
        **like_features([0.1] * len(MESSAGES)),
    }
    assert numbers["need:conditions"] == 1.0
    assert numbers["when:weekend"] == 1.0
    assert numbers["when:hour_sin"] == pytest.approx(1.0)
    assert numbers["shopper:phone"] == 1.0
    kept = Situation(numbers, (), SEARCH).logged
    assert "need:person" not in kept
    assert set(kept) <= set(numbers)
