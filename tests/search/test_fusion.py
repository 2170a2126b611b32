from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from shopwright.errors import ModelError
from shopwright.search.fusion import FEATURES, LENGTHS, PARTS, FusionWeights, features, shared_category, shipped_weights

EVEN = FusionWeights(np.full((LENGTHS, len(FEATURES)), 1 / len(FEATURES)), np.full(len(FEATURES), 1 / len(FEATURES)))


def column(name: str) -> int:
    return FEATURES.index(name)


def test_each_half_counts_in_proportion_to_its_best() -> None:
    made = features(np.array([8.0, 4.0, 0.0]), np.array([0.2, 0.4, 0.8]), np.array([0, 1, -1]), np.array([-1, 1, 0]))
    assert made[:, column("lexical")].tolist() == pytest.approx([1.0, 0.5, 0.0])
    assert made[:, column("cosine")].tolist() == pytest.approx([0.25, 0.5, 1.0])
    assert made[:, column("cosine_gap")].tolist() == sorted(made[:, column("cosine_gap")])
    assert made[:, column("lexical_rank")].tolist() == pytest.approx([1.0, 10 / 11, 0.0])
    assert made[:, column("dense_rank")].tolist() == pytest.approx([0.0, 10 / 11, 1.0])
    assert made.min() >= 0
    assert made.max() <= 1


def test_negative_cosines_count_as_nothing() -> None:
    made = features(np.zeros(2), np.array([-0.5, 0.5]), np.array([-1, -1]), np.array([1, 0]))
    assert made[:, column("cosine")].tolist() == [0.0, 1.0]


def test_a_half_that_found_nothing_leaves_its_weight_to_the_other() -> None:
    row = EVEN.of(1, lexical=True, dense=False)
    assert row.sum() == pytest.approx(1.0)
    assert row[[column("cosine"), column("cosine_gap"), column("dense_rank")]].tolist() == [0.0, 0.0, 0.0]
    assert EVEN.of(1, lexical=False, dense=False)[column("category")] == 1.0


def test_the_shipped_weights_add_up_and_lean_on_meaning_in_longer_queries() -> None:
    rows = shipped_weights().rows
    assert rows.sum(axis=1).tolist() == pytest.approx([1.0] * LENGTHS, abs=1e-3)
    assert rows.min() >= 0
    meaning = rows[:, list(PARTS["meaning"])].sum(axis=1)
    assert meaning[0] < meaning[-1]
    assert shipped_weights().of(0, True, True).tolist() == shipped_weights().of(1, True, True).tolist()
    assert shipped_weights().of(99, True, True).tolist() == shipped_weights().of(LENGTHS, True, True).tolist()


def test_the_commonest_category_of_the_best_counts_most() -> None:
    shared = shared_category(np.array([0.9, 0.8, 0.7, 0.1]), np.array([4, 4, 2, -1]))
    assert shared.tolist() == pytest.approx([2 / 3, 2 / 3, 1 / 3, 0.0])


def test_no_categories_nothing_shared() -> None:
    assert shared_category(np.array([0.5, 0.4]), np.array([-1, -1])).tolist() == [0.0, 0.0]
    assert len(shared_category(np.zeros(0), np.zeros(0, np.int64))) == 0


@pytest.mark.parametrize(
    "content",
    [
        "not json",
        "{}",
        json.dumps({"features": ["other"], "weights": [[1.0]] * 3, "tail": [1.0], "reread": 0.5}),
        json.dumps({"features": FEATURES, "weights": [[1.0]] * 3, "tail": [1.0], "reread": 0.5}),
    ],
)
def test_weights_that_do_not_fit_are_refused(tmp_path: Path, content: str) -> None:
    (tmp_path / "fusion.json").write_text(content)
    with pytest.raises(ModelError, match=r"fusion\.json"):
        FusionWeights.load(tmp_path / "fusion.json")
