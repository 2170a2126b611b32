"""Customers and their orders in the store: finding them, and changing an order once for each key.

Functions over a `Store`; records are plain dictionaries as `Store.put_customers` took them. A change is one
transaction: the order is read, changed and written under a key that is remembered with it, so that a second call under
the same key gives the first one's result and changes nothing, also after a crash and from another process.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import orjson
from sqlalchemy import Column, ColumnElement, Connection, select

from shopwright.catalog import migrations as m
from shopwright.catalog.store import Store
from shopwright.catalog.text import plain_email
from shopwright.errors import NotFoundError

Record = dict[str, Any]
_KEYS = "order-change:"


def has_customers(store: Store) -> bool:
    """Whether the shop knows any customer."""
    with store.reading() as connection:
        return connection.scalar(select(m.customers.c.id).limit(1)) is not None


def customer_by_email(store: Store, email: str) -> Record | None:
    """The customer with this e-mail address, whatever its capitals; None when there is none."""
    same: ColumnElement[bool] = m.customers.c.email == plain_email(email)
    with store.reading() as connection:
        body = connection.scalar(select(m.customers.c.body).where(same).order_by(m.customers.c.id).limit(1))
    return None if body is None else dict(orjson.loads(body))


def customers_named(store: Store, name: str) -> list[Record]:
    """All customers with this full name, whatever its capitals."""
    with store.reading() as connection:
        found = [orjson.loads(body) for body in connection.execute(select(m.customers.c.body)).scalars()]
    return [one for one in found if str(one.get("name", "")).casefold() == name.strip().casefold()]


def customer(store: Store, customer_id: str) -> Record:
    """A customer.

    Raises:
        NotFoundError: when nobody has this id.
    """
    return _one(store, m.customers, customer_id, "customer")


def order(store: Store, order_id: str) -> Record:
    """An order.

    Raises:
        NotFoundError: when there is none of this number.
    """
    return _one(store, m.orders, order_id, "order")


def orders_of(store: Store, customer_id: str) -> list[Record]:
    """The orders of a customer, the oldest first."""
    query = select(m.orders.c.body).where(m.orders.c.customer_id == customer_id)
    with store.reading() as connection:
        found = [orjson.loads(body) for body in connection.execute(query).scalars()]
    return sorted(found, key=lambda one: (str(one.get("date", "")), str(one["id"])))


def all_orders(store: Store) -> list[Record]:
    """Every order."""
    with store.reading() as connection:
        return [orjson.loads(body) for body in connection.execute(select(m.orders.c.body)).scalars()]


def change_order(store: Store, order_id: str, key: str, change: Callable[[Record], Record]) -> Record:
    """Change an order once; returns it as this key left it.

    Args:
        change: makes the new record of the old one; what it raises leaves everything as it was.

    Raises:
        NotFoundError: when there is no such order.
    """
    return _once(store, m.orders, order_id, key, change, "order", "customer_id")


def change_customer(store: Store, customer_id: str, key: str, change: Callable[[Record], Record]) -> Record:
    """Change a customer's record once; see `change_order`."""
    return _once(store, m.customers, customer_id, key, change, "customer", "email")


def _once(
    store: Store, table: Any, row_id: str, key: str, change: Callable[[Record], Record], what: str, column: str
) -> Record:
    with store.transaction() as connection:
        known = connection.scalar(select(m.meta.c.value).where(m.meta.c.key == _KEYS + key))
        if known is not None:
            return dict(orjson.loads(known))
        record = change(_loaded(connection, table, row_id, what))
        body = orjson.dumps(record)
        indexed = plain_email(record[column]) if column == "email" else record[column]
        store.upsert(connection, table, [{"id": row_id, column: indexed, "body": body}])
        store.upsert(connection, m.meta, [{"key": _KEYS + key, "value": body}])
        return record


def _one(store: Store, table: Any, row_id: str, what: str) -> Record:
    with store.reading() as connection:
        return _loaded(connection, table, row_id, what)


def _loaded(connection: Connection, table: Any, row_id: str, what: str) -> Record:
    identity: Column[str] = table.c.id
    body = connection.scalar(select(table.c.body).where(identity == row_id))
    if body is None:
        raise NotFoundError(f"{what} {row_id!r}: there is none; check the number")
    return dict(orjson.loads(body))
