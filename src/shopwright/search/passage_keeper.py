"""Keeps the index of a shop's passages abreast of the documents in its store.

The index lies in a folder with the number of the documents' last change beside it. Where the number is not the
store's, it is built anew, whole: there are few documents (see `search/passages.py`). Callers hold the shop's lock.
"""

from __future__ import annotations

from pathlib import Path

from shopwright.catalog.store import Store
from shopwright.models.protocols import Encoder
from shopwright.search.passages import PassageIndex


class PassageKeeper:
    """The passages of a store's documents, read from a folder or built into it.

    Args:
        folder: of the index; made when it is missing.
        store: holds the documents.
        encoder: encodes what is indexed.

    Attributes:
        index: the passages as they stand; another object after a change.
    """

    def __init__(self, folder: Path, store: Store, encoder: Encoder) -> None:
        self._folder, self._store, self._encoder = folder, store, encoder
        self._mark = folder / "sequence"
        self._sequence = self._wanted()
        self.index = self._open()

    def follow(self) -> PassageIndex:
        """Take in documents that another process wrote; returns the index as it then stands."""
        wanted = self._wanted()
        if wanted != self._sequence:
            self._sequence = wanted
            self.index = self._open()
        return self.index

    def rebuild(self) -> PassageIndex:
        """Build the index from the documents as they stand, and return it."""
        self._sequence = self._wanted()
        self.index = self._build()
        return self.index

    def _wanted(self) -> bytes:
        return self._store.meta("documents_sequence") or b"0"

    def _open(self) -> PassageIndex:
        if self._mark.exists() and self._mark.read_bytes() == self._sequence:
            return PassageIndex.load(self._folder, self._encoder)
        return self._build()

    def _build(self) -> PassageIndex:
        index = PassageIndex.build(self._store.documents(), self._encoder)
        index.save(self._folder)
        self._mark.write_bytes(self._sequence)
        return index
