"""Shoppers' actions out of a file: JSON lines as Google Analytics 4 exports them, or in a simple form.

    {"event_name": "view_search_results", "event_timestamp": "1767225600000000", "user_pseudo_id": "81.17",
     "event_params": [{"key": "ga_session_id", "value": {"int_value": "17"}},
                      {"key": "search_term", "value": {"string_value": "rain coat"}}],
     "items": [{"item_id": "coat-1"}]}
    {"session": "s1", "time": 1767225600, "name": "search", "query": "rain coat", "items": ["coat-1"]}

Only what sessions are mined for is kept: searches, clicks, carts and purchases. A file that ends in `.gz` is read too.
"""

from __future__ import annotations

import gzip
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import orjson

from shopwright.errors import ConfigError
from shopwright.types import Event

SEARCHES = frozenset({"search", "view_search_results"})
CLICKS = frozenset({"select_item", "view_item"})
CARTS = frozenset({"add_to_cart"})
PURCHASES = frozenset({"purchase"})
KNOWN = SEARCHES | CLICKS | CARTS | PURCHASES

_LONGEST_QUERY = 1_000
_SHOWN = 20
_MICROSECONDS = 1_000_000


@dataclass(slots=True)
class Events:
    """What was read: events in the order of the file, how many lines held others, and what was wrong, line by line."""

    events: list[Event] = field(default_factory=list)
    others: int = 0
    problems: list[str] = field(default_factory=list)


def read_events(path: Path) -> Events:
    """The searches, clicks, carts and purchases of a file.

    Returns:
        Every line that is not blank is an event, counted among the others, or a problem with its line number.

    Raises:
        ConfigError: the file cannot be read, or no line of it is an event that is known.
    """
    read = Events()
    try:
        for number, line in _lines(path):
            try:
                event = _event(line)
            except ValueError as error:
                read.problems.append(f"line {number}: {error}")
                continue
            if event is None:
                read.others += 1
            else:
                read.events.append(event)
    except OSError as error:
        raise ConfigError(
            f"{path}: {error.strerror or error}; name a file of events, one JSON object a line"
        ) from error
    except EOFError as error:
        raise ConfigError(f"{path}: the compressed file is cut off; export it again") from error
    if not read.events:
        shown = "".join(f"\n  {problem}" for problem in read.problems[:_SHOWN])
        raise ConfigError(f"{path}: no line is one of {', '.join(sorted(KNOWN))}{shown}")
    return read


def _lines(path: Path) -> Iterator[tuple[int, bytes]]:
    with gzip.open(path) if path.suffix == ".gz" else path.open("rb") as file:
        for number, line in enumerate(file, 1):
            if text := line.removeprefix(b"\xef\xbb\xbf").strip():
                yield number, text


def _event(line: bytes) -> Event | None:
    """The event of a line; None for one of a name that nothing is learned from."""
    try:
        row = orjson.loads(line)
    except orjson.JSONDecodeError as error:
        raise ValueError(f"no JSON ({error})") from error
    if not isinstance(row, dict):
        raise ValueError(f"a JSON {type(row).__name__}; expected an object")
    name = row.get("event_name", row.get("name"))
    if not isinstance(name, str):
        raise ValueError('no name; expected "event_name" or "name", such as "search"')
    if name not in KNOWN:
        return None
    return _exported(name, row) if "event_name" in row else _simple(name, row)


def _exported(name: str, row: Mapping[str, Any]) -> Event:
    """An event of Google Analytics 4."""
    params = _params(row.get("event_params", row.get("params")))
    session, shopper = params.get("ga_session_id", row.get("ga_session_id")), row.get("user_pseudo_id")
    if session in (None, ""):
        raise ValueError(f"{name} has no ga_session_id among its event_params")
    micros = _number(row.get("event_timestamp"), "event_timestamp")
    return Event(
        name=name,
        session_id=f"{shopper}.{session}" if shopper else str(session),
        time=micros / _MICROSECONDS,
        items=_items(row.get("items")),
        shopper_id=str(shopper) if shopper else None,
        query=_query(name, params.get("search_term", row.get("search_term")), "search_term"),
    )


def _simple(name: str, row: Mapping[str, Any]) -> Event:
    session, shopper = row.get("session"), row.get("shopper")
    if session in (None, ""):
        raise ValueError(f'{name} has no "session"')
    return Event(
        name=name,
        session_id=str(session),
        time=_time(row.get("time")),
        items=_items(row.get("items")),
        shopper_id=str(shopper) if shopper else None,
        query=_query(name, row.get("query"), "query"),
    )


def _params(listed: object) -> dict[str, Any]:
    """Parameters by name: a mapping, or a list of keys with values of which the one that is set counts."""
    if isinstance(listed, dict):
        return listed
    found: dict[str, Any] = {}
    for each in listed if isinstance(listed, list) else ():
        if isinstance(each, dict) and isinstance(each.get("key"), str):
            value = each.get("value")
            if isinstance(value, dict):
                value = next((one for one in value.values() if one is not None), None)
            found[each["key"]] = value
    return found


def _query(name: str, query: object, label: str) -> str | None:
    if name not in SEARCHES:
        return None
    text = " ".join(query.split()) if isinstance(query, str) else ""
    if not text:
        raise ValueError(f"{name} has no {label}")
    if len(text) > _LONGEST_QUERY:
        raise ValueError(f"{label} has {len(text):,} characters; at most {_LONGEST_QUERY:,} are read")
    return text


def _items(listed: object) -> tuple[str, ...]:
    if listed is None:
        return ()
    if not isinstance(listed, list):
        raise ValueError(f"items is a JSON {type(listed).__name__}; expected a list")
    ids = [each.get("item_id", each.get("id")) if isinstance(each, dict) else each for each in listed]
    if any(not isinstance(one, str | int) or one == "" for one in ids):
        raise ValueError("an item has no item_id")
    return tuple(dict.fromkeys(map(str, ids)))


def _time(value: object) -> float:
    """Seconds since the epoch, of a number or an ISO 8601 date; without a zone it is UTC."""
    if isinstance(value, str):
        try:
            moment = datetime.fromisoformat(value)
        except ValueError:
            return _number(value, "time")
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()
    return _number(value, "time")


def _number(value: object, label: str) -> float:
    try:
        number = float(value) if isinstance(value, int | float | str) and not isinstance(value, bool) else math.nan
    except ValueError:
        number = math.nan
    if not math.isfinite(number):
        raise ValueError(f"{label} {value!r}: expected a number")
    return number
