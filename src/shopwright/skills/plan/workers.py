"""Threads that call tools: started when needed, used again, never waited for.

Python cannot stop a thread. One whose tool hangs simply does not come back to the idle ones, so it takes nobody's
place; all are daemons and do not keep the process alive.
"""

from __future__ import annotations

import os
import threading
from collections import deque
from collections.abc import Callable
from queue import SimpleQueue

Job = Callable[[], None]
KEPT = 16
"""Idle threads that are kept."""


class Workers:
    """A pool without an upper bound: who submits decides how much runs at once. Jobs must not raise."""

    def __init__(self, kept: int = KEPT) -> None:
        self._kept = kept
        self._idle: deque[SimpleQueue[Job]] = deque()
        self._process = os.getpid()

    def submit(self, job: Job) -> None:
        """Run a job in an idle thread, or in a new one."""
        if self._process != os.getpid():  # a fork has no threads but its own
            self._idle, self._process = deque(), os.getpid()
        try:
            jobs = self._idle.pop()
        except IndexError:
            jobs = SimpleQueue()
            threading.Thread(target=self._work, args=(jobs, self._idle), name="plan-tool", daemon=True).start()
        jobs.put(job)

    def _work(self, jobs: SimpleQueue[Job], idle: deque[SimpleQueue[Job]]) -> None:
        while True:
            jobs.get()()
            if len(idle) >= self._kept:
                return
            idle.append(jobs)


class Cancellation:
    """A plan that is to stop: `cancel` may be called from any thread at any moment, also before the plan starts."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._wake: list[Callable[[], None]] = []
        self.cancelled = False

    def cancel(self) -> None:
        """Stop. What has ended stays; what runs is left alone and its result is not waited for."""
        with self._lock:
            self.cancelled = True
            wake, self._wake = self._wake, []
        for call in wake:
            call()

    def on_cancel(self, call: Callable[[], None]) -> None:
        """Have something called when it happens; at once where it has happened."""
        with self._lock:
            if not self.cancelled:
                self._wake.append(call)
                return
        call()
