"""How surprising yet sensible a candidate is: relevance x unexpectedness x timeliness, and a dial between them.

    serendipity = r * u ** (2 * adventure) * t      each part x of 0 to 1 softened to (1 + x) / 2

The product is what people's ratings support: of 5,730 persons who rated one recommended product (Taobao Serendipity
Dataset; Chen et al., 2019), it tells best whom it surprised pleasantly. Softened parts do so better than bare ones, as
a weak part lowers a candidate without erasing it. From adventure .3 to .5 the ratings cannot tell the exponents apart;
`bench recommend --set taobao_serendipity` measures all of them.

Unexpected is what a primitive recommender, the most popular products and the nearest ones, would not have listed (Ge,
Delgado-Battenfeld and Jannach, 2010), and what is far from the products and the categories that the shopper knows.

What not: nothing here knows a product. Where the parts come from is the caller's matter; `sensible` says below which
relevance no surprise helps.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from shopwright.errors import ConfigError

Floats = NDArray[np.float64]
Numbers = Sequence[float | None] | NDArray[np.floating] | NDArray[np.integer]
"""One number a candidate; None and NaN mean that it is not known, or that there is none."""

ADVENTURE = 0.5
"""Where the dial stands when nobody turns it."""
SENSE = 0.1
"""What has less than this share of the best candidate's relevance is not recommended."""
DURABLE_DAYS = 730.0
"""A kind of product that is not used up is bought again after so many days."""
_INTEREST_DAYS = 30.0
_UNKNOWN_LIKENESS = 0.5


def serendipity(
    relevance_N: Floats, unexpectedness_N: Floats, timeliness_N: Floats, adventure: float = ADVENTURE
) -> Floats:
    """The score by which candidates are ordered.

    Args:
        relevance_N, unexpectedness_N, timeliness_N: each 0 to 1.
        adventure: 0 leaves unexpectedness out, at .5 the three count alike, at 1 unexpectedness counts twice.

    Returns:
        N scores, above 0 and at most 1.

    Raises:
        ConfigError: an adventure that is not 0 to 1.
    """
    if not 0.0 <= adventure <= 1.0:
        raise ConfigError(f"adventure {adventure!r}: must be from 0 (what is expected) to 1 (what surprises)")
    scores_N = _softened(relevance_N) * _softened(unexpectedness_N) ** (2.0 * adventure) * _softened(timeliness_N)
    return np.asarray(scores_N, np.float64)


def sensible(relevance_N: Floats, floor: float = SENSE) -> NDArray[np.bool_]:
    """Which candidates are relevant enough to be recommended at all, however surprising they are.

    Args:
        relevance_N: 0 to 1.
        floor: share of the best candidate's relevance.

    Returns:
        N truth values; a relevance of 0 or NaN is never enough.
    """
    relevance_N = np.nan_to_num(np.asarray(relevance_N, np.float64))
    return np.asarray((relevance_N > 0.0) & (relevance_N >= floor * relevance_N.max(initial=0.0)))


def unexpectedness(primitive_rank_N: Numbers, likeness_N: Numbers, group_share_N: Numbers) -> Floats:
    """How far candidates are from what anybody would have recommended, and from what the shopper knows.

    Half of it is the list of the primitive recommender, a quarter each what the candidate is like and its category: on
    Amazon Beauty this mean nearly doubles serendipity@10 on the way to adventure .5; a product of the three lowers it.

    Args:
        primitive_rank_N: place in the primitive recommender's list, 0 for its first; None or NaN: not in it. What is
            in the list is half expected at least, its first entirely.
        likeness_N: highest cosine to a product of the shopper's history; None or NaN: no text, counted as .5.
        group_share_N: share of the candidate's department in the shopper's history, 0 to 1; None or NaN: not known.

    Returns:
        N numbers from 0 to 1. Without a history give 0 for likeness and share: then only the list tells them apart.
    """
    rank_N = _floats(primitive_rank_N)
    listed_N = np.nan_to_num((1.0 + 1.0 / np.log2(2.0 + np.maximum(rank_N, 0.0))) / 2.0)
    likeness_N = np.clip(np.nan_to_num(_floats(likeness_N), nan=_UNKNOWN_LIKENESS), 0.0, 1.0)
    share_N = np.clip(np.nan_to_num(_floats(group_share_N)), 0.0, 1.0)
    return np.asarray(1.0 - listed_N / 2.0 - likeness_N / 4.0 - share_N / 4.0, np.float64)


def timeliness(months_off_N: Numbers, owned_days_N: Numbers, interval_days_N: Numbers, idle_days_N: Numbers) -> Floats:
    """How well candidates fit this moment: the season, what was just bought, how fresh the interest is.

    Args:
        months_off_N: months to the nearest month of its season, 0 within it; each halves. None or NaN: no season.
        owned_days_N: days since the shopper bought a product of the same kind; None or NaN: never.
        interval_days_N: days after which this kind is usually bought again; None or NaN: durable, `DURABLE_DAYS`.
            It grows timely with the square of the part of the interval that has passed.
        idle_days_N: days since the interest that the candidate comes from; it falls to a half, with a half-life of 30
            days. None or NaN: now.

    Returns:
        N numbers from 0 to 1; 1 where nothing speaks against now.
    """
    season_N = 0.5 ** np.maximum(np.nan_to_num(_floats(months_off_N)), 0.0)
    interval_N = np.maximum(np.nan_to_num(_floats(interval_days_N), nan=DURABLE_DAYS), 1.0)
    passed_N = np.nan_to_num(_floats(owned_days_N) / interval_N, nan=1.0)
    idle_N = np.maximum(np.nan_to_num(_floats(idle_days_N)), 0.0)
    fresh_N = (1.0 + 0.5 ** (idle_N / _INTEREST_DAYS)) / 2.0
    return np.asarray(season_N * np.clip(passed_N, 0.0, 1.0) ** 2 * fresh_N, np.float64)


def months_off(month: int, first: int, last: int) -> int:
    """Months from a month to the nearest one of a season, around the turn of the year if that is nearer.

    Args:
        month, first, last: 1 to 12, both ends included; a season from 10 to 2 is winter in the north.

    Raises:
        ConfigError: a number that is no month.
    """
    for name, value in (("month", month), ("first", first), ("last", last)):
        if not 1 <= value <= 12:
            raise ConfigError(f"{name} {value!r}: months are 1 to 12")
    if (month - first) % 12 <= (last - first) % 12:
        return 0
    return min((first - month) % 12, (month - last) % 12)


def _softened(part_N: Floats) -> Floats:
    return np.asarray((1.0 + np.clip(part_N, 0.0, 1.0)) / 2.0, np.float64)


def _floats(values_N: Numbers) -> Floats:
    return np.asarray(values_N, np.float64)
