from __future__ import annotations

from typing import Any

import pytest

from shopwright.train.plan.spans import origin, span_of

SAID = "I need a tent for two people, and 3 mugs under 20 please"


@pytest.mark.parametrize(
    ("value", "found"),
    [
        ("tent for two", "tent for two"),
        ("two people tent", "tent for two people"),
        ("for a canoe", None),
        (20, "20"),
        (["tent", "mugs"], "tent"),
        ("a canoe", None),
        ([{"field": "price"}], None),
        (True, None),
    ],
)
def test_the_words_that_say_a_value(value: Any, found: str | None) -> None:
    span = origin(value, SAID).span
    assert (SAID[slice(*span)] if span else None) == found


def test_references_are_an_origin_of_their_own() -> None:
    found = origin(["$s1.ids", {"a": "$s2.total"}], SAID)
    assert found.steps == ("s1", "s2")
    assert found.span is None


def test_what_stands_there_is_found_as_it_stands() -> None:
    assert span_of("Tent", SAID) == (9, 13)
