from __future__ import annotations

import math

import numpy as np
import pytest

from shopwright.bench.baselines import Bm25, Dense, best, reciprocal_rank_fusion
from shopwright.models.scripted import HashingEncoder

TEXTS = ["a light tent for two", "family tents, tents and more tents", "a frying pan", ""]


def test_bm25_scores_as_in_the_paper() -> None:
    engine = Bm25(["tent", "tent pan", "pan pan pan"], k1=1.2, b=0.75)
    lengths = [1, 2, 3]
    rarity = math.log(1 + (3 - 2 + 0.5) / (2 + 0.5))
    expected = [rarity * 2.2 / (1 + 1.2 * (0.25 + 0.75 * length / 2)) for length in lengths[:2]]
    places, weights = engine._postings["tent"]
    assert places.tolist() == [0, 1]
    assert weights.tolist() == pytest.approx(expected, rel=1e-5)


def test_bm25_stems_and_finds_only_what_has_a_word() -> None:
    engine = Bm25(TEXTS)
    assert engine.search("tents", 10) == [1, 0]
    assert engine.search("fried pans", 10) == [2]
    assert engine.search("the of", 10) == []
    assert engine.search("unicorn", 10) == []
    assert engine.search("tent", 1) == [1]


def test_dense_search_is_exact() -> None:
    engine = Dense(TEXTS, HashingEncoder())
    assert engine.search("a frying pan", 1) == [2]
    assert sorted(engine.search("tent", 10)) == [0, 1, 2, 3]


def test_fusion_prefers_what_both_find() -> None:
    assert reciprocal_rank_fusion([[1, 2, 3], [3, 4]]) == [3, 1, 2, 4]
    assert reciprocal_rank_fusion([]) == []


def test_best_keeps_the_order_of_ties() -> None:
    scores = np.array([1.0, 3.0, 1.0, 2.0, 0.0], np.float32)
    assert best(scores, 3) == [1, 3, 0]
    assert best(scores, 9, least=0.0) == [1, 3, 0, 2]
