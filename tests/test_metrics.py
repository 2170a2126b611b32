from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from shopwright.metrics import (
    bootstrap_interval,
    catalogue_coverage,
    intra_list_diversity,
    mean,
    ndcg,
    novelty,
    precision,
    recall,
    reciprocal_rank,
    serendipity_at,
    token_f1,
)

GAINS = {"a": 3.0, "b": 1.0, "c": 0.0}


def test_gold_scores_one_and_nothing_scores_zero() -> None:
    assert ndcg(["a", "b", "c"], GAINS) == 1.0
    assert ndcg([], GAINS) == 0.0
    assert ndcg(["x", "c"], GAINS) == 0.0
    assert recall(["b", "a"], {"a", "b"}) == 1.0
    assert reciprocal_rank(["a"], {"a"}) == 1.0
    assert precision(["a", "b"], {"a", "b"}, 2) == 1.0


def test_ndcg_by_hand() -> None:
    found = 1.0 / math.log2(2) + 3.0 / math.log2(4)
    best = 3.0 / math.log2(2) + 1.0 / math.log2(3)
    assert ndcg(["b", "x", "a"], GAINS) == pytest.approx(found / best)
    assert ndcg(["b", "x", "a"], GAINS, 1) == pytest.approx(1.0 / 3.0)


def test_an_id_counts_once() -> None:
    assert ndcg(["b", "b", "b", "a"], GAINS) == ndcg(["b", "x", "y", "a"], GAINS)


def test_a_query_without_anything_relevant_has_no_value() -> None:
    assert all(
        math.isnan(value)
        for value in (ndcg(["a"], {"a": 0.0}), recall(["a"], ()), precision(["a"], ()), reciprocal_rank(["a"], ()))
    )


def test_depth_is_respected() -> None:
    ranked = ["x", "y", "a"]
    assert recall(ranked, {"a", "b"}, 2) == 0.0
    assert recall(ranked, {"a", "b"}, 3) == 0.5
    assert reciprocal_rank(ranked, {"a"}) == pytest.approx(1 / 3)
    assert reciprocal_rank(ranked, {"a"}, 2) == 0.0
    assert precision(ranked, {"a"}, 10) == 0.1


def test_mean_leaves_unknown_values_out() -> None:
    assert mean([1.0, math.nan, 0.0]) == (0.5, 2)
    assert math.isnan(mean([])[0])


def test_the_interval_is_seeded_and_holds_the_mean() -> None:
    values = [0.0, 1.0, 0.5, math.nan, 0.75, 0.25] * 10
    low, high = bootstrap_interval(values)
    assert low < 0.5 < high
    assert bootstrap_interval(values) == (low, high)
    assert bootstrap_interval([0.3] * 9) == pytest.approx((0.3, 0.3))
    assert all(math.isnan(bound) for bound in bootstrap_interval([]))


def test_a_wider_level_gives_a_wider_interval() -> None:
    values = [float(number % 7) for number in range(60)]
    narrow, wide = bootstrap_interval(values, level=0.5), bootstrap_interval(values, level=0.99)
    assert wide[0] < narrow[0] < narrow[1] < wide[1]


@given(st.lists(st.sampled_from("abcdef"), unique=True), st.dictionaries(st.sampled_from("abcdef"), st.floats(0, 8)))
def test_ndcg_is_between_nothing_and_gold(ranked: list[str], gains: dict[str, float]) -> None:
    value = ndcg(ranked, gains)
    assert math.isnan(value) or -1e-9 <= value <= 1 + 1e-9


@pytest.mark.parametrize(
    ("said", "gold", "f1"),
    [
        ("The Eiffel Tower.", "eiffel tower", 1.0),
        ("in the year 1889", "1889", 0.5),
        ("cats cats", "cats", 2 / 3),
        ("dog", "cat", 0.0),
        ("", "", 1.0),
        ("the", "an", 1.0),
        ("", "cat", 0.0),
    ],
)
def test_token_f1_is_that_of_squad(said: str, gold: str, f1: float) -> None:
    assert token_f1(said, gold) == pytest.approx(f1)


def test_what_anybody_would_recommend_is_no_surprise() -> None:
    assert serendipity_at(["a", "b", "c"], {"a", "c"}, {"a"}, 4) == 0.25
    assert serendipity_at(["c", "c"], {"c"}, (), 1) == 1.0
    assert math.isnan(serendipity_at(["a"], (), ()))


def test_what_few_chose_is_novel() -> None:
    chosen = {"all": 8, "half": 4}
    assert novelty(["all"], chosen, 8) == 0.0
    assert novelty(["all", "half", "never"], chosen, 8) == pytest.approx((0 + 1 + 3) / 3)
    assert math.isnan(novelty([], chosen, 8))


def test_coverage_counts_each_id_once() -> None:
    assert catalogue_coverage([["a", "b"], ["b"], []], 4) == 0.5
    assert math.isnan(catalogue_coverage([], 0))


def test_diversity_of_a_list() -> None:
    same, unlike = np.array([[1.0, 0.0]] * 3), np.eye(3)
    assert intra_list_diversity(same) == pytest.approx(0.0)
    assert intra_list_diversity(unlike) == pytest.approx(1.0)
    assert intra_list_diversity(np.zeros((2, 3))) == 1.0
    assert math.isnan(intra_list_diversity(np.eye(1)))
