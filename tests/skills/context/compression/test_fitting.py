from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from shopwright.skills.context.compression.fitting import longest_fitting


@given(st.lists(st.integers(1, 30), min_size=1, max_size=300), st.integers(0, 3000), st.integers(0, 20))
def test_one_unit_more_is_too_many(sizes: list[int], budget: int, fixed: int) -> None:
    calls: list[int] = []

    def size(units: int) -> int:
        calls.append(units)
        return fixed + sum(sizes[:units])

    found, tokens = longest_fitting(size, np.array(sizes), budget, fixed, fixed + sum(sizes))
    if fixed > budget:
        assert (found, tokens) == (0, fixed)
        return
    assert tokens == fixed + sum(sizes[:found]) <= budget
    assert found == len(sizes) or fixed + sum(sizes[: found + 1]) > budget
    assert len(calls) <= 3  # the sizes are exact here


def test_sizes_that_mislead_cost_no_more_than_halving_twice() -> None:
    calls: list[int] = []
    real = np.cumsum([0, *([1] * 990), *([500] * 10)])

    def size(units: int) -> int:
        calls.append(units)
        return int(real[units])

    assert longest_fitting(size, np.ones(1000, np.int64), 800, 0, int(real[-1])) == (800, 800)
    assert len(calls) <= 24
