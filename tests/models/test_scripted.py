from __future__ import annotations

import numpy as np
import pytest

from shopwright.models.protocols import Encoder
from shopwright.models.scripted import HashingEncoder


def test_the_same_text_has_the_same_unit_vector() -> None:
    encoder = HashingEncoder(32)
    vectors = encoder.encode(["a tent", "a tent", "", "!!"])
    assert isinstance(encoder, Encoder)
    assert vectors.shape == (4, 32)
    assert (vectors[0] == vectors[1]).all()
    assert np.linalg.norm(vectors, axis=1) == pytest.approx([1.0] * 4)


def test_shared_words_make_texts_alike() -> None:
    tent, tents, kettle = HashingEncoder(256).encode(["family tent", "family tents", "glass kettle"])
    assert tent @ tents > 0.6 > tent @ kettle
