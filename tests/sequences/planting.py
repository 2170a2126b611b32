"""Sessions in which something is to be found."""

from __future__ import annotations

import numpy as np


def pairs_in_order() -> list[list[int]]:
    """Sessions over items 0 to 19 in which an even item is followed by the odd one after it."""
    random = np.random.default_rng(0)
    return [
        [item for even in random.integers(0, 10, 2) for item in (2 * int(even), 2 * int(even) + 1)] for _ in range(300)
    ]


def chains(count: int = 300, items: int = 20, length: int = 5) -> list[list[int]]:
    """Sequences in which each item is followed by the next one, from anywhere in a circle."""
    starts = np.random.default_rng(0).integers(0, items, count)
    return [[(int(start) + step) % items for step in range(length)] for start in starts]
