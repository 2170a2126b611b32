"""A file that a running shop follows: read when it is first needed, and again when somebody replaced it."""

from __future__ import annotations

import logging
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Generic, TypeVar

from shopwright.errors import ShopwrightError

logger = logging.getLogger(__name__)

T = TypeVar("T")


class KeptFile(Generic[T]):
    """What a file holds, read again when it changes. Call it before each decision.

    A file that is not there holds what `load` makes of nothing, `empty`. One that is broken changes nothing: what was
    read last stays, and a warning says what is wrong, once.
    """

    def __init__(self, path: Path, load: Callable[[Path], T], empty: T) -> None:
        self.path, self._load, self._empty = path, load, empty
        self._read: tuple[object, T] = None, empty

    def __call__(self) -> T:
        """What it holds now."""
        mark: object = None
        with suppress(OSError):
            found = self.path.stat()
            mark = found.st_mtime_ns, found.st_size, found.st_ino
        known, held = self._read
        if mark != known:
            try:
                held = self._load(self.path) if mark else self._empty
            except ShopwrightError as error:
                logger.warning("%s. What was read before stays in force.", error)
            self._read = mark, held
        return held
