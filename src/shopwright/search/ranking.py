"""Orders of a result list: by relevance, fused from both halves, or by price, rating and date."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from shopwright.search.columns import Columns, Integers
from shopwright.search.filters import Selection
from shopwright.search.fusion import FEATURES, HEAD, PARTS, FusionWeights, features, shared_category
from shopwright.types import Reason, Sort

_PRIOR_RATING, _PRIOR_COUNT = 3.5, 5.0
_POPULARITY = 0.1


@dataclass(frozen=True, slots=True)
class Ranking:
    """Product rows, best first, with their scores, and the keys that each half found, best first.

    `weighted` holds what each of `fusion.FEATURES` adds to a score, shape (N, F), where the list was fused.
    """

    rows: Integers
    scores: NDArray[np.float64]
    lexical: Integers = field(default_factory=lambda: np.zeros(0, np.int64))
    dense: Integers = field(default_factory=lambda: np.zeros(0, np.int64))
    weighted: NDArray[np.float64] = field(default_factory=lambda: np.zeros((0, len(FEATURES))))

    def parts(self, row: int) -> tuple[Reason, ...]:
        """What the fused score of a product is the sum of; () where it was not fused."""
        places = np.flatnonzero(self.rows == row)
        if not len(places) or places[0] >= len(self.weighted):
            return ()
        own = self.weighted[places[0]]
        shares = ((part, float(own[list(columns)].sum())) for part, columns in PARTS.items())
        return tuple(Reason(part, value) for part, value in shares if value > 0)


def by_relevance(
    columns: Columns,
    lexical_keys: Integers,
    lexical_scores: NDArray[np.float64],
    dense_keys: Integers,
    keys: Integers,
    cosines: NDArray[np.float64],
    words: int,
    weights: FusionWeights,
) -> Ranking:
    """The fused list of all products that either half found.

    Args:
        lexical_keys, lexical_scores: of the lexical half, best first.
        dense_keys: of the dense half, best first.
        keys: of both, ascending, shape (N,).
        cosines: of `keys`, NaN where there is no vector, shape (N,).
        words: how many words of the query count.
        weights: of the parts of a score.
    """
    found = np.searchsorted(keys, lexical_keys)
    lexical_N = np.zeros(len(keys))
    lexical_N[found] = lexical_scores
    known = ~np.isnan(cosines)
    dense_N = np.where(known, cosines, cosines[known].min(initial=1.0) if known.any() else 0.0)
    ranks = np.full((2, len(keys)), -1)
    ranks[0, found] = np.arange(len(found))
    ranks[1, np.searchsorted(keys, dense_keys)] = np.arange(len(dense_keys))
    halves = bool(lexical_N.any()), bool(known.any())
    row = weights.of(words, *halves)
    features_NF = features(lexical_N, dense_N, ranks[0], ranks[1])
    rows = columns.rows(keys)
    features_NF[:, -1] = shared_category(features_NF @ row, columns.category[rows].astype(np.int64))
    order, weighted_NF = _head_and_tail(features_NF, row, weights.of_tail(*halves))
    return Ranking(rows[order], weighted_NF.sum(axis=1), lexical_keys, dense_keys, weighted_NF)


def _head_and_tail(
    features_NF: NDArray[np.float64], row: NDArray[np.float64], tail: NDArray[np.float64]
) -> tuple[Integers, NDArray[np.float64]]:
    """The order of the products, and in this order what each feature adds to their scores.

    The first `HEAD` are the best by `row`, the others follow by `tail`, their scores scaled to lie below.
    """
    order = np.argsort(-(features_NF @ row), kind="stable")
    first, rest = order[:HEAD], order[HEAD:]
    if not len(rest):
        return order, features_NF[order] * row
    last = float(features_NF[first[-1]] @ row)
    rest = rest[np.argsort(-(features_NF[rest] @ tail), kind="stable")]
    best = float(features_NF[rest[0]] @ tail)
    scale = min(1.0, last / best) if best > 0 else 1.0
    weighted_NF = np.concatenate([features_NF[first] * row, features_NF[rest] * (scale * tail)])
    return np.concatenate([first, rest]), weighted_NF


def by_field(columns: Columns, rows: Integers, sort: Sort, selection: Selection | None) -> Integers:
    """The rows in another order; products that lack the field come last.

    "relevance" without a query is popularity: what can be had first, then by rating and its number.
    """
    if sort in ("price_asc", "price_desc"):
        return _by_price(columns, rows, sort == "price_desc", selection)
    if sort == "newest":
        return rows[np.argsort(-columns.released[rows], kind="stable")]
    if sort == "rating":
        return rows[np.lexsort((-columns.rating_count[rows], -np.nan_to_num(columns.rating[rows], nan=-1.0)))]
    counts = columns.rating_count[rows].astype(np.float64)
    ratings = np.nan_to_num(columns.rating[rows], nan=_PRIOR_RATING)
    smoothed = (counts * ratings + _PRIOR_COUNT * _PRIOR_RATING) / (counts + _PRIOR_COUNT)
    popular = smoothed + _POPULARITY * np.log1p(counts)
    best = (
        np.minimum.reduceat(columns.availability, columns.offer_start[:-1])
        if columns.products
        else columns.availability
    )
    return rows[np.lexsort((-popular, best[rows] == 4))]


def _by_price(columns: Columns, rows: Integers, descending: bool, selection: Selection | None) -> Integers:
    """By the lowest price of the offers that pass; by the highest when descending."""
    if not len(rows):
        return rows
    worst = -np.inf if descending else np.inf
    prices = np.where(np.isnan(columns.price), worst, columns.price)
    if selection is not None:
        prices = np.where(selection.offers, prices, worst)
    pick = np.maximum if descending else np.minimum
    per_product = pick.reduceat(prices, columns.offer_start[:-1])[rows]
    return rows[np.argsort(-per_product if descending else per_product, kind="stable")]
