"""How much a category of the shop is needed for a wish: a logistic regression over what chains and meaning say of it.

Of every category (`FEATURES`): how near its name and its products are to the wish as a whole and to its nearest clause,
as they are and as associated, what chains lead to it, from what the wish names and from what its clauses may mean, and
how much people in like situations needed it (`neighbours`).
Cosines are compared with those of the other categories, since some wishes are near to everything.

`ranking.json` holds the weights, fitted on written wishes (`train.reason.ranking`). `association.npy` is a matrix that
turns the vector of what somebody does or is into that of what they need, learned from the graph's own chains and from
written situations: it generalises common sense to words that neither has.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from shopwright.errors import ConfigError
from shopwright.knowledge.links import Links, shelf_text
from shopwright.models.protocols import Encoder, Vectors
from shopwright.skills.reason.neighbours import Neighbours, Situations, Votes

FOLDER = Path(__file__).parent
FEATURES = (
    "name", "name of clause", "products", "products of clause", "nearest", "associated name",
    "associated name of clause", "associated products", "associated products of clause", "said", "chain", "log chain",
    "chains", "reached", "theme", "named", "meant chain", "log meant chain", "meant chains", "meant reached",
    "meant theme", "meant named", "log voted", "log voted by clause", "log voted by clauses", "log heard", "voted",
    "voted by clause", "voted by clauses",
)  # fmt: skip
CLAUSES = 6
"""Clauses that are read by themselves."""
_CLAUSE = re.compile(
    r"[.;:!?\n]+|,|\s[-–—]\s|\b(?:and|but|so|because|while|plus|und|aber|et|mais|y|pero)\b", re.IGNORECASE
)
_WORDS = 2
_FLOOR = 0.03
_SPREAD = 1e-3
FARTHEST = 8.0
"""Spreads beyond which a feature is no farther from its mean."""

Array = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Ranking:
    """Weights of the features after scaling by `mean` and `spread`."""

    weights: tuple[float, ...]
    bias: float
    mean: tuple[float, ...]
    spread: tuple[float, ...]

    @classmethod
    def packaged(cls) -> Ranking:
        """The weights that ship."""
        return _packaged()

    @classmethod
    def read(cls, path: Path) -> Self:
        """The weights of a file.

        Raises:
            ConfigError: it is missing or is no ranking.
        """
        try:
            record = json.loads(path.read_text())
            rows = (tuple(record[name][one] for one in FEATURES) for name in ("weights", "mean", "spread"))
            weights, mean, spread = rows
            return cls(weights, record["bias"], mean, spread)
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise ConfigError(f"{path}: {error!r}; fit a ranking with train.reason.ranking") from error

    def write(self, path: Path) -> None:
        """Keep the weights in a file."""
        names = ("weights", "mean", "spread")
        record = {name: dict(zip(FEATURES, getattr(self, name), strict=True)) for name in names}
        path.write_text(json.dumps({**record, "bias": self.bias}, indent=1) + "\n")

    def chances(self, features_PF: Array) -> Array:
        """The probability that each category is needed, shape (P,)."""
        scaled = (features_PF - np.array(self.mean, np.float32)) / np.array(self.spread, np.float32)
        scaled = np.clip(scaled, -FARTHEST, FARTHEST)
        logits = scaled @ np.array(self.weights, np.float32) + self.bias
        return np.asarray(1 / (1 + np.exp(-np.clip(logits, -30, 30))), np.float32)


def clauses(text: str) -> list[str]:
    """The parts of a wish that say something by themselves, the first `CLAUSES` of them."""
    parts = (part.strip() for part in _CLAUSE.split(text))
    return [part for part in parts if len(part.split()) >= _WORDS][:CLAUSES]


@dataclass(frozen=True, slots=True)
class Told:
    """What chains say of the categories, each array of shape (P,): see `Ranker.told`."""

    chain: Array
    chains: Array
    theme: Array
    named: Array

    def columns(self) -> list[Array]:
        """The features of it."""
        return [
            self.chain,
            np.log(self.chain + _FLOOR),
            np.log1p(self.chains),
            (self.chain > 0).astype(np.float32),
            self.theme,
            self.named,
        ]


class Ranker:
    """The categories of one shop by name and meaning. Safe to share between threads.

    Args:
        links: with the categories and a few products of each.
        encoder: encodes them at once; one that remembers makes that fast.
        situations: that vote; the shipped ones by default.
        matrix: of associations; the shipped one by default.
    """

    def __init__(
        self, links: Links, encoder: Encoder, situations: Situations | None = None, matrix: Array | None = None
    ) -> None:
        self.paths = [path for path, texts in links.exemplars.items() if texts]
        self.places: Mapping[str, int] = {path: place for place, path in enumerate(self.paths)}
        self._under: dict[str, tuple[int, ...]] = {}
        texts = [(place, text) for place, path in enumerate(self.paths) for text in links.exemplars[path]]
        self._owners = np.array([place for place, _ in texts], np.int64)
        self._starts = np.searchsorted(self._owners, np.arange(len(self.paths)))
        self._products_TD = encoder.encode([text for _, text in texts])
        self._names_PD = encoder.encode([shelf_text(path) for path in self.paths])
        self._association = association(encoder) if matrix is None else matrix
        told = situations or Situations.packaged()
        self.neighbours = Neighbours(told, encoder, self._alike, len(self.paths))

    def under(self, path: str) -> tuple[int, ...]:
        """The places of a category and of those within it."""
        known = self._under.get(path)
        if known is None:
            found = (place for place, one in enumerate(self.paths) if one == path or one.startswith(f"{path} > "))
            known = self._under[path] = tuple(found)
        return known

    def features(self, said_CD: Vectors, said: Array, told: Sequence[Told], votes: Votes | None = None) -> Array:
        """`FEATURES` of every category, shape (P, F).

        Args:
            said_CD: vectors of the wish and, behind it, of its clauses.
            said: how surely the wish names each category.
            told: what chains say, from what is named and from what is meant.
            votes: of like situations, where they are known already.
        """
        associated_CD = said_CD @ self._association
        associated_CD /= np.linalg.norm(associated_CD, axis=1, keepdims=True) + 1e-9
        products = self._nearest(said_CD)
        columns = [
            *_whole_and_clause(said_CD @ self._names_PD.T),
            *_whole_and_clause(products),
            products.max(0),
            *_whole_and_clause(associated_CD @ self._names_PD.T),
            *_whole_and_clause(self._nearest(associated_CD)),
            said,
            *(column for each in told for column in each.columns()),
            *(votes or self.neighbours.votes(said_CD)).columns(),
        ]
        return np.stack(columns, 1).astype(np.float32)

    def nearest_clause(self, said_CD: Vectors, place: int) -> tuple[int, float]:
        """The row of the text that is nearest to a category's products, and its cosine."""
        cosines = (said_CD @ self._products_TD[self._owners == place].T).max(1)
        row = int(np.argmax(cosines))
        return row, float(cosines[row])

    def told(self, found: Iterable[tuple[tuple[str, ...], float, bool, bool]]) -> Told:
        """What chains say of the categories.

        Args:
            found: categories, worth, whether they are a theme's, and whether the wish names the thing itself.
        """
        chain, chains, theme, named = (np.zeros(len(self.paths), np.float32) for _ in range(4))
        for paths, worth, is_theme, is_named in found:
            for rank, path in enumerate(paths):
                places = self.under(path)
                part = worth / (1 + 0.3 * rank) / max(1, len(places)) ** 0.3
                for place in places:
                    if is_theme or is_named:
                        column = theme if is_theme else named
                        column[place] = max(column[place], part)
                    else:
                        chain[place] = max(chain[place], part)
                        chains[place] += part
        return Told(chain, chains, theme, named)

    def _alike(self, said_CD: Vectors) -> Array:
        """The greatest cosine with a product or the name of each category, shape (C, P)."""
        return np.asarray(np.maximum(said_CD @ self._names_PD.T, self._nearest(said_CD)), np.float32)

    def _nearest(self, said_CD: Vectors) -> Array:
        """The greatest cosine with a product of each category, shape (C, P)."""
        if not self.paths:
            return np.zeros((len(said_CD), 0), np.float32)
        return np.asarray(np.maximum.reduceat(said_CD @ self._products_TD.T, self._starts, axis=1), np.float32)


def association(encoder: Encoder) -> Array:
    """The matrix that ships, shape (D, D); that of an encoder with another width changes nothing."""
    matrix = _association()
    size = encoder.dimensions
    return matrix if matrix.shape == (size, size) else np.eye(size, dtype=np.float32)


def _whole_and_clause(cosines_CP: NDArray[Any]) -> tuple[Array, Array]:
    """The standard scores of the whole wish, and the best of the clauses."""
    spread = np.maximum(cosines_CP.std(1, keepdims=True), _SPREAD)
    scores = (cosines_CP - cosines_CP.mean(1, keepdims=True)) / spread
    return scores[0], scores[1:].max(0) if len(scores) > 1 else scores[0]


@lru_cache(1)
def _packaged() -> Ranking:
    return Ranking.read(FOLDER / "ranking.json")


@lru_cache(1)
def _association() -> Array:
    return np.asarray(np.load(FOLDER / "association.npy"), np.float32)
