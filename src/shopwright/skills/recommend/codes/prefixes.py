"""Vectors of whole prefixes of codes: what digits mean together, which a sum of the digits' own vectors cannot say.

A small decoder has no room to learn by heart what follows which of ten thousand prefixes; a row in a table costs it
nothing (n-grams of semantic ids: Singh et al., 2024; prefixes: Zheng et al., 2025). The whole code is a prefix as well,
so that an item has a vector of its own. Prefixes that training hardly saw have none, and their items, new ones among
them, are read by their digits alone.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from shopwright.errors import ModelError
from shopwright.sequences.log import Ints

Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True, eq=False)
class Prefixes:
    """Prefixes of two digits and more, and their vectors.

    Args:
        keys: of the prefixes, ascending.
        vectors: shape (1 + prefixes, D); the first one is zero and stands for all that have none.

    Raises:
        ModelError: there are not as many vectors as that.
    """

    keys: Ints
    vectors: Floats

    def __post_init__(self) -> None:
        if len(self.vectors) != len(self.keys) + 1:
            raise ModelError(f"{len(self.keys)} prefixes, {len(self.vectors)} vectors: train the generator again")

    def rows(self, codes_ND: Ints, sizes: tuple[int, ...]) -> Ints:
        """Row in `vectors` of each prefix of each code, shape (N, D); 0 where it has none."""
        return rows(self.keys, codes_ND, sizes)


def prefixes_of(codes_ND: Ints, sizes: tuple[int, ...], choices_N: Ints, least: int) -> Ints:
    """Keys of the prefixes that were chosen often enough.

    Args:
        codes_ND: of the items, shape (N, D); -1 without one.
        sizes: values of each digit.
        choices_N: how often each item was chosen.
        least: choices of a prefix, those of all its items together.
    """
    keys, place = np.unique(_keys(codes_ND, sizes)[:, 1:], return_inverse=True)
    count = np.bincount(place.ravel(), np.repeat(choices_N, codes_ND.shape[1] - 1), minlength=len(keys))
    return keys[(count >= least) & (keys > 0)]


def rows(keys: Ints, codes_ND: Ints, sizes: tuple[int, ...]) -> Ints:
    """One more than the place of each prefix among the keys, shape (N, D); 0 where it is not there."""
    wanted = _keys(codes_ND, sizes)
    if not len(keys):
        return np.zeros_like(wanted)
    place = np.minimum(np.searchsorted(keys, wanted), len(keys) - 1)
    return np.where(keys[place] == wanted, place + 1, 0)


def _keys(codes_ND: Ints, sizes: tuple[int, ...]) -> Ints:
    """A number for each prefix, its digits from 1 in the base of the largest level; 0 without a code."""
    base = max(sizes) + 1
    weights = base ** np.arange(len(sizes) - 1, -1, -1, dtype=np.int64)
    return np.where(codes_ND[:, :1] < 0, 0, np.cumsum((codes_ND + 1) * weights, axis=1))
