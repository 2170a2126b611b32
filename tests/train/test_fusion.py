from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from shopwright.models.scripted import HashingEncoder
from shopwright.search.embedded import EmbeddedIndex
from shopwright.search.fusion import FEATURES, LENGTHS, FusionWeights, shipped_weights, weights_of
from shopwright.train.fusion import (
    Candidates,
    candidates,
    choose_reread,
    choose_weights,
    cross_validated,
    measure,
    save_weights,
)
from shopwright.train.fusion_run import fusion
from shopwright.train.judged import JudgedIndex
from shopwright.types import Product

ROW = np.full(len(FEATURES), 1 / len(FEATURES))
EVEN = FusionWeights(np.tile(ROW, (LENGTHS, 1)), ROW)
DISCOUNTS = 1 / np.log2(np.arange(2, 12))


def query(features: np.ndarray, gains: np.ndarray, words: int = 2, judged: np.ndarray | None = None) -> Candidates:
    best = np.sort(gains)[::-1][:10]
    unread = np.full(len(gains), np.nan)
    return Candidates(
        ids=[str(place) for place in range(len(gains))],
        features=features,
        words=words,
        gains=gains,
        relevant=gains > 0.5,
        ideal=float(best @ DISCOUNTS[: len(best)]),
        wanted=int((gains > 0.5).sum()),
        judged=unread if judged is None else judged,
    )


def telling(feature: str, count: int = 40) -> list[Candidates]:
    """Queries in which one feature tells what is right and the others are noise."""
    draw = np.random.default_rng(0)
    made = []
    for _ in range(count):
        features = draw.random((60, len(FEATURES)))
        made.append(query(features, (features[:, FEATURES.index(feature)] > 0.85).astype(float)))
    return made


@pytest.mark.parametrize(("feature", "half"), [("lexical", slice(0, 2)), ("cosine", slice(2, 5))])
def test_the_half_that_tells_gets_the_weight(feature: str, half: slice) -> None:
    lists = telling(feature)
    weights = choose_weights([lists], tries=200)
    assert weights.rows[1][half].sum() > 0.5
    assert weights.rows.sum(axis=1) == pytest.approx([1.0] * LENGTHS)
    assert measure(weights, lists)[0] > measure(EVEN, lists)[0] + 0.05
    assert cross_validated([lists], tries=200)[0][0] > measure(EVEN, lists)[0] + 0.05


def test_gold_scores_one_and_a_list_without_gain_does_not_count() -> None:
    best_first = np.tile(np.linspace(1, 0, 30)[:, None], len(FEATURES))
    gold = query(best_first, np.linspace(1, 0, 30))
    nothing = query(best_first, np.zeros(30))
    assert measure(EVEN, [gold, nothing]) == pytest.approx((1.0, 1.0))
    assert measure(EVEN, [query(best_first, np.eye(30)[29])])[0] == 0.0


def test_a_cross_encoder_that_is_right_is_trusted_and_one_that_errs_is_not() -> None:
    draw = np.random.default_rng(1)
    noise = [draw.random((12, len(FEATURES))) for _ in range(30)]
    gains = np.eye(12)[3]
    right = [query(features, gains, judged=gains * 0.9 + 0.05) for features in noise]
    wrong = [query(features, gains, judged=0.9 - gains * 0.8) for features in noise]
    assert choose_reread(EVEN, right).reread > 0.3
    assert choose_reread(EVEN, wrong).reread == 0.0


def test_weights_come_back_as_they_were_written(tmp_path: Path) -> None:
    weights = FusionWeights(np.tile([0.5, 0.1, 0.2, 0.1, 0.05, 0.05], (LENGTHS, 1)), ROW.round(4), 0.4)
    assert weights_of(tmp_path) is shipped_weights()
    save_weights(weights, tmp_path / "fusion.json", {"seed": 0})
    again = weights_of(tmp_path)
    assert again.rows.tolist() == weights.rows.tolist()
    assert again.tail.tolist() == weights.tail.tolist()
    assert again.reread == 0.4


def index_of(titles: list[str], folder: Path) -> EmbeddedIndex:
    products = [Product(str(place), title) for place, title in enumerate(titles)]
    index = EmbeddedIndex(folder, HashingEncoder())
    index.apply([(product.id, product) for product in products], 1)
    index.fill(lambda ids: [product for product in products if product.id in set(ids)])
    return index


def test_candidates_are_what_both_halves_find_with_what_they_say(tmp_path: Path) -> None:
    index = index_of(["red tent", "blue tent", "frying pan"], tmp_path)
    found = candidates(index, "red tent", {"0": 1.0, "2": 0.1, "9": 1.0}, 1.0)
    place = found.ids.index("0")
    assert found.features[place, FEATURES.index("lexical")] == 1.0
    assert found.gains[place] == 1.0
    assert np.isnan(found.gains[found.ids.index("1")])
    assert found.wanted == 2
    assert found.relevant.sum() == 1


def test_weights_are_written_only_where_they_win(tmp_path: Path) -> None:
    index = index_of(["red tent", "blue tent", "red pan", "blue pan"], tmp_path / "index")
    queries = {"red tent": {"0": 1.0}, "blue pan": {"3": 1.0}, "tent": {"1": 1.0}, "pan": {"2": 1.0}, "red": {"2": 1.0}}
    sets = {"own": JudgedIndex(index, queries, 1.0, {})}
    target = tmp_path / "models" / "fusion.json"
    said: list[str] = []
    perfect = fusion(sets, EVEN, target, tries=20, report=said.append)
    assert perfect.promoted == target.is_file()
    assert set(perfect.after) == {"own ndcg@10", "own recall@100"}
    assert fusion(sets, EVEN, target, tries=20, gated=False, report=said.append).promoted
    assert target.is_file()
