"""What comes after the first results is completed: words of the nearest products find more of the same.

A relevance model (Lavrenko and Croft, 2001) over the dense half's best: each word of their titles counts as often as
their cosines say, and more where few products have it. The best of them, beside the query's own words, make a second
lexical list, which is merged into the fused one by reciprocal ranks (Cormack et al., 2009). The first `FIRST` results
stay as they are, so that nothing which most shoppers see can drift, and a page within them costs nothing; a list
with fewer is left alone.

Measured with hybrid search on Home Depot, recall@100 without and with: 794 misspelled queries .773 and .790, 700 others
.860 and .868. Words of the lexical half's best in place of the dense half's: .778 and .870; the mean of the nearest
vectors as a second query: .764 and .845 (docs/log.md).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from math import exp, log

import numpy as np
from numpy.typing import NDArray

from shopwright.search.columns import Integers
from shopwright.search.lexical import LexicalIndex, Word
from shopwright.search.ranking import Ranking

Beside = tuple[tuple[str, float], ...]
"""Stems that add to a product's score, each with its weight."""

FIRST = 50
"""How many results stay as they are."""

ENOUGH = 1_000
"""Products that match a query's words from which no others are looked for, unless the query was corrected."""

_NEAREST, _SHARPNESS = 20, 0.1
_NEAREST_CORRECTED, _SHARPNESS_CORRECTED = 30, 0.2
_MOST_WORDS = 40
_WEIGHT = 0.8
_RANK = 60.0
_TYPED, _CORRECTED = 0.4, 1.0


def related_words(
    lexical: LexicalIndex,
    words: Sequence[Word],
    keys: Integers,
    cosines: Sequence[float],
    corrected: bool = False,
) -> Beside:
    """Stems that the nearest products have and the query has not, with their weights beside its words.

    Args:
        lexical: the index.
        words: of the query.
        keys, cosines: of the nearest products, best first.
        corrected: whether the query was; then more products are asked, and more evenly, since the vector is less sure.
    """
    most, sharpness = (_NEAREST_CORRECTED, _SHARPNESS_CORRECTED) if corrected else (_NEAREST, _SHARPNESS)
    said = {stem for word in words for stem in word.stems}
    likely: dict[str, float] = {}
    for key, cosine in zip(keys[:most].tolist(), cosines, strict=False):
        share = exp((cosine - cosines[0]) / sharpness)
        for stem in lexical.title_stems(key) - said:
            likely[stem] = likely.get(stem, 0.0) + share
    telling = {stem: share * log(1 + lexical.products / lexical.having(stem)) for stem, share in likely.items()}
    best = sorted(telling.items(), key=lambda each: (-each[1], each[0]))[:_MOST_WORDS]
    total = sum(value for _, value in best)
    counted = sum(word.counts for word in words) or 1
    return tuple((stem, _WEIGHT * counted * value / total) for stem, value in best)


def completed(ranking: Ranking, found: Integers, corrected: bool) -> Ranking:
    """The ranking with what else was found, from place `FIRST` on.

    Args:
        ranking: fused, best first.
        found: rows of the second list, best first.
        corrected: whether the query was; then both lists count alike, else the second one counts less than half.
    """
    first, rest = ranking.rows[:FIRST], ranking.rows[FIRST:]
    rows = np.concatenate([first, np.union1d(rest, np.setdiff1d(found, first))])
    weight = _CORRECTED if corrected else _TYPED
    merged = _by_rank(ranking.rows, rows) + weight * _by_rank(found, rows)
    tail = len(first) + np.argsort(-merged[len(first) :], kind="stable")
    order = np.concatenate([np.arange(len(first)), tail])
    last = float(ranking.scores[len(first) - 1]) if len(first) else 1.0
    scores = np.concatenate([ranking.scores[:FIRST], last * merged[tail] / max(merged[tail].max(initial=0.0), 1e-9)])
    return replace(ranking, rows=rows[order], scores=scores, weighted=ranking.weighted[:FIRST])


def _by_rank(listed: Integers, rows: Integers) -> NDArray[np.float64]:
    """What its place in a list gives each row, 0 for rows that are not in it."""
    order = np.argsort(listed, kind="stable")
    if not len(listed):
        return np.zeros(len(rows))
    place = np.minimum(np.searchsorted(listed, rows, sorter=order), len(listed) - 1)
    rank = order[place]
    return np.where(listed[rank] == rows, 1.0 / (_RANK + rank), 0.0)
