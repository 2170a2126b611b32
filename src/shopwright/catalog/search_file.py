"""Reads the log of another search into rows of ours: a file with a query a line, how often it was asked, what it found.

    oak shelf<TAB>40                                       query and count; a line without a tab counts once
    {"query": "oak shelf", "count": 40, "results": 12}     JSON lines; count is 1 and results unknown unless said

Which of the two it is says the first line that is not empty. Blank queries are passed over; everything else that is
not of the form is an error with its line, and nothing of the file is used. Not here: days (all counts as today's),
compressed files, columns in another order.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson

from shopwright.catalog.searches import Search, search_of
from shopwright.errors import FeedError

MOST = 1_000_000_000
"""The largest count of a line."""
_KEYS = ("query", "count", "results")
_SHOWN = 60


def read_searches(path: Path) -> Iterator[Search]:
    """The searches of a file, line by line.

    Raises:
        FeedError: the file cannot be read, or a line is not of the form; the message names it.
    """
    json_lines: bool | None = None
    try:
        with path.open(encoding="utf-8-sig") as file:
            for number, line in enumerate(file, 1):
                text = line.rstrip("\r\n")
                if not text.strip():
                    continue
                if json_lines is None:
                    json_lines = text.lstrip().startswith("{")
                try:
                    query, count, results = _of_json(text) if json_lines else _of_columns(text)
                except ValueError as error:
                    raise FeedError(f"{path} line {number}: {text[:_SHOWN]!r}: {error}. Nothing was read.") from error
                if (search := search_of(query, count, results)) is not None:
                    yield search
    except OSError as error:
        raise FeedError(f"{path}: {error.strerror}; name a text file of searches") from error
    except UnicodeDecodeError as error:
        raise FeedError(
            f"{path}: byte {error.start} is not UTF-8; save the file in UTF-8. Nothing was read."
        ) from error


def _of_columns(line: str) -> tuple[str, int, None]:
    query, *rest = line.split("\t")
    if len(rest) > 1:
        raise ValueError(f"expected a query, a tab and a count, not {len(rest)} tabs")
    if not rest:
        return query, 1, None
    if not rest[0].strip().isdecimal():
        raise ValueError(f"the count {rest[0]!r} is not a whole number from 1")
    return query, _whole("count", int(rest[0]), 1), None


def _of_json(line: str) -> tuple[str, int, int | None]:
    try:
        row: Any = orjson.loads(line)
    except orjson.JSONDecodeError as error:
        raise ValueError(f"no JSON ({error}), though the file began with an object a line") from error
    if not isinstance(row, dict) or not isinstance(row.get("query"), str):
        raise ValueError('expected an object with a text "query"')
    if unknown := sorted(row.keys() - set(_KEYS)):
        raise ValueError(f"{unknown[0]!r} is none of {', '.join(_KEYS)}")
    results = row.get("results")
    return (
        row["query"],
        _whole("count", row.get("count", 1), 1),
        None if results is None else _whole("results", results, 0),
    )


def _whole(name: str, value: object, least: int) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= MOST:
        raise ValueError(f"{name} {value!r} is not a whole number from {least} to {MOST:,}")
    return value
