from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shopwright.errors import ConfigError
from shopwright.serve.filters import format_filter, label_filter, parse_filter
from shopwright.types import Filter


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("brand:is:Fellrunner|Tarn", Filter("brand", "is", ("Fellrunner", "Tarn"))),
        (r"brand:is:Haver\|brook", Filter("brand", "is", ("Haver|brook",))),
        (r"brand:is:back\\slash", Filter("brand", "is", ("back\\slash",))),
        ("category:is:Outdoor > Tents", Filter("category", "is", ("Outdoor > Tents",))),
        ("attr:material:not:leather", Filter("attr:material", "not", ("leather",))),
        ("attr:ratio:is:16:9", Filter("attr:ratio", "is", ("16:9",))),
        ("price:range:10..80", Filter("price", "range", low=10, high=80)),
        ("price:range:..80EUR", Filter("price", "range", high=80, unit="EUR")),
        ("attr:weight:range:..2kg", Filter("attr:weight", "range", high=2, unit="kg")),
        ("attr:screen:range:13..14 in", Filter("attr:screen", "range", low=13, high=14, unit="in")),
        ('attr:screen:range:13.3..14"', Filter("attr:screen", "range", low=13.3, high=14, unit='"')),
        ("attr:comfort:range:-10..5°C", Filter("attr:comfort", "range", low=-10, high=5, unit="°C")),
        ("on_sale:is:true", Filter("on_sale", "is", ("true",))),
    ],
)
def test_compact_form_is_read(text: str, expected: Filter) -> None:
    assert parse_filter(text) == expected
    assert parse_filter(format_filter(expected)) == expected


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "expected FIELD:OP:VALUES"),
        ("brand", "expected FIELD:OP:VALUES"),
        ("brand:like:x", "expected FIELD:OP:VALUES"),
        ("colour:is:red", "unknown field 'colour'"),
        ("brand:is:", "no value"),
        ("brand:is: | ", "no value"),
        ("price:range:cheap", "expected LOW..HIGH"),
        ("price:range:..", "expected LOW..HIGH"),
        ("price:range:80..10", "write the smaller bound first"),
        ("price:range:nan..inf", "expected LOW..HIGH"),
        ("price:range:" + "9" * 400 + "..", "expected LOW..HIGH"),
    ],
)
def test_a_filter_that_cannot_be_is_refused_with_words(text: str, said: str) -> None:
    with pytest.raises(ConfigError, match="filter") as refusal:
        parse_filter(text)
    assert said in str(refusal.value)
    assert len(str(refusal.value)) < 400


@given(st.lists(st.text(min_size=1, max_size=20).map(str.strip).filter(bool), min_size=1, max_size=5))
def test_any_values_survive_the_round_trip(values: list[str]) -> None:
    chosen = Filter("brand", "is", tuple(values))
    assert parse_filter(format_filter(chosen)) == chosen


@given(st.text(max_size=200))
def test_any_text_is_read_or_refused(text: str) -> None:
    with contextlib.suppress(ConfigError):
        assert parse_filter(text).field


@pytest.mark.parametrize(
    ("filter", "words"),
    [
        (Filter("brand", "is", ("Fellrunner", "Tarn")), "Brand: Fellrunner or Tarn"),
        (Filter("attr:waterproof_rating", "range", low=3000, unit="mm"), "Waterproof rating from 3000 mm"),
        (Filter("price", "range", low=10, high=80.5), "Price 10 to 80.5"),
        (Filter("on_sale", "is", ("true",)), "On sale"),
        (Filter("on_sale", "not", ("true",)), "Not on sale"),
        (Filter("availability", "is", ("in_stock",)), "Availability: in stock"),
        (Filter("attr:material", "not", ("leather",)), "Material: not leather"),
    ],
)
def test_filters_have_words(filter: Filter, words: str) -> None:
    assert label_filter(filter) == words
