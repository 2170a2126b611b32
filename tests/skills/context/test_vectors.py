"""Vectors of utterances in eight bits."""

from __future__ import annotations

import numpy as np

from shopwright.models.protocols import Vectors
from shopwright.skills.context.vectors import VectorBlock, quantised


def _units(count: int, width: int = 384) -> Vectors:
    vectors: Vectors = np.random.default_rng(0).normal(size=(count, width)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    return vectors


def test_cosines_survive_eight_bits() -> None:
    vectors = _units(5_000)
    block = VectorBlock(384)
    for start in range(0, 5_000, 700):
        block.add(quantised(vectors[start : start + 700]))
    assert len(block) == 5_000
    exact = vectors @ vectors[17]
    assert np.abs(block.cosines(vectors[17]) - exact).max() < 0.003
    assert np.isclose(np.linalg.norm(block.unit(17)), 1.0)


def test_a_vector_of_zeros_is_like_nothing() -> None:
    block = VectorBlock(8)
    block.add(quantised(np.zeros((1, 8), np.float32)))
    assert block.cosines(_units(1, 8)[0]).tolist() == [0.0]
    assert VectorBlock(8).cosines(_units(1, 8)[0]).tolist() == []
