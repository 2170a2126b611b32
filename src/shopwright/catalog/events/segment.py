"""Events of Segment's e-commerce spec: `track` calls, a JSON object a line.

    {"type": "track", "event": "Product Added", "messageId": "m-1", "anonymousId": "a-7",
     "timestamp": "2026-01-01T00:00:00Z", "properties": {"product_id": "coat-1", "quantity": 2}}

Segment has no sessions: a visitor's events are cut into sessions by `sittings`. Source: segment.com, "E-commerce Spec".
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from shopwright.catalog.events.names import NAMES, SEARCHES, SEGMENT
from shopwright.catalog.events.row import Reader, Row, Unfit, amount, further, item_ids, row_of, seconds, text_of
from shopwright.catalog.events.sittings import Sittings


def reader(sittings: Sittings) -> Reader:
    """Reads one object after the other."""

    def read(row: Mapping[str, Any]) -> Row | str:
        said = row.get("event")
        if type(said) is not str or not said:
            kind = row.get("type")
            if type(kind) is str and kind != "track":
                return f"Segment {kind}"
            raise Unfit("no name", "event is missing")
        name = said if said in NAMES else SEGMENT.get(said.casefold())
        if name is None:
            return said
        told = row.get("properties")
        told = told if isinstance(told, dict) else {}
        shopper = text_of(row.get("anonymousId")) or text_of(row.get("userId"))
        moment = next((row[key] for key in ("timestamp", "originalTimestamp", "receivedAt") if row.get(key)), None)
        time = seconds(moment, "timestamp")
        listed = told.get("products")
        items, quantities = item_ids(listed if listed else _one(told), ("product_id", "sku", "id"))
        query = told.get("query") if name in SEARCHES else None
        if name in SEARCHES and not (type(query) is str and query.strip()):
            raise Unfit("no query", f"{said} has no query")
        worth = next((told[key] for key in ("value", "revenue", "total", "price") if told.get(key) is not None), None)
        fields = further(told, {"transaction_id": told.get("order_id")}) or {}
        if quantities:
            fields["quantities"] = quantities
        currency = told.get("currency")
        return row_of(
            name,
            sittings.of(shopper, time),
            time,
            items,
            shopper=shopper or None,
            query=query,
            value=amount(worth),
            currency=currency if type(currency) is str and len(currency) == 3 else None,
            fields=fields or None,
            id=text_of(row.get("messageId")) or None,
        )

    return read


def _one(told: Mapping[str, Any]) -> list[Any]:
    return [told] if told.get("product_id") or told.get("sku") else []
