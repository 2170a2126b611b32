"""Work that a thread does again and again while a shop is open, and once more when it closes: writing what waits."""

from __future__ import annotations

import threading
from collections.abc import Callable


class Background:
    """A thread that begins with the first `start`; safe for many threads.

    Args:
        work: what is done; it must not raise.
        every_s: seconds between two times.
        name: of the thread.
    """

    def __init__(self, work: Callable[[], object], every_s: float, name: str) -> None:
        self._work, self._every_s, self._name = work, every_s, name
        self._starting = threading.Lock()  # a thread is seen by `close` when it runs, not before
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Begin, unless it has begun or is closed."""
        with self._starting:
            if self._thread is None and not self._stop.is_set():
                self._thread = threading.Thread(target=self._go_on, name=self._name, daemon=True)
                self._thread.start()

    def close(self) -> None:
        """End the thread, and do the work a last time."""
        with self._starting:
            self._stop.set()
            thread = self._thread
        if thread is not None:
            thread.join()
        self._work()

    def _go_on(self) -> None:
        while not self._stop.wait(self._every_s):
            self._work()
