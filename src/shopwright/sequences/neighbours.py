"""Earlier sessions that resemble the one under way, and what was opened in them.

Method: session nearest neighbours (Jannach and Ludewig, 2017) with the weights of VS-KNN and STAN (Garg et al., 2019):
the later a click of the session under way and the rarer its item, the more a shared item counts; the longer ago and
the longer an earlier session, the less it counts; what stands near and after the shared click in it counts most.
"""

from __future__ import annotations

import numpy as np

from shopwright.sequences.log import Floats, Ints, Sessions

_POSITION = 0.7
"""A shared item one click further back counts so much less."""
_DISTANCE = 0.8
"""So does an item one click further from the shared click of the earlier session."""
_BEFORE = 0.35
"""An item before the shared click against one after it."""


class Neighbours:
    """Search over earlier sessions by their items.

    Args:
        sessions: the earlier ones.
        ages: weight of each by its age, 0 to 1.
        recent: sessions of one item that are looked at, the latest.
        kept: neighbours that vote.
    """

    def __init__(self, sessions: Sessions, ages: Floats, recent: int = 1500, kept: int = 150) -> None:
        self.sessions = sessions
        self._ages = ages
        self._recent = recent
        self._kept = kept
        key = sessions.items * len(sessions) + sessions.session_of
        key, last = np.unique(key[::-1], return_index=True)
        self._session = key % len(sessions)
        self._position = sessions.position_of[::-1][last]
        self._starts = np.searchsorted(key // len(sessions), np.arange(sessions.count + 1))
        self.rarity = np.log(len(sessions) / np.maximum(np.diff(self._starts), 1))

    def together(self, one: int, other: int) -> int:
        """How many of the earlier sessions hold both items."""
        both = np.intersect1d(self._of(one), self._of(other), assume_unique=True)
        return len(both)

    def _of(self, item: int) -> Ints:
        return np.asarray(self._session[self._starts[item] : self._starts[item + 1]], np.int64)

    def votes(self, clicks: Ints) -> tuple[Ints, Floats]:
        """Items of the nearest sessions, one entry a click.

        Args:
            clicks: of the session under way, oldest first.

        Returns:
            (items, weights by the session and by the place in it).
        """
        found, scores, shared = self._nearest(clicks)
        lengths = self.sessions.lengths[found]
        place = np.arange(lengths.sum()) - np.repeat(np.cumsum(lengths) - lengths, lengths)
        items = self.sessions.items[np.repeat(self.sessions.starts[found], lengths) + place]
        distance = (place - np.repeat(shared, lengths)).astype(np.float64)
        near = np.where(distance > 0, _DISTANCE ** np.abs(distance - 1), _BEFORE * _DISTANCE ** np.abs(distance))
        return items, np.repeat(scores, lengths) * near

    def _nearest(self, clicks: Ints) -> tuple[Ints, Floats, Ints]:
        """Sessions, their similarity, and the place of the last shared click in each."""
        items, back = np.unique(clicks[::-1], return_index=True)
        weights = _POSITION**back * self.rarity[items]
        ends = self._starts[items + 1]
        begins = np.maximum(self._starts[items], ends - self._recent)
        at = np.concatenate([np.arange(begin, end) for begin, end in zip(begins, ends, strict=True)])
        if not len(at):
            return np.zeros(0, np.int64), np.zeros(0), np.zeros(0, np.int64)
        order = np.argsort(self._session[at], kind="stable")
        session, weight = self._session[at][order], np.repeat(weights, ends - begins)[order]
        first = np.flatnonzero(np.r_[True, session[1:] != session[:-1]])
        found = session[first]
        scores = np.add.reduceat(weight, first) * self._ages[found] / np.sqrt(self.sessions.lengths[found] + 2.0)
        shared = np.maximum.reduceat(self._position[at][order], first)
        if len(found) > self._kept:
            best = np.argpartition(-scores, self._kept)[: self._kept]
            found, scores, shared = found[best], scores[best], shared[best]
        return found, scores, shared
