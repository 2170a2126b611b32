from __future__ import annotations

import numpy as np
import pytest

from shopwright.sequences.rows import Rows

MATRIX = Rows.add_up(np.array([2, 0, 2, 2, 0]), np.array([1, 1, 0, 1, 2]), np.array([1.0, 2.0, 4.0, 8.0, 3.0]), 3)


def test_entries_of_one_place_are_added_up() -> None:
    assert MATRIX.starts.tolist() == [0, 2, 2, 4]
    assert MATRIX.items.tolist() == [1, 2, 0, 1]
    assert MATRIX.weights.tolist() == [2.0, 3.0, 4.0, 9.0]


def test_rows_are_gathered_with_their_factor_over_the_root_of_their_sum() -> None:
    items, weights = MATRIX.gather(np.array([2, 0]), np.array([1.0, 0.5]), 0.5)
    assert items.tolist() == [0, 1, 1, 2]
    assert weights == pytest.approx([4 / 14**0.5, 9 / 14**0.5, 1 / 6**0.5, 1.5 / 6**0.5])


def test_the_heaviest_entries_come_first_and_empty_places_weigh_nothing() -> None:
    items, weights = MATRIX.nearest(1)
    assert items[:, 0].tolist() == [2, 0, 1]
    assert weights[:, 0] == pytest.approx([3 / 6, 0, 9 / 14])
