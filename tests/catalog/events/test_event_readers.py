"""Files of events: each form is told from its content and read as the same events."""

from __future__ import annotations

import gzip
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from shopwright.catalog.events.reading import EventFile, Read
from shopwright.catalog.events.row import Row, Unfit
from shopwright.errors import ConfigError, FeedError

START = 1_767_225_600  # 2026-01-01T00:00:00Z
SHOWN = [
    ("view_item", ("coat-1",), None),
    ("search", (), "wool coat"),
    ("add_to_cart", ("coat-1",), None),
    ("purchase", ("coat-1", "hat-2"), None),
]


def ga4(name: str, at: int, params: Mapping[str, Any], items: list[Any], **more: Any) -> dict[str, Any]:
    listed = [{"key": key, "value": {"string_value": None, "int_value": value}} for key, value in params.items()]
    event = {"event_name": name, "event_timestamp": str(at * 1_000_000), "user_pseudo_id": "81.17"}
    return (
        event
        | {"event_params": [*listed, {"key": "ga_session_id", "value": {"int_value": "17"}}], "items": items}
        | more
    )


FORMS: dict[str, list[dict[str, Any]]] = {
    "ga4": [
        ga4("page_view", START, {}, []),
        ga4("view_item", START, {}, [{"item_id": "coat-1", "quantity": "1"}]),
        ga4("search", START + 9, {"search_term": "wool  coat"}, []),
        ga4("add_to_cart", START + 20, {"value": 59.5, "currency": "EUR"}, [{"item_id": "coat-1", "quantity": 2}]),
        ga4(
            "purchase", START + 60, {}, [{"item_id": "coat-1"}, {"item_id": "hat-2"}],
            ecommerce={"purchase_revenue": 80, "transaction_id": "T-1"}, device={"category": "mobile"},
        ),
    ],
    "segment": [
        {"type": "page", "anonymousId": "a-7", "timestamp": "2026-01-01T00:00:00Z"},
        {"type": "track", "event": "Product Viewed", "anonymousId": "a-7", "timestamp": "2026-01-01T00:00:00Z",
         "messageId": "m-1", "properties": {"product_id": "coat-1"}},
        {"type": "track", "event": "Products Searched", "anonymousId": "a-7", "timestamp": "2026-01-01T00:00:09Z",
         "properties": {"query": "wool coat"}},
        {"type": "track", "event": "Product Added", "anonymousId": "a-7", "timestamp": "2026-01-01T00:00:20Z",
         "properties": {"product_id": "coat-1", "quantity": 2, "price": 59.5, "currency": "EUR"}},
        {"type": "track", "event": "Order Completed", "anonymousId": "a-7", "timestamp": "2026-01-01T00:01:00Z",
         "properties": {"order_id": "T-1", "total": 80, "products": [{"product_id": "coat-1"}, {"sku": "hat-2"}]}},
    ],
    "retail": [
        {"eventType": "home-page-view", "visitorId": "v", "eventTime": "2026-01-01T00:00:00Z"},
        {"eventType": "detail-page-view", "visitorId": "v", "eventTime": "2026-01-01T00:00:00Z",
         "productDetails": [{"product": {"id": "coat-1"}}]},
        {"eventType": "search", "visitorId": "v", "eventTime": "2026-01-01T00:00:09Z", "searchQuery": "wool coat"},
        {"eventType": "add-to-cart", "visitorId": "v", "eventTime": "2026-01-01T00:00:20Z",
         "productDetails": [{"product": {"id": "coat-1"}, "quantity": 2}]},
        {"eventType": "purchase-complete", "visitorId": "v", "eventTime": "2026-01-01T00:01:00Z",
         "productDetails": [{"product": {"id": "coat-1"}}, {"product": {"id": "hat-2"}}],
         "purchaseTransaction": {"id": "T-1", "revenue": 80, "currencyCode": "EUR"}},
    ],
    "simple": [
        {"name": "scroll", "session": "s", "time": START},
        {"name": "view_item", "session": "s", "time": START, "items": ["coat-1"]},
        {"name": "search", "session": "s", "time": START + 9, "query": "wool coat"},
        {"name": "add_to_cart", "session": "s", "time": START + 20, "items": [{"item_id": "coat-1", "quantity": 2}]},
        {"name": "purchase", "session": "s", "time": START + 60, "items": ["coat-1", "hat-2"], "value": 80},
    ],
    "table": [
        {"action": "scroll", "visitor": "v", "ts": START},
        {"action": "view", "visitor": "v", "ts": START * 1000, "sku": "coat-1"},
        {"action": "search", "visitor": "v", "ts": START + 9, "query": "wool coat"},
        {"action": "cart", "visitor": "v", "ts": "2026-01-01 00:00:20 UTC", "sku": "coat-1"},
        {"action": "purchase", "visitor": "v", "ts": START + 60, "sku": "coat-1|hat-2", "revenue": 80},
    ],
}  # fmt: skip


def written(folder: Path, rows: list[dict[str, Any]], name: str = "log") -> Path:
    (path := folder / name).write_text("".join(json.dumps(row) + "\n" for row in rows))
    return path


def events(found: list[Read]) -> list[Row]:
    return [row for _, row in found if isinstance(row, Row)]


@pytest.mark.parametrize("form", FORMS)
def test_a_form_is_told_from_its_content(form: str, tmp_path: Path) -> None:
    file = EventFile(written(tmp_path, FORMS[form], "anything.bin"))
    found = list(file)
    assert file.format == form
    assert [line for line, _ in found] == [1, 2, 3, 4, 5]
    assert isinstance(found[0][1], str)  # not of commerce: its name, to be counted
    rows = events(found)
    assert [(row.name, row.items, row.query) for row in rows] == SHOWN
    assert [row.time - START for row in rows] == [0, 9, 20, 60]
    assert len({row.session for row in rows}) == 1
    assert rows[3].value == 80


def test_what_else_is_kept_of_a_ga4_event(tmp_path: Path) -> None:
    rows = events(list(EventFile(written(tmp_path, FORMS["ga4"]))))
    assert (rows[2].value, rows[2].currency, rows[2].fields) == (59.5, "EUR", {"quantities": [2]})
    assert rows[3].fields == {"transaction_id": "T-1", "device": "mobile"}
    assert (rows[0].session, rows[0].shopper) == ("81.17.17", "81.17")


def test_a_csv_is_read_by_its_names_or_by_a_map(tmp_path: Path) -> None:
    (path := tmp_path / "log").write_text(
        "event_time,event_type,product_id,user_id,user_session\n"
        "2026-01-01 00:00:00 UTC,view,coat-1,7,aa\n2026-01-01 00:00:20 UTC,cart,coat-1,7,aa\n"
    )
    assert [(row.name, row.session, row.shopper) for row in events(list(EventFile(path)))] == [
        ("view_item", "aa", "7"), ("add_to_cart", "aa", "7"),
    ]  # fmt: skip
    path.write_bytes(gzip.compress(f"wer;was;wann;ding\nk;view;{START};coat-1\n".encode()))
    with pytest.raises(ConfigError, match="no column says the event's name, time, session or shopper"):
        EventFile(path)
    columns = {"wer": "shopper", "was": "name", "wann": "time", "ding": "items"}
    (row,) = events(list(EventFile(path, columns=columns)))
    assert (row.session, row.items) == (f"k.{START}", ("coat-1",))
    with pytest.raises(ConfigError, match="column 'wo'"):
        EventFile(path, columns={"wo": "shopper"})
    with pytest.raises(ConfigError, match="field must be one of name"):
        EventFile(path, columns={"wer": "who"})


def test_objects_are_read_by_a_map_too(tmp_path: Path) -> None:
    path = written(tmp_path, [{"wer": "k", "event": "view", "wann": START, "itemid": 17}])
    file = EventFile(path, columns={"wer": "shopper", "wann": "time"})
    assert [(row.name, row.items) for row in events(list(file))] == [("view_item", ("17",))]


def test_half_an_hour_of_rest_ends_a_session(tmp_path: Path) -> None:
    rows = [{"action": "view", "visitor": "v", "ts": START + at, "sku": "a"} for at in (0, 1_700, 3_400, 5_300)]
    assert [row.session for row in events(list(EventFile(written(tmp_path, rows))))] == [
        *[f"v.{START}"] * 3, f"v.{START + 5_300}",
    ]  # fmt: skip


SIMPLE = {"name": "view_item", "session": "s", "time": START, "items": ["a"]}
UNFIT = [
    ("malformed", "{no json"),
    ("malformed", "[1]"),
    ("no name", {**SIMPLE, "name": 7}),
    ("no session", {**SIMPLE, "session": ""}),
    ("no time", {**SIMPLE, "time": "yesterday"}),
    ("no time", {**SIMPLE, "time": 12}),
    ("no query", {**SIMPLE, "name": "search"}),
    ("no items", {**SIMPLE, "items": 7.5}),
    ("no items", {**SIMPLE, "items": [{"price": 1}]}),
    ("too many items", {**SIMPLE, "items": [str(at) for at in range(201)]}),
    ("negative value", {**SIMPLE, "value": -1}),
    ("too long", {**SIMPLE, "session": "s" * 201}),
    ("too long", {**SIMPLE, "items": ["x" * 1000]}),
    ("too long", {**SIMPLE, "coupon": "x" * 1000}),
    ("too long", {**SIMPLE, "name": "search", "query": "x" * (1 << 19)}),
    ("too long", {**SIMPLE, "page": "x" * (1 << 20)}),
]


@pytest.mark.parametrize(("reason", "line"), UNFIT, ids=[f"{at}-{reason}" for at, (reason, _) in enumerate(UNFIT)])
def test_a_faulty_line_is_named_and_the_next_one_read(reason: str, line: object, tmp_path: Path) -> None:
    (path := tmp_path / "log").write_text(
        "\n".join((json.dumps(SIMPLE), line if isinstance(line, str) else json.dumps(line), json.dumps(SIMPLE)))
    )
    (_, first), (number, fault), (_, last) = EventFile(path, "simple")
    assert isinstance(fault, Unfit)
    assert (number, fault.reason) == (2, reason)
    assert isinstance(first, Row)
    assert first == last


def test_a_refund_may_be_worth_less_than_nothing(tmp_path: Path) -> None:
    (row,) = events(list(EventFile(written(tmp_path, [{**SIMPLE, "name": "refund", "value": -8}]))))
    assert row.value == -8


@pytest.mark.parametrize(
    ("text", "said"), [("", "empty"), ("[{}]", "begins with"), ("{x}\n", "JSON object"), ("<xml/>", "begins with")]
)
def test_a_file_of_nothing_is_refused(text: str, said: str, tmp_path: Path) -> None:
    (path := tmp_path / "log").write_text(text)
    with pytest.raises(FeedError, match=said):
        EventFile(path)


def test_a_format_that_is_none_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="give one of ga4, segment"):
        EventFile(written(tmp_path, [SIMPLE]), "matomo")
