from __future__ import annotations

import numpy as np
import pytest

from shopwright.models.protocols import Vectors
from shopwright.search import dense
from shopwright.search.dense import DenseIndex


def cloud(count: int, dimensions: int = 32, seed: int = 0) -> Vectors:
    """Unit vectors in a few clumps, as texts of a shop are."""
    generator = np.random.default_rng(seed)
    centres = generator.normal(size=(20, dimensions))
    vectors = centres[generator.integers(0, 20, count)] + 0.6 * generator.normal(size=(count, dimensions))
    return (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)


@pytest.fixture(params=[400, 3_000], ids=["flat", "packed"])
def filled(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> tuple[DenseIndex, Vectors]:
    """Vectors under the keys 0, 3, 6 ...; beyond 1,000 they are packed."""
    monkeypatch.setattr(dense, "FLAT_UNTIL", 1_000)
    vectors = cloud(request.param)
    index = DenseIndex.empty(32)
    for start in range(0, len(vectors), 700):
        part = vectors[start : start + 700]
        index = index.added(3 * np.arange(start, start + len(part)), part)
    return index, vectors


def recall(index: DenseIndex, vectors: Vectors, k: int = 10) -> float:
    shares = []
    for query in cloud(50, seed=1):
        exact = 3 * np.argsort(-vectors @ query)[:k]
        shares.append(len(set(exact.tolist()) & set(index.search(query, k)[0].tolist())) / k)
    return float(np.mean(shares))


def test_vectors_are_gathered_by_key(filled: tuple[DenseIndex, Vectors]) -> None:
    index, vectors = filled
    found = index.gathered(np.array([30, 1, 6], np.int64))
    np.testing.assert_allclose(found, [vectors[10], np.zeros(32), vectors[2]], atol=0.02)
    assert index.gathered(np.zeros(0, np.int64)).shape == (0, 32)
    assert DenseIndex.empty(32).gathered(np.array([4], np.int64)).tolist() == [[0.0] * 32]


def test_the_nearest_are_found(filled: tuple[DenseIndex, Vectors]) -> None:
    index, vectors = filled
    assert recall(index, vectors) >= 0.95
    keys, cosines = index.search(vectors[5], 3)
    assert keys[0] == 15
    assert cosines[0] == pytest.approx(1.0, abs=0.01)
    assert list(cosines) == sorted(cosines, reverse=True)


def test_a_filter_is_exact(filled: tuple[DenseIndex, Vectors]) -> None:
    index, vectors = filled
    allowed = 3 * np.arange(10, 40)
    keys, _ = index.search(vectors[0], 100, index.rows(allowed))
    assert sorted(keys.tolist()) == allowed.tolist()
    assert index.search(vectors[0], 5, index.rows(np.array([1, 2])))[0].tolist() == []


def test_behind_a_wide_filter_enough_is_found(
    filled: tuple[DenseIndex, Vectors], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dense, "_COMPARED", 10)
    index, vectors = filled
    allowed = 3 * np.arange(0, len(vectors), 2)
    keys, _ = index.search(vectors[0], 20, index.rows(allowed))
    exact = allowed[np.argsort(-vectors[::2] @ vectors[0])[:20]]
    assert len(set(keys.tolist()) & set(exact.tolist())) >= 19


def test_scores_of_chosen_keys(filled: tuple[DenseIndex, Vectors]) -> None:
    index, vectors = filled
    scores = index.scores(vectors[1], np.array([6, 7]))
    assert scores[0] == pytest.approx(float(vectors[1] @ vectors[2]), abs=0.02)
    assert np.isnan(scores[1])


def test_vectors_go_and_others_stay(filled: tuple[DenseIndex, Vectors]) -> None:
    index, vectors = filled
    fewer = index.without(np.array([15, 18, 999_999]))
    assert len(fewer) == len(index) - 2
    assert 15 not in fewer.search(vectors[5], 10)[0]
    assert 15 in index.search(vectors[5], 10)[0], "a reader of the old state still finds it"
    half = index.without(3 * np.arange(0, len(vectors), 2))
    assert half.search(vectors[7], 1)[0].tolist() == [21]
    assert fewer.added(np.array([16]), vectors[5:6]).search(vectors[5], 1)[0].tolist() == [16]


def test_an_index_survives_the_disk(filled: tuple[DenseIndex, Vectors]) -> None:
    index, vectors = filled
    again = DenseIndex.load(index.without(np.array([3])).dump())
    assert again.keys.tolist() == np.setdiff1d(index.keys, [3]).tolist()
    assert again.search(vectors[9], 1)[0].tolist() == [27]


def test_an_empty_index_finds_nothing() -> None:
    index = DenseIndex.empty(8)
    assert index.search(np.ones(8, np.float32), 5)[0].tolist() == []
    assert np.isnan(index.scores(np.ones(8, np.float32), np.array([1]))).all()
    assert len(DenseIndex.load(index.dump())) == 0
