from __future__ import annotations

import logging
import sqlite3
import subprocess
import sys
import textwrap
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest

from shopwright.models import cached
from shopwright.models.cached import CachedEncoder
from shopwright.models.protocols import Encoder, Vectors
from shopwright.models.scripted import HashingEncoder


class CountingEncoder(HashingEncoder):
    def __init__(self, dimensions: int = 64) -> None:
        super().__init__(dimensions)
        self.encoded: list[str] = []
        self.batch_sizes: set[int] = set()

    def encode(self, texts: Sequence[str], *, batch_size: int = 7) -> Vectors:
        self.encoded += texts
        self.batch_sizes.add(batch_size)
        return super().encode(texts, batch_size=batch_size)


def rows(path: Path) -> int:
    with closing(sqlite3.connect(path)) as connection:
        return int(connection.execute("SELECT count(*) FROM vectors").fetchone()[0])


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "home" / "vectors.db"


# ── what it gives ──


def test_it_is_an_encoder_with_the_vectors_of_the_one_behind_it(path: Path) -> None:
    inner = CountingEncoder()
    encoder = CachedEncoder(inner, path)
    assert isinstance(encoder, Encoder)
    assert (encoder.fingerprint, encoder.dimensions) == (inner.fingerprint, 64)
    vectors = encoder.encode(["tent", "pan", "tent"])
    assert (vectors.shape, vectors.dtype) == ((3, 64), np.float32)
    assert inner.encoded == ["tent", "pan"]
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1.0, atol=1e-6)
    cosines = np.sum(vectors.astype(np.float64) * HashingEncoder().encode(["tent", "pan", "tent"]), axis=1)
    assert np.all(cosines >= 1 - 2**-23 - 1e-7)  # the bound of half precision, and that of single precision


def test_a_later_run_gives_the_same_vectors_and_encodes_nothing(path: Path) -> None:
    texts = [f"product no {i}" for i in range(2_000)]
    first = CachedEncoder(HashingEncoder(), path)
    made = first.encode(texts)
    first.close()
    inner = CountingEncoder()
    later = CachedEncoder(inner, path)
    assert np.array_equal(later.encode(texts[::-1]), made[::-1])
    assert inner.encoded == []
    later.encode(["wok", *texts[:3]])
    assert inner.encoded == ["wok"]


def test_a_text_alone_is_a_query_and_is_not_written_down(path: Path) -> None:
    encoder = CachedEncoder(CountingEncoder(), path)
    assert np.array_equal(encoder.encode(["tent"]), HashingEncoder().encode(["tent"]))
    assert encoder.encode([]).shape == (0, 64)
    assert not path.exists()
    inner = CountingEncoder()
    asked = CachedEncoder(inner, path, queries=True)
    assert np.array_equal(asked.encode(["tent"]), asked.encode(["tent"]))
    assert inner.encoded == ["tent"]


def test_encoders_do_not_share_vectors(path: Path) -> None:
    for dimensions in (32, 64, 32):
        assert CachedEncoder(HashingEncoder(dimensions), path).encode(["tent", "pan"]).shape == (2, dimensions)
    assert rows(path) == 4


def test_any_text_has_a_key(path: Path) -> None:
    texts = ["", "half \ud83d surrogate", "\x00", "日本" * 50_000]
    assert CachedEncoder(HashingEncoder(), path).encode(texts).shape == (4, 64)


def test_the_batch_size_is_handed_on_and_otherwise_the_encoders_own(path: Path) -> None:
    inner = CountingEncoder()
    encoder = CachedEncoder(inner, path)
    encoder.encode(["tent", "pan"])
    encoder.encode(["wok", "hat"], batch_size=3)
    assert inner.batch_sizes == {7, 3}


# ── its size ──


def test_the_file_keeps_to_its_limit_and_forgets_what_was_unused_for_longest(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    today = 20_000
    monkeypatch.setattr(cached, "_today", lambda: today)
    inner = CountingEncoder()
    encoder = CachedEncoder(inner, path, limit_bytes=400_000)
    favourites = ["tent", "pan"]
    encoder.encode([*favourites, "never asked for again"])
    for _ in range(6):
        today += 1
        encoder.encode(favourites)
        encoder.encode([f"product no {today} {i}" for i in range(900)])
    encoder.close()
    assert path.stat().st_size < 700_000  # the limit and a block
    assert 900 <= rows(path) < 3_000
    later = CachedEncoder(inner, path)
    inner.encoded.clear()
    later.encode([*favourites, "never asked for again", f"product no {today} 899"])
    assert inner.encoded == ["never asked for again"]


# ── in company ──


def test_threads_share_it(path: Path) -> None:
    encoder = CachedEncoder(HashingEncoder(), path)
    texts = [f"product no {i}" for i in range(400)]
    with ThreadPoolExecutor(8) as threads:
        found = list(threads.map(lambda i: encoder.encode(texts[i : i + 100]), range(0, 300, 10)))
    assert all(np.array_equal(found[k][10:], found[k + 1][:90]) for k in range(len(found) - 1))


def test_processes_share_it(path: Path) -> None:
    code = textwrap.dedent("""
        import logging, sys
        from pathlib import Path
        from shopwright.models.cached import CachedEncoder
        from shopwright.models.scripted import HashingEncoder

        logging.basicConfig(level="WARNING")
        encoder = CachedEncoder(HashingEncoder(), Path(sys.argv[1]))
        for start in range(0, 500, 10):
            encoder.encode([f"product no {i}" for i in range(start, start + 20)])
    """)
    runs = [
        subprocess.Popen([sys.executable, "-W", "error", "-c", code, path], stderr=subprocess.PIPE) for _ in range(4)
    ]
    assert [(run.communicate()[1], run.returncode) for run in runs] == [(b"", 0)] * 4
    assert rows(path) == 510


# ── what can go wrong ──


@pytest.mark.parametrize("damage", ["text", "middle", "layout"])
def test_a_damaged_file_is_put_aside_and_begun_anew(damage: str, path: Path, caplog: pytest.LogCaptureFixture) -> None:
    texts = [f"product no {i}" for i in range(300)]
    first = CachedEncoder(HashingEncoder(), path)
    expected = first.encode(texts)
    first.close()
    if damage == "text":
        path.write_text("no database at all, " * 1_000)
    elif damage == "middle":
        content = bytearray(path.read_bytes())
        content[4096:] = b"\xa5" * (len(content) - 4096)
        path.write_bytes(content)
    else:
        with closing(sqlite3.connect(path)) as connection:
            connection.execute("PRAGMA user_version = 99")
    inner = CountingEncoder()
    encoder = CachedEncoder(inner, path)
    with caplog.at_level(logging.WARNING):
        assert np.array_equal(encoder.encode(texts), expected)
        assert np.array_equal(encoder.encode(texts), expected)
    assert len(inner.encoded) == 300
    assert len(caplog.messages) == 1
    assert "begun anew" in caplog.messages[0]
    assert (path.parent / "vectors.db.damaged").exists()
    encoder.close()
    assert rows(path) == 300


def test_a_place_that_cannot_be_written_to_means_no_cache(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    (tmp_path / "file").write_text("")
    inner = CountingEncoder()
    encoder = CachedEncoder(inner, tmp_path / "file" / "vectors.db")
    with caplog.at_level(logging.WARNING):
        for _ in range(2):
            assert encoder.encode(["tent", "pan"]).shape == (2, 64)
    assert inner.encoded == ["tent", "pan"] * 2
    assert [message.endswith("not remembered until the next start") for message in caplog.messages] == [True]


def test_a_row_of_another_length_is_made_anew(path: Path) -> None:
    first = CachedEncoder(HashingEncoder(), path)
    expected = first.encode(["tent", "pan"])
    first.close()
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("UPDATE vectors SET vector = x'00' WHERE rowid = 1")
    assert np.array_equal(CachedEncoder(HashingEncoder(), path).encode(["tent", "pan"]), expected)


def test_once_closed_it_only_encodes(path: Path) -> None:
    inner = CountingEncoder()
    encoder = CachedEncoder(inner, path)
    encoder.close()
    assert encoder.encode(["tent", "pan"]).shape == (2, 64)
    assert not path.exists()
