from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from sqlalchemy import inspect

from shopwright.catalog import migrations
from shopwright.catalog.ingest import ingest_items
from shopwright.catalog.store import Store
from shopwright.errors import NotFoundError, StoreError
from shopwright.types import Document, Product, Review, Variant


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store.open(tmp_path / "shop" / "store.db")


def fill(store: Store, *products: Product, full: bool = False) -> None:
    ingest_items(store, list(products), source="test", full=full)


def test_products_are_found_by_id_and_by_variant(store: Store) -> None:
    tent = Product("tent", "Tent", variants=(Variant("tent-red"), Variant("tent-blue")))
    fill(store, tent, Product("stove", "Stove"))
    assert store.product("tent") == store.product("tent-blue") == tent
    assert store.count() == 2
    with pytest.raises(NotFoundError, match="'nothing'"):
        store.product("nothing")


def test_changes_since_a_sequence(store: Store) -> None:
    fill(store, Product("a", "A"), Product("b", "B"))
    first = store.sequence
    fill(store, Product("a", "A"), Product("b", "B2"))
    assert dict(store.changes(first)) == {"b": Product("b", "B2")}
    second = store.sequence
    fill(store, Product("a", "A"), full=True)
    assert dict(store.changes(second)) == {"b": None}
    fill(store, Product("b", "back"))
    assert dict(store.changes(second)) == {"b": Product("b", "back")}


def test_all_products_streams_in_order(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shopwright.catalog.store._CHUNK", 3)
    fill(store, *(Product(f"p{i:02}", "P") for i in range(10)))
    assert [product.id for product in store.all_products()] == [f"p{i:02}" for i in range(10)]


def test_documents_reviews_and_meta(store: Store) -> None:
    store.put_documents([Document("returns", "Returns", "30 days.", "policy"), Document("g", "G", "...", "guide")])
    assert [document.id for document in store.documents("policy")] == ["returns"]
    assert store.document("g").title == "G"
    with pytest.raises(NotFoundError):
        store.document("missing")
    store.put_reviews([Review("r1", "a", 5, "good", date="2026-01-01"), Review("r2", "a", 1, "bad", date="2026-02-01")])
    assert [review.id for review in store.reviews("a")] == ["r2", "r1"]
    store.set_meta("name", b"Shop")
    store.set_meta("name", b"Other")
    assert store.meta("name") == b"Other"
    assert store.meta("none") is None


def test_migrations_run_once(tmp_path: Path) -> None:
    first = Store.open(tmp_path / "s.db")
    first.close()
    again = Store.open(tmp_path / "s.db")
    with again.transaction() as connection:
        assert migrations.migrate(connection) == []
    assert inspect(again.engine).has_table("products")


def test_a_failed_transaction_leaves_nothing(store: Store) -> None:
    def stopped() -> None:
        with store.transaction() as connection:
            store.raise_sequence(connection)
            raise RuntimeError("stop")

    with pytest.raises(RuntimeError, match="stop"):
        stopped()
    assert store.sequence == 0


def test_a_file_that_is_no_database_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "store.db"
    path.write_bytes(b"this is not a database" * 100)
    with pytest.raises(StoreError, match=r"not a database.*move it away"):
        Store.open(path)


def test_turns_that_end_at_once_are_all_kept(store: Store) -> None:
    with ThreadPoolExecutor(6) as threads:
        for _ in threads.map(lambda number: store.add_turn("s", str(number).encode()), range(30)):
            pass
    assert store.last_turn("s") == 30
    assert store.last_turn("other") == 0
    assert len(set(store.turns("s", last=100))) == 30
    store.add_turn("s", b"last")
    assert store.turns("s")[-1] == b"last"


def test_a_full_replacement_leaves_no_other(store: Store) -> None:
    store.put_documents([Document("old", "Old", "...", "guide")])
    store.put_documents([Document("new", "New", "...", "guide")], full=True)
    assert [document.id for document in store.documents()] == ["new"]
    assert store.count_documents() == 1
    store.put_reviews([Review("r1", "a", 5, "good")])
    store.put_reviews([Review("r2", "a", 4, "fine")], full=True)
    assert [review.id for review in store.reviews("a")] == ["r2"]


def test_the_remedy_fits_the_cause(store: Store, tmp_path: Path) -> None:
    def write_twice() -> None:
        with store.transaction() as connection:
            row = {"id": "a", "kind": "guide", "body": b""}
            connection.execute(migrations.documents.insert(), [row, row])

    def write() -> None:
        with store.transaction() as connection:
            connection.exec_driver_sql("PRAGMA busy_timeout=10")
            store.raise_sequence(connection)

    with pytest.raises(StoreError, match="run it again") as twice:
        write_twice()
    assert "disk" not in str(twice.value)
    other = Store.open(tmp_path / "shop" / "store.db")
    with other.transaction() as writing:
        other.raise_sequence(writing)
        with pytest.raises(StoreError, match="Another process is writing"):
            write()


def test_a_read_that_fails_is_an_error_of_ours(store: Store) -> None:
    with store.transaction() as connection:
        connection.exec_driver_sql("DROP TABLE documents")
    with pytest.raises(StoreError, match="no such table"):
        store.documents()


def test_a_full_disk_is_a_clear_error_and_changes_nothing(store: Store) -> None:
    fill(store, Product("a", "A"))
    with store.engine.connect() as connection:
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar_one()
    raw = store.engine.raw_connection()
    raw.execute(f"PRAGMA max_page_count={pages + 2}")  # SQLite's own way to meet a full disk
    raw.close()
    with pytest.raises(StoreError, match=r"full.*Free disk space"):
        fill(store, *(Product(f"p{i}", "x" * 5000) for i in range(200)))
    assert store.count() == 1
    assert store.sequence == 1
