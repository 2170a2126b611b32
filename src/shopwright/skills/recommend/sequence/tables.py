"""For each item the items that go with it, strongest first: what followed, what came before, what reads alike.

A table is as wide as it need be and no wider, so that adding up the rows of a history takes the same time in a shop of
a hundred and of a hundred thousand items. Pairs of one sequence count by one over their distance; a popular item is
discounted, since it stands beside everything.
"""

from __future__ import annotations

from typing import NamedTuple

import faiss
import numpy as np
from numpy.typing import NDArray

from shopwright.sequences.encoder import Vectors
from shopwright.sequences.log import Floats, Ints, Sessions
from shopwright.sequences.rows import Rows

_REACH = 50
"""Items of a sequence further apart than this are no pair."""
_POPULAR, _ROW = 0.3, 0.5
"""Exponents: of an item's count that its weight is divided by, of a row's sum likewise."""
_ALIKE = 4
"""Power of the cosine of two texts: far ones count next to nothing."""
_EXACT = 30_000
"""Up to so many texts are compared each with each; more go through cells."""
_CELLS, _PROBED = 256, 16


class Table(NamedTuple):
    """Rows of the strongest items for each item: N x W numbers of items, and their weights; empty places weigh 0."""

    items: NDArray[np.int32]
    weights: NDArray[np.float32]

    def add_up(self, items: Ints, weights: Floats) -> Floats:
        """What some rows, each times a weight, say of every item."""
        own = self.weights[items] * weights[:, None]
        return _summed(self.items[items], own, len(self.items))

    def through(self, first: Table, items: Ints, weights: Floats) -> Floats:
        """What the rows of those items say that the rows of another table lead to: two steps."""
        middle, own = first.items[items], first.weights[items] * weights[:, None]
        onward = self.weights[middle] * own[:, :, None]
        return _summed(self.items[middle], onward, len(self.items))

    def narrow(self, width: int) -> Table:
        """The first places of each row, so that they add up to about 1."""
        weights = self.weights[:, :width]
        return Table(self.items[:, :width], weights / (weights.sum(axis=1, keepdims=True) + 1e-6))


class Pairs(NamedTuple):
    """Items that stood in one sequence, the earlier first, and what each pair counts."""

    before: Ints
    after: Ints
    weights: Floats

    @classmethod
    def of(cls, sessions: Sessions, reach: int = _REACH) -> Pairs:
        """All pairs of items up to `reach` places apart."""
        before, after, weights = [], [], []
        for apart in range(1, min(reach, int(sessions.lengths.max(initial=1)) - 1) + 1):
            same = sessions.session_of[apart:] == sessions.session_of[:-apart]
            before.append(sessions.items[:-apart][same])
            after.append(sessions.items[apart:][same])
            weights.append(np.full(int(same.sum()), 1 / apart))
        return cls(*map(np.concatenate, (before, after, weights)))


def followed(pairs: Pairs, popularity: Ints, width: int, *, backwards: bool = False) -> Table:
    """What came after each item, or before it with `backwards`."""
    source, target = (pairs.after, pairs.before) if backwards else (pairs.before, pairs.after)
    return _strongest(source, target, pairs.weights, popularity, width)


def beside(pairs: Pairs, popularity: Ints, width: int) -> Table:
    """What stood beside each item, in either order."""
    source, target = np.r_[pairs.before, pairs.after], np.r_[pairs.after, pairs.before]
    return _strongest(source, target, np.r_[pairs.weights, pairs.weights], popularity, width)


def alike(vectors_ND: Vectors, width: int) -> Table:
    """What reads like each item; rows of items without a text weigh nothing."""
    count, size = vectors_ND.shape
    width = min(width, max(count - 1, 1))
    index: faiss.Index = faiss.IndexFlatIP(size)
    if count > _EXACT:
        cells = faiss.IndexIVFFlat(index, size, _CELLS, faiss.METRIC_INNER_PRODUCT)
        cells.cp.seed, cells.nprobe = 1, _PROBED
        cells.train(vectors_ND[:: max(count // (_CELLS * 100), 1)])
        index, _quantiser = cells, index  # the cells do not keep it alive
    index.add(vectors_ND)
    cosines, found = index.search(vectors_ND, width + 1)
    own = found == np.arange(count)[:, None]
    own[:, -1] |= ~own.any(axis=1)  # of equal texts another one may stand in the place of the item itself
    cosines, found = cosines[~own].reshape(count, width), found[~own].reshape(count, width)
    weights = np.where(found >= 0, np.maximum(cosines, 0) ** _ALIKE, 0)
    return Table(np.maximum(found, 0).astype(np.int32), weights.astype(np.float32))


def _summed(items: NDArray[np.int32], weights: NDArray[np.float64], count: int) -> Floats:
    return np.bincount(items.ravel(), weights=weights.ravel(), minlength=count).astype(np.float64, copy=False)


def _strongest(source: Ints, target: Ints, weights: Floats, popularity: Ints, width: int) -> Table:
    count = len(popularity)
    sums = np.bincount(source, weights=weights, minlength=count)
    scaled = weights / (popularity[target] + 1.0) ** _POPULAR / (sums[source] + 1.0) ** _ROW
    apart = source != target
    if not apart.any():
        return Table(np.zeros((count, 1), np.int32), np.zeros((count, 1), np.float32))
    rows = Rows.add_up(source[apart], target[apart], scaled[apart], count)
    items, kept = rows.heaviest(width)
    return Table(items.astype(np.int32), kept.astype(np.float32))
