"""User events of Google's retail API (Vertex AI Search for commerce), a JSON object a line.

    {"eventType": "detail-page-view", "visitorId": "v-7", "eventTime": "2026-01-01T00:00:00Z",
     "productDetails": [{"product": {"id": "coat-1"}, "quantity": 1}]}

Without `sessionId` a visitor's events are cut into sessions by `sittings`. Source: cloud.google.com, `UserEvent`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from shopwright.catalog.events.names import NAMES, RETAIL, SEARCHES
from shopwright.catalog.events.row import Reader, Row, Unfit, amount, item_ids, row_of, seconds, short, text_of
from shopwright.catalog.events.sittings import Sittings


def reader(sittings: Sittings) -> Reader:
    """Reads one object after the other."""

    def read(row: Mapping[str, Any]) -> Row | str:
        said = row.get("eventType")
        if type(said) is not str or not said:
            raise Unfit("no name", "eventType is missing")
        name = said if said in NAMES else RETAIL.get(said)
        if name is None:
            return said
        shopper = text_of(row.get("visitorId"))
        time = seconds(row.get("eventTime"), "eventTime")
        items, quantities = item_ids(_products(row.get("productDetails")), ("id",))
        query = row.get("searchQuery") if name in SEARCHES else None
        if name in SEARCHES and not (type(query) is str and query.strip()):
            raise Unfit("no query", f"{said} has no searchQuery")
        sale = row.get("purchaseTransaction")
        sale = sale if isinstance(sale, dict) else {}
        fields: dict[str, Any] = {"quantities": quantities} if quantities else {}
        if transaction := text_of(sale.get("id")):
            fields["transaction_id"] = short("transaction_id", transaction)
        currency = sale.get("currencyCode")
        return row_of(
            name,
            text_of(row.get("sessionId")) or sittings.of(shopper, time),
            time,
            items,
            shopper=shopper or None,
            query=query,
            value=amount(sale.get("revenue")),
            currency=currency if type(currency) is str and len(currency) == 3 else None,
            fields=fields or None,
        )

    return read


def _products(details: object) -> object:
    if not isinstance(details, list):
        return details
    return [
        {"id": each["product"].get("id"), "quantity": each.get("quantity")}
        if isinstance(each, dict) and isinstance(each.get("product"), dict)
        else each
        for each in details
    ]
