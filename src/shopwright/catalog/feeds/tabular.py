"""Delimited text: CSV, TSV, semicolons, pipes. Rows as mappings from column to text, with the line they begin on.

A quote that is never closed would swallow the rest of the file. A record that spans more than 1,000 lines, or is still
open when the file ends, is therefore refused, and reading goes on from its second line.
"""

from __future__ import annotations

import csv
import re
from collections import deque
from collections.abc import Iterator

from shopwright.catalog.feeds.source import MAX_LINE, Source
from shopwright.catalog.text import clean_line, decode_line
from shopwright.errors import FeedError, RowError

_SPAN = 1_000
_COLUMNS = 5_000

Row = tuple[int, dict[str, str] | RowError]


class _Open(Exception):
    """A quoted field is open after too many lines, or at the end of the file."""


class _Lines(Iterator[str]):
    """Lines for the csv reader, which remember the record being read so that it can be given back."""

    def __init__(self, source: Source) -> None:
        self._lines = source.lines()
        self._back: deque[tuple[int, str]] = deque()
        self.record: list[tuple[int, str]] = []
        self.too_long: int | None = None

    def __next__(self) -> str:
        if len(self.record) >= _SPAN:
            raise _Open
        try:
            number, text = self._back.popleft() if self._back else self._fresh()
        except StopIteration:
            if self.record:
                raise _Open from None
            raise
        self.record.append((number, text))
        return text

    def _fresh(self) -> tuple[int, str]:
        number, line = next(self._lines)
        if line is None:
            self.too_long = number
            return number, "\n"
        try:
            return number, line.decode().replace("\0", "")
        except UnicodeDecodeError:
            return number, decode_line(line).replace("\0", "")

    def give_back(self) -> int:
        """Put all lines of the record but the first back. Returns the number of the first."""
        (first, _), *rest = self.record
        self._back.extendleft(reversed(rest))
        self.record.clear()
        return first


def rows(source: Source, delimiter: str) -> Iterator[Row]:
    """Rows below the header. A row of more cells than the header has is an error of its own.

    Raises:
        FeedError: when there is no header.
    """
    csv.field_size_limit(MAX_LINE)  # the csv module has one limit for the whole process
    lines = _Lines(source)
    names: list[str] | None = None
    for number, cells in _records(lines, delimiter):
        if isinstance(cells, RowError):
            yield number, cells
        elif names is None:
            names = None if _is_preamble(cells) else _header(cells)
        elif any(cells):
            yield number, _row(names, cells, number, delimiter)
    if names is None:
        raise FeedError(f"{source.path}: has no header line: the first line must name the columns")


def _records(lines: _Lines, delimiter: str) -> Iterator[tuple[int, list[str] | RowError]]:
    reader = csv.reader(lines, delimiter=delimiter)
    while True:
        lines.record.clear()
        try:
            cells = next(reader)
        except StopIteration:
            return
        except _Open:
            number = lines.give_back()
            yield number, RowError("a quote is opened and never closed: close it, or double it inside a field", number)
            reader = csv.reader(lines, delimiter=delimiter)
            continue
        except csv.Error as error:
            number = lines.record[0][0] if lines.record else 0
            yield (
                number,
                RowError(f"the line is no delimited text ({error}): quote fields that hold line breaks", number),
            )
            reader = csv.reader(lines, delimiter=delimiter)
            continue
        number = lines.record[0][0]
        if lines.too_long is not None:
            number, lines.too_long = lines.too_long, None
            yield number, RowError(f"the line is longer than {MAX_LINE >> 20} MB: no product is", number)
        else:
            yield number, cells


def _row(names: list[str], cells: list[str], number: int, delimiter: str) -> dict[str, str] | RowError:
    if len(cells) > len(names) and any(cell.strip() for cell in cells[len(names) :]):
        return RowError(
            f"the row has {len(cells)} fields and the header {len(names)}: quote fields that hold {delimiter!r}", number
        )
    return dict(zip(names, cells, strict=False))


def _header(cells: list[str]) -> list[str]:
    """Column names, cleaned; an unnamed column gets its number, a repeated name too."""
    names: list[str] = []
    for place, cell in enumerate(cells[:_COLUMNS], start=1):
        name = clean_line(cell) or f"column {place}"
        names.append(name if name not in names else f"{name} {place}")
    return names


def _is_preamble(cells: list[str]) -> bool:
    """Lines above the header: empty ones, and the "sep=;" of spreadsheet programs."""
    return not any(cell.strip() for cell in cells) or bool(re.fullmatch(r"sep=.?", ",".join(cells).strip()))
