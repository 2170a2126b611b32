from __future__ import annotations

from typing import Any

import pytest

from shopwright.skills.plan.schemas import defects, describe, fits, part, problems, types

NODE = {"$defs": {"n": {"type": "array", "items": {"$ref": "#/$defs/n"}}}, "$ref": "#/$defs/n"}
LOOP = {"$defs": {"n": {"anyOf": [{"$ref": "#/$defs/n"}, {"type": "null"}]}}, "$ref": "#/$defs/n"}


@pytest.mark.parametrize(
    ("schema", "words"),
    [
        ({"type": "string"}, "a text"),
        ({"type": "string", "minLength": 2, "maxLength": 5}, "a text, 2 to 5 long"),
        ({"type": "string", "format": "date"}, "a text (date)"),
        ({"type": "integer", "minimum": 1}, "a whole number of at least 1"),
        ({"type": "number", "exclusiveMinimum": 0, "maximum": 5}, "a number of at most 5 above 0"),
        ({"type": ["string", "null"]}, "a text or null"),
        ({"enum": ["a", 1]}, 'one of "a", 1'),
        ({"const": "a"}, '"a"'),
        ({"enum": list(range(30))}, "one of 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11 ... (30 in all)"),
        (
            {"type": "array", "items": {"type": "boolean"}, "minItems": 1},
            "a list, each item true or false, at least 1 of them",
        ),
        ({"type": "object", "properties": {"a": {}, "b": {}}}, "an object with a, b"),
        ({}, "anything"),
        (True, "anything"),
    ],
)
def test_what_is_allowed_in_words(schema: Any, words: str) -> None:
    assert describe(schema, {}) == words


@pytest.mark.parametrize("schema", [NODE, LOOP])
def test_schemas_that_hold_themselves(schema: dict[str, Any]) -> None:
    assert defects(schema) == []
    assert describe(schema, schema)
    assert fits(schema, schema, schema, schema)
    assert problems({"properties": {"a": NODE}, **NODE}, [[[]]]) == []
    assert problems(LOOP, None, "x") == ["argument 'x' cannot be checked: its schema refers to itself"]


def test_places_in_a_schema() -> None:
    root = {
        "$defs": {"item": {"type": "object", "properties": {"id": {"type": "string"}}}},
        "type": "object",
        "properties": {"items": {"type": "array", "items": {"$ref": "#/$defs/item"}}},
    }
    (items,) = part(root, "items", root) or []
    (item,) = part(items, "3", root) or []
    assert types(item, root) == {"object"}
    assert part(item, "id", root) == [{"type": "string"}]
    assert part(item, "price", root) is None
    assert part({"type": "string"}, "0", root) is None
    assert part({"type": "object", "additionalProperties": {"type": "integer"}}, "any", {}) == [{"type": "integer"}]


@pytest.mark.parametrize(
    ("given", "wanted", "fit"),
    [
        ({"type": "integer"}, {"type": "number"}, True),
        ({"type": "number"}, {"type": "integer"}, True),
        ({"type": "string"}, {"type": "number"}, False),
        ({"type": "string"}, {"anyOf": [{"type": "null"}, {"type": "string"}]}, True),
        ({"enum": ["a"]}, {"type": "string"}, True),
        ({"type": "array", "items": {"type": "string"}}, {"type": "array", "items": {"type": "integer"}}, False),
        ({"type": "array"}, {"type": "array", "items": {"type": "integer"}}, True),
        ({}, {"type": "integer"}, True),
    ],
)
def test_types_that_fit(given: dict[str, Any], wanted: dict[str, Any], fit: bool) -> None:
    assert fits(given, {}, wanted, {}) is fit
