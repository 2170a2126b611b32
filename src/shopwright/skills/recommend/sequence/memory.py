"""What earlier sequences and texts say about what may come next: candidates, and features of each.

Eight sources propose items and judge those of the others: what followed the items of the history, what came before
them, what came right after, what reads alike, what stood beside what stood beside them, what followed items that read
alike (which is all that is known of rare ones), what the nearest earlier sequences held, and where the vector of the
history points (`sequences.encoder`). How texts, attributes and popularity compare comes on top.
"""

from __future__ import annotations

from dataclasses import dataclass

import faiss
import numpy as np
from numpy.typing import NDArray

from shopwright.errors import ConfigError
from shopwright.sequences.encoder import Encoder, Vectors
from shopwright.sequences.log import Floats, Ints, Sessions
from shopwright.sequences.neighbours import Neighbours
from shopwright.skills.recommend.sequence.items import Items
from shopwright.skills.recommend.sequence.tables import Pairs, Table, alike, beside, followed

FEATURES = 22
"""Numbers that `Memory.judged` gives of each candidate."""
HISTORY = 20
"""Items of a history that count, the latest."""
FADE = 0.8 ** np.arange(HISTORY, dtype=np.float64)
"""What an item counts, from the last one back."""
_POPULAR = 30
"""Popular items that are always candidates."""
_RARE = 3
_HOPS = 25
_BRIDGES = 10


@dataclass(frozen=True, slots=True)
class MemorySettings:
    """How earlier sequences are remembered.

    Args:
        width: items that a row of a table holds.
        candidates: items that each source proposes at most.
        recent: earlier sequences of an item that are looked at, the latest.
        kept: nearest sequences that count.
    """

    width: int = 60
    candidates: int = 100
    recent: int = 800
    kept: int = 100

    def __post_init__(self) -> None:
        for name in ("width", "candidates", "recent", "kept"):
            if getattr(self, name) < 1:
                raise ConfigError(f"{name} {getattr(self, name)}: must be 1 or more")


class Memory:
    """Earlier sequences, ready to be asked. Safe to share between threads.

    Args:
        sessions: the earlier ones, oldest first.
        items: all that may be recommended, by the same numbers.
        encoder: learned from them.
        settings: how they are remembered.
        near: what reads like each item, where that was found before; it takes longest.
    """

    def __init__(
        self, sessions: Sessions, items: Items, encoder: Encoder, settings: MemorySettings, near: Table | None = None
    ) -> None:
        self.sessions, self.items, self.encoder = sessions, items, encoder
        self.popularity = np.bincount(sessions.items, minlength=sessions.count)
        self.best_selling = np.argsort(-self.popularity, kind="stable")
        self._settings = settings
        self._standing = np.log1p(self.popularity)
        pairs, width = Pairs.of(sessions), settings.width
        self.followed = followed(pairs, self.popularity, width)
        self.preceded = followed(pairs, self.popularity, width, backwards=True)
        self._at_once = followed(Pairs.of(sessions, 1), self.popularity, width)
        self.alike = alike(items.vectors, width) if near is None else near
        self._beside = beside(pairs, self.popularity, _HOPS).narrow(_HOPS)
        self._bridge = self.alike.narrow(_BRIDGES)
        size = encoder.units.shape[1]
        eighth = faiss.ScalarQuantizer.QT_8bit
        self._pointing = faiss.IndexScalarQuantizer(size, eighth, faiss.METRIC_INNER_PRODUCT)
        self._pointing.train(encoder.units)
        self._pointing.add(encoder.units)
        ages = np.ones(len(sessions))
        self.neighbours = Neighbours(sessions, ages, settings.recent, settings.kept)

    def known(self, history: Ints) -> Ints:
        """The latest `HISTORY` different items of a history, the last one first; numbers of no item are left out."""
        back = history[(history >= 0) & (history < len(self.items))][::-1]
        _, first = np.unique(back, return_index=True)
        return back[np.sort(first)[:HISTORY]]

    def judged(self, back: Ints) -> tuple[Ints, NDArray[np.float32]]:
        """Candidates, ascending, none of them in the history; and F features of each (C x F).

        Args:
            back: the history as `known` gives it, one item or more.
        """
        fade = FADE[: len(back)]
        said_SN = self._said(back, fade)
        most = self._settings.candidates
        heads = [best_of(said, most) for said in said_SN]
        vector = self.encoder.vector(back[::-1])
        toward, level = self._toward(vector, most)
        items = np.unique(np.concatenate([*heads, toward, self.best_selling[:_POPULAR]]))
        items = items[~np.isin(items, back)]
        pointed = self.encoder.units[items] @ vector / self.encoder.temperature
        held_SC = said_SN[:, items] / (said_SN.sum(axis=1, keepdims=True) + 1e-9)
        columns = [
            np.log(held_SC + 1e-5),
            held_SC > 0,
            (pointed - level)[None],
            self._texts(items, back, fade),
            self._attributes(items, back, fade),
            self._standing[items][None],
            (self.popularity[items] < _RARE)[None],
        ]
        return items, np.concatenate(columns).T.astype(np.float32)

    def origins(self, items: Ints, back: Ints) -> Ints:
        """The item of a history that speaks most for each of some items by what stood in one sequence; -1: none."""
        best = np.full(len(items), -1, np.int64)
        weight = np.zeros(len(items))
        for item, fade in zip(back.tolist(), FADE, strict=False):
            for table in (self.followed, self.preceded):
                row, own = table.items[item], table.weights[item] * fade
                order = np.argsort(row, kind="stable")
                at = np.minimum(np.searchsorted(row[order], items), len(row) - 1)
                said = np.where(row[order][at] == items, own[order][at], 0)
                better = said > weight
                best[better], weight[better] = item, said[better]
        return best

    def _toward(self, vector: Vectors, most: int) -> tuple[Ints, float]:
        """Items that a vector points at, and the logarithm of what their scores add up to."""
        cosines, found = self._pointing.search(vector[None], min(most, len(self.items)))
        scores = cosines[0].astype(np.float64) / self.encoder.temperature
        return found[0], float(scores.max() + np.log(np.exp(scores - scores.max()).sum()))

    def _said(self, back: Ints, fade: Floats) -> Floats:
        """What seven sources say of every item, S x N."""
        items, weights = self.neighbours.votes(back[::-1]) if len(self.sessions) else (back[:0], fade[:0])
        return np.stack(
            [
                self.followed.add_up(back, fade),
                self.preceded.add_up(back, fade),
                self._at_once.add_up(back, fade),
                self.alike.add_up(back, fade),
                self._beside.through(self._beside, back, fade),
                self.followed.through(self._bridge, back, fade),
                np.bincount(items, weights=weights, minlength=len(self.items)),
            ]
        )

    def _texts(self, items: Ints, back: Ints, fade: Floats) -> Floats:
        """Cosines to the mean of the history, to its last item, and the largest to any."""
        vectors = self.items.vectors
        cosines_CH = vectors[items] @ vectors[back].T
        return np.stack([cosines_CH @ (fade / fade.sum()), cosines_CH[:, 0], cosines_CH.max(axis=1)])

    def _attributes(self, items: Ints, back: Ints, fade: Floats) -> Floats:
        """How well attributes fit those of the history, and those of its last item."""
        of_all = self.items.profile(back, fade / fade.sum())
        of_last = self.items.profile(back[:1], np.ones(1))
        return np.stack([self.items.matching(items, of_all), self.items.matching(items, of_last)])


def best_of(scores: Floats, k: int) -> Ints:
    """The k items of the highest scores above 0, best first."""
    found = np.flatnonzero(scores > 0)
    if len(found) > k:
        found = found[np.argpartition(-scores[found], k)[:k]]
    return found[np.argsort(-scores[found], kind="stable")]
