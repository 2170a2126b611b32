"""Events in the house's own simple form, and tables of events with a column map.

    {"name": "add_to_cart", "session": "s1", "time": 1767225600, "items": ["coat-1"], "id": "e-1"}
    event_time,event_type,product_id,user_id,user_session

A table's columns become the fields in `TARGETS`: by the merchant's map, or else by their names. Several items in one
cell stand between commas, semicolons or bars. Without a session a shopper's events are cut into sessions.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from shopwright.catalog.events.names import NAMES, SEARCHES, TABLE
from shopwright.catalog.events.row import Reader, Row, Unfit, amount, further, item_ids, row_of, seconds, text_of
from shopwright.catalog.events.sittings import Sittings
from shopwright.errors import ConfigError

TARGETS = (
    "name",
    "session",
    "shopper",
    "time",
    "items",
    "query",
    "value",
    "currency",
    "id",
    "transaction_id",
    "ignored",
)
_NEEDED = ("name", "time")
_GUESSES = {
    "name": ("name", "event", "event_name", "event_type", "eventtype", "action", "type"),
    "session": ("session", "session_id", "sessionid", "user_session", "ga_session_id"),
    "shopper": ("shopper", "shopper_id", "visitor", "visitor_id", "visitorid", "user_id", "userid", "user_pseudo_id",
                "customer_id", "anonymous_id"),
    "time": ("time", "timestamp", "event_time", "event_timestamp", "eventtime", "ts", "date", "datetime"),
    "items": ("items", "item", "item_id", "itemid", "product_id", "productid", "product", "sku"),
    "query": ("query", "search_term", "searchquery", "search"),
    "value": ("value", "revenue", "price", "amount"),
    "currency": ("currency",),
    "id": ("id", "event_id", "message_id"),
    "transaction_id": ("transaction_id", "transactionid", "order_id"),
}  # fmt: skip
_BETWEEN = re.compile(r"\s*[|;,]\s*")


def reader(sittings: Sittings, targets: Mapping[str, str] | None = None) -> Reader:
    """Reads one object, or with `targets` (column to field) one row of a table, after the other."""
    named = {column: target for column, target in (targets or {}).items() if target != "ignored"}

    def read(row: Mapping[str, Any]) -> Row | str:
        told = {target: row.get(column) for column, target in named.items()} if named else row
        said = told.get("name")
        if type(said) is not str or not said.strip():
            raise Unfit("no name", 'give the event\'s "name", such as "view_item"')
        said = said.strip()
        name = said if said in NAMES else TABLE.get(said.casefold())
        if name is None:
            return said
        time = seconds(told.get("time"), "time")
        shopper = text_of(told.get("shopper"))
        listed = told.get("items")
        if type(listed) is int:
            listed = [listed]
        elif isinstance(listed, str):
            listed = [each for each in _BETWEEN.split(listed.strip()) if each]
        items, quantities = item_ids(listed, ("item_id", "id"))
        query = told.get("query", told.get("search_term"))
        if name in SEARCHES and not (type(query) is str and query.strip()):
            raise Unfit("no query", f"{name} has no query")
        fields = further(told) or {}
        if quantities:
            fields["quantities"] = quantities
        currency = told.get("currency")
        return row_of(
            name,
            text_of(told.get("session")) or sittings.of(shopper, time),
            time,
            items,
            shopper=shopper or None,
            query=query if name in SEARCHES else None,
            value=amount(told.get("value")),
            currency=currency if type(currency) is str and len(currency) == 3 else None,
            fields=fields or None,
            id=text_of(told.get("id")) or None,
        )

    return read


def column_targets(columns: Sequence[str], given: Mapping[str, str]) -> dict[str, str]:
    """What becomes of a table's columns.

    Args:
        columns: the table's header.
        given: the merchant's own map, column to field; it overrides what the names say.

    Raises:
        ConfigError: it names a column or a field that does not exist, or nothing says what happened when and whose
            doing it was.
    """
    for column, target in given.items():
        if column not in columns:
            raise ConfigError(f"column {column!r}: the file's columns are {', '.join(columns[:40])}")
        if target not in TARGETS:
            raise ConfigError(f"column {column}={target}: the field must be one of {', '.join(TARGETS)}")
    found, taken = dict(given), set(given.values())
    plain = {column.strip().casefold().replace(" ", "_"): column for column in columns}
    for target, guesses in _GUESSES.items():
        guessed = next((plain[guess] for guess in guesses if guess in plain and plain[guess] not in found), None)
        if target not in taken and guessed is not None:
            found[guessed] = target
    missing = [target for target in _NEEDED if target not in found.values()]
    if not {"session", "shopper"} & set(found.values()):
        missing.append("session or shopper")
    if missing:
        raise ConfigError(
            f"no column says the event's {', '.join(missing)}; the columns are {', '.join(columns[:40])}: name it with "
            f"--column COLUMN={missing[0].split()[0]}"
        )
    return found | {column: "ignored" for column in columns if column not in found}
