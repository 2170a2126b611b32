from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from shopwright.search.fusion import FEATURES, LENGTHS, FusionWeights
from shopwright.train.fusion import Candidates, choose_reread, learn_weights, mean_ndcg, save_weights

UNREAD = np.full(12, np.nan)
EVEN = FusionWeights(np.full((LENGTHS, len(FEATURES)), 1 / len(FEATURES)), np.full(len(FEATURES), 1 / len(FEATURES)))


def lists(telling: str, count: int = 60, words: int = 2) -> list[Candidates]:
    """Lists in which one feature tells what is right and the others are noise."""
    generator = np.random.default_rng(0)
    made = []
    for _ in range(count):
        features = generator.random((12, len(FEATURES)))
        gains = (features[:, FEATURES.index(telling)] > 0.75).astype(float)
        made.append(Candidates(features, gains, words, UNREAD))
    return made


@pytest.mark.parametrize("telling", ["lexical", "cosine_gap"])
def test_the_feature_that_tells_gets_the_weight(telling: str) -> None:
    weights = learn_weights(lists(telling), report=lambda _: None)
    row = weights.rows[1]
    assert row.argmax() == FEATURES.index(telling)
    assert row.sum() == pytest.approx(1.0)
    assert mean_ndcg(weights, lists(telling)) > mean_ndcg(EVEN, lists(telling)) + 0.05


def test_lengths_are_learned_apart_and_without_data_stay_even() -> None:
    weights = learn_weights([*lists("lexical", words=1), *lists("cosine", words=7)], report=lambda _: None)
    assert weights.rows[0].argmax() == FEATURES.index("lexical")
    assert weights.rows[2].argmax() == FEATURES.index("cosine")
    assert weights.rows[1].tolist() == pytest.approx([1 / len(FEATURES)] * len(FEATURES))


def test_a_cross_encoder_that_is_right_is_trusted_and_one_that_errs_is_not() -> None:
    generator = np.random.default_rng(1)
    noise = [Candidates(generator.random((12, len(FEATURES))), np.eye(12)[3], 2, UNREAD) for _ in range(30)]
    right = [Candidates(each.features, each.gains, 2, each.gains * 0.9 + 0.05) for each in noise]
    wrong = [Candidates(each.features, each.gains, 2, 0.9 - each.gains * 0.8) for each in noise]
    assert choose_reread(EVEN, right).reread > 0.3
    assert choose_reread(EVEN, wrong).reread == 0.0


def test_gold_scores_one_and_lists_without_gain_do_not_count() -> None:
    gold = Candidates(np.tile(np.linspace(1, 0, 12)[:, None], len(FEATURES)), np.linspace(1, 0, 12), 1, UNREAD)
    nothing = Candidates(gold.features, np.zeros(12), 1, UNREAD)
    assert mean_ndcg(EVEN, [gold, nothing]) == pytest.approx(1.0)
    assert mean_ndcg(EVEN, [nothing]) == 0.0


def test_weights_come_back_as_they_were_written(tmp_path: Path) -> None:
    rows = learn_weights(lists("cosine"), report=lambda _: None).rows.round(4)
    weights = FusionWeights(rows, rows[0], 0.4)
    save_weights(weights, tmp_path / "fusion.json", {"seed": 0})
    again = FusionWeights.load(tmp_path / "fusion.json")
    assert again.rows.tolist() == weights.rows.tolist()
    assert again.tail.tolist() == rows[0].tolist()
    assert again.reread == 0.4
