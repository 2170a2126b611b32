"""`open_feed`: any feed file as a stream of products and refused rows.

The file is opened twice: once for a sample that tells container, dialect and columns, and once for each iteration.
Memory stays constant: a row, or the rows of one group, at a time.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import islice
from pathlib import Path
from typing import Any

from shopwright.catalog.feeds import acp, dialects, jsonld, jsonrows, parquet, shopify, tabular, woocommerce, xmlrows
from shopwright.catalog.feeds.build import Builder
from shopwright.catalog.feeds.columns import ColumnMap, checked_columns
from shopwright.catalog.feeds.detect import Shape, detect
from shopwright.catalog.feeds.group import grouped
from shopwright.catalog.feeds.guess import SAMPLE
from shopwright.catalog.feeds.source import Source
from shopwright.catalog.money import currency_code
from shopwright.errors import ConfigError, FeedError, RowError
from shopwright.types import Product

Row = tuple[int, dict[str, Any] | RowError]


class Feed:
    """A feed that was recognised. Iterate over it for its products, as often as you like.

    Attributes:
        path: the file.
        format: dialect and container, e.g. "google xml", "shopify csv"; the container alone for a table.
        columns: what becomes of each source column: a field, `attr:NAME`, or `ignored`. Columns that first appear
            later in the file are added while it is read.
        notes: what was left out or cut in the last iteration, in words; the first thousand.
        total_bytes: size of the file.
        bytes_read: how much of it the current iteration has read.
        line: where the product that was yielded last begins; None when unknown.
    """

    def __init__(self, path: Path, columns: Mapping[str, str], format: str | None, currency: str | None) -> None:
        self.path = path
        self.currency = currency
        self.notes: list[str] = []
        self._source: Source | None = None
        self._builder: Builder | None = None
        self._map: ColumnMap | None = None
        with Source(path) as source:
            self.total_bytes = source.total_bytes
            self._shape = detect(source.head, str(path))
            sample, reason = _sample(source, self._shape)
        if not sample and (reason or self._shape.container != "html"):
            raise FeedError(f"{path}: holds no products{reason}: export the feed again")
        self.dialect = dialects.checked_dialect(format) if format else dialects.told(self._shape, sample)
        table = self.dialect == "table"
        self.format = self._shape.container if table else f"{self.dialect} {self._shape.container}"
        self._shown = self._understand(sample, columns)

    @property
    def columns(self) -> Mapping[str, str]:
        """Source column -> target."""
        return dict(self._map.shown if self._map else self._shown)

    @property
    def bytes_read(self) -> int:
        """Bytes of the file read so far; compare with `total_bytes`."""
        return self._source.bytes_read if self._source else 0

    @property
    def line(self) -> int | None:
        """Line, row or element of the last product, for a message about it."""
        return self._builder.line if self._builder else None

    def __iter__(self) -> Iterator[Product | RowError]:
        """Products and refused rows in the order of the file.

        Raises:
            FeedError: where the file stops being readable, after everything before it; or when nothing was in it.
        """
        builder = self._builder = Builder(self.currency, lists=self._shape.container in ("csv", "tsv", "xml"))
        self.notes = builder.notes
        count = 0
        with Source(self.path) as source:
            self._source = source
            for item in self._products(source, builder):
                count += 1
                yield item
            source.check()
        if count == 0:
            raise FeedError(f"{self.path}: holds no products: export the feed again")

    def _understand(self, sample: list[dict[str, Any]], columns: Mapping[str, str]) -> Mapping[str, str]:
        """The column map, where the dialect has one to be given; else what the dialect does with its columns."""
        if self.dialect in dialects.MAPPED:
            names = list(dict.fromkeys(name for row in sample for name in row))
            header = names if self._shape.container in ("csv", "tsv", "parquet") else None
            self._map = dialects.column_map(self.dialect, sample, checked_columns(columns, header))
            for field in ("id", "title"):
                if not self._map.has(field):
                    raise FeedError(
                        f"{self.path}: no column can be the {field}; the columns are {', '.join(names[:40])}: "
                        f"name it with a column map such as {{{(names or ['column'])[0]!r}: {field!r}}}"
                    )
            return {}
        if columns:
            raise ConfigError(
                f"a column map and format {self.dialect} exclude each other, because its columns are fixed: leave the "
                "column map out, or give format 'table'"
            )
        if self.dialect in ("shopify", "woocommerce"):
            names = list(dict.fromkeys(name for row in sample for name in row))
            return shopify.shown_columns(names) if self.dialect == "shopify" else woocommerce.shown_columns(names)
        nested: Mapping[str, str] = acp.COLUMNS if self.dialect == "acp" else jsonld.COLUMNS
        return nested

    def _products(self, source: Source, builder: Builder) -> Iterator[Product | RowError]:
        rows = _rows(source, self._shape)
        if self.dialect == "shopify":
            return shopify.products(rows, builder)
        if self.dialect == "woocommerce":
            return woocommerce.products(rows, builder)
        if self._map is None:
            return _nested(rows, builder, self.dialect == "acp", self._shape.container == "html")
        prepare = dialects.preparation(self.dialect)
        if prepare is not None:
            rows = ((line, row if isinstance(row, RowError) else prepare(row)) for line, row in rows)
        if self._map.has("group_id"):
            to_record = self._map.record
            return grouped(
                ((line, row if isinstance(row, RowError) else to_record(row)) for line, row in rows), builder
            )
        return _flat(rows, self._map, builder)


def open_feed(
    path: str | Path,
    *,
    columns: Mapping[str, str] | None = None,
    format: str | None = None,
    currency: str | None = None,
) -> Feed:
    """Recognise a feed by what it holds, never by its name. gzip, bz2, xz and zip are unpacked on the way.

    Args:
        path: the file.
        columns: source column -> target, over the guess, e.g. `{"price": "price_minor", "farbton": "attr:colour"}`.
        format: a dialect (see `dialects`), when the detected one is wrong.
        currency: ISO 4217 code of prices that name none.

    Raises:
        FeedError: when the file is missing, empty, damaged at its beginning, or no feed.
        ConfigError: when an argument is none of what is allowed.
    """
    code = currency_code(currency) if currency else None
    if currency and code is None:
        raise ConfigError(f"currency {currency!r} is not known: give a code of ISO 4217 such as EUR or USD")
    return Feed(Path(path), columns or {}, format, code)


def _rows(source: Source, shape: Shape) -> Iterator[Row]:
    match shape.container:
        case "xml":
            return xmlrows.rows(source)
        case "html":
            return jsonld.page_rows(source)
        case "json":
            return jsonrows.document(source)
        case "jsonl":
            return jsonrows.lines(source)
        case "parquet":
            return iter(parquet.rows(source))
        case _:
            return tabular.rows(source, shape.delimiter)


def _sample(source: Source, shape: Shape) -> tuple[list[dict[str, Any]], str]:
    """The first rows that can be read, and why the first of the others cannot. A file may break later."""
    sample: list[dict[str, Any]] = []
    reason = ""
    try:
        for _, row in islice(_rows(source, shape), 4 * SAMPLE):
            if isinstance(row, dict):
                sample.append(row)
            elif not reason:
                reason = f" ({row})"
            if len(sample) >= SAMPLE:
                break
    except FeedError:
        if not sample:
            raise
    return sample, reason


def _flat(rows: Iterator[Row], columns: ColumnMap, builder: Builder) -> Iterator[Product | RowError]:
    to_record, build = columns.record, builder.product
    for line, row in rows:
        if isinstance(row, RowError):
            yield row
            continue
        try:
            yield build(to_record(row), line)
        except RowError as error:
            yield error


def _nested(rows: Iterator[Row], builder: Builder, is_acp: bool, resolved: bool) -> Iterator[Product | RowError]:
    """Dialects whose rows are nested: ACP products, schema.org nodes."""
    for line, row in rows:
        if isinstance(row, RowError):
            yield row
            continue
        for node in [row] if is_acp or resolved else jsonld.nodes(row):
            try:
                yield builder.product(acp.record(node) if is_acp else jsonld.record(node), line)
            except RowError as error:
                yield error
