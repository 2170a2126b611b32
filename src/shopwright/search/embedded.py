"""The embedded engine: BM25 in tantivy, vectors in FAISS, structure in NumPy columns; one folder and no server.

    index = EmbeddedIndex(home.index, EmbeddedEncoder())
    index.apply(store.changes(index.sequence), store.sequence)   # lexical search answers from here on
    index.fill(store.products)                                   # vectors come behind it
    page = index.search(SearchRequest("two-person tent", filters=(Filter("price", "range", high=200.0),)))

A search reads one committed state and never waits for a writer. A product keeps its key for life, so a price change
rewrites its document and its columns but keeps its vector.

Simplifications: a commit rewrites all columns; one writer at a time.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import tantivy

from shopwright.models.protocols import Encoder, Vectors
from shopwright.search.answer import Answer, Candidates, Relevance, check_request
from shopwright.search.columns import Columns, Integers
from shopwright.search.commits import Commits, State
from shopwright.search.dense import DenseIndex
from shopwright.search.protocols import Change, Load, Progress
from shopwright.search.rules import Rules
from shopwright.search.schema import document
from shopwright.search.structure import ColumnsBuilder
from shopwright.search.texts import Marks, encoder_text, marks
from shopwright.types import Product, SearchPage, SearchRequest

_REPORT_EVERY = 2_000
_BATCH = 256
_COMMIT_EVERY = 8_192
_NO_ENCODER = 1

Commit = Callable[[dict[str, Any], Columns, DenseIndex], None]
"""Commits what changes of the manifest, the columns and the vectors."""


class EmbeddedIndex:
    """An `Index` in a folder.

    Args:
        folder: created when missing.
        encoder: of products and queries; None for lexical search only.
        rules: gives the merchant's rules in force, asked before each search.
        relevance: how results are scored; as shipped, and without a cross-encoder, when None.

    Raises:
        StoreError: the folder cannot be read, or another version of Shopwright made it.
    """

    def __init__(
        self,
        folder: Path,
        encoder: Encoder | None = None,
        rules: Callable[[], Rules] | None = None,
        relevance: Relevance | None = None,
    ) -> None:
        self._encoder, self._rules, self._relevance = encoder, rules, relevance
        self._commits = Commits(folder)
        self._state: State = self._commits.load(
            encoder.dimensions if encoder else _NO_ENCODER, encoder.fingerprint if encoder else ""
        )
        self._writing = threading.Lock()

    @property
    def sequence(self) -> int:
        """The store's sequence number that the index reflects; 0 when nothing was applied."""
        return self._state.manifest.sequence

    @property
    def count(self) -> int:
        """How many products can be found."""
        return self._state.columns.products

    @property
    def coverage(self) -> float:
        """Share of the products that have a vector, 0 to 1; 1 when there are no products."""
        return self._state.coverage

    def search(
        self, request: SearchRequest, *, query_vector: Vectors | None = None, rules: Rules | None = None
    ) -> SearchPage:
        """One page of results; see `Index.search`. `rules` stand in for those in force, to look at them beforehand."""
        check_request(request)
        if rules is None and self._rules is not None:
            rules = self._rules()
        return Answer(self._state, request, self._encoder, query_vector, rules, self._relevance).page()

    def scored(self, relevance: Relevance) -> Scoring:
        """The same index searched with another relevance, without rules: what trainings compare."""
        return Scoring(self._state, self._encoder, relevance)

    def candidates(self, query: str, count: int = 100) -> Candidates:
        """What both halves find for a query, and what each says of it: what weights are chosen on (`train.fusion`)."""
        return Answer(self._state, SearchRequest(query, limit=count), self._encoder, None).candidates()

    def apply(self, changes: Iterable[Change], sequence: int, progress: Progress | None = None) -> None:
        """Bring the index to `sequence` in one commit; see `Index.apply`."""
        with self.updating() as update:
            for done, (product_id, product) in enumerate(changes, start=1):
                update.change(product_id, product)
                if progress and done % _REPORT_EVERY == 0:
                    progress(done, None)
            update.commit(sequence)

    @contextmanager
    def updating(self) -> Iterator[Update]:
        """Changes as they come, e.g. while a feed is read; without `Update.commit` they are forgotten.

        Other writers wait meanwhile.
        """
        with self._writing, _Writer(self._commits, self._state) as writer:

            def commit(manifest: dict[str, Any], columns: Columns, dense: DenseIndex) -> None:
                self._state = self._commits.commit(writer, self._state, manifest, columns, dense)

            yield Update(self._state, writer, commit)

    def fill(self, load: Load, progress: Progress | None = None, stop: threading.Event | None = None) -> int:
        """Encode the products that have no vector yet; see `Index.fill`."""
        if self._encoder is None:
            return 0
        added = 0
        for part in _parts(_without_vector(self._state), _COMMIT_EVERY):
            added += self._commit_vectors(list(self._encoded(part, load, progress, stop)))
            if stop is not None and stop.is_set():
                break
        return added

    @property
    def state(self) -> State:
        """The last commit as readers hold on to it."""
        return self._state

    def close(self) -> None:
        """Wait for the writer; files are closed with the last reader."""
        with self._writing:
            pass

    def _encoded(
        self, keys: Integers, load: Load, progress: Progress | None, stop: threading.Event | None
    ) -> Iterator[tuple[Integers, Marks, Vectors]]:
        """Batches of keys, marks of the texts that were encoded, and vectors, until `stop` is set."""
        assert self._encoder is not None
        columns, done = self._state.columns, len(self._state.dense)
        for batch in _parts(keys, _BATCH):
            if stop is not None and stop.is_set():
                return
            ids = [columns.id[row] for row in columns.rows(batch).tolist()]
            products: Mapping[str, Product] = load(ids)
            present = [(key, products[id_]) for key, id_ in zip(batch.tolist(), ids, strict=True) if id_ in products]
            if present:
                texts = [encoder_text(product) for _, product in present]
                yield np.array([key for key, _ in present], np.int64), marks(texts), self._encoder.encode(texts)
            done += len(batch)
            if progress:
                progress(done, done / columns.products)

    def _commit_vectors(self, encoded: Sequence[tuple[Integers, Marks, Vectors]]) -> int:
        """Commit vectors, less those whose product changed or went while they were made; returns how many."""
        assert self._encoder is not None
        if not encoded:
            return 0
        keys, texts, vectors = (np.concatenate(part) for part in zip(*encoded, strict=True))
        with self._writing, _Writer(self._commits, self._state) as writer:
            state = self._state
            rows = state.columns.rows(keys)
            fits = (rows >= 0) & (state.columns.encoded[rows] == texts) & ~np.isin(keys, state.dense.keys)
            if fits.any():
                dense = state.dense.added(keys[fits], vectors[fits])
                manifest = {"encoder": self._encoder.fingerprint}
                self._state = self._commits.commit(writer, state, manifest, state.columns, dense)
            return int(np.count_nonzero(fits))


class Scoring:
    """One state of an index under a relevance; see `EmbeddedIndex.scored`."""

    def __init__(self, state: State, encoder: Encoder | None, relevance: Relevance) -> None:
        self._state, self._encoder, self._relevance = state, encoder, relevance

    def search(self, request: SearchRequest, *, query_vector: Vectors | None = None) -> SearchPage:
        """One page of results."""
        check_request(request)
        return Answer(self._state, request, self._encoder, query_vector, None, self._relevance).page()


class _Writer:
    """A tantivy writer for the length of a block; what was not committed is forgotten when the block ends."""

    def __init__(self, commits: Commits, state: State) -> None:
        self._commits, self._state = commits, state

    def __enter__(self) -> tantivy.IndexWriter:
        self._writer = self._commits.writer()
        return self._writer

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        if kind is not None:
            self._commits.abandon(self._writer, self._state)
        self._writer.wait_merging_threads()


class Update:
    """The changes of one commit, on their way into the writer and new columns; see `EmbeddedIndex.updating`."""

    def __init__(self, state: State, writer: tantivy.IndexWriter, commit: Commit) -> None:
        self._state, self._writer, self._commit = state, writer, commit
        columns = state.columns
        self._keys: dict[str, int] = dict(zip(columns.id.unpack(), columns.key.tolist(), strict=True))
        self._next_key = state.manifest.next_key
        self._builder = ColumnsBuilder(columns.tables)
        self._touched: set[int] = set()
        self._gone: set[int] = set()

    def change(self, product_id: str, product: Product | None) -> None:
        """Take one upsert, or a removal where `product` is None; the last change of an id wins."""
        key = self._keys.get(product_id)
        if key is not None:
            self._writer.delete_documents_by_term("id", product_id)
            self._touched.add(key)
        if product is None:
            if key is not None:
                self._gone.add(key)
                del self._keys[product_id]
            return
        if key is None:
            key = self._keys[product_id] = self._next_key
            self._next_key += 1
        self._writer.add_document(document(product, key))
        self._builder.add(key, product)

    def commit(self, sequence: int) -> None:
        """Bring the index to `sequence` of the store with all changes; vectors whose text changed are dropped.

        Raises:
            StoreError: nothing was changed.
        """
        before = self._state.columns
        fresh = self._builder.build()
        if self._gone:
            fresh = fresh.take(np.flatnonzero(~np.isin(fresh.key, list(self._gone))))
        touched = np.array(sorted(self._touched), np.int64)
        kept = before.take(np.flatnonzero(~np.isin(before.key, touched))) if len(touched) else before
        dense = self._state.dense.without(_stale(before, fresh, touched))
        self._commit({"sequence": sequence, "next_key": self._next_key}, kept.joined(fresh), dense)


def _stale(before: Columns, after: Columns, touched: Integers) -> Integers:
    """The touched keys whose vector no longer fits: gone, or with another text."""
    old, new = before.rows(touched), after.rows(touched)
    if not before.products or not after.products:
        return touched
    same = (old >= 0) & (new >= 0) & (before.encoded[old] == after.encoded[new])
    stale: Integers = touched[~same]
    return stale


def _without_vector(state: State) -> Integers:
    """Keys of the products that have no vector, ordered by the hash of what the encoder reads.

    That is a random order, so that the first vectors, on which the dense half is trained, are a fair sample; and equal
    texts are neighbours, so that they are encoded once.
    """
    columns = state.columns
    rows = np.flatnonzero(~np.isin(columns.key, state.dense.keys))
    missing: Integers = columns.key[rows[np.argsort(columns.encoded[rows], kind="stable")]]
    return missing


def _parts(keys: Integers, size: int) -> Iterator[Integers]:
    for start in range(0, len(keys), size):
        yield keys[start : start + size].copy()
