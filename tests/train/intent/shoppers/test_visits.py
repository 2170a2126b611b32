from itertools import groupby
from pathlib import Path

import pytest

from shopwright.catalog.events.ga4 import read
from shopwright.errors import ConfigError
from shopwright.train.intent.shoppers.shopper import Shopper
from shopwright.train.intent.shoppers.visits import events_from, write_visits


def test_events_are_read_as_an_export(shopper: Shopper) -> None:
    rows = [read(event) for event in events_from(shopper.products.values(), 300, seed=2)]
    assert all(not isinstance(row, str) for row in rows)
    read_rows = [row for row in rows if not isinstance(row, str)]
    assert {row.name for row in read_rows} == {"view_search_results", "view_item", "add_to_cart", "purchase"}
    assert all(row.shopper and row.shopper.startswith("simulated.") for row in read_rows)
    assert {item for row in read_rows for item in row.items} <= set(shopper.products)
    assert all(row.value and row.currency == "EUR" for row in read_rows if row.name == "purchase")


def test_a_visit_is_in_order_and_opens_what_it_saw(shopper: Shopper) -> None:
    events = [row for row in map(read, events_from(shopper.products.values(), 200)) if not isinstance(row, str)]
    visits = [list(group) for _, group in groupby(events, key=lambda row: row.session)]
    assert len(visits) == 200
    for visit in visits:
        assert [row.time for row in visit] == sorted(row.time for row in visit)
        assert visit[0].name == "view_search_results"
        seen: set[str] = set()
        for row in visit:
            if row.name == "view_search_results":
                seen |= set(row.items)
            assert set(row.items) <= seen
        bought = [row for row in visit if row.name == "purchase"]
        assert len(bought) <= 1
        if bought:
            assert bought[0].items in [row.items for row in visit if row.name == "add_to_cart"]


def test_writing(tmp_path: Path, shopper: Shopper) -> None:
    path = tmp_path / "events.jsonl"
    count = write_visits(shopper.products.values(), path, 50, seed=1)
    assert count == len(path.read_bytes().splitlines()) > 50
    other = tmp_path / "again.jsonl"
    write_visits(shopper.products.values(), other, 50, seed=1)
    assert other.read_bytes() == path.read_bytes()
    with pytest.raises(ConfigError, match="can be written"):
        write_visits(shopper.products.values(), tmp_path / "no" / "events.jsonl", 1)
    with pytest.raises(ConfigError, match="no product has a category and a price"):
        write_visits([], path, 1)
