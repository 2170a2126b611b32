"""What earlier sessions say about the items that may come next: candidates, and features of each.

Three memories propose items and judge those of the others: what sessions like this one held (`neighbours`), what is
near to what is near its clicks (co-occurrence over two hops, for items seen too rarely), and where its vector points
(`encoder`). The session's own items are candidates, too: one next click in five goes back to one of them.

Counts of what followed a click, at once or later, were a fourth memory and told nothing beyond these.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from shopwright.errors import ConfigError
from shopwright.sequences.encoder import Encoder
from shopwright.sequences.log import Floats, Ints, Sessions
from shopwright.sequences.neighbours import Neighbours
from shopwright.sequences.rows import Rows

FEATURES = 14
"""Numbers that `Memories.judged` gives of each candidate."""
_REMEMBERED = 10
"""Clicks of the session under way that count, the latest."""
_FADE = 0.8
"""A click one further back counts so much less for what is near."""
_LATELY = 10
"""Recent standing fades so many times faster than memory does."""


@dataclass(frozen=True, slots=True)
class MemorySettings:
    """How earlier sessions are remembered.

    Args:
        window: clicks apart at which two items still count as seen together.
        decay: each click further apart counts so much less.
        half_life: sessions after which one counts half.
        width: items near an item that the second hop follows.
        candidates: items that each memory proposes at most.
    """

    window: int = 10
    decay: float = 0.6
    half_life: int = 40_000
    width: int = 25
    candidates: int = 150

    def __post_init__(self) -> None:
        for name in ("window", "half_life", "width", "candidates"):
            if getattr(self, name) < 1:
                raise ConfigError(f"{name} {getattr(self, name)}: must be 1 or more")
        if not 0 < self.decay <= 1:
            raise ConfigError(f"decay {self.decay}: must be above 0 and at most 1")


class Memories:
    """Earlier sessions, ready to be asked.

    Args:
        sessions: the earlier ones, oldest first.
        settings: how they are remembered.
        encoder: learned from them.
    """

    def __init__(self, sessions: Sessions, settings: MemorySettings, encoder: Encoder) -> None:
        self.encoder = encoder
        self.popularity = np.bincount(sessions.items, minlength=sessions.count)
        self._most = settings.candidates
        ago = len(sessions) - 1 - np.arange(len(sessions))
        ages = 0.5 ** (ago / settings.half_life)
        lately = 0.5 ** (ago * _LATELY / settings.half_life)
        recent = np.bincount(sessions.items, weights=lately[sessions.session_of], minlength=sessions.count)
        self._standing_IS = np.log(np.stack([self.popularity + 1.0, recent + 0.01], axis=1))
        self._neighbours = Neighbours(sessions, ages)
        together = co_occurrence(sessions, settings.window, settings.decay, ages)
        self._near, self._nearness = together.nearest(settings.width)

    def known(self, clicks: Ints) -> Ints:
        """Those clicks whose items were ever clicked."""
        seen = clicks[(clicks >= 0) & (clicks < len(self.popularity))]
        return seen[self.popularity[seen] > 0]

    def judged(self, seen: Ints) -> tuple[Ints, Floats]:
        """Candidates for the next item, ascending, and F features of each.

        Args:
            seen: the session's clicks, oldest first, one or more, all known.
        """
        scores_MI = self._scores(seen)
        pointed = np.where(self.popularity > 0, self.encoder.scores(seen), -np.inf)
        pointed -= np.log(np.exp(pointed - pointed.max()).sum()) + pointed.max()
        shares_MI = scores_MI / (scores_MI.sum(axis=1, keepdims=True) + 1e-9)
        chance = np.exp(pointed)
        items = np.unique(np.concatenate([seen, *(_best(row, self._most) for row in (*shares_MI, chance))]))
        held = shares_MI[:, items]
        near_last = self.encoder.units[items] @ self.encoder.units[seen[-1]]
        directions = [pointed[items][None], chance[items][None], near_last[None]]
        columns = [np.log(held + 1e-5), held > 0, *directions, _own(items, seen), self._standing_IS[items].T]
        return items, np.concatenate(columns).T

    def _scores(self, seen: Ints) -> Floats:
        """What the memories of sessions and of nearness say about every item."""
        back = seen[::-1][:_REMEMBERED]
        first, weight = self._near[back], self._nearness[back] * (_FADE ** np.arange(len(back)))[:, None]
        second, further = self._near[first], self._nearness[first] * weight[:, :, None]
        near = np.r_[first.ravel(), second.ravel()], np.r_[weight.ravel(), further.ravel()]
        count = len(self.popularity)
        said = (self._neighbours.votes(seen), near)
        return np.stack([np.bincount(items, weights=weights, minlength=count) for items, weights in said])


def co_occurrence(sessions: Sessions, window: int = 10, decay: float = 0.6, ages: Floats | None = None) -> Rows:
    """How often two items were clicked within a window of one session, in either order.

    Args:
        sessions: where they were clicked.
        window: clicks apart that still count.
        decay: each click further apart counts so much less.
        ages: weight of each session; None: all alike.
    """
    weight_of = np.ones(len(sessions)) if ages is None else ages
    sources, targets, weights = [], [], []
    for apart in range(1, window + 1):
        same = sessions.session_of[apart:] == sessions.session_of[:-apart]
        sources.append(sessions.items[:-apart][same])
        targets.append(sessions.items[apart:][same])
        weights.append(decay ** (apart - 1) * weight_of[sessions.session_of[apart:][same]])
    source, target, weight = map(np.concatenate, (sources, targets, weights))
    return Rows.add_up(np.r_[source, target], np.r_[target, source], np.r_[weight, weight], sessions.count)


def _best(scores: Floats, k: int) -> Ints:
    found = np.flatnonzero(scores)
    return found[np.argpartition(-scores[found], k)[:k]] if len(found) > k else found


def _own(items: Ints, seen: Ints) -> Floats:
    """How the candidates stand in the session itself: there, last, how long ago, how often, and the only one."""
    same_CS = items[:, None] == seen[None, :]
    times = same_CS.sum(axis=1)
    ago = np.argmax(same_CS[:, ::-1], axis=1)
    there = times > 0
    return np.stack(
        [there, there & (ago == 0), np.where(there, ago / 5.0, 0.0), np.log1p(times), there & (len(seen) == 1)]
    ).astype(np.float64)
