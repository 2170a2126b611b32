from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest

from shopwright.errors import ConfigError
from shopwright.train.events import read_events
from shopwright.types import Event


def exported(
    name: str, micros: object = "1767225600000000", term: str | None = None, **more: object
) -> dict[str, object]:
    params: list[dict[str, object]] = [{"key": "ga_session_id", "value": {"string_value": None, "int_value": "17"}}]
    if term is not None:
        params.append({"key": "search_term", "value": {"string_value": term}})
    row = {"event_name": name, "event_timestamp": micros, "user_pseudo_id": "81.5", "event_params": params, "items": []}
    return row | more


def write(path: Path, *rows: object) -> Path:
    path.write_text(
        "".join((row if isinstance(row, str) else json.dumps(row)) + "\n" for row in rows), encoding="utf-8"
    )
    return path


def test_events_as_google_analytics_exports_them(tmp_path: Path) -> None:
    items = [{"item_id": "coat-1", "item_name": "Coat"}, {"item_id": 7}]
    path = write(
        tmp_path / "events.jsonl",
        exported("view_search_results", term="rain  coat"),
        exported("add_to_cart", micros=1767225601500000, items=items),
        exported("page_view"),
        exported("search", event_params={"ga_session_id": 18, "search_term": "tent"}),
    )
    read = read_events(path)
    assert read.events == [
        Event("view_search_results", "81.5.17", 1767225600.0, shopper_id="81.5", query="rain coat"),
        Event("add_to_cart", "81.5.17", 1767225601.5, ("coat-1", "7"), shopper_id="81.5"),
        Event("search", "81.5.18", 1767225600.0, shopper_id="81.5", query="tent"),
    ]
    assert (read.others, read.problems) == (1, [])


def test_the_simple_form_and_a_compressed_file(tmp_path: Path) -> None:
    path = tmp_path / "events.jsonl.gz"
    rows = [
        {"session": "s", "time": 5, "name": "search", "query": "tent"},
        {"session": "s", "time": "2026-01-01T00:00:00Z", "name": "view_item", "items": ["t1", "t1"]},
        {"session": 3, "time": "2026-01-01", "name": "purchase", "items": [{"id": "t1"}], "shopper": "x"},
    ]
    path.write_bytes(gzip.compress(b"\xef\xbb\xbf" + b"\n\n".join(json.dumps(row).encode() for row in rows)))
    assert read_events(path).events == [
        Event("search", "s", 5.0, query="tent"),
        Event("view_item", "s", 1767225600.0, ("t1",)),
        Event("purchase", "3", 1767225600.0, ("t1",), "x"),
    ]


@pytest.mark.parametrize(
    ("row", "problem"),
    [
        ("{", "no JSON"),
        ("[1]", "a JSON list; expected an object"),
        ({"session": "s"}, "no name"),
        ({"name": "search", "time": 1, "query": "x"}, 'search has no "session"'),
        ({"name": "search", "session": "s", "time": 1, "query": " "}, "search has no query"),
        ({"name": "search", "session": "s", "time": "noon", "query": "x"}, "time 'noon': expected a number"),
        ({"name": "search", "session": "s", "time": None, "query": "x"}, "time None: expected a number"),
        ({"name": "search", "session": "s", "time": 1, "query": "x" * 2000}, "at most 1,000 are read"),
        ({"name": "view_item", "session": "s", "time": 1, "items": "t1"}, "items is a JSON str; expected a list"),
        ({"name": "view_item", "session": "s", "time": 1, "items": [{}]}, "an item has no item_id"),
        (exported("search"), "search has no search_term"),
        (exported("search", micros="soon", term="x"), "event_timestamp 'soon': expected a number"),
        (exported("view_item", event_params=None), "view_item has no ga_session_id among its event_params"),
    ],
)
def test_what_is_wrong_is_told_with_its_line(tmp_path: Path, row: object, problem: str) -> None:
    fine = {"session": "s", "time": 1, "name": "search", "query": "tent"}
    read = read_events(write(tmp_path / "events.jsonl", fine, "", row, fine))
    assert len(read.events) == 2
    assert len(read.problems) == 1
    assert read.problems[0].startswith("line 3: ")
    assert problem in read.problems[0]


def test_files_that_cannot_be_used(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="name a file of events"):
        read_events(tmp_path / "none.jsonl")
    with pytest.raises(ConfigError, match=r"no line is one of add_to_cart.*\n  line 2: no JSON"):
        read_events(write(tmp_path / "odd.jsonl", exported("page_view"), "oops"))
    whole = gzip.compress(b'{"session":"s","time":1,"name":"search","query":"tent"}\n' * 99)
    (tmp_path / "cut.gz").write_bytes(whole[:-12])
    with pytest.raises(ConfigError, match="cut off"):
        read_events(tmp_path / "cut.gz")
    (tmp_path / "no.gz").write_bytes(b"plain")
    with pytest.raises(ConfigError, match="name a file of events"):
        read_events(tmp_path / "no.gz")
