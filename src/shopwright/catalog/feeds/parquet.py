"""Parquet: rows as mappings, a batch in memory at a time. Needs the extra `parquet`."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from shopwright.catalog.feeds.source import Source
from shopwright.errors import FeedError, MissingExtraError

_BATCH = 2_000

Row = tuple[int, dict[str, Any]]


def rows(source: Source) -> Iterator[Row]:
    """Rows numbered from 1; dates become ISO 8601, map columns mappings.

    Raises:
        FeedError: when the file is packed once more or broken.
        MissingExtraError: when pyarrow is not installed.
    """
    try:
        import pyarrow as pa
        import pyarrow.parquet as pq
    except ImportError as error:
        raise MissingExtraError("reading Parquet", "parquet") from error
    try:
        with source.path.open("rb") as raw:
            if raw.read(4) != b"PAR1":
                raise FeedError(f"{source.path}: Parquet inside an archive: unpack it first")
        with pq.ParquetFile(source.path) as table:
            number = 0
            for batch in table.iter_batches(batch_size=_BATCH):
                for row in batch.to_pylist(maps_as_pydicts="lossy"):
                    number += 1
                    yield number, {name: _plain(value) for name, value in row.items()}
    except (pa.ArrowException, OSError, UnicodeDecodeError) as error:
        raise FeedError(f"{source.path}: cannot be read as Parquet ({error}): export it again") from error


def _plain(value: object) -> object:
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return str(value)
    if isinstance(value, bytes):
        return value.decode("utf-8", errors="replace")
    if isinstance(value, dict):
        return {str(name): _plain(inner) for name, inner in value.items() if inner is not None}
    return [_plain(inner) for inner in value] if isinstance(value, list) else value
