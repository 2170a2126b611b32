"""Which products could be bought in place of another, told from the index alone: fast enough for every page.

A substitute is of the same kind and can be bought. The kind is the narrowest category; where that holds few products,
the level above it counts too, never the department. In a catalogue without categories the nearest vectors are asked.
Among these the likeness of the vectors decides, then the shared category and the price.

Merchants' own relations and attributes are not known here; `related` adds them, from the store.
Simplification: of a large category only the products nearest in price are compared.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from shopwright.models.protocols import Vectors
from shopwright.search.columns import AVAILABILITIES, Columns, Integers, Masks
from shopwright.search.dense import DenseIndex
from shopwright.search.strings import PATH

Floats = NDArray[np.float64]

SAME_CATEGORY, SAME_PRICE = 0.22, 0.12
"""What the same narrowest category and the same price add to the cosine; twice the price adds half."""
LEAST = 0.45
"""The score under which a product is something else."""

_FEW = 12
_COMPARED = 96
_GONE = AVAILABILITIES.index("out_of_stock")
_UNKNOWN_PRICE = 0.5


@dataclass(frozen=True, slots=True)
class Nearby:
    """Product rows, best first, with their scores."""

    rows: Integers
    scores: Floats


class Shelves:
    """The buyable products by category, in the order of paths, so that those below a category stand together."""

    def __init__(self, columns: Columns, buyable: Masks) -> None:
        paths = [path.split(PATH) for path in columns.tables.categories.values]
        codes = sorted(range(len(paths)), key=paths.__getitem__)
        self.paths = [paths[code] for code in codes]
        place = np.full(len(paths) + 1, -1, np.int64)  # the last one is for products without a category
        place[codes] = np.arange(len(paths))
        self.place: Integers = place[columns.category]
        order = np.argsort(self.place, kind="stable")
        self._rows: Integers = order[buyable[order]]
        self._starts = np.searchsorted(self.place[self._rows], np.arange(len(paths) + 1))

    def at(self, place: int) -> Integers:
        """Rows of the products whose narrowest category this is."""
        rows: Integers = self._rows[self._starts[place] : self._starts[place + 1]]
        return rows

    def below(self, path: list[str]) -> Integers:
        """Rows of the products of a category and of those below it."""
        depth = len(path)
        low, high = (side(self.paths, path, key=lambda other: other[:depth]) for side in (bisect_left, bisect_right))
        rows: Integers = self._rows[self._starts[low] : self._starts[high]]
        return rows


class Near:
    """The products of one state by category, made once.

    Args:
        columns, dense: of the state.
    """

    def __init__(self, columns: Columns, dense: DenseIndex) -> None:
        self._columns, self._dense = columns, dense
        self.buyable: Masks = columns.any_offer(columns.availability != _GONE)

    @cached_property
    def _price(self) -> Floats:
        return _log_prices(self._columns)

    @cached_property
    def _shelves(self) -> Shelves:
        return Shelves(self._columns, self.buyable)

    def substitutes(self, row: int, most: int, passing: Masks | None = None, vector: Vectors | None = None) -> Nearby:
        """What could be bought in place of a product.

        Args:
            row: of the product.
            most: how many at most.
            passing: only products in this mask.
            vector: of the product, where none is stored.
        """
        vector = self.vector(row) if vector is None else vector
        rows = self._kin(row, vector, passing)
        if not len(rows):
            return Nearby(rows, np.zeros(0))
        scores = self.scores(row, rows, vector)
        best = np.argsort(-scores, kind="stable")[:most]
        best = best[scores[best] >= LEAST]
        return Nearby(rows[best], scores[best])

    def scores(self, row: int, rows: Integers, vector: Vectors | None) -> Floats:
        """How good a substitute for `row` each of these is."""
        place = self._shelves.place
        same = (place[rows] == place[row]) & (place[row] >= 0)
        apart = np.abs(self._price[rows] - self._price[row])
        closeness = np.where(np.isnan(apart), _UNKNOWN_PRICE, np.exp2(-apart))
        cosines = np.full(len(rows), LEAST)  # where there are no vectors yet, the category has to do
        if vector is not None:
            known = self._dense.scores(vector, self._columns.key[rows])
            cosines = np.where(np.isnan(known), cosines, known)
        return np.asarray(cosines + SAME_CATEGORY * same + SAME_PRICE * closeness, np.float64)

    def vector(self, row: int) -> Vectors | None:
        """The product's stored vector; None when it has none yet."""
        return self._dense.stored(int(self._columns.key[row]))

    def _kin(self, row: int, vector: Vectors | None, passing: Masks | None) -> Integers:
        """Rows of buyable products of the same kind, without itself."""
        place = int(self._shelves.place[row])
        if place < 0:
            return self._allowed(self._nearest(vector), row, passing)
        path = self._shelves.paths[place]
        rows = self._allowed(self._shelves.at(place), row, passing)
        if len(rows) < _FEW and len(path) > 2:
            rows = self._allowed(self._shelves.below(path[:-1]), row, passing)
        if len(rows) > _COMPARED:
            apart = np.nan_to_num(np.abs(self._price[rows] - self._price[row]), nan=_UNKNOWN_PRICE)
            rows = rows[np.argpartition(apart, _COMPARED)[:_COMPARED]]
        return rows

    def _nearest(self, vector: Vectors | None) -> Integers:
        if vector is None:
            return np.zeros(0, np.int64)
        return self._columns.rows(self._dense.search(vector, _COMPARED)[0])

    def _allowed(self, rows: Integers, row: int, passing: Masks | None) -> Integers:
        kept = rows[(rows >= 0) & (rows != row)]
        kept = kept[self.buyable[kept]]
        passed: Integers = kept if passing is None else kept[passing[kept]]
        return passed


def _log_prices(columns: Columns) -> Floats:
    """The binary logarithm of each product's lowest price, NaN when it has none."""
    if not columns.products:
        return np.zeros(0)
    with np.errstate(divide="ignore", invalid="ignore"):
        lowest = np.fmin.reduceat(columns.price, columns.offer_start[:-1])
        return np.where(lowest > 0, np.log2(lowest), np.nan)
