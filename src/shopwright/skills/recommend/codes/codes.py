"""Semantic ids: an item's text vector as a few digits, such that alike items share their first digits.

    book = Codebook.fit(vectors_NV, seed=0)
    codes_ND = distinct(book.encode(vectors_NV))    # one code an item, a row of -1 where there is none

The first digit names the centroid nearest to the vector, the next one that nearest to what remains when this centroid
is subtracted, and so on (residual quantisation: Chen, Guan and Wang, 2010, by k-means at each level). What remains is
brought to unit length at each level: else the few centroids near zero take most of the items. Items in the same
cell at every level get one more digit that counts them, which makes codes unique (TIGER: Rajput et al., 2023; there the
quantiser is a neural network). A new item gets its code from its text with the same centroids, and can be proposed at
once; it comes behind the others (`following`), whose codes stay as they are.

Not covered: what shoppers did plays no part in a code; a catalogue that has drifted away needs a new fit and a new
generator; more than `ROOM` items in one cell of the last level are more than are told apart, and the rest is left out.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import faiss as _faiss
import numpy as np
from numpy.typing import NDArray

from shopwright.errors import ConfigError, CorpusError, ModelError
from shopwright.sequences.archive import Arrays, read_arrays, write_arrays
from shopwright.sequences.log import Ints

Vectors = NDArray[np.float32]
faiss: Any = _faiss  # its stubs describe the C++ side, not what Python gets
ROOM = 256
"""Values of the digit that tells items of one cell apart."""
_ROUNDS = 25
_LEAST_ITEMS = 4
"""A centroid stands for so many items on the average, or there are fewer centroids."""
_ROWS = 16_384


@dataclass(frozen=True, slots=True, eq=False)
class Codebook:
    """Centroids of L levels, shape (L, K, V): those of the first for vectors, of the others for what remains."""

    centroids: Vectors

    @classmethod
    def fit(cls, vectors_NV: Vectors, seed: int, levels: int = 3, size: int = 256) -> Codebook:
        """Find the centroids by k-means, level after level.

        Args:
            vectors_NV: unit vectors of texts, shape (N, V); rows of zeros are items without text and teach nothing.
            seed: of the first centroids.
            levels: digits of a code, the one that tells items apart not counted.
            size: centroids of a level, fewer when there are few items.

        Raises:
            ConfigError: `levels` or `size` is below 1.
            CorpusError: no item has a text, or a vector is not finite.
        """
        if levels < 1 or size < 1:
            raise ConfigError(f"levels {levels}, size {size}: must be 1 or more")
        _check_finite(vectors_NV)
        left = _unit(vectors_NV[vectors_NV.any(axis=1)])
        if not len(left):
            raise CorpusError(f"{len(vectors_NV)} items, none with a text: there is nothing to make codes of")
        size = max(min(size, len(left) // _LEAST_ITEMS), 1)
        found = np.empty((levels, size, left.shape[1]), np.float32)
        for level in range(levels):
            found[level] = _centroids(left, size, seed + level)
            left = _unit(left - found[level][_nearest(left, found[level])])
        return cls(found)

    @property
    def sizes(self) -> tuple[int, ...]:
        """How many values each digit of a code can take, the one that tells items apart included."""
        return (*[self.centroids.shape[1]] * self.centroids.shape[0], ROOM)

    def encode(self, vectors_NV: Vectors) -> Ints:
        """The digits of each vector, shape (N, L); -1 in rows of items without text.

        Raises:
            CorpusError: the vectors have another length than those of the fit, or one is not finite.
        """
        levels, _, width = self.centroids.shape
        if vectors_NV.shape[1] != width:
            raise CorpusError(
                f"vectors of {vectors_NV.shape[1]} numbers, {width} expected: use the encoder of the fit, or fit anew"
            )
        _check_finite(vectors_NV)
        codes_NL = np.full((len(vectors_NV), levels), -1, np.int64)
        told = np.flatnonzero(vectors_NV.any(axis=1))
        left = _unit(vectors_NV[told])
        for level, centroids in enumerate(self.centroids):
            nearest = _nearest(left, centroids)
            codes_NL[told, level] = nearest
            left = _unit(left - centroids[nearest])
        return codes_NL

    def save(self, path: Path) -> None:
        """Write the centroids."""
        write_arrays(path, {"centroids": self.centroids})

    @classmethod
    def load(cls, path: Path) -> Codebook:
        """Read what `save` wrote.

        Raises:
            ModelError: the file is missing, damaged or of something else.
        """
        return cls.from_arrays(read_arrays(path), path)

    @classmethod
    def from_arrays(cls, kept: Arrays, path: Path) -> Codebook:
        """A codebook out of an archive, alone or among other arrays.

        Raises:
            ModelError: the archive holds no centroids, or of another shape.
        """
        if "centroids" not in kept or kept["centroids"].ndim != 3:
            raise ModelError(f"{path}: holds no centroids of codes: fit it again")
        return cls(kept["centroids"].astype(np.float32))


@dataclass(frozen=True, slots=True)
class Usage:
    """How well codes are spread.

    Args:
        coded: items with a code.
        without_text: items that have none because they have no text.
        crowded: items that have none because their cell is full.
        used: share of each level's centroids that some item has.
        shared: share of the coded items that only the last digit tells from another.
        largest: items in the fullest cell.
    """

    coded: int
    without_text: int
    crowded: int
    used: tuple[float, ...]
    shared: float
    largest: int


def distinct(codes_NL: Ints) -> Ints:
    """Codes with a last digit that counts the items of one cell in their order, shape (N, L + 1).

    Items without digits, and those that come when `ROOM` others are in their cell, get a row of -1.
    """
    codes_ND = np.full((len(codes_NL), codes_NL.shape[1] + 1), -1, np.int64)
    told = np.flatnonzero((codes_NL >= 0).all(axis=1))
    _, cell = np.unique(codes_NL[told], axis=0, return_inverse=True)
    order = np.argsort(cell.ravel(), kind="stable")
    first = np.flatnonzero(np.diff(cell.ravel()[order], prepend=-1))
    count = np.arange(len(order)) - np.repeat(first, np.diff(np.append(first, len(order))))
    kept = told[order[count < ROOM]]
    codes_ND[kept, :-1] = codes_NL[kept]
    codes_ND[kept, -1] = count[count < ROOM]
    return codes_ND


def following(codes_ND: Ints, more_ML: Ints) -> Ints:
    """Codes of items that come behind others, whose codes stay what they are, shape (M, L + 1).

    Args:
        codes_ND: of the others.
        more_ML: digits of the new ones, by `Codebook.encode`.
    """
    return distinct(np.concatenate([codes_ND[:, :-1], more_ML]))[len(codes_ND) :]


def usage(book: Codebook, codes_NL: Ints) -> Usage:
    """How the items of a catalogue are spread over a codebook, by their codes before `distinct`."""
    told = codes_NL[(codes_NL >= 0).all(axis=1)]
    _, sizes = np.unique(told, axis=0, return_counts=True)
    crowded = int(np.maximum(sizes - ROOM, 0).sum())
    return Usage(
        coded=len(told) - crowded,
        without_text=len(codes_NL) - len(told),
        crowded=crowded,
        used=tuple(len(np.unique(digits)) / book.centroids.shape[1] for digits in told.T),
        shared=float(sizes[sizes > 1].sum() / max(len(told), 1)),
        largest=int(sizes.max(initial=0)),
    )


def _centroids(vectors: Vectors, size: int, seed: int) -> Vectors:
    """Centroids by Lloyd's iterations; an empty one takes half of a full one's items."""
    faiss.omp_set_num_threads(1)
    means = faiss.Kmeans(vectors.shape[1], size, niter=_ROUNDS, seed=seed, min_points_per_centroid=1)
    means.train(np.ascontiguousarray(vectors))
    return np.asarray(means.centroids, np.float32)


def _nearest(vectors: Vectors, centroids: Vectors) -> Ints:
    """The centroid nearest to each vector."""
    half_square = 0.5 * np.square(centroids).sum(axis=1)
    parts = [vectors[start : start + _ROWS] for start in range(0, len(vectors), _ROWS)]
    return np.concatenate(
        [np.argmax(part @ centroids.T - half_square, axis=1) for part in parts] or [np.empty(0)]
    ).astype(np.int64)


def _unit(vectors: Vectors) -> Vectors:
    """Vectors of unit length; one of zeros stays."""
    lengths = np.sqrt(np.square(vectors).sum(axis=1, keepdims=True))
    return np.asarray(vectors / np.maximum(lengths, 1e-9), np.float32)


def _check_finite(vectors_NV: Vectors) -> None:
    bad = np.flatnonzero(~np.isfinite(vectors_NV).all(axis=1))
    if len(bad):
        raise CorpusError(
            f"the vectors of {len(bad)} items are not finite, the first of item {bad[0]}: encode them anew"
        )
