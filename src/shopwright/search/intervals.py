"""Ranges for numeric facets: round limits near the quantiles, and their labels."""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

_RANGES = 4
_STEPS = (1.0, 1.5, 2.0, 2.5, 3.0, 4.0, 5.0, 6.0, 7.5, 8.0, 10.0)


def edges(numbers: NDArray[np.float64]) -> list[float]:
    """Limits that divide the numbers into about four ranges, ascending; [] when there is too little to divide."""
    ordered = np.sort(numbers)
    if len(ordered) < _RANGES or ordered[0] == ordered[-1]:
        return []
    quantiles = ordered[[len(ordered) * part // _RANGES for part in range(1, _RANGES)]]
    limits = sorted({rounded(quantile) for quantile in quantiles.tolist()})
    bounds = [limit for limit in limits if ordered[0] < limit <= ordered[-1]]
    filled = np.diff(np.searchsorted(ordered, [-math.inf, *bounds, math.inf]))
    return [limit for limit, (below, above) in zip(bounds, pairwise(filled.tolist()), strict=True) if below and above]


def rounded(number: float) -> float:
    """The nearest of 1, 1.5, 2, 2.5, 3, 4, 5, 6, 7.5, 8 and 10 times a power of ten."""
    if number == 0:
        return 0.0
    power = 10.0 ** math.floor(math.log10(abs(number)))
    step = min(_STEPS, key=lambda candidate: abs(candidate - abs(number) / power))
    return float(f"{math.copysign(step * power, number):.6g}")


def range_label(low: float | None, high: float | None) -> str:
    """ "under 20", "20 to 50", "50 and more"."""
    if low is None:
        return f"under {high:g}"
    return f"{low:g} and more" if high is None else f"{low:g} to {high:g}"
