"""From comparisons to strengths: the potential on a graph of comparisons whose differences come nearest to them.

Method: HodgeRank (Jiang, Lim, Yao and Ye, 2011, "Statistical ranking and combinatorial Hodge theory"): the logits of
the comparisons are a flow along the edges; its part that is a gradient gives the strengths, by least squares, and what
is left over goes round in circles. On a tree nothing is left over, and where every comparison is with one baseline the
strengths are the logits themselves.

Simplification: every pair counts once, however many judged it; the dense system suits groups of up to a few thousand.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Places = NDArray[np.intp]


def strengths(first: Places, second: Places, logits: Floats, size: int) -> tuple[Floats, float]:
    """Strengths of the responses 0 to size - 1, and the share of the squared logits that they leave unexplained.

    The response with the most comparisons, the baseline where there is one, has strength 0.

    Args:
        first, second: places of who was compared, E of each; they connect all `size` responses.
        logits: of the second being better, shape (E,).
    """
    degree = np.bincount(first, minlength=size) + np.bincount(second, minlength=size)
    hub = int(np.argmax(degree))
    if len(logits) == size - 1 == degree[hub]:
        found, toward = np.zeros(size), first == hub
        found[np.where(toward, second, first)] = np.where(toward, logits, -logits)
        return found, 0.0
    laplacian = np.diag(degree.astype(np.float64))
    np.subtract.at(laplacian, (first, second), 1.0)
    np.subtract.at(laplacian, (second, first), 1.0)
    flow = np.bincount(second, logits, size) - np.bincount(first, logits, size)
    found = np.linalg.lstsq(laplacian, flow, rcond=None)[0]
    energy, rest = float(np.sum(logits**2)), float(np.sum((logits - (found[second] - found[first])) ** 2))
    return found - found[hub], min(1.0, rest / energy) if energy else 0.0


def roots(first: Places, second: Places, size: int) -> Places:
    """For each of `size` responses the least one that it is connected with."""
    root = np.arange(size)
    while True:
        least = root.copy()
        np.minimum.at(least, first, root[second])
        np.minimum.at(least, second, root[first])
        if np.array_equal(least, root):
            return root
        root = least
