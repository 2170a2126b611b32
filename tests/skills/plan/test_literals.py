from __future__ import annotations

from typing import Any

import pytest

from shopwright.skills.plan.literals import choice, could_be, ids, kind_of, numbers, value

TEXT = {"type": "string"}


@pytest.mark.parametrize(
    ("name", "schema", "kind"),
    [
        ("quantity", {"type": "integer"}, "number"),
        ("gift_wrapped", {"type": "boolean"}, "flag"),
        ("ids", {"type": "array", "items": TEXT}, "list"),
        ("email", TEXT, "email"),
        ("order_id", TEXT, "id"),
        ("parcelNo", TEXT, "id"),
        ("from", {"type": "string", "format": "date"}, "date"),
        ("size", {"type": "string", "enum": ["s", "m"]}, "choice"),
        ("address", {"type": "object"}, "record"),
        ("question", TEXT, "text"),
    ],
)
def test_a_schema_tells_what_an_argument_holds(name: str, schema: dict[str, Any], kind: str) -> None:
    assert kind_of(name, schema) == kind


def test_ids_are_told_from_hyphenated_words() -> None:
    said = "Is the well-known heron-2-kettle in order QX-88123 a state-owned one?"
    assert list(ids(said)) == ["QX-88123", "heron-2-kettle"]


def test_dates_and_addresses_are_no_ids() -> None:
    assert list(ids("on 2026-05-04 for ann-2@example-3-shop.org")) == []


@pytest.mark.parametrize(
    ("words", "name", "schema", "found"),
    [
        ("for 12 people", "guests", {"type": "integer"}, 12),
        ("two of them", "quantity", {"type": "integer"}, 2),
        ("under £1,250.50", "budget", {"type": "number"}, 1250.5),
        ("1.5 kg", "pieces", {"type": "integer"}, None),
        ("write to ann.b@example.org please", "email", TEXT, "ann.b@example.org"),
        ("order QX-88123.", "order_id", TEXT, "QX-88123"),
        ("heron-2-kettle and wren-4-pan", "ids", {"type": "array", "items": TEXT, "description": "ids"}, None),
        ("on 2026-05-04", "day", {"type": "string", "format": "date"}, "2026-05-04"),
        ("a blue one,", "query", TEXT, "a blue one"),
        ("in express", "speed", {"type": "string", "enum": ["standard", "express"]}, "express"),
        ("basil, thyme and mint", "herbs", {"type": "array", "items": TEXT}, ["basil", "thyme", "mint"]),
        ("wrapped", "gift", {"type": "boolean"}, True),
        ("3 Hill Road", "address", {"type": "object"}, None),
    ],
)
def test_values_have_the_type_of_their_schema(words: str, name: str, schema: dict[str, Any], found: Any) -> None:
    made = value(words, name, schema, words)
    if name == "ids":
        assert made == ["heron-2-kettle", "wren-4-pan"]
    else:
        assert made == found
        assert type(made) is type(found)


def test_among_several_nobody_guesses() -> None:
    assert value("it", "email", TEXT, "a@example.org or b@example.org") is None
    assert choice("standard or express", ["standard", "express"]) is None


def test_small_numbers_in_words_count_where_there_are_no_digits() -> None:
    assert numbers("three mugs") == [3.0]
    assert numbers("three mugs for 20") == [20.0]


def test_only_what_has_the_form_could_be_it() -> None:
    assert not could_be("cancel my order", "order_id", TEXT)
    assert could_be("cancel QX-88123", "order_id", TEXT)
    assert not could_be("it is me", "email", TEXT)
    assert could_be("anything", "query", TEXT)
