"""What people needed who told something alike: the nearest of many written situations, as votes for categories.

    situations = Situations.packaged()                  # what was written, and the vectors of it
    neighbours = Neighbours(situations, encoder, nearest, categories)
    votes = neighbours.votes(said_CD)                   # of a wish and its clauses
    neighbours.told(votes, place)                       # Neighbour(product="head torch", why="dark mornings", ...)

The wish is compared with whole situations, its clauses with wholes and with clauses. Each of the nearest votes with the
product types that it needed, by nearness; a product type's vote goes to the categories that are nearest in meaning.

`situations.npz` is made by `train.reason.situations` out of texts that are not shipped. Its vectors are those of one
encoder: with another one nobody votes.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Self

import numpy as np
import orjson
from numpy.typing import NDArray

from shopwright.errors import ConfigError
from shopwright.models.protocols import Encoder, Vectors

FILE = Path(__file__).parent / "situations.npz"
DIMENSIONS = 192
"""Components of a vector that situations are compared by: the encoder's first ones are a vector as well."""
_NEAREST, _WARMTH = 12, 0.06
"""Situations that vote, and the difference of cosines that divides a vote by e."""
_SHELVES, _SHARP = 8, 0.06
"""The same of a product type's categories."""
_UNSOLD, _SOLD = 0.35, 0.65
"""Cosines of a product type and its best category from which it votes at all, and fully."""
_LATER = 0.1
"""What comes later among the needs of a situation counts less, by this part of the first a place."""
_FLOOR = 0.01
_BLOCK = 512
"""Product types that are compared with the categories at once."""
_ALIKE = 0.45
"""Cosine of a text and a situation from which its reason is one for the wish too."""

Array = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Situation:
    """What one situation needs.

    Args:
        needs: product types with the reason, the most needed first.
        place: its file and line.
    """

    needs: tuple[tuple[str, str], ...]
    place: str


@dataclass(frozen=True, slots=True)
class Situations:
    """Written situations, as vectors of one encoder.

    Args:
        told: S situations.
        wholes: vectors of their texts, shape (S, D), unit length.
        clauses: vectors of the clauses of the texts, shape (C, D).
        owners: the situation of each clause, shape (C,).
        fingerprint: of the encoder.
    """

    told: tuple[Situation, ...]
    wholes: Array
    clauses: Array
    owners: NDArray[np.int64]
    fingerprint: str

    @classmethod
    def packaged(cls) -> Situations:
        """Those that ship."""
        return _packaged()

    @classmethod
    def read(cls, path: Path) -> Self:
        """Those of a file.

        Raises:
            ConfigError: it is missing or holds none.
        """
        try:
            with np.load(path, allow_pickle=False) as record:
                about = orjson.loads(record["about"].tobytes())
                told = tuple(Situation(tuple(map(tuple, needs)), place) for place, needs in about["told"])
                wholes, clauses = (_unit(record[name].astype(np.float32)) for name in ("wholes", "clauses"))
                return cls(told, wholes, clauses, record["owners"].astype(np.int64), about["encoder"])
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise ConfigError(f"{path}: {error!r}; write it with train.reason.situations") from error

    def write(self, path: Path) -> None:
        """Keep them in a file: a byte a component."""
        about = {"encoder": self.fingerprint, "told": [(one.place, one.needs) for one in self.told]}
        np.savez_compressed(
            path,
            wholes=_bytes(self.wholes),
            clauses=_bytes(self.clauses),
            owners=self.owners.astype(np.uint16),
            about=np.frombuffer(orjson.dumps(about), np.uint8),
        )


@dataclass(frozen=True, slots=True)
class Votes:
    """How much each category is voted for, arrays of shape (P,).

    Args:
        whole: by situations that are like the wish.
        clause, clauses: by clauses like one of its clauses, the most and the mean.
        heard: by situations that are like one of its clauses, the most.
        texts, rows, weights: row of the text, situation and cosine of each vote, shape (V,).
    """

    whole: Array
    clause: Array
    clauses: Array
    heard: Array
    texts: NDArray[np.int64]
    rows: NDArray[np.int64]
    weights: Array

    def columns(self) -> list[Array]:
        """The features of it."""
        every = (self.whole, self.clause, self.clauses, self.heard)
        return [*(np.log(each + _FLOOR) for each in every), *every[:3]]


@dataclass(frozen=True, slots=True)
class _Counted:
    """Votes for each text, shape (T, P), and one after the other who gave them, see `Votes`."""

    counts: Array
    texts: NDArray[np.int64]
    rows: NDArray[np.int64]
    weights: Array


@dataclass(frozen=True, slots=True)
class Neighbour:
    """Why a category is voted for: the product type, the reason, the row of the text, the place of the situation."""

    product: str
    why: str
    row: int
    place: str
    worth: float


class Neighbours:
    """Situations over the categories of one shop. Safe to share between threads.

    Args:
        situations: those of another encoder do not vote.
        encoder: of the shop.
        nearest: cosines of vectors with each of the P categories, shape (N, P).
        categories: P.
    """

    def __init__(
        self, situations: Situations, encoder: Encoder, nearest: Callable[[Vectors], Array], categories: int
    ) -> None:
        known = situations.told if situations.fingerprint == encoder.fingerprint and categories else ()
        self._situations = situations
        self._names = list(dict.fromkeys(name for one in known for name, _ in one.needs))
        self._rows = {name: row for row, name in enumerate(self._names)}
        vectors = encoder.encode(self._names)
        parts = [_shelves(nearest(vectors[start : start + _BLOCK])) for start in range(0, len(vectors), _BLOCK)]
        self._shelves = np.concatenate([places for places, _ in parts]) if parts else np.zeros((0, 0), np.int64)
        self._shares = np.concatenate([shares for _, shares in parts]) if parts else np.zeros((0, 0), np.float32)
        self._table_SP = np.zeros((len(known), categories), np.float32)
        for row, one in enumerate(known):
            self._table_SP[row] = self._voted(one).max(0)

    def votes(self, said_CD: Vectors) -> Votes:
        """The votes for a wish (the first row) and its clauses (the others)."""
        none = np.zeros(self._table_SP.shape[1], np.float32)
        if not len(self._table_SP):
            nobody = np.zeros(0, np.int64)
            return Votes(none, none, none, none, nobody, nobody, none[:0])
        said = _unit(said_CD[:, :DIMENSIONS])
        wholes = said @ self._situations.wholes.T
        parts = said[1:] if len(said) > 1 else said
        first = len(said) - len(parts)
        clauses = parts @ self._situations.clauses.T
        whole = self._count(wholes[:1], 0)
        by_clause = self._count(clauses, first, self._situations.owners)
        heard = self._count(wholes[first:], first)
        every = (whole, by_clause, heard)
        return Votes(
            whole.counts[0],
            by_clause.counts.max(0),
            by_clause.counts.mean(0),
            heard.counts.max(0),
            np.concatenate([each.texts for each in every]),
            np.concatenate([each.rows for each in every]),
            np.concatenate([each.weights for each in every]),
        )

    def told(self, votes: Votes, place: int) -> Neighbour | None:
        """The strongest vote for a category; None when nobody alike enough gave one."""
        if not len(votes.weights):
            return None
        worths = np.where(votes.weights >= _ALIKE, votes.weights, 0) * self._table_SP[votes.rows, place]
        best = int(np.argmax(worths))
        if worths[best] <= 0:
            return None
        text, row = int(votes.texts[best]), int(votes.rows[best])
        one = self._situations.told[row]
        name, why = one.needs[int(np.argmax(self._voted(one)[:, place]))]
        return Neighbour(name, why, text, one.place, float(worths[best]))

    def _count(self, cosines_TN: Array, first: int, owners: NDArray[np.int64] | None = None) -> _Counted:
        """The votes of the nearest for each text, and who they are."""
        near = np.argsort(-cosines_TN, axis=1)[:, :_NEAREST]
        found = np.take_along_axis(cosines_TN, near, 1)
        shares = np.exp((found - found[:, :1]) / _WARMTH)
        rows = near if owners is None else owners[near]
        table = np.einsum("tk,tkp->tp", shares, self._table_SP[rows])
        counts = np.maximum(found[:, :1], 0) * table / shares.sum(1, keepdims=True)
        texts = np.repeat(np.arange(first, first + len(near)), near.shape[1])
        return _Counted(counts.astype(np.float32), texts, rows.ravel(), found.ravel().astype(np.float32))

    def _voted(self, one: Situation) -> Array:
        """What each need of a situation gives each category, shape (needs, P)."""
        rows = [self._rows[name] for name, _ in one.needs]
        voted = np.zeros((len(rows), self._table_SP.shape[1]), np.float32)
        later = 1 / (1 + _LATER * np.arange(len(rows), dtype=np.float32))
        np.put_along_axis(voted, self._shelves[rows], later[:, None] * self._shares[rows], 1)
        return voted


def compared(vectors_ND: Vectors) -> Array:
    """The part of vectors that situations are compared by, of unit length."""
    return _unit(vectors_ND[:, :DIMENSIONS])


def _shelves(cosines_NP: Array) -> tuple[NDArray[np.int64], Array]:
    """The few categories nearest to each product type and its votes for them, less where nothing is near."""
    places = np.argsort(-cosines_NP, axis=1)[:, :_SHELVES]
    cosines = np.take_along_axis(cosines_NP, places, 1)
    best = cosines[:, :1]
    votes = np.exp((cosines - best) / _SHARP) * np.clip((best - _UNSOLD) / (_SOLD - _UNSOLD), 0, 1)
    return places, np.asarray(votes, np.float32)


def _unit(vectors_ND: NDArray[Any]) -> Array:
    return np.asarray(vectors_ND / (np.linalg.norm(vectors_ND, axis=1, keepdims=True) + 1e-9), np.float32)


def _bytes(vectors_ND: Array) -> NDArray[np.int8]:
    largest = np.abs(vectors_ND).max(1, keepdims=True) + 1e-9
    return np.asarray(np.rint(127 * vectors_ND / largest), np.int8)


@lru_cache(1)
def _packaged() -> Situations:
    return Situations.read(FILE)
