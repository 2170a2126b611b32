"""Events as Google Analytics 4 exports them to BigQuery, a JSON object a line.

    {"event_name": "view_item", "event_timestamp": "1767225600000000", "user_pseudo_id": "81.17",
     "event_params": [{"key": "ga_session_id", "value": {"int_value": "17"}}], "items": [{"item_id": "coat-1"}]}

Read are also parameters as a mapping. A session is `user_pseudo_id.ga_session_id`, as GA4 itself counts them. Numbers
may be texts, as BigQuery writes 64-bit ones. Source: support.google.com, "BigQuery Export schema".
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from shopwright.catalog.events.names import NAMES, SEARCHES
from shopwright.catalog.events.row import KEPT, Row, Unfit, amount, item_ids, row_of, short, text_of

_WANTED = frozenset(("ga_session_id", "search_term", "value", "currency", *KEPT))
_IDS, _ONE = ("item_id", "id", "item_name"), frozenset((None, 1, "1"))
_MICROSECONDS = 1_000_000


def read(row: Mapping[str, Any]) -> Row | str:
    """An event; the name of one that is not of commerce.

    Raises:
        Unfit: it cannot be read.
    """
    name = row.get("event_name")
    if name not in NAMES:
        if type(name) is not str or not name:
            raise Unfit("no name", "event_name is missing")
        return name
    params = _params(row.get("event_params"))
    shopper = text_of(row.get("user_pseudo_id")) or None
    session = text_of(params.pop("ga_session_id", None))
    if not session:
        raise Unfit("no session", f"{name} has no ga_session_id among its event_params")
    try:
        time = int(row["event_timestamp"]) / _MICROSECONDS
    except (KeyError, TypeError, ValueError):
        raise Unfit("no time", f"event_timestamp {row.get('event_timestamp')!r}: give microseconds") from None
    items, quantities = _items(row.get("items"))
    query = value = currency = None
    if params:
        value, currency = amount(params.pop("value", None)), params.pop("currency", None)
        query = params.pop("search_term", None)
    if name not in SEARCHES:
        query = None
    elif type(query) is not str:
        raise Unfit("no query", f"{name} has no search_term")
    fields = {key: short(key, value) for key, value in params.items()} if params else params
    if type(sale := row.get("ecommerce")) is dict:
        value = amount(sale.get("purchase_revenue")) if value is None else value
        if transaction := sale.get("transaction_id"):
            fields["transaction_id"] = short("transaction_id", text_of(transaction))
    if type(device := row.get("device")) is dict and type(kind := device.get("category")) is str:
        fields["device"] = kind[:40]
    if quantities:
        fields["quantities"] = quantities
    return row_of(
        name,
        f"{shopper}.{session}" if shopper else session,
        time,
        items,
        shopper=shopper,
        query=query,
        value=value,
        currency=currency if type(currency) is str and len(currency) == 3 else None,
        fields=fields or None,
    )


def _params(listed: object) -> dict[str, Any]:
    """Those of the parameters that are read, by name; of the values of each the one that is set."""
    if type(listed) is dict:
        return {key: value for key, value in listed.items() if key in _WANTED}
    found: dict[str, Any] = {}
    if type(listed) is not list:
        return found
    try:
        for each in listed:
            if (key := each["key"]) in _WANTED:
                for value in each["value"].values():
                    if value is not None:
                        found[key] = value
                        break
    except (KeyError, TypeError, AttributeError):
        raise Unfit("malformed", "event_params holds what is no key with a value") from None
    return found


def _items(listed: object) -> tuple[tuple[str, ...], list[int] | None]:
    """As `item_ids`, and faster for lists of different items, one of each, which nearly all are."""
    if type(listed) is list and listed:
        try:
            if len(listed) == 1:
                only = listed[0]
                if (
                    type(item := only["item_id"]) is str
                    and item
                    and item != "(not set)"
                    and only.get("quantity") in _ONE
                ):
                    return (item,), None
            found = tuple([one["item_id"] for one in listed])
            counts = {one.get("quantity") for one in listed}
        except (KeyError, TypeError, AttributeError):
            return item_ids(listed, _IDS)
        plain = "(not set)" not in found and all(found) and set(map(type, found)) == {str}
        if plain and counts <= _ONE and len(set(found)) == len(found):
            return found, None
    return item_ids(listed, _IDS)
