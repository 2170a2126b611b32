"""One list out of two: a weighted sum of what each half says about a product.

A product's score is a sum of parts, so that it can be explained: what the words say (its share of the best BM25 score,
its rank), what the meaning says (its cosine as a share of the best and as a distance from it, its rank), and whether
the best of the list share its category. Each part lies between 0 and 1, the weights are not negative and add up to 1.
They differ by the number of words: one word names a brand or a kind of thing, which BM25 finds literally, while a long
query describes.

After the first `HEAD` products a list has another task, to be complete, and another row of weights: ranks in both
halves and the category count most there, since scores that far down say little. `weights/fusion.json` holds the
weights and what they were chosen on; `shopwright train fusion` chooses them.

Pure functions over arrays; see Bruch, Gai and Ingber (2022), "An analysis of fusion functions for hybrid retrieval".
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
import orjson
from numpy.typing import NDArray

from shopwright.errors import ModelError
from shopwright.models.onnx_files import WEIGHTS

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

FILE = "fusion.json"
"""Where weights are kept in a folder of models."""

FEATURES = ("lexical", "lexical_rank", "cosine", "cosine_gap", "dense_rank", "category")
PARTS = {"words": (0, 1), "meaning": (2, 3, 4), "category": (5,)}
"""What is told of a score, and which features it sums."""

LENGTHS = 3
"""Rows of weights: for queries of one, two, and three or more words."""

HEAD = 20
"""How many products are ordered by these rows; what comes after them is ordered by the row of the tail."""

_CATEGORY_DEPTH = 20
_RANK_SCALE = 10.0
_GAP_SCALE = 0.1


@dataclass(frozen=True, slots=True)
class FusionWeights:
    """Weights of `FEATURES` for queries of one, two, and three or more words, shape (3, F); rows add up to 1.

    `tail` are those of what comes after the first `HEAD`, shape (F,). `reread` is the share that the cross-encoder's
    judgement has in the score of a product that it has read.
    """

    rows: Floats
    tail: Floats
    reread: float = 0.2

    @classmethod
    def load(cls, path: Path) -> FusionWeights:
        """The weights in a file.

        Raises:
            ModelError: the file is missing or holds other features.
        """
        try:
            record = orjson.loads(path.read_bytes())
            rows, tail = np.array(record["weights"], np.float64), np.array(record["tail"], np.float64)
            reread = float(record["reread"])
        except (OSError, ValueError, KeyError) as error:
            raise ModelError(f"fusion weights {path}: {error}; install the package again, or train them") from error
        fits = rows.shape == (LENGTHS, len(FEATURES)) and tail.shape == (len(FEATURES),)
        if tuple(record.get("features", ())) != FEATURES or not fits:
            raise ModelError(
                f"fusion weights {path} are for the features {record.get('features')}, expected {list(FEATURES)}"
            )
        return cls(rows, tail, reread)

    def of(self, words: int, lexical: bool, dense: bool) -> Floats:
        """The weights for a query of so many words, shape (F,); those of a half that found nothing count for 0."""
        return self._without(self.rows[min(max(words, 1), LENGTHS) - 1].copy(), lexical, dense)

    def of_tail(self, lexical: bool, dense: bool) -> Floats:
        """The weights after the first `HEAD`, likewise."""
        return self._without(self.tail.copy(), lexical, dense)

    @staticmethod
    def _without(row: Floats, lexical: bool, dense: bool) -> Floats:
        if not lexical:
            row[[0, 1]] = 0.0
        if not dense:
            row[[2, 3, 4]] = 0.0
        total = row.sum()
        scaled: Floats = row / total if total > 0 else row
        return scaled


@cache
def shipped_weights() -> FusionWeights:
    """The weights that ship."""
    return FusionWeights.load(WEIGHTS / FILE)


def weights_of(models: Path) -> FusionWeights:
    """The weights in a shop's own folder of models, or those that ship when it has none.

    Raises:
        ModelError: the shop's file holds other features.
    """
    own = models / FILE
    return FusionWeights.load(own) if own.is_file() else shipped_weights()


def features(lexical_N: Floats, cosine_N: Floats, lexical_rank_N: Integers, dense_rank_N: Integers) -> Floats:
    """What both halves say about N products, without the category, each between 0 and 1.

    Args:
        lexical_N: BM25 scores, 0 for what the lexical half did not find.
        cosine_N: cosines; what has no vector gets the lowest of the others.
        lexical_rank_N, dense_rank_N: places in each half's list from 0, -1 for what it did not find.

    Returns:
        Shape (N, F); the column of the category is 0 (see `shared_category`).
    """
    made = np.zeros((len(lexical_N), len(FEATURES)))
    cosine_N = np.maximum(cosine_N, 0.0)
    made[:, 0] = _by_best(lexical_N)
    made[:, 1] = _by_rank(lexical_rank_N)
    made[:, 2] = _by_best(cosine_N)
    made[:, 3] = np.exp((cosine_N - cosine_N.max(initial=0.0)) / _GAP_SCALE)
    made[:, 4] = _by_rank(dense_rank_N)
    return made


def shared_category(scores_N: Floats, category_N: Integers) -> Floats:
    """For each product the share of the twenty best that have its category, 0 to 1.

    Args:
        scores_N: scores without the category.
        category_N: a number for each product's category, -1 when it has none.
    """
    if not len(scores_N):
        return scores_N
    best = np.argsort(-scores_N, kind="stable")[:_CATEGORY_DEPTH]
    known = category_N[best][category_N[best] >= 0]
    if not len(known):
        return np.zeros_like(scores_N)
    values, counts = np.unique(known, return_counts=True)
    place_N = np.searchsorted(values, category_N)
    place_N[place_N == len(values)] = 0
    return np.where(values[place_N] == category_N, counts[place_N], 0) / len(known)


def _by_best(scores_N: Floats) -> Floats:
    best = scores_N.max(initial=0.0)
    return scores_N / best if best > 0 else np.zeros_like(scores_N)


def _by_rank(rank_N: Integers) -> Floats:
    return np.where(rank_N >= 0, _RANK_SCALE / (_RANK_SCALE + rank_N), 0.0)
