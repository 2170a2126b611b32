"""Customers are found whatever their capitals; an order changes once for a key, and not at all when a change fails."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select, text

from shopwright.catalog import customers, migrations
from shopwright.catalog.store import Store
from shopwright.errors import NotFoundError

ADA = {"id": "c-1", "name": "Ada Quist", "email": "Ada@Example.org", "city": "Ghent"}
NAMESAKE = {"id": "c-2", "name": "ada quist", "email": "aq@example.org", "city": "Lyon"}


def placed(number: str, day: str, customer: str = "c-1") -> customers.Record:
    return {"id": number, "customer_id": customer, "date": day, "status": "processing"}


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = Store.open(tmp_path / "store.db")
    opened.put_customers(
        [ADA, NAMESAKE], [placed("W-3", "2026-05-01"), placed("W-1", "2026-05-01"), placed("W-2", "2025-01-01")]
    )
    yield opened
    opened.close()


def test_a_shop_without_customers_says_so(store: Store, tmp_path: Path) -> None:
    empty = Store.open(tmp_path / "empty.db")
    assert not customers.has_customers(empty)
    assert customers.customer_by_email(empty, "ada@example.org") is None
    assert customers.all_orders(empty) == []
    empty.close()
    assert customers.has_customers(store)


def test_by_address_and_by_name(store: Store) -> None:
    assert customers.customer_by_email(store, " ADA@example.ORG ") == ADA
    assert customers.customer_by_email(store, "ada@example") is None
    assert customers.customer_by_email(store, "") is None
    assert [one["id"] for one in customers.customers_named(store, " Ada QUIST")] == ["c-1", "c-2"]
    assert customers.customers_named(store, "Ada") == []


def test_an_address_is_one_lookup_in_the_index(store: Store) -> None:
    with store.reading() as connection:
        query = text("EXPLAIN QUERY PLAN SELECT body FROM customers WHERE email = 'x' ORDER BY id LIMIT 1")
        assert "SEARCH customers USING INDEX ix_customers_email" in str(connection.execute(query).all())
        assert set(connection.execute(select(migrations.customers.c.email)).scalars()) == {
            "ada@example.org",
            "aq@example.org",
        }


def test_a_new_address_is_found_whatever_its_capitals(store: Store) -> None:
    moved = customers.change_customer(store, "c-1", "k-1", lambda one: one | {"email": " Ada@New.Example"})
    assert customers.customer_by_email(store, "ada@NEW.example") == moved
    assert moved["email"] == " Ada@New.Example"
    assert customers.customer_by_email(store, "ada@example.org") is None


def test_addresses_that_an_older_version_wrote_are_found(store: Store) -> None:
    with store.transaction() as connection:
        connection.execute(migrations.customers.update().values(email="Ada@Example.org").where(text("id = 'c-1'")))
        connection.execute(
            migrations.applied.delete().where(migrations.applied.c.name == migrations.m005_plain_emails.__name__)
        )
    assert customers.customer_by_email(store, "ada@example.org") is None
    with store.transaction() as connection:
        assert migrations.migrate(connection) == ["m005_plain_emails"]
    assert customers.customer_by_email(store, "ada@example.org") == ADA


def test_orders_from_the_oldest(store: Store) -> None:
    assert [one["id"] for one in customers.orders_of(store, "c-1")] == ["W-2", "W-1", "W-3"]
    assert customers.orders_of(store, "c-2") == []
    assert len(customers.all_orders(store)) == 3


def test_what_is_not_there_is_named(store: Store) -> None:
    with pytest.raises(NotFoundError, match="order 'W-9': there is none; check the number"):
        customers.order(store, "W-9")
    with pytest.raises(NotFoundError, match="customer 'c-9'"):
        customers.customer(store, "c-9")
    with pytest.raises(NotFoundError, match="order 'W-9'"):
        customers.change_order(store, "W-9", "k", dict)


def test_a_change_is_made_once_for_a_key(store: Store) -> None:
    first = customers.change_order(store, "W-1", "k", lambda order: order | {"status": "cancelled"})
    again = customers.change_order(store, "W-1", "k", lambda order: order | {"status": "pending"})
    assert again == first == customers.order(store, "W-1")
    customers.change_order(store, "W-1", "k2", lambda order: order | {"status": "pending"})
    assert customers.order(store, "W-1")["status"] == "pending"
    assert customers.change_order(store, "W-1", "k", dict) == first  # what came of it then, not what is now


def test_a_change_that_fails_changes_nothing_and_may_be_tried_again(store: Store) -> None:
    def fails(_: customers.Record) -> customers.Record:
        raise ValueError("no such item")

    with pytest.raises(ValueError, match="no such item"):
        customers.change_order(store, "W-1", "k", fails)
    assert customers.order(store, "W-1") == placed("W-1", "2026-05-01")
    changed = customers.change_order(store, "W-1", "k", lambda order: order | {"status": "cancelled"})
    assert changed["status"] == "cancelled"


def test_threads_that_race_act_once(store: Store) -> None:
    def more(order: customers.Record) -> customers.Record:
        return order | {"count": order.get("count", 0) + 1}

    threads = [threading.Thread(target=customers.change_order, args=(store, "W-1", "k", more)) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert customers.order(store, "W-1")["count"] == 1


def test_a_new_address_is_found_at_once_and_the_old_one_no_more(store: Store) -> None:
    customers.change_customer(store, "c-1", "k", lambda one: one | {"email": "ada@new.example"})
    assert customers.customer(store, "c-1")["email"] == "ada@new.example"
    found = customers.customer_by_email(store, "ada@new.example")
    assert found is not None
    assert found["id"] == "c-1"
    assert customers.customer_by_email(store, "ada@example.org") is None
