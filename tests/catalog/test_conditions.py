from __future__ import annotations

from typing import Any

import pytest

from bench.small_catalogue import LARK, PRODUCTS, SKILLET, TARN, WOK
from shopwright.catalog.conditions import Condition, contains, field_values, filter_holds, fits
from shopwright.types import Filter


@pytest.mark.parametrize(
    ("record", "ids"),
    [
        (["price", "<=", 249], {"lark", "skillet", "wok"}),  # the lowest current price in stock: clay on sale, not blue
        (["price", ">=", "249 EUR"], {"lark", "tarn"}),
        (["price", "<=", 200], {"skillet", "wok"}),
        (["brand", "=", "fellrunner"], {"lark"}),
        (["brand", "!=", "Fellrunner"], {"tarn", "skillet", "wok"}),
        (["brand", "in", ["Kestrel", "Brigade"]], {"tarn", "wok"}),
        (["category", "=", "Tents"], {"lark", "tarn"}),
        (["category", "has", "frying pan"], {"skillet", "wok"}),
        (["stock", "=", True], {"lark", "tarn", "skillet"}),
        (["stock", "=", False], {"wok"}),
        (["attr:weight", "<=", "2 kg"], {"lark"}),
        (["attr:weight", ">=", "4.8 kg"], {"tarn"}),
        (["attr:weight", "=", "1900 g"], {"lark"}),
        (["attr:weight", "<=", "2 cm"], set()),
        (["attr:capacity", ">=", "3 persons"], {"tarn"}),
        (["attr:freestanding", "=", True], {"lark"}),
        (["attr:freestanding", "=", False], {"tarn"}),
        (["attr:freestanding", "!=", True], {"tarn", "skillet", "wok"}),
        (["attr:material", "has", "iron"], {"skillet"}),
        (["attr:material", "lacks", "iron"], {"lark", "tarn", "wok"}),
        (["attr:handles", "=", "iron"], {"skillet"}),
        (["attr:handles", "has", "leather"], {"skillet"}),
        (["option:colour", "has", "blue"], {"lark"}),
        (["option:colour", "lacks", "blue"], {"tarn", "skillet", "wok"}),
        (["title", "has", "tent"], {"lark", "tarn"}),
        (["text", "has", "leather"], {"lark", "skillet"}),
        (["text", "lacks", "leather"], {"tarn", "wok"}),
    ],
)
def test_each_operator_picks_the_products_that_fit(record: list[Any], ids: set[str]) -> None:
    condition = Condition.parse(record)
    assert {product.id for product in PRODUCTS if condition.holds(product)} == ids


def test_all_conditions_must_hold() -> None:
    wanted = [Condition.parse(["category", "=", "Tents"]), Condition.parse(["attr:weight", "<=", "2 kg"])]
    assert fits(LARK, wanted)
    assert not fits(TARN, wanted)


@pytest.mark.parametrize(
    ("record", "words"),
    [
        ("price", "a condition is"),
        (["colour", "=", "red"], "use one of price"),
        (["price", "<", 5], "use one of <="),
        (["price", "<=", "cheap"], "a number or a quantity"),
        (["price", "<=", True], "a number or a quantity"),
        (["brand", "in", "Kestrel"], "takes a list"),
        (["brand", "=", ["Kestrel"]], "takes one text"),
    ],
)
def test_a_malformed_condition_says_what_is_allowed(record: object, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        Condition.parse(record)


def test_words_are_whole_words() -> None:
    assert contains("Two frying-pans", "frying pan")
    assert not contains("leatherette", "leather")
    assert not contains("pancake", "pan")


def test_a_variant_may_override_an_attribute() -> None:
    assert field_values(LARK, "attr:weight") == [LARK.attributes["weight"]]
    assert field_values(SKILLET, "attr:weight") == []


@pytest.mark.parametrize(
    ("wanted", "ids"),
    [
        (Filter("price", "range", high=200.0, unit="EUR"), {"lark", "skillet", "wok"}),
        (Filter("brand", "is", ("kestrel", "brigade")), {"tarn", "wok"}),
        (Filter("category", "is", ("Camping > Tents",)), {"lark", "tarn"}),
        (Filter("attr:weight", "range", high=2.0, unit="kg"), {"lark"}),
        (Filter("attr:weight", "range", low=2.0, high=5.0, unit="kg"), {"tarn"}),
        (Filter("attr:freestanding", "is", ("true",)), {"lark"}),
        (Filter("attr:material", "not", ("steel",)), {"lark", "tarn", "skillet"}),
        (Filter("rating", "range", low=4.7), {"tarn"}),
        (Filter("on_sale", "is", ("true",)), {"lark"}),
    ],
)
def test_search_filters_are_judged_from_the_product_alone(wanted: Filter, ids: set[str]) -> None:
    assert {product.id for product in PRODUCTS if filter_holds(product, wanted)} == ids
    assert WOK.stock == 0
