from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from shopwright.bench.vectors import RememberingEncoder, cache_folder
from shopwright.models.protocols import Encoder, Vectors
from shopwright.models.scripted import HashingEncoder


class CountingEncoder(HashingEncoder):
    def __init__(self) -> None:
        super().__init__()
        self.encoded: list[str] = []

    def encode(self, texts: Sequence[str], *, batch_size: int = 32) -> Vectors:
        self.encoded += texts
        return super().encode(texts, batch_size=batch_size)


def test_vectors_are_those_of_the_encoder_and_computed_once(tmp_path: Path) -> None:
    inner = CountingEncoder()
    encoder = RememberingEncoder(inner, "chorus", tmp_path)
    assert isinstance(encoder, Encoder)
    assert (encoder.fingerprint, encoder.dimensions) == (inner.fingerprint, 64)
    vectors = encoder.encode(["tent", "pan", "tent"])
    assert np.array_equal(vectors, HashingEncoder().encode(["tent", "pan", "tent"]))
    assert inner.encoded == ["tent", "pan"]


def test_a_later_run_reads_them_from_the_file(tmp_path: Path) -> None:
    first = RememberingEncoder(HashingEncoder(), "chorus", tmp_path)
    vectors = first.encode(["tent", "pan"])
    first.save()
    inner = CountingEncoder()
    later = RememberingEncoder(inner, "chorus", tmp_path)
    assert np.array_equal(later.encode(["pan", "tent", "wok"])[:2], vectors[::-1])
    assert inner.encoded == ["wok"]
    later.save()
    assert sum(1 for _ in tmp_path.iterdir()) == 1


def test_another_encoder_has_another_file(tmp_path: Path) -> None:
    for dimensions in (32, 64):
        encoder = RememberingEncoder(HashingEncoder(dimensions), "chorus", tmp_path)
        assert encoder.encode(["tent"]).shape == (1, dimensions)
        encoder.save()
    assert sum(1 for _ in tmp_path.iterdir()) == 2


def test_no_texts_give_no_vectors(tmp_path: Path) -> None:
    encoder = RememberingEncoder(HashingEncoder(), "chorus", tmp_path)
    assert encoder.encode([]).shape == (0, 64)
    encoder.save()
    assert list(tmp_path.iterdir()) == []


def test_the_folder_is_the_users_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert cache_folder() == tmp_path / "shopwright" / "bench"
