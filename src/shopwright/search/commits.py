"""One commit for both halves: either all of it is there after a crash, or nothing of it.

    index/
      text/                   tantivy, whose own commit is atomic
      columns-000012.npz      structure of commit 12
      vectors-000011.faiss    vectors of commit 11, unchanged since

The files of a commit are written and synchronised first, under new names. Then tantivy commits, and with the products
it commits one document that names the sequence and the files. Opening reads that document, loads exactly those files
and deletes all others. A kill at any moment leaves the state of the last tantivy commit.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict, dataclass
from functools import cached_property, lru_cache, partial
from pathlib import Path
from typing import Any

import orjson
import tantivy
from tantivy import Query

from shopwright.errors import LayoutError, StoreError
from shopwright.search.columns import Columns, Integers, Tables
from shopwright.search.counting import Counter
from shopwright.search.dense import DenseIndex
from shopwright.search.facet_order import Meanings
from shopwright.search.filters import Selection, select
from shopwright.search.lexical import LexicalIndex
from shopwright.search.near import Near
from shopwright.search.schema import META, VERSION, open_tantivy, schema, state_document
from shopwright.search.structure import ColumnsBuilder
from shopwright.types import Filter

_HEAP = 400_000_000
"""Bytes that tantivy may gather before it writes a segment: 100,000 products are one, which ranks fastest."""
_WRITERS = 1
"""Threads of tantivy; one writes as fast as Python reads products, a second only takes turns with it."""
_SELECTIONS = 64
"""Selections that are kept, two bytes a product each."""
_READS = 3
"""How often a commit is read anew when its files vanish meanwhile."""


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a commit consists of.

    Args:
        commit: its number; file names carry it.
        sequence: the store's sequence that it reflects.
        next_key: the key that the next new product gets.
        columns, vectors: file names; "" when there are none yet.
        encoder: fingerprint of the encoder that made the vectors.
        version: of this layout.
    """

    commit: int = 0
    sequence: int = 0
    next_key: int = 0
    columns: str = ""
    vectors: str = ""
    encoder: str = ""
    version: int = VERSION


@dataclass(frozen=True)
class State:
    """A commit in memory. Readers hold on to one while they need it; it never changes."""

    manifest: Manifest
    columns: Columns
    dense: DenseIndex
    lexical: LexicalIndex

    @cached_property
    def counter(self) -> Counter:
        """Counts attribute values; made when the first facet is asked for."""
        return Counter(self.columns)

    @cached_property
    def meanings(self) -> Meanings:
        """Its attributes as vectors; made when facets are first asked for with a query."""
        return Meanings(self.columns, self.counter)

    @cached_property
    def dense_rows(self) -> Integers:
        """For each product its row in the dense half, -1 for none; made when the first filter is asked for."""
        return self.dense.rows(self.columns.key)

    @cached_property
    def near(self) -> Near:
        """What could be bought in place of what; made when the first product is found to be out of stock."""
        return Near(self.columns, self.dense)

    @cached_property
    def selected(self) -> Callable[[tuple[Filter, ...]], Selection]:
        """Selects as `filters.select` does and keeps the last selections: for filters that many requests share."""
        return lru_cache(_SELECTIONS)(partial(select, self.columns))

    @property
    def coverage(self) -> float:
        """Share of the products that have a vector; 1 when there are none."""
        return min(len(self.dense) / self.columns.products, 1.0) if self.columns.products else 1.0


class Commits:
    """The commits of an index folder.

    Args:
        folder: created when missing.

    Raises:
        StoreError: the folder cannot be read, or another version of Shopwright made it.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._schema = schema()
        try:
            self._tantivy = open_tantivy(folder / "text")
        except ValueError as error:
            kind = LayoutError if "schema" in str(error).lower() else StoreError
            raise kind(f"index {folder}: {error}. Delete the folder; it is rebuilt from the store.") from error
        except OSError as error:
            raise StoreError(f"index {folder}: {error}. Delete the folder; it is rebuilt from the store.") from error

    def load(self, dimensions: int, encoder: str) -> State:
        """The last commit; vectors of another encoder than `encoder` are left out.

        Nothing is deleted here, since another process may be committing: files that a killed one left go with the next
        commit. A commit that ends while its predecessor is being read is read in its place.
        """
        for _ in range(_READS):
            lexical = self._lexical()
            manifest = self._manifest(lexical)
            try:
                columns = Columns.load(self._folder / manifest.columns) if manifest.columns else empty_columns()
                dense = DenseIndex.empty(dimensions)
                if manifest.vectors and manifest.encoder == encoder:
                    dense = DenseIndex.load((self._folder / manifest.vectors).read_bytes())
                return State(manifest, columns, dense, lexical)
            except (OSError, ValueError, KeyError) as error:
                failure = error
        raise StoreError(
            f"index {self._folder}: {failure}. Delete the folder; it is rebuilt from the store."
        ) from failure

    def writer(self) -> tantivy.IndexWriter:
        """A writer; one at a time in all processes.

        Raises:
            StoreError: another process is writing.
        """
        try:
            return self._tantivy.writer(_HEAP, _WRITERS)
        except ValueError as error:
            raise StoreError(f"index {self._folder}: {error}. Wait for the other process to finish.") from error

    def commit(
        self, writer: tantivy.IndexWriter, before: State, manifest: dict[str, Any], columns: Columns, dense: DenseIndex
    ) -> State:
        """Commit what the writer was given, with the columns and vectors.

        Args:
            writer: of `writer`, with the products of this commit added.
            before: the state that is replaced.
            manifest: fields that change.
            columns, dense: written when they are other objects than before's.

        Raises:
            StoreError: nothing was committed; `before` is still the last commit.
        """
        number = before.manifest.commit + 1
        names = {"columns": before.manifest.columns, "vectors": before.manifest.vectors}
        try:
            if columns is not before.columns:
                names["columns"] = f"columns-{number:06d}.npz"
                write_durably(self._folder / names["columns"], columns.dump())
            if dense is not before.dense:
                names["vectors"] = f"vectors-{number:06d}.faiss"
                write_durably(self._folder / names["vectors"], dense.dump())
            after = Manifest(**{**asdict(before.manifest), **manifest, **names, "commit": number})
            writer.delete_documents_by_term("meta", META)
            writer.add_document(state_document(orjson.dumps(after)))
            writer.commit()
        except (OSError, ValueError) as error:
            self.abandon(writer, before)
            raise StoreError(
                f"index {self._folder}: {error}. Nothing was changed. Free disk space or permissions, then try again."
            ) from error
        self._delete_orphans(after)
        return State(after, columns, dense, self._lexical())

    def abandon(self, writer: tantivy.IndexWriter, before: State) -> None:
        """Forget what the writer was given since `before`."""
        with suppress(OSError, ValueError):
            writer.rollback()
        with suppress(OSError):
            self._delete_orphans(before.manifest)

    def _lexical(self) -> LexicalIndex:
        self._tantivy.reload()
        return LexicalIndex(self._tantivy.searcher(), self._schema)

    def _manifest(self, lexical: LexicalIndex) -> Manifest:
        searcher = lexical.searcher
        hits = searcher.search(Query.term_query(self._schema, "meta", META), 1).hits
        if not hits:
            return Manifest()
        state: Any = searcher.doc(hits[0][1]).get_first("state")
        manifest = orjson.loads(bytes(state))
        if manifest.get("version") != VERSION:
            raise LayoutError(
                f"index {self._folder} has layout {manifest.get('version')}, this version reads {VERSION}. "
                "Delete the folder; it is rebuilt from the store."
            )
        return Manifest(**manifest)

    def _delete_orphans(self, manifest: Manifest) -> None:
        for pattern in ("columns-*", "vectors-*"):
            for path in self._folder.glob(pattern):
                if path.name not in (manifest.columns, manifest.vectors):
                    path.unlink(missing_ok=True)


def empty_columns() -> Columns:
    """Columns without products."""
    return ColumnsBuilder(Tables.empty()).build()


def write_durably(path: Path, data: bytes) -> None:
    """Write a new file so that it is there, whole, after a power cut."""
    partial = path.with_name(path.name + ".partial")
    with partial.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    partial.rename(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
