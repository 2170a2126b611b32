"""Candidates picked one by one, so that a list is neither of one sort nor strange to its reader.

    value = score - spread * likeness to what was picked + calibration * what the candidate's group mends

Likeness is the highest cosine to a picked candidate (maximal marginal relevance: Carbonell and Goldstein, 1998).
Calibration (Steck, 2018) keeps the shares of groups in the list near those in the shopper's history: the last term is
by how much one more of the group lowers the Kullback-Leibler divergence of the one from the other.

What not: the whole list is not optimised at once. A determinantal process, picked greedily (Chen et al., 2018), gave
lists as varied at the same recall on Amazon Beauty, for more code.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
_SMOOTHING = 0.1
"""Part of the wanted share in the list's share, so that a group without a place has a finite divergence."""


def pick(
    scores_C: Floats,
    vectors_CD: NDArray[np.float32],
    groups: Sequence[str],
    wanted: Mapping[str, float],
    limit: int,
    spread: float,
    calibration: float,
) -> Ints:
    """Places of the picked candidates, best first; of equal ones the earlier.

    Args:
        scores_C: one a candidate.
        vectors_CD: of length 1, or 0 where there is no text, which is like nothing.
        groups: of each candidate; "" for not known, which mends nothing.
        wanted: share of each group in the shopper's history; summing to 1 or less, or empty.
        limit: how many at most, 0 or more.
        spread: what a cosine of 1 to a picked one costs.
        calibration: what lowering the divergence by 1 nat is worth.
    """
    names = {name: place for place, name in enumerate(wanted) if name}
    shares_G = np.array([*(wanted[name] for name in names), 0.0])
    group_C = np.array([names.get(group, len(names)) for group in groups], np.int64)
    counts_G, likeness_C = np.zeros(len(shares_G)), np.zeros(len(scores_C))
    open_C, picked = scores_C.astype(np.float64), np.zeros(min(limit, len(scores_C)), np.int64)
    for place in range(len(picked)):
        value_C = open_C - spread * likeness_C + calibration * _mended(counts_G, shares_G, place + 1)[group_C]
        picked[place] = best = int(value_C.argmax())
        open_C[best] = -np.inf
        counts_G[group_C[best]] += 1
        likeness_C = np.maximum(likeness_C, vectors_CD @ vectors_CD[best])
    return picked


def _mended(counts_G: Floats, shares_G: Floats, size: int) -> Floats:
    """By how many nats one more of each group lowers the divergence of a list that then has `size` places."""
    one_more_G = _smoothed((counts_G + 1) / size, shares_G) / np.maximum(_smoothed(counts_G / size, shares_G), 1e-12)
    return np.asarray(shares_G * np.log(one_more_G), np.float64)


def _smoothed(list_G: Floats, shares_G: Floats) -> Floats:
    return (1 - _SMOOTHING) * list_G + _SMOOTHING * shares_G
