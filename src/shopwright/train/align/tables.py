"""The four tables of reward data as Parquet: their columns, and a writer that gathers rows into row groups.

    prompts      id, text
    responses    id, prompt, system, source, flaw, length (characters), text
    comparisons  key, prompt, first, second, label, objective, annotator, source
    scores       key, prompt, response, objective, value, weight, annotator, source

Needs pyarrow, which the extras `parquet`, `corpus` and `train` bring.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from shopwright.errors import MissingExtraError
from shopwright.train.corpus.files import whole_file

Table = Literal["prompts", "responses", "comparisons", "scores"]
TABLES: tuple[Table, ...] = ("prompts", "responses", "comparisons", "scores")
COLUMNS: dict[Table, dict[str, str]] = {
    "prompts": {"id": "uint64", "text": "string"},
    "responses": {
        "id": "uint64", "prompt": "uint64", "system": "string", "source": "string", "flaw": "string",
        "length": "int32", "text": "string",
    },
    "comparisons": {
        "key": "uint64", "prompt": "uint64", "first": "uint64", "second": "uint64", "label": "float32",
        "objective": "string", "annotator": "string", "source": "string",
    },
    "scores": {
        "key": "uint64", "prompt": "uint64", "response": "uint64", "objective": "string", "value": "float32",
        "weight": "float32", "annotator": "string", "source": "string",
    },
}  # fmt: skip
_GROUP_ROWS, _GROUP_CHARACTERS = 20_000, 8 << 20
_RANDOM = ("id", "key", "prompt", "first", "second", "response")


def arrow() -> Any:
    """The module pyarrow, with its Parquet part loaded.

    Raises:
        MissingExtraError: it is not installed.
    """
    try:
        import pyarrow as pa
        import pyarrow.parquet
    except ImportError as error:
        raise MissingExtraError("a store of reward data", "parquet") from error
    return pa


def schema(table: Table) -> Any:
    """The Arrow schema of a table."""
    pa = arrow()
    return pa.schema([pa.field(name, getattr(pa, kind)(), nullable=False) for name, kind in COLUMNS[table].items()])


@dataclass(frozen=True, slots=True)
class Shard:
    """A file of a store: the table that it holds rows of, its name, rows and bytes."""

    table: Table
    file: str
    rows: int
    bytes: int


class ShardWriter:
    """Writes one shard; a context manager, since the file takes its name only when all went well.

    Args:
        folder: of the store.
        table: whose rows it takes.
        number: of the shard among those of its table.
    """

    def __init__(self, folder: Path, table: Table, number: int) -> None:
        self._table: Table = table
        self._path = folder / f"{table}-{number:05d}.parquet"
        self._columns: list[list[Any]] = [[] for _ in COLUMNS[table]]
        self._stack = ExitStack()
        self._writer: Any = None
        self._characters = 0
        self.rows = 0

    def __enter__(self) -> ShardWriter:
        return self

    def __exit__(self, *raised: Any) -> None:
        if raised[0] is None:
            self._flush()
        self._stack.__exit__(*raised)

    def add(self, row: Sequence[Any]) -> None:
        """Add one row, its values in the order of the columns."""
        for column, value in zip(self._columns, row, strict=True):
            column.append(value)
        self.rows += 1
        self._characters += len(row[-1])
        if len(self._columns[0]) >= _GROUP_ROWS or self._characters >= _GROUP_CHARACTERS:
            self._flush()

    def add_batch(self, batch: Any) -> None:
        """Add an Arrow record batch."""
        if batch.num_rows:
            self._open().write_batch(batch)
            self.rows += batch.num_rows

    def shard(self) -> Shard | None:
        """What was written, once the writer is closed; None when there were no rows."""
        return Shard(self._table, self._path.name, self.rows, self._path.stat().st_size) if self.rows else None

    def _flush(self) -> None:
        if self._columns[0]:
            pa, its = arrow(), schema(self._table)
            arrays = [pa.array(column, field.type) for column, field in zip(self._columns, its, strict=True)]
            self._open().write_batch(pa.record_batch(arrays, schema=its))
            self._columns, self._characters = [[] for _ in COLUMNS[self._table]], 0

    def _open(self) -> Any:
        if self._writer is None:
            file = self._stack.enter_context(whole_file(self._path))
            words = [name for name in COLUMNS[self._table] if name not in (*_RANDOM, "text")]
            parquet = arrow().parquet
            self._writer = parquet.ParquetWriter(
                file, schema(self._table), compression="zstd", compression_level=1, use_dictionary=words
            )
            self._stack.callback(self._writer.close)
        return self._writer
