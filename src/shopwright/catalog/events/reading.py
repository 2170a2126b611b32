"""`EventFile`: any file of events as a stream of rows, recognised by content and never by name.

One object a line (GA4, Segment, Google's retail API, the simple form), or a table: delimited text with a header, or
objects whose fields are called otherwise. Packed files are unpacked as they stream (`catalog.feeds.source`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import islice
from pathlib import Path
from typing import Any

import orjson

from shopwright.catalog.events import ga4, plain, retail, segment
from shopwright.catalog.events.row import Reader, Row, Unfit
from shopwright.catalog.events.sittings import Sittings
from shopwright.catalog.feeds import tabular
from shopwright.catalog.feeds.detect import detect
from shopwright.catalog.feeds.source import HEAD, Source
from shopwright.errors import ConfigError, FeedError, RowError

FORMATS = ("ga4", "segment", "retail", "simple", "table")
_KNOWN = "a GA4 export, Segment or Google retail events, one JSON object a line, or a CSV with a header"
_SIGNS = (
    ("ga4", ("event_name", "event_timestamp")),
    ("retail", ("eventType", "visitorId")),
    ("segment", ("event", "anonymousId")),
    ("segment", ("event", "userId")),
    ("segment", ("type", "anonymousId")),
    ("simple", ("name", "time")),
)
_SAMPLE = 50
_MOST_BYTES = 1 << 20

Read = tuple[int, Row | str | Unfit]
"""A line's number and its event, the name of one that is left out, or what is wrong with it."""


class EventFile:
    """A file of events that was recognised. Iterate over it for its lines.

    Args:
        path: the file.
        format: one of `FORMATS`; None: told from the content.
        columns: of a table, column to field, in place of what the names of the columns say; a file is read as one then.

    Attributes:
        format: as given or told.
        columns: of a table, what becomes of each column.

    Raises:
        FeedError: there is no such file, or it holds nothing that can be read.
        ConfigError: the format is unknown, or the columns do not say what is needed.
    """

    def __init__(self, path: Path, format: str | None = None, columns: Mapping[str, str] | None = None) -> None:
        if format is not None and format not in FORMATS:
            raise ConfigError(f"format {format!r}: give one of {', '.join(FORMATS)}")
        self.path = path
        self.columns: dict[str, str] = {}
        self._delimiter = ","
        with Source(path) as source:
            self.total_bytes = source.total_bytes
            self._objects = source.head.lstrip().startswith(b"{")
            self.format = format or ("table" if columns else _told(source, path))
            if self.format == "table":
                self._understand(source, columns or {})
            elif columns:
                raise ConfigError(f"a column map and format {self.format} exclude each other: its fields are fixed")
        self._source: Source | None = None

    @property
    def bytes_read(self) -> int:
        """Bytes of the file read so far; compare with `total_bytes`."""
        return self._source.bytes_read if self._source else 0

    def __iter__(self) -> Iterator[Read]:
        """Every line that is not blank, in the order of the file.

        Raises:
            FeedError: where the file stops being readable, after everything before it.
        """
        sittings = Sittings()
        with Source(self.path) as source:
            self._source = source
            if self.format == "table":
                read = plain.reader(sittings, self.columns)
                yield from _objects(source, read) if self._objects else self._rows(source, read)
            else:
                readers = {"segment": segment.reader, "retail": retail.reader, "simple": plain.reader}
                yield from _objects(source, readers[self.format](sittings) if self.format in readers else ga4.read)
            source.check()

    def _understand(self, source: Source, columns: Mapping[str, str]) -> None:
        if self._objects:
            sample = [row for row in map(_object, source.head.splitlines()[:_SAMPLE]) if row]
        else:
            self._delimiter = detect(source.head, str(self.path)).delimiter
            sample = [row for _, row in islice(tabular.rows(source, self._delimiter), _SAMPLE) if isinstance(row, dict)]
        if not sample:
            raise FeedError(f"{self.path}: holds no row that can be read: export the events again")
        self.columns = plain.column_targets(list(dict.fromkeys(name for row in sample for name in row)), columns)

    def _rows(self, source: Source, read: Reader) -> Iterator[Read]:
        for number, row in tabular.rows(source, self._delimiter):
            if isinstance(row, RowError):
                yield number, Unfit("malformed", row.reason)
                continue
            try:
                yield number, read(row)
            except Unfit as fault:
                yield number, fault


def _objects(source: Source, read: Reader) -> Iterator[Read]:
    loads = orjson.loads
    for number, line in source.lines():
        if line is None or len(line) > _MOST_BYTES:
            yield number, Unfit("too long", f"the line has more than {_MOST_BYTES:,} bytes")
            continue
        try:
            row = loads(line)
            if type(row) is not dict:
                raise Unfit("malformed", f"a JSON {type(row).__name__}; an object was expected")
            yield number, read(row)
        except Unfit as fault:
            yield number, fault
        except orjson.JSONDecodeError as error:
            if line.strip():
                yield number, Unfit("malformed", f"no JSON object ({error})")


def _told(source: Source, path: Path) -> str:
    """The format, from the first lines.

    Raises:
        FeedError: they are of none.
    """
    head = source.head.lstrip()
    if not head.startswith(b"{"):
        if head.startswith((b"[", b"<")):
            raise FeedError(f"{path}: begins with {head[:20].decode('utf-8', 'replace')!r}: give {_KNOWN}")
        detect(source.head, str(path))
        return "table"
    lines = head.splitlines()
    rows = [row for row in map(_object, lines[:-1] if len(source.head) >= HEAD and len(lines) > 1 else lines) if row]
    if not rows:
        raise FeedError(f"{path}: no line among the first is a JSON object: give {_KNOWN}")
    told = (name for row in rows for name, signs in _SIGNS if all(row.get(sign) is not None for sign in signs))
    return next(told, "table")


def _object(line: bytes) -> dict[str, Any] | None:
    try:
        row = orjson.loads(line)
    except orjson.JSONDecodeError:
        return None
    return row if isinstance(row, dict) else None
