"""The codes that exist, as a sorted array: which digits may follow a prefix is found by binary search.

Codes with a common prefix stand beside one another, so a prefix is a range of places, and what may follow it are the
places within this range at which the next digit changes. No node is stored; a catalogue of 100,000 items takes some
megabytes and a tenth of a second to sort.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from shopwright.errors import ConfigError
from shopwright.sequences.log import Ints

Mask = NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class Ranges:
    """Prefixes of one length.

    Args:
        parents: which of the prefixes before each one extends.
        low, high: the places that begin with it, `high` not included.
        digits: its last digit.
    """

    parents: Ints
    low: Ints
    high: Ints
    digits: Ints

    def taken(self, places: Ints) -> Ranges:
        """Some of them, in that order."""
        return Ranges(self.parents[places], self.low[places], self.high[places], self.digits[places])


class Trie:
    """The codes of the items that have one, in ascending order.

    Args:
        codes_ND: shape (N, D); rows of -1 are items without a code.

    Raises:
        ConfigError: two items have the same code.
    """

    def __init__(self, codes_ND: Ints) -> None:
        told = np.flatnonzero((codes_ND >= 0).all(axis=1))
        order = np.lexsort(codes_ND[told].T[::-1])
        self.items = told[order]
        self.codes_ND = np.ascontiguousarray(codes_ND[self.items])
        changed = np.ones(codes_ND.shape, np.bool_)[: len(told)]
        changed[1:] = np.logical_or.accumulate(self.codes_ND[1:] != self.codes_ND[:-1], axis=1)
        self._starts = [np.append(np.flatnonzero(column), len(told)) for column in changed.T]
        if not changed[:, -1].all():
            raise ConfigError(
                f"item {self.items[~changed[:, -1]][0]} has the code of another one: use `codes.distinct`"
            )

    def __len__(self) -> int:
        return len(self.items)

    @property
    def depth(self) -> int:
        """D, the digits of a code."""
        return int(self.codes_ND.shape[1])

    def root(self) -> Ranges:
        """The empty prefix, with which every code begins."""
        zero = np.zeros(1, np.int64)
        return Ranges(zero, zero, np.array([len(self)]), zero)

    def reach(self, allowed: Mask) -> Ints:
        """How many allowed items stand before each place, shape (codes + 1,); see `after`."""
        return np.concatenate([[0], np.cumsum(allowed[self.items])])

    def after(self, prefixes: Ranges, level: int, reach: Ints | None = None) -> Ranges:
        """Every prefix that is one digit longer, those of each given prefix in ascending order.

        Args:
            prefixes: of `level` digits.
            level: 0 for the first digit.
            reach: only prefixes of allowed items.
        """
        starts = self._starts[level]
        first, end = np.searchsorted(starts, prefixes.low), np.searchsorted(starts, prefixes.high)
        counts = end - first
        parents = np.repeat(np.arange(len(counts)), counts)
        at = np.arange(len(parents)) + np.repeat(first - (np.cumsum(counts) - counts), counts)
        low, high = starts[at], starts[at + 1]
        found = Ranges(parents, low, high, self.codes_ND[low, level])
        return found if reach is None else found.taken(np.flatnonzero(reach[high] > reach[low]))
