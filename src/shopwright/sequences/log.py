"""Sessions of clicks as flat arrays: items under small integers, oldest session first.

A session is the ids that one visitor opened, in order; the order of the sessions stands for time. Sessions of one
click say nothing about what follows a click and are left out.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from shopwright.errors import CorpusError

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Sessions:
    """Clicks of many sessions.

    Args:
        items: item of each click, 0 to `count` - 1, session after session.
        starts: place of each session's first click in `items`, and at the end the number of clicks.
        count: number of different items that are possible.
    """

    items: Ints
    starts: Ints
    count: int

    @classmethod
    def of(cls, sessions: Sequence[Sequence[int] | Ints], count: int | None = None) -> Sessions:
        """Sessions given as lists of item numbers, oldest first.

        Raises:
            CorpusError: no session has two clicks, or an item number is below 0 or not below `count`.
        """
        kept = [session for session in sessions if len(session) > 1]
        if not kept:
            raise CorpusError(f"{len(sessions)} sessions, none with two clicks: there is nothing to learn from")
        items = np.concatenate([np.asarray(session, np.int64) for session in kept])
        limit = int(items.max()) + 1 if count is None else count
        if items.min() < 0 or items.max() >= limit:
            raise CorpusError(f"item numbers {items.min()} to {items.max()}: must be 0 to {limit - 1}")
        starts = np.concatenate([[0], np.cumsum([len(session) for session in kept])])
        return cls(items, starts.astype(np.int64), limit)

    def __len__(self) -> int:
        return len(self.starts) - 1

    def __getitem__(self, place: int) -> Ints:
        return self.items[self.starts[place] : self.starts[place + 1]]

    @cached_property
    def lengths(self) -> Ints:
        """Clicks of each session."""
        return np.diff(self.starts)

    @cached_property
    def session_of(self) -> Ints:
        """Session of each click."""
        return np.repeat(np.arange(len(self)), self.lengths)

    @cached_property
    def position_of(self) -> Ints:
        """Place of each click in its session, from 0."""
        return np.arange(len(self.items)) - self.starts[self.session_of]

    def part(self, first: int, end: int) -> Sessions:
        """Sessions `first` to `end` - 1, over the same items."""
        low, high = self.starts[first], self.starts[end]
        return Sessions(self.items[low:high], self.starts[first : end + 1] - low, self.count)
