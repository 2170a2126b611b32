from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from shopwright.catalog.ingest import ingest, ingest_items
from shopwright.catalog.store import Store
from shopwright.errors import FeedError, RowError
from shopwright.types import Product


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store.open(tmp_path / "store.db")


def write(path: Path, rows: list[dict[str, object]]) -> Path:
    path.write_text("\n".join(json.dumps(row) for row in rows))
    return path


def test_report_counts_what_happened(store: Store, tmp_path: Path) -> None:
    rows: list[dict[str, object]] = [
        {"id": "a", "title": "Tent", "price": "10.00 EUR"},
        {"id": "b", "title": "Stove", "price": "call us"},
        {"id": "a", "title": "Tent again", "price": "11.00 EUR"},
        {"id": "c", "title": "Lamp", "price": "12.00 EUR"},
    ]
    report = ingest(store, write(tmp_path / "feed.jsonl", rows))
    assert (report.accepted, report.added, report.refused) == (2, 2, 2)
    reasons = dict(report.refusals)
    assert any("call us" in reason for reason in reasons.values())
    assert "twice" in reasons[3]
    assert store.product("a").title == "Tent"


def test_again_changes_only_what_changed(store: Store) -> None:
    ingest_items(store, [Product("a", "A"), Product("b", "B")], source="x")
    report = ingest_items(store, [Product("a", "A"), Product("b", "B!"), Product("c", "C")], source="x")
    assert (report.added, report.changed, report.unchanged, report.removed) == (1, 1, 1, 0)


def test_a_listener_is_told_what_the_changes_will_say(store: Store) -> None:
    ingest_items(store, [Product("a", "A"), Product("b", "B")], source="x")
    before, told = store.sequence, {}
    new = [Product("a", "A"), Product("c", "C")]
    ingest_items(store, new, source="x", full=True, written=told.__setitem__)
    assert told == dict(store.changes(before)) == {"c": Product("c", "C"), "b": None}


def test_full_removes_what_is_gone(store: Store) -> None:
    ingest_items(store, [Product("a", "A"), Product("b", "B")], source="x")
    assert ingest_items(store, [Product("b", "B")], source="x", full=True).removed == 1
    assert list(store.products(["a", "b"])) == ["b"]


def test_a_feed_without_products_changes_nothing(store: Store) -> None:
    ingest_items(store, [Product("a", "A")], source="x")
    with pytest.raises(FeedError, match="no price"):
        ingest_items(store, [RowError("no price", 3)], source="x", full=True)
    assert store.count() == 1


def test_an_error_in_the_middle_changes_nothing(store: Store) -> None:
    def items() -> object:
        yield from (Product(f"p{i}", "P") for i in range(5000))
        raise FeedError("truncated")

    with pytest.raises(FeedError, match="truncated"):
        ingest_items(store, items(), source="x")
    assert store.count() == 0


_ENDLESS = """
import sys, time
from pathlib import Path
from shopwright.catalog.ingest import ingest_items
from shopwright.catalog.store import Store
from shopwright.types import Product
def items():
    for i in range(10**9):
        if i == 10_000: Path(sys.argv[2]).touch()
        yield Product(f"new{i}", "N" * 200)
ingest_items(Store.open(Path(sys.argv[1])), items(), source="x")
"""


def test_kill_in_the_middle_leaves_the_last_state(tmp_path: Path) -> None:
    store = Store.open(tmp_path / "store.db")
    ingest_items(store, [Product("a", "A")], source="x")
    store.close()
    mark = tmp_path / "busy"
    child = subprocess.Popen([sys.executable, "-c", _ENDLESS, str(tmp_path / "store.db"), str(mark)])
    deadline = time.monotonic() + 60
    while not mark.exists() and time.monotonic() < deadline:
        time.sleep(0.02)
    child.send_signal(signal.SIGKILL)
    child.wait()
    assert mark.exists()
    store = Store.open(tmp_path / "store.db")
    assert (store.count(), store.sequence) == (1, 1)
    assert ingest_items(store, [Product("b", "B")], source="x").added == 1
