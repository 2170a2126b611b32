from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from shopwright.catalog.demo import demo_documents, demo_reviews
from shopwright.errors import CorpusError
from shopwright.selective import auroc
from shopwright.train.corpus.scorer import Scorer, damaged

TEXTS = [review.text for review in demo_reviews()][:1500] + [document.text for document in demo_documents()]


@pytest.fixture(scope="module")
def quality() -> Scorer:
    return Scorer.train(TEXTS, [damaged(text, 1) for text in TEXTS])


def test_damage_is_told_from_good_text_that_was_not_seen(quality: Scorer) -> None:
    assert quality.auroc > 0.8
    scores = quality.score(
        ["The tent stayed dry all night, and we slept well in it.", "xkq zzvw pqjx wvbn qqzt mnbv lkjh zxcv"]
    )
    assert scores[0] > 0.5 > scores[1]


def test_training_is_deterministic_and_a_saved_scorer_is_the_same(quality: Scorer, tmp_path: Path) -> None:
    again = Scorer.train(TEXTS, [damaged(text, 1) for text in TEXTS])
    assert np.array_equal(quality.weights, again.weights)
    quality.save(tmp_path / "quality.npz")
    assert np.allclose(Scorer.load(tmp_path / "quality.npz").score(TEXTS[:50]), quality.score(TEXTS[:50]), atol=1e-3)
    assert (tmp_path / "quality.npz").stat().st_size < 1_000_000


def test_a_broken_file_and_too_few_texts_are_refused(tmp_path: Path) -> None:
    (tmp_path / "x.npz").write_bytes(b"PK\x03\x04 no")
    for name in ("x.npz", "none.npz"):
        with pytest.raises(CorpusError):
            Scorer.load(tmp_path / name)
    with pytest.raises(CorpusError, match="10 texts"):
        Scorer.train(TEXTS[:3], TEXTS[:20])


def test_odd_texts_have_scores(quality: Scorer) -> None:
    scores = quality.score(["", "a", "日本語のテキスト", "\ud800"])
    assert np.isfinite(scores).all()
    assert len(quality.score([])) == 0


def test_auroc() -> None:
    labels = [True, True, False, False]
    assert auroc([0.9, 0.8, 0.2, 0.1], labels) == 1
    assert auroc([0.5, 0.5, 0.5, 0.5], labels) == 0.5
