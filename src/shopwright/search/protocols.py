"""The contract of a product index: what the rest of Shopwright may ask of any search engine.

An index follows the catalogue's store: `apply` brings it to a sequence number of the store in one commit, and a crash
leaves either the commit before or the commit after. Lexical search answers as soon as `apply` returns; vectors come
with `fill`, which can be interrupted at any time and goes on where it stopped. Reading is safe from many threads while
one thread writes.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from typing import Protocol, runtime_checkable

from shopwright.models.protocols import Vectors
from shopwright.types import Product, SearchPage, SearchRequest

Change = tuple[str, Product | None]
"""A product's id with its new content, or with None when it is gone."""

Progress = Callable[[int, float | None], None]
"""Called with the number of products done and the share of all (None when unknown)."""

Load = Callable[[Sequence[str]], Mapping[str, Product]]
"""Gives the products of some ids; those that are gone are left out."""

DEEPEST = 10_000
"""The largest `offset + limit` of a request."""


class Names(Protocol):
    """A run of a query's stems, from `start` to before `end`, and the stems of other names of the same thing."""

    @property
    def start(self) -> int:
        """Place of its first stem."""
        ...

    @property
    def end(self) -> int:
        """Place after its last stem."""
        ...

    @property
    def stems(self) -> Sequence[Sequence[str]]:
        """The other names, most usual first."""
        ...


class Thesaurus(Hashable, Protocol):
    """Knows names that mean the same thing; `knowledge.synonyms.Synonyms` is the packaged one."""

    def of(self, stems: Sequence[str]) -> Sequence[Names]:
        """Other names for runs of a query's stems, from left to right; runs do not overlap."""
        ...

    def names(self, stem: str) -> bool:
        """Whether a stem is a name, or part of one, of what has another name."""
        ...

    def for_vocabulary(self, known: Callable[[str], bool]) -> Thesaurus:
        """The same with only those names whose stems are all known."""
        ...


class Catalogue(Protocol):
    """What a correction or a rewrite asks of a catalogue; words are in lower case without accents."""

    @property
    def products(self) -> int:
        """How many products there are."""
        ...

    def frequency(self, word: str) -> int:
        """How many products have the word in any of its forms; 0 when none has it."""
        ...

    def titled(self, word: str) -> int:
        """In how many titles the word stands in this very form."""
        ...

    def together(self, left: str, right: str) -> int:
        """In how many titles the one follows the other."""
        ...

    def nearest(self, word: str) -> Sequence[tuple[str, int]]:
        """Words of titles near to this one, with the number of edits between them."""
        ...


class Rewrite(Protocol):
    """Words that may stand for a run of a query's words, from `start` to before `end`, and how much they weigh."""

    @property
    def start(self) -> int:
        """Place of its first word."""
        ...

    @property
    def end(self) -> int:
        """Place after its last word."""
        ...

    @property
    def words(self) -> Sequence[str]:
        """What may stand for it."""
        ...

    @property
    def weight(self) -> float:
        """0 to 1."""
        ...


class Rewriter(Protocol):
    """Rewrites queries; `skills.rewrite.rewriter.Rewriter` is the one with a language model."""

    def rewrites(self, typed: Sequence[str], catalogue: Catalogue) -> Sequence[Rewrite]:
        """What may stand for runs of a query's words beside them; () for most queries.

        Args:
            typed: the query's words, in lower case without accents.
            catalogue: that is searched.
        """
        ...


@runtime_checkable
class Index(Protocol):
    """A searchable copy of the catalogue."""

    @property
    def sequence(self) -> int:
        """The store's sequence number that the index reflects; 0 when nothing was applied."""
        ...

    @property
    def count(self) -> int:
        """How many products can be found."""
        ...

    @property
    def coverage(self) -> float:
        """Share of the products that have a vector, 0 to 1; 1 when there are no products."""
        ...

    def apply(self, changes: Iterable[Change], sequence: int, progress: Progress | None = None) -> None:
        """Bring the index to `sequence` in one commit: upserts and removals. The last change of an id wins.

        Raises:
            StoreError: nothing was changed, e.g. because the disk is full.
        """
        ...

    def fill(self, load: Load, progress: Progress | None = None, stop: threading.Event | None = None) -> int:
        """Encode the products that have no vector yet, in batches with a commit now and then.

        Returns:
            How many vectors were added. `stop` ends the work after the current batch; what is done stays.

        Raises:
            ModelError: the encoder failed; what was committed before stays.
            StoreError: a commit failed; the commit before it stays.
        """
        ...

    def search(self, request: SearchRequest, *, query_vector: Vectors | None = None) -> SearchPage:
        """One page of results.

        Args:
            request: query, filters, order and page.
            query_vector: the query's vector, shape (D,), to save its encoding.

        Raises:
            ConfigError: an impossible page, or a filter on an unknown field, with a bad range or unit.
        """
        ...

    def close(self) -> None:
        """Release files and memory; the index must not be used afterwards."""
        ...
