from __future__ import annotations

import json
import typing

import pytest

from shopwright.errors import ConfigError
from shopwright.skills.context.compression import Part, Protection, compress_many


def count(text: str) -> int:
    return len(text.split())


PARTS = (
    Part(
        "doc:returns", "Returns are free within 30 days. Send the tent back dry. Refunds take about a week to arrive."
    ),
    Part(
        "review:7",
        "I love the colour of it. My dog likes sleeping on it. Great for picnics in our garden with friends.",
    ),
    Part("doc:warranty", "The warranty lasts 2 years. The warranty does not cover poles. Keep your receipt somewhere."),
)


def test_all_is_kept_where_there_is_room() -> None:
    shared = compress_many(PARTS, "warranty", tokens=1000, count=count)
    assert [part.made.text for part in shared.parts] == [part.text for part in PARTS]
    assert shared.left_out == ()


def test_the_budget_goes_to_what_matters_and_the_rest_is_named() -> None:
    shared = compress_many(PARTS, "what does the warranty cover?", tokens=16, count=count)
    assert shared.tokens <= 16
    assert [part.source for part in shared.parts] == ["doc:warranty"]
    assert "does not cover poles" in shared.parts[0].made.text
    assert shared.left_out == ("doc:returns", "review:7")
    assert shared.original_tokens == sum(count(part.text) for part in PARTS)


@pytest.mark.parametrize("tokens", [0, 1, 5, 9, 17, 26, 33, 45])
@pytest.mark.parametrize("protect", typing.get_args(Protection))
def test_the_total_is_never_over(tokens: int, protect: Protection) -> None:
    shared = compress_many(PARTS, "free returns", tokens=tokens, count=count, protect=protect)
    assert shared.tokens <= tokens
    assert {part.source for part in shared.parts} | set(shared.left_out) == {part.source for part in PARTS}


def test_a_tool_result_stays_json() -> None:
    rows = [{"id": f"tent-{place}", "price": place, "text": f"tent for {place} people and all its many fine words"}
            for place in range(8)]  # fmt: skip
    parts = (*PARTS, Part("tool:search", json.dumps(rows, indent=1)))
    shared = compress_many(parts, "tent for 3 people", tokens=60, count=lambda text: len(text) // 4)
    found = next(part for part in shared.parts if part.source == "tool:search")
    kept = json.loads(found.made.text)
    assert any(row.get("id") == "tent-3" for row in kept)
    assert shared.tokens <= 60


def test_no_parts_and_a_wrong_budget() -> None:
    assert compress_many((), "x", tokens=5, count=count).parts == ()
    with pytest.raises(ConfigError, match="0 or more"):
        compress_many(PARTS, "x", tokens=-1, count=count)
