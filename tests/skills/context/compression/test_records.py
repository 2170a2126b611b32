from __future__ import annotations

import json
from typing import Any

import pytest

from shopwright.errors import ConfigError, ToolError
from shopwright.skills.context.compression import compress_json


def count(text: str) -> int:
    return len(text) // 4


def found(rows: int) -> dict[str, Any]:
    return {
        "query": "tent",
        "results": [
            {
                "id": f"tent-{place}",
                "title": f"Tent {place}",
                "price": 100.5 + place,
                "in_stock": place % 2 == 0,
                "note": "",
                "story": "A family of makers on a quiet coast has sewn tents with care for generations of walkers.",
                "description": f"Sleeps {place} people. " + "It is a lovely thing to own and to look at. " * 6 + "Bye.",
            }
            for place in range(20)
        ],
    }


def test_it_stays_json_inside_the_budget_and_says_what_went() -> None:
    text = json.dumps(found(20), indent=2)
    for tokens in (200, 400, 800):
        made = compress_json(text, "a tent that sleeps 7 people", tokens=tokens, count=count)
        value = json.loads(made.text)
        assert made.tokens == count(made.text) <= tokens
        assert len(value["results"]) == 20 - made.rows
        assert value["_left_out"].get("rows", 0) == made.rows
        assert "results[].note" in made.fields
        assert any(row["id"] == "tent-7" for row in value["results"])


def test_ids_and_numbers_of_rows_that_stay_are_never_dropped() -> None:
    source = found(20)
    made = compress_json(json.dumps(source), "sleeps 7 people", tokens=150, count=count)
    known = {row["id"]: row for row in source["results"]}
    for row in json.loads(made.text)["results"]:
        assert {key: row[key] for key in ("title", "price", "in_stock")} == {
            key: known[row["id"]][key] for key in ("title", "price", "in_stock")
        }


def test_what_must_stay_may_be_over_and_that_is_said() -> None:
    made = compress_json('{"order_id": "W123456789", "total": 1234567.5, "paid": true}', "x", tokens=2, count=count)
    assert json.loads(made.text) == {"order_id": "W123456789", "total": 1234567.5, "paid": True}
    assert made.over == made.tokens - 2 > 0


def test_a_list_tells_in_its_last_element() -> None:
    rows = [{"name": f"thing {place}", "story": "nothing much to say about it at all"} for place in range(30)]
    made = compress_json(json.dumps(rows), "thing 4", tokens=40, count=count)
    value = json.loads(made.text)
    assert value[-1]["_left_out"] == {"rows": made.rows, "fields": ["[].story"]}
    assert {"name": "thing 4"} in value


def test_what_fits_comes_back_as_it_is() -> None:
    assert compress_json('{"a":  1}', "x", tokens=50, count=count).text == '{"a":  1}'


@pytest.mark.parametrize("text", ["", "{", "{'a': 1}", "[" * 100_000])
def test_what_is_no_json_is_refused(text: str) -> None:
    with pytest.raises(ToolError, match="compress it as text"):
        compress_json(text, "x", tokens=5, count=count)


@pytest.mark.parametrize("text", ["7", '"a long text that stays what it is"', "null", "[]", "{}", "[[1, 2], [3]]"])
def test_odd_json(text: str) -> None:
    made = compress_json(text, "x", tokens=0, count=count)
    json.loads(made.text)
    assert made.original_tokens == count(text)


def test_a_budget_under_nothing_is_refused() -> None:
    with pytest.raises(ConfigError, match="0 or more"):
        compress_json("{}", "x", tokens=-1, count=count)
