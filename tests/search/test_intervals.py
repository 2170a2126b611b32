from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from shopwright.search.intervals import edges, range_label, rounded


def test_limits_are_round_and_divide_evenly() -> None:
    assert edges(np.arange(1.0, 101.0)) == [25.0, 50.0, 75.0]


def test_too_little_is_not_divided() -> None:
    assert edges(np.array([3.0, 3.0, 3.0, 3.0])) == []
    assert edges(np.array([1.0, 2.0])) == []


def test_no_range_is_empty() -> None:
    numbers = np.array([1.0] * 50 + [1000.0] * 2)
    limits = [-np.inf, *edges(numbers), np.inf]
    assert all(((numbers >= low) & (numbers < high)).any() for low, high in pairwise(limits))


@pytest.mark.parametrize(("number", "near"), [(0, 0), (0.0247, 0.025), (97, 100), (-3.1, -3), (1299, 1500)])
def test_rounding(number: float, near: float) -> None:
    assert rounded(number) == near


def test_labels() -> None:
    assert [range_label(None, 20), range_label(20, 2.5), range_label(50, None)] == [
        "under 20",
        "20 to 2.5",
        "50 and more",
    ]
