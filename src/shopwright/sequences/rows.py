"""A sparse matrix of items by items: rows of (item, weight), added up without a loop over rows."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from shopwright.sequences.log import Floats, Ints


@dataclass(frozen=True, eq=False)
class Rows:
    """Compressed rows.

    Args:
        starts: place of each row's first entry, and at the end the number of entries.
        items: column of each entry.
        weights: its value, above 0.
    """

    starts: Ints
    items: Ints
    weights: Floats

    @classmethod
    def add_up(cls, rows: Ints, items: Ints, weights: Floats, count: int) -> Rows:
        """The matrix of entries, those of one place added up."""
        key = rows * count + items
        order = np.argsort(key, kind="stable")
        key = key[order]
        first = np.flatnonzero(np.r_[True, key[1:] != key[:-1]])
        places = key[first]
        starts = np.searchsorted(places // count, np.arange(count + 1))
        return cls(starts, places % count, np.add.reduceat(weights[order], first))

    @property
    def row_of(self) -> Ints:
        """Row of each entry."""
        return np.repeat(np.arange(len(self.starts) - 1), np.diff(self.starts))

    def gather(self, rows: Ints, factors: Floats, damping: float) -> tuple[Ints, Floats]:
        """Entries of some rows, each row times its factor and divided by (its sum + 1) ** damping."""
        slices = [slice(self.starts[row], self.starts[row + 1]) for row in rows]
        items = [self.items[each] for each in slices]
        weights = [
            (found := self.weights[each]) * (factor / (found.sum() + 1.0) ** damping)
            for each, factor in zip(slices, factors, strict=True)
        ]
        return np.concatenate(items), np.concatenate(weights)

    def heaviest(self, width: int) -> tuple[Ints, Floats]:
        """The heaviest entries of each row, as two tables of `width` columns.

        Empty places hold item 0 with weight 0.
        """
        count = len(self.starts) - 1
        row = self.row_of
        order = np.lexsort((-self.weights, row))
        rank = np.arange(len(row)) - self.starts[row]
        kept, place = order[rank < width], rank[rank < width]
        items, weights = np.zeros((count, width), np.int64), np.zeros((count, width))
        items[row[kept], place] = self.items[kept]
        weights[row[kept], place] = self.weights[kept]
        return items, weights

    def nearest(self, width: int) -> tuple[Ints, Floats]:
        """The `heaviest` entries of each row, weights divided by the row's sum + 1."""
        items, weights = self.heaviest(width)
        sums = np.bincount(self.row_of, weights=self.weights, minlength=len(items))
        return items, weights / (sums[:, None] + 1.0)
