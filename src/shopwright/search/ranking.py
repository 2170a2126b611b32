"""Orders of a result list: by relevance, fused from both halves, or by price, rating and date."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from shopwright.search.columns import Columns, Integers
from shopwright.search.filters import Selection
from shopwright.search.fusion import category_bonus, combine, lexical_weight
from shopwright.types import Sort

_PRIOR_RATING, _PRIOR_COUNT = 3.5, 5.0
_POPULARITY = 0.1


@dataclass(frozen=True, slots=True)
class Ranking:
    """Product rows, best first, with their scores, and the keys that each half found, best first."""

    rows: Integers
    scores: NDArray[np.float64]
    lexical: Integers = field(default_factory=lambda: np.zeros(0, np.int64))
    dense: Integers = field(default_factory=lambda: np.zeros(0, np.int64))


def by_relevance(
    columns: Columns,
    lexical_keys: Integers,
    lexical_scores: NDArray[np.float64],
    dense_keys: Integers,
    keys: Integers,
    cosines: NDArray[np.float64],
    words: int,
) -> Ranking:
    """The fused list of all products that either half found.

    Args:
        lexical_keys, lexical_scores: of the lexical half, best first.
        dense_keys: of the dense half, best first.
        keys: of both, ascending, shape (N,).
        cosines: of `keys`, NaN where there is no vector, shape (N,).
        words: how many words of the query count.
    """
    lexical_N = np.zeros(len(keys))
    lexical_N[np.searchsorted(keys, lexical_keys)] = lexical_scores
    known = ~np.isnan(cosines)
    dense_N = np.where(known, cosines, cosines[known].min(initial=1.0))
    weight = lexical_weight(words) if known.any() else 1.0
    scores = combine(lexical_N, dense_N, weight if lexical_N.any() else 0.0)
    rows = columns.rows(keys)
    scores = scores + category_bonus(scores, columns.category[rows].astype(np.int64))
    order = np.argsort(-scores, kind="stable")
    return Ranking(rows[order], scores[order], lexical_keys, dense_keys)


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
