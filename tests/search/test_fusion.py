from __future__ import annotations

import numpy as np
import pytest

from shopwright.search.fusion import CATEGORY_WEIGHT, category_bonus, combine, lexical_weight, reciprocal_ranks


def test_each_half_counts_in_proportion_to_its_best() -> None:
    scores = combine(np.array([8.0, 4.0, 0.0]), np.array([0.2, 0.4, 0.8]), weight=0.5)
    assert scores.tolist() == pytest.approx([0.5 + 0.125, 0.25 + 0.25, 0.5])


def test_one_half_alone_keeps_its_order() -> None:
    assert combine(np.array([3.0, 1.0]), np.zeros(2), weight=1.0).tolist() == pytest.approx([1.0, 1 / 3])


def test_negative_cosines_count_as_nothing() -> None:
    assert combine(np.zeros(2), np.array([-0.5, 0.5]), weight=0.0).tolist() == [0.0, 1.0]


def test_longer_queries_lean_on_the_vectors() -> None:
    weights = [lexical_weight(words) for words in (1, 2, 3, 10)]
    assert weights == sorted(weights, reverse=True)
    assert lexical_weight(0) == lexical_weight(1)


def test_the_commonest_category_of_the_best_gains_most() -> None:
    bonus = category_bonus(np.array([0.9, 0.8, 0.7, 0.1]), np.array([4, 4, 2, -1]))
    assert bonus.tolist() == pytest.approx([CATEGORY_WEIGHT * 2 / 3] * 2 + [CATEGORY_WEIGHT / 3, 0.0])


def test_no_categories_no_bonus() -> None:
    assert category_bonus(np.array([0.5, 0.4]), np.array([-1, -1])).tolist() == [0.0, 0.0]
    assert len(category_bonus(np.zeros(0), np.zeros(0, np.int64))) == 0


def test_reciprocal_ranks_prefer_what_both_lists_hold() -> None:
    scores = reciprocal_ranks([[1, 2, 3], [2, 4]])
    assert max(scores, key=lambda item: scores[item]) == 2
    assert scores[1] == pytest.approx(1 / 61)
