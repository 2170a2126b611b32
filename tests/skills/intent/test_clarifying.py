from __future__ import annotations

import math
from decimal import Decimal
from typing import Any

import pytest

from shopwright.skills.intent.asking import Question, best_question, entropy, likelihoods, questions
from shopwright.types import Filter, Money, Product, Variant

CERTAIN = {"category": 1.0, "price": 1.0, "brand": 1.0}


def product(key: str, *, kind: str = "Lamps", price: str = "20", **fields: Any) -> Product:
    money = Money(Decimal(price), "EUR")
    return Product(key, key, category=("Home", kind), price=money, availability="in_stock", **fields)


def asked(found: list[Question], field: str) -> Question:
    return max((question for question in found if question.field == field), key=lambda question: question.gain)


def test_likelihoods_add_up_and_follow_the_scores() -> None:
    chances = likelihoods([0.9, 0.8, 0.4])
    assert sum(chances) == pytest.approx(1.0)
    assert chances[0] / chances[1] == pytest.approx(math.e)
    assert likelihoods([]) == []


def test_entropy_is_in_bits() -> None:
    assert entropy([1, 1, 1, 1]) == pytest.approx(2.0)
    assert entropy([5.0]) == 0.0
    assert entropy([]) == 0.0


def test_an_even_split_of_four_is_worth_two_bits() -> None:
    lamps = [product(str(place), attributes={"colour": colour}) for place, colour in enumerate("abcd")]
    question = asked(questions(lamps, [0.25] * 4, cares={**CERTAIN, "attr:colour": 1.0}), "attr:colour")
    assert question.gain == pytest.approx(2.0)
    assert [option.filter for option in question.options] == [Filter("attr:colour", values=(c,)) for c in "abcd"]


def test_a_value_that_every_candidate_has_tells_nothing() -> None:
    lamps = [product(str(place), attributes={"colour": "red"}, brand="Ohm") for place in range(4)]
    assert best_question(lamps, [0.25] * 4) is None


def test_an_option_that_every_candidate_is_sold_in_tells_nothing() -> None:
    sizes = tuple(Variant(size, {"size": size}) for size in "SML")
    coats = [product(str(place), variants=sizes) for place in range(4)]
    assert asked(questions(coats, [0.25] * 4), "attr:size").gain == pytest.approx(0.0)


def test_who_does_not_state_a_value_is_told_nothing_by_the_answer() -> None:
    lamps = [product(str(place), attributes={"colour": colour}) for place, colour in enumerate("ab")]
    lamps += [product(str(place)) for place in (2, 3)]
    question = asked(questions(lamps, [0.25] * 4, cares={"attr:colour": 1.0}), "attr:colour")
    assert question.gain == pytest.approx(0.5)  # one bit about the half that states it


def test_the_gain_counts_by_how_many_care() -> None:
    lamps = [product(str(place), attributes={"colour": colour}) for place, colour in enumerate("ab")]
    half = asked(questions(lamps, [0.5, 0.5], cares={"attr:colour": 0.5}), "attr:colour").gain
    assert half == pytest.approx(0.5)


def test_the_best_question_splits_the_mass_not_the_list() -> None:
    goods = [
        product("a", kind="Lamps", brand="Ohm"),
        product("b", kind="Lamps", brand="Volt"),
        product("c", kind="Vases"),
    ]
    question = best_question(goods, [0.49, 0.49, 0.02], cares={**CERTAIN, "price": 0.0})
    assert question is not None
    assert question.field == "brand"


def test_what_is_settled_is_not_asked() -> None:
    goods = [product("a", kind="Lamps"), product("b", kind="Vases")]
    first = best_question(goods, [0.5, 0.5])
    assert first is not None
    assert first.field == "category"
    assert best_question(goods, [0.5, 0.5], settled=["category"]) is None


def test_a_kind_is_asked_by_name_and_filtered_by_path() -> None:
    goods = [product("a", kind="Lamps"), product("b", kind="Vases")]
    question = best_question(goods, [0.6, 0.4])
    assert question is not None
    assert [(option.label, option.filter.values) for option in question.options] == [
        ("Lamps", ("Home > Lamps",)),
        ("Vases", ("Home > Vases",)),
    ]


def test_price_bands_hold_every_price_once() -> None:
    goods = [product(str(price), price=str(price)) for price in (5, 9, 20, 30, 80, 200)]
    question = asked(questions(goods, [1 / 6] * 6), "price")
    for price in (5, 9, 20, 30, 80, 200):
        fits = [
            option
            for option in question.options
            if (option.filter.low is None or price > option.filter.low)
            and (option.filter.high is None or price <= option.filter.high)
        ]
        assert len(fits) == 1, price
    assert all(option.filter.unit == "EUR" for option in question.options)


def test_yes_and_no_stand_for_true_and_false() -> None:
    goods = [product("a", attributes={"dimmable": True}), product("b", attributes={"dimmable": False})]
    question = asked(questions(goods, [0.5, 0.5]), "attr:dimmable")
    assert {option.label: option.filter.values for option in question.options} == {"Yes": ("true",), "No": ("false",)}


def test_nothing_found_nothing_asked() -> None:
    assert best_question([], []) is None
