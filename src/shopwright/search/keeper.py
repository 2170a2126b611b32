"""Keeps a search index abreast of its store: in this process and, by the folder's lock, among several.

    keeper = Keeper(folder, lock, store, make, before_filling)
    with keeper.taking_in() as written:        # an ingest tells what it writes, while it writes
        ingest(store, feed, written=written)
    keeper.catch_up()                          # what is still missing; vectors follow in a thread
    keeper.follow()                            # takes in what another process wrote

One process writes the index at a time: whoever holds the folder's lock. Others read what it commits, and take over
what is missing when it is gone.
"""

from __future__ import annotations

import logging
import shutil
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from shopwright.catalog.lock import FolderLock
from shopwright.catalog.store import Store
from shopwright.errors import LayoutError, StoreError
from shopwright.search.embedded import EmbeddedIndex
from shopwright.search.protocols import Progress
from shopwright.types import Product

logger = logging.getLogger(__name__)

_LOOK_EVERY_S = 1.0
"""How long what another process wrote may stay unseen."""


class Keeper:
    """The index of a store, and what keeps it up to date. Safe for many threads.

    Args:
        folder: of the index.
        lock: file of the lock of its writers.
        store: that it follows.
        make: opens the index in the folder.
        before_filling: is called in the thread that fills vectors, before it begins.

    Attributes:
        index: as it stands; another one after another process wrote it.
        lock: is held while the index is changed.
    """

    def __init__(
        self,
        folder: Path,
        lock: Path,
        store: Store,
        make: Callable[[], EmbeddedIndex],
        before_filling: Callable[[], object],
    ) -> None:
        self._path, self._store, self._make, self._before_filling = folder, store, make, before_filling
        self.lock = threading.RLock()
        self._stop = threading.Event()
        self._folder = FolderLock(lock)
        self._filler: threading.Thread | None = None  # holds the folder's lock while it runs
        self._looked = time.monotonic()
        self.index = self._open()

    @property
    def behind(self) -> bool:
        """Whether the index lacks something that the store has."""
        return self.index.coverage < 1.0 or self.index.sequence != self._store.sequence

    def close(self) -> None:
        """Stop filling and close the index."""
        self._stop.set()
        if filler := self._filler:
            filler.join(timeout=60)
        self.index.close()

    def fill(self, progress: Progress | None = None) -> int:
        """Encode every product that has no vector yet; returns how many."""
        return self.index.fill(self._store.products, progress, self._stop)

    def wait(self, timeout_s: float | None = None) -> bool:
        """Wait until the background encoding is done, here or in another process; returns whether it is."""
        if filler := self._filler:
            filler.join(timeout_s)
        elif self.behind:
            self._stop.wait(timeout_s or 0.0)
        return not self.behind

    @contextmanager
    def taking_in(self) -> Iterator[Callable[[str, Product | None], None] | None]:
        """The index takes in what an ingest writes while it writes; None when it has to catch up afterwards.

        That is when it lacks something else, or is being written to: by another process or with vectors.
        """
        if self._filler is not None or not self._folder.acquire():
            yield None
            return
        try:
            self._reopen()
            if self.index.sequence != self._store.sequence:
                yield None
                return
            with self.index.updating() as update:
                yield update.change
                update.commit(self._store.sequence)
        finally:
            self._folder.release()

    def catch_up(self) -> None:
        """Bring the index to the store's state and let vectors follow in the background.

        While another process writes the index nothing happens: it takes in what is new when it is done, or the next
        look here does. Call it with the lock.
        """
        if self._filler is None and not self._folder.acquire():
            return
        try:
            if self._filler is None:
                self._reopen()
            sequence = self._store.sequence
            if self.index.sequence != sequence:
                self.index.apply(self._store.changes(self.index.sequence), sequence)
            if self.index.coverage < 1.0 and self._filler is None:
                self._filler = threading.Thread(target=self._fill, name="fill-vectors", daemon=True)
                self._filler.start()
        finally:
            if self._filler is None:
                self._folder.release()

    @contextmanager
    def following(self, *, at_once: bool = False) -> Iterator[bool]:
        """Take in what another process wrote, looking at most once a second; others go on with what they have.

        Yields whether this is a look; what else may have changed is looked at inside.
        """
        due = at_once or time.monotonic() - self._looked >= _LOOK_EVERY_S
        if not due or not self.lock.acquire(blocking=False):
            yield False
            return
        try:
            yield True
            if self._filler is None and self.behind:
                self.catch_up()
        except StoreError as error:
            logger.warning("the index stays as it is: %s", error)
        finally:
            self._looked = time.monotonic()
            self.lock.release()

    def _open(self) -> EmbeddedIndex:
        """The index. One that another version wrote is deleted, to be made anew, unless a process is writing it."""
        held = self._folder.acquire()
        try:
            return self._make()
        except LayoutError:
            if not held:
                raise
            logger.warning("index %s: another version wrote it; it is made anew from the store", self._path)
            shutil.rmtree(self._path)
            return self._make()
        finally:
            if held:
                self._folder.release()

    def _reopen(self) -> None:
        """Read the index anew when another process has held its folder; call it with the folder's lock."""
        if self._folder.others_held:
            self.index = self._make()

    def _fill(self) -> None:
        """Fill vectors until the index has all that the store has; then give the folder back."""
        try:
            with self.lock:
                self._before_filling()
            going_on = True
            while going_on and not self._stop.is_set():
                filled, before = self.fill(), self.index.sequence
                with self.lock:
                    self.catch_up()
                    going_on = self.index.sequence != before or (filled > 0 and self.index.coverage < 1.0)
                    if not going_on:
                        self._give_back()
        except StoreError as error:
            logger.warning("vectors wait: %s", error)
        finally:
            self._give_back()

    def _give_back(self) -> None:
        with self.lock:
            if self._filler is threading.current_thread():
                self._filler = None
                self._folder.release()
