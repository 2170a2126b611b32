"""Vectors made beforehand are those of the encoder, and cover the graph that ships."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from shopwright.knowledge.graph import Graph, name_of
from shopwright.knowledge.names import KnownNames, write
from shopwright.models.embedded import EmbeddedEncoder
from shopwright.models.protocols import Vectors
from shopwright.models.scripted import HashingEncoder


class Counting(HashingEncoder):
    """Counts what it is asked for."""

    def __init__(self, dimensions: int) -> None:
        super().__init__(dimensions)
        self.asked: list[str] = []

    def encode(self, texts: Sequence[str], *, batch_size: int = 32) -> Vectors:
        self.asked += texts
        return super().encode(texts, batch_size=batch_size)


def test_known_texts_are_not_encoded_again_and_others_are(tmp_path: Path) -> None:
    file, encoder = tmp_path / "names.npz", Counting(64)
    assert write(["head torch", "tent", "tent"], encoder, file) == 2
    encoder.asked.clear()
    found = KnownNames(encoder, file).encode(["tent", "new thing", "head torch"])
    assert encoder.asked == ["new thing"]
    assert np.all(np.sum(found * HashingEncoder(64).encode(["tent", "new thing", "head torch"]), axis=1) > 0.999)


def test_another_encoder_or_no_file_encodes_itself(tmp_path: Path) -> None:
    write(["tent"], HashingEncoder(64), tmp_path / "names.npz")
    other = Counting(32)
    assert KnownNames(other, tmp_path / "names.npz").encode(["tent"]).shape == (1, 32)
    assert KnownNames(other, tmp_path / "none.npz").encode(["tent"]).shape == (1, 32)
    assert other.asked == ["tent", "tent"]


def test_the_packaged_file_is_of_the_shipped_encoder_and_of_the_graph_that_ships() -> None:
    encoder = EmbeddedEncoder()
    asked: list[str] = []

    class Watched(HashingEncoder):
        fingerprint = encoder.fingerprint

        def encode(self, texts: Sequence[str], *, batch_size: int = 32) -> Vectors:
            asked.extend(texts)
            return super().encode(texts, batch_size=batch_size)

    names = [name_of(node) for node in Graph.packaged().of_kind("product")]
    KnownNames(Watched(encoder.dimensions)).encode(names)
    assert len(asked) < 0.01 * len(names), f"{len(asked)} names are new, e.g. {asked[:3]}: write names.npz again"
