"""Carts, one a conversation.

A cart and the key of the act that changed it are written in one transaction: a kill leaves both or neither.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass

import orjson
from sqlalchemy import Connection, select

from shopwright.catalog import migrations as m
from shopwright.catalog.acts import Acts
from shopwright.catalog.store import Store


@dataclass(frozen=True, slots=True)
class CartLine:
    """Some pieces of one item in a cart."""

    product_id: str
    quantity: int = 1
    variant_id: str | None = None


def load_cart(store: Store, session_id: str) -> tuple[CartLine, ...]:
    """The cart of a conversation; () when nothing was put into it."""
    with store.reading() as connection:
        return _lines(connection, session_id)


def change_cart(
    store: Store, session_id: str, changes: Sequence[CartLine], key: str | None = None
) -> tuple[CartLine, ...]:
    """Add pieces to a cart, or take them out with a negative quantity; a line without pieces goes.

    Args:
        key: an idempotency key; under one that was used before nothing is changed.

    Returns:
        The cart as it is now.
    """
    with store.transaction() as connection:
        if key is not None and not Acts.claim(connection, f"cart:{key}"):
            return _lines(connection, session_id)
        lines = {(line.product_id, line.variant_id): line.quantity for line in _lines(connection, session_id)}
        for change in changes:
            place = (change.product_id, change.variant_id)
            lines[place] = lines.get(place, 0) + change.quantity
        kept = tuple(CartLine(item, count, variant) for (item, variant), count in lines.items() if count > 0)
        body = orjson.dumps([asdict(line) for line in kept])
        store.upsert(connection, m.carts, [{"session_id": session_id, "body": body}])
        return kept


def _lines(connection: Connection, session_id: str) -> tuple[CartLine, ...]:
    body = connection.scalar(select(m.carts.c.body).where(m.carts.c.session_id == session_id))
    return tuple(CartLine(**row) for row in orjson.loads(body)) if body else ()
