from __future__ import annotations

import hashlib
import shutil
import threading
from pathlib import Path

import numpy as np
import pytest

from shopwright.errors import ModelError
from shopwright.models.embedded import DEFAULT_ENCODER, EmbeddedEncoder
from shopwright.models.onnx_files import WEIGHTS, read_card
from shopwright.models.protocols import Encoder


@pytest.fixture(scope="module")
def encoder() -> EmbeddedEncoder:
    return EmbeddedEncoder()


def test_it_is_an_encoder_of_unit_vectors(encoder: EmbeddedEncoder) -> None:
    vectors = encoder.encode(["a tent", "two tents for the rain", ""])
    assert isinstance(encoder, Encoder)
    assert vectors.shape == (3, encoder.dimensions) == (3, 384)
    assert vectors.dtype == np.float32
    assert np.linalg.norm(vectors, axis=1) == pytest.approx([1.0] * 3, abs=1e-4)


def test_meaning_is_near_and_other_things_are_far(encoder: EmbeddedEncoder) -> None:
    query, near, far = encoder.encode(["warm jacket for winter", "insulated down parka", "stainless steel kettle"])
    assert query @ near > 2 * (query @ far)


def test_vectors_hardly_depend_on_company(encoder: EmbeddedEncoder) -> None:
    texts = ["kettle", "a much longer title of a two-person tent with poles, pegs and a groundsheet", "kettle"]
    together = encoder.encode(texts, batch_size=2)
    assert (together[0] == together[2]).all()
    alone = np.concatenate([encoder.encode([text]) for text in texts])
    assert (together * alone).sum(axis=1).min() > 0.98


def test_a_repeated_query_comes_from_the_cache_unharmed(encoder: EmbeddedEncoder) -> None:
    first = encoder.encode(["red shoes"])
    wanted = first.copy()
    first[:] = 0.0
    assert (encoder.encode(["red shoes"]) == wanted).all()


def test_no_texts_and_huge_texts(encoder: EmbeddedEncoder) -> None:
    assert encoder.encode([]).shape == (0, 384)
    assert encoder.encode(["tent " * 200_000]).shape == (1, 384)


def test_many_threads_may_share_it(encoder: EmbeddedEncoder) -> None:
    wanted = encoder.encode(["tent one"])
    found: list[bool] = []
    threads = [
        threading.Thread(target=lambda: found.append(bool((encoder.encode(["tent one"]) == wanted).all())))
        for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [True] * 8


def test_the_fingerprint_names_model_and_weights(encoder: EmbeddedEncoder) -> None:
    card = read_card(WEIGHTS / f"{DEFAULT_ENCODER}.md")
    files = card["sha256"] + card["tokenizer_sha256"]
    assert encoder.fingerprint == f"{DEFAULT_ENCODER}-{hashlib.sha256(files.encode()).hexdigest()[:12]}"
    assert card["licence"] == "Apache-2.0"


def copied(folder: Path) -> Path:
    for suffix in (".onnx", ".tokenizer.json", ".md"):
        shutil.copy(WEIGHTS / f"{DEFAULT_ENCODER}{suffix}", folder)
    return folder


@pytest.mark.parametrize("suffix", [".onnx", ".tokenizer.json"])
def test_a_damaged_file_is_refused(tmp_path: Path, suffix: str) -> None:
    path = copied(tmp_path) / f"{DEFAULT_ENCODER}{suffix}"
    content = bytearray(path.read_bytes())
    content[1000] ^= 1
    path.write_bytes(content)
    with pytest.raises(ModelError, match="damaged or of another version"):
        EmbeddedEncoder(folder=tmp_path)


@pytest.mark.parametrize("suffix", [".onnx", ".tokenizer.json", ".md"])
def test_a_missing_file_is_named(tmp_path: Path, suffix: str) -> None:
    (copied(tmp_path) / f"{DEFAULT_ENCODER}{suffix}").unlink()
    with pytest.raises(ModelError, match="install the package again"):
        EmbeddedEncoder(folder=tmp_path)


def test_a_card_without_hash_is_refused(tmp_path: Path) -> None:
    (copied(tmp_path) / f"{DEFAULT_ENCODER}.md").write_text("---\nname: x\n---\n")
    with pytest.raises(ModelError, match="names no sha256"):
        EmbeddedEncoder(folder=tmp_path)
