from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from search.oracle import OracleIndex
from search.shelf import PRODUCTS, euro, ids
from search.test_columns import built, found
from shopwright.errors import ConfigError
from shopwright.models.scripted import HashingEncoder
from shopwright.search.embedded import EmbeddedIndex
from shopwright.types import Filter, Product, Quantity, Rating, SearchRequest, Variant


def test_conditions_hold_together_on_one_variant(index: EmbeddedIndex) -> None:
    red, medium = Filter("attr:colour", values=("red",)), Filter("attr:size", values=("M",))
    in_stock, cheap = Filter("availability", values=("in_stock",)), Filter("price", "range", high=45.0)
    assert ids(index, "", red, medium) == ["shirt"]
    assert ids(index, "", red, medium, in_stock) == []
    assert ids(index, "", red, cheap) == []
    assert ids(index, "", medium, cheap) == ["shirt"]


def test_the_fitting_variant_is_named(index: EmbeddedIndex) -> None:
    page = index.search(SearchRequest("shirt", (Filter("attr:size", values=("M",)),)))
    assert page.hits[0].variant_id == "shirt-blue-m"  # in stock before out of stock
    assert index.search(SearchRequest("shirt")).hits[0].variant_id is None


@pytest.mark.parametrize(
    ("low", "high", "unit", "expected"),
    [
        (None, 2.0, "kg", {"tent", "headset"}),
        (None, 1900.0, "g", {"tent", "headset"}),
        (None, 1899.9, "g", {"headset"}),
        (4.0, 5.0, "lb", {"tent"}),
        (10.0, None, "kg", {"big-tent"}),
        (None, 2.0, "h", set()),
    ],
)
def test_quantities_are_compared_across_units(
    index: EmbeddedIndex, low: float | None, high: float | None, unit: str, expected: set[str]
) -> None:
    assert set(ids(index, "", Filter("attr:weight", "range", (), low, high, unit))) == expected


def test_a_number_without_unit_does_not_meet_a_bound_with_one() -> None:
    columns = built(
        Product("a", "A", attributes={"weight": 1.0}), Product("b", "B", attributes={"weight": Quantity(1.0, "kg")})
    )
    assert found(columns, Filter("attr:weight", "range", high=2.0, unit="kg")) == ["b"]
    assert found(columns, Filter("attr:weight", "range", high=2.0)) == ["a", "b"]


def test_values_compare_without_case_and_in_any_unit(index: EmbeddedIndex) -> None:
    assert ids(index, "", Filter("attr:COLOUR", values=("black",))) == ["headset"]
    assert ids(index, "", Filter("attr:care", values=("Iron Warm",))) == ["shirt"]
    assert ids(index, "", Filter("attr:weight", values=("1.9 kg",))) == ["tent"]
    assert ids(index, "", Filter("attr:seasons", values=("3",))) == ["tent"]
    assert ids(index, "", Filter("attr:freestanding", values=("false",))) == ["big-tent"]


def test_an_option_overrides_the_attribute_and_may_be_a_quantity() -> None:
    bags = (Variant("small", {"weight": "500 g", "colour": "blue"}), Variant("large", {"weight": "1.5 kg"}))
    columns = built(
        Product("coffee", "Coffee", attributes={"colour": "red", "weight": Quantity(9.0, "kg")}, variants=bags)
    )
    assert found(columns, Filter("attr:weight", "range", high=1.0, unit="kg")) == ["coffee"]
    assert found(columns, Filter("attr:weight", values=("500 g",))) == ["coffee"]
    assert found(columns, Filter("attr:weight", "range", low=2.0, unit="kg")) == []
    blue, red = Filter("attr:colour", values=("blue",)), Filter("attr:colour", values=("red",))
    assert found(columns, blue, Filter("attr:weight", "range", low=1.0, unit="kg")) == []
    assert found(columns, red, Filter("attr:weight", "range", low=1.0, unit="kg")) == ["coffee"]
    assert found(columns, red, Filter("attr:weight", "range", high=1.0, unit="kg")) == []


def test_not_lets_what_lacks_the_field_pass(index: EmbeddedIndex) -> None:
    assert set(ids(index, "", Filter("attr:material", "not", ("linen",)))) == {"tent", "big-tent", "headset", "kettle"}
    assert ids(index, "", Filter("brand", "not", ("fellrunner", "Pelham", "MORROW", "Haverbrook"))) == ["shirt"]


def test_sale_prices_and_currencies_count(index: EmbeddedIndex) -> None:
    assert ids(index, "", Filter("on_sale", values=("true",))) == ["big-tent"]
    assert ids(index, "", Filter("price", "range", low=295.0, high=300.0)) == ["big-tent"]
    assert ids(index, "", Filter("price", "range", high=60.0, unit="usd")) == ["kettle"]


def test_categories_by_level_and_path(index: EmbeddedIndex) -> None:
    assert set(ids(index, "", Filter("category", values=("tents",)))) == {"tent", "big-tent"}
    assert ids(index, "", Filter("category", values=("Clothing > Shirts",))) == ["shirt"]
    assert set(ids(index, "", Filter("category", "not", ("Camping", "Clothing")))) == {"headset", "kettle"}


def test_ratings_are_exact_at_the_bound() -> None:
    columns = built(Product("a", "A", rating=Rating(4.6, 9)), Product("b", "B"))
    assert found(columns, Filter("rating", "range", low=4.6)) == ["a"]


def test_an_attribute_that_nobody_has_matches_nothing(index: EmbeddedIndex) -> None:
    assert ids(index, "", Filter("attr:flavour", values=("mint",))) == []
    assert len(ids(index, "", Filter("attr:flavour", "not", ("mint",)))) == len(PRODUCTS)


@pytest.mark.parametrize(
    ("condition", "words"),
    [
        (Filter("colour", values=("red",)), "attr:NAME"),
        (Filter("attr:", values=("red",)), "attr:NAME"),
        (Filter("price", "range"), "low, high or both"),
        (Filter("price", "range", low=5, high=1), "low is above high"),
        (Filter("brand", "range", low=1), "only price, rating"),
        (Filter("rating", values=("4",)), "op range"),
        (Filter("on_sale", values=("yes",)), "true, false"),
        (Filter("availability", values=("soon",)), "in_stock"),
        (Filter("attr:weight", "range", high=2, unit="stone"), "not known"),
    ],
)
def test_an_impossible_filter_is_refused(index: EmbeddedIndex, condition: Filter, words: str) -> None:
    with pytest.raises(ConfigError, match=words):
        index.search(SearchRequest("", (condition,)))


values = st.one_of(
    st.sampled_from(["red", "Red", "blue", "linen"]),
    st.booleans(),
    st.sampled_from([1.0, 2.5, 40.0]),
    st.builds(Quantity, st.sampled_from([0.5, 1.0, 1.9, 2.0, 500.0, 1900.0]), st.sampled_from(["kg", "g", "lb", "cm"])),
    st.just(("red", "soft")),
)
attributes = st.dictionaries(st.sampled_from(["colour", "weight", "size"]), values, max_size=3)
stock = st.sampled_from(["in_stock", "out_of_stock", "unknown"])
prices = st.sampled_from([None, euro("5.00"), euro("10.00"), euro("20.00")])
options = st.dictionaries(
    st.sampled_from(["colour", "size", "weight"]), st.sampled_from(["red", "blue", "M", "500 g"]), max_size=2
)
variants = st.builds(Variant, st.uuids().map(str), options, prices, prices, stock, attributes=attributes)
products = st.builds(
    Product,
    st.uuids().map(str),
    st.sampled_from(["Tent", "Red shirt", "Kettle for camping"]),
    brand=st.sampled_from([None, "Oak", "oak", "Elm"]),
    category=st.sampled_from([(), ("A",), ("A", "B"), ("C", "B")]),
    attributes=attributes,
    price=prices,
    sale_price=prices,
    availability=stock,
    variants=st.lists(variants, max_size=3).map(tuple),
)
words = st.sampled_from(["red", "M", "oak", "A > B", "B", "true", "linen"])
conditions = st.one_of(
    st.builds(
        Filter,
        st.sampled_from(["attr:colour", "attr:size", "brand", "category"]),
        st.sampled_from(["is", "not"]),
        st.lists(words, min_size=1, max_size=2).map(tuple),
    ),
    st.builds(
        Filter, st.just("availability"), st.sampled_from(["is", "not"]), st.sampled_from([("in_stock",), ("unknown",)])
    ),
    st.builds(Filter, st.just("on_sale"), st.sampled_from(["is", "not"]), st.sampled_from([("true",), ("false",)])),
    st.builds(
        Filter,
        st.just("attr:weight"),
        st.just("range"),
        low=st.sampled_from([None, 0.4, 1.0]),
        high=st.sampled_from([1.9, 2.0, 600.0]),
        unit=st.sampled_from([None, "kg", "g"]),
    ),
    st.builds(Filter, st.just("price"), st.just("range"), high=st.sampled_from([5.0, 10.0])),
)


@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.lists(products, max_size=8, unique_by=lambda product: product.id), st.lists(conditions, min_size=1, max_size=3)
)
def test_filters_agree_with_the_oracle(shelf: list[Product], filters: list[Filter]) -> None:
    oracle = OracleIndex(shelf, HashingEncoder())
    assert set(found(built(*shelf), *filters)) == oracle.passing(filters)
