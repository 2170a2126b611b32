"""One event as it is read, before anybody knows whether it is new: a light tuple, checked once.

What is kept of an event is what can be learned from: who, when, which products, what was searched, what it was worth,
and a few named fields. Addresses of pages, user agents and places are not kept.

`key` tells an event from every other: the second in which it happened (4 bytes, so that keys come nearly in order and
the index stays fast), then 8 bytes of BLAKE2b over its own id, where the source gives one, or over its content.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from hashlib import blake2b
from typing import Any, NamedTuple

LONGEST_ID, LONGEST_QUERY, MOST_ITEMS = 200, 1_000, 200
KEPT = (
    "transaction_id", "item_list_id", "item_list_name", "coupon", "affiliation", "shipping", "tax", "payment_type",
    "shipping_tier", "promotion_id", "promotion_name", "creative_slot", "index",
)  # fmt: skip
"""Names of the further fields that are kept, beside `device` and `quantities`."""
_KEPT = frozenset(KEPT)
_EARLIEST, _LATEST = 946_684_800.0, 4_102_444_800.0  # the years 2000 to 2100: other numbers are in another unit


class Unfit(ValueError):
    """An event that cannot be read; never leaves this package.

    Args:
        reason: a few words that name the kind of fault, by which faults are counted.
        detail: the value, and what is allowed.
    """

    def __init__(self, reason: str, detail: str) -> None:
        super().__init__(f"{reason}: {detail}")
        self.reason, self.detail = reason, detail


class Row(NamedTuple):
    """An event that was read. `time` is in seconds since the epoch, `items` are ids without repetition."""

    key: bytes
    name: str
    session: str
    time: float
    items: tuple[str, ...]
    shopper: str | None
    query: str | None
    value: float | None
    currency: str | None
    fields: dict[str, Any] | None


Reader = Callable[[Mapping[str, Any]], Row | str]
"""Makes an event of an object or a table's row; the name alone of one that is not of commerce. Raises `Unfit`."""


def row_of(
    name: str,
    session: str,
    time: float,
    items: tuple[str, ...] = (),
    *,
    shopper: str | None = None,
    query: str | None = None,
    value: float | None = None,
    currency: str | None = None,
    fields: dict[str, Any] | None = None,
    id: str | None = None,
) -> Row:
    """A checked event.

    Args:
        id: the event's own, when the source gives one; an event with the same id and second is the same event.

    Raises:
        Unfit: something is missing, too long or not of this world.
    """
    if not session:
        raise Unfit("no session", "who did it is not said: give a session or a visitor")
    if value is not None and value < 0 and name != "refund":
        raise Unfit("negative value", f"{name} is worth {value:g}; give 0 or more")
    if not _EARLIEST < time < _LATEST:
        raise Unfit("no time", f"{time!r} is no time between 2000 and 2100 in seconds")
    if not session.isprintable() or len(session) > LONGEST_ID:
        session = plain(session, "session")
    if shopper is not None and (not shopper.isprintable() or len(shopper) > LONGEST_ID):
        shopper = plain(shopper, "shopper")
    if len(items) > MOST_ITEMS:
        raise Unfit("too many items", f"{len(items):,} items; at most {MOST_ITEMS} are kept of an event")
    if not (len(items) == 1 and len(items[0]) <= LONGEST_ID and items[0].isprintable()):
        items = _checked(items)
    joined = "\n".join(items)
    if query is not None:
        query = " ".join(query.split())
        if len(query) > LONGEST_QUERY:
            raise Unfit("too long", f"the query has {len(query):,} characters; at most {LONGEST_QUERY:,} are kept")
        if not query.isprintable():
            query = _printable(query)
    what = id or f"{shopper or session}\0{name}\0{int(time * 1e6)}\0{joined}"
    if not id and (query is not None or value is not None):
        what = f"{what}\0{query}\0{value}"
    digest = blake2b(what.encode("utf-8", "replace"), digest_size=8).digest()
    key = int(time).to_bytes(4, "big") + digest
    return tuple.__new__(Row, (key, name, session, time, items, shopper, query or None, value, currency, fields))


def _checked(items: tuple[str, ...]) -> tuple[str, ...]:
    """Ids without control characters; nearly always these themselves."""
    if "".join(items).isprintable() and max(map(len, items), default=0) <= LONGEST_ID:
        return items
    return tuple(plain(item, "item") for item in items)


def plain(text: str, label: str) -> str:
    """An id without control characters.

    Raises:
        Unfit: it is longer than ids are, or nothing is left of it.
    """
    if len(text) > LONGEST_ID:
        raise Unfit("too long", f"the {label} {text[:40]!r}... has {len(text):,} characters; at most {LONGEST_ID}")
    if not (cleaned := _printable(text).strip()):
        raise Unfit(f"no {label}", f"{text!r} is no id")
    return cleaned


def item_ids(listed: object, keys: Sequence[str]) -> tuple[tuple[str, ...], list[int] | None]:
    """The ids of a list of items, and how many of each where any is not one.

    Args:
        listed: objects that hold the id under one of `keys` and perhaps a `quantity`; or the ids themselves.

    Raises:
        Unfit: it is no list, or an item has no id.
    """
    if not listed:
        return (), None
    if type(listed) is not list:
        raise Unfit("no items", f"items is {type(listed).__name__}; a list was expected")
    found: dict[str, int] = {}
    for each in listed:
        count = 1
        if type(each) is dict:
            count = whole(each.get("quantity"))
            each = next((each[key] for key in keys if each.get(key) not in (None, "", "(not set)")), None)
        if type(each) is int:
            each = str(each)
        if type(each) is not str or not each:
            raise Unfit("no items", f"an item without {' or '.join(keys)}")
        found[each] = found.get(each, 0) + count
    quantities = list(found.values())
    return tuple(found), quantities if quantities != [1] * len(quantities) else None


def whole(quantity: object) -> int:
    """A quantity from 1 to 10,000; 1 where it says nothing that can be meant."""
    if quantity is None or quantity == 1 or quantity == "1":
        return 1
    try:
        return min(max(int(float(quantity)), 1), 10_000) if isinstance(quantity, int | float | str) else 1
    except (ValueError, OverflowError):
        return 1


def amount(value: object) -> float | None:
    """A number of money; None where there is none."""
    if value is None:
        return None
    try:
        number = float(value) if isinstance(value, int | float | str) else math.nan
    except ValueError:
        return None
    return number if math.isfinite(number) else None


def further(*sources: Mapping[str, Any]) -> dict[str, Any] | None:
    """Of several mappings the fields that are kept; None when there are none.

    Raises:
        Unfit: one of them is too long.
    """
    found = {
        name: short(name, value)
        for source in sources
        for name, value in source.items()
        if name in _KEPT and isinstance(value, str | int | float)
    }
    return found or None


def short(name: str, value: Any) -> Any:
    """The value of a further field.

    Raises:
        Unfit: it is longer than fields are.
    """
    if type(value) is str and len(value) > LONGEST_ID:
        raise Unfit("too long", f"{name} has {len(value):,} characters; at most {LONGEST_ID}")
    return value


def seconds(value: object, label: str) -> float:
    """A time as seconds since the epoch: a number (seconds, milli- or microseconds), or ISO 8601, without a zone UTC.

    Raises:
        Unfit: it is neither.
    """
    try:
        if isinstance(value, str) and not value.replace(".", "", 1).isdigit():
            moment = datetime.fromisoformat(value.removesuffix(" UTC"))
            return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()
        if isinstance(value, int | float | str) and not isinstance(value, bool):
            number = float(value)
            while number > 1e11:
                number /= 1e3
            return number
    except (ValueError, OverflowError):
        pass
    raise Unfit("no time", f"{label} {str(value)[:60]!r}: give seconds since 1970, or a date as 2026-01-31T12:00:00Z")


def text_of(value: object) -> str:
    """An id as text; "" where there is none."""
    if type(value) is str:
        return value
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else ""


def _printable(text: str) -> str:
    return "".join(letter if letter.isprintable() else " " for letter in text)
