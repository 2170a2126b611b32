"""The longest beginning of a list of units that fits a budget, with as few counts as possible.

Tokens of a whole are not the sum of those of its parts, so the whole is counted. The search keeps a beginning that
fits and one that does not, guesses between them by the sizes of the units, and halves where guessing does not narrow.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray


def longest_fitting(
    size: Callable[[int], int], lengths: NDArray[np.int64], budget: int, least: int, most: int
) -> tuple[int, int]:
    """How many units fit, and the tokens of the whole with them.

    Args:
        size: tokens of the whole with the first k units.
        lengths: about how large each unit is, in any measure, shape (N,).
        budget: tokens.
        least: tokens with no unit; the answer is 0 units where that is over the budget.
        most: tokens with all units.

    Returns:
        (k, tokens): one unit more would be over the budget.
    """
    low, high = 0, len(lengths)
    if least > budget or most <= budget:
        return (0, least) if least > budget else (high, most)
    before = np.concatenate([[0], np.cumsum(np.maximum(lengths, 1))])
    halve = False
    while high - low > 1 and least < budget:
        wide = high - low
        reach = before[low] + (before[high] - before[low]) * ((budget + 0.5 - least) / (most - least))
        guess = (low + high) // 2 if halve else int(np.searchsorted(before, reach, "right")) - 1
        guess = min(max(guess, low + 1), high - 1)
        tokens = size(guess)
        if tokens <= budget:
            low, least = guess, tokens
        else:
            high, most = guess, tokens
        halve = not halve and high - low > wide // 2 and wide > 8
    return low, least
