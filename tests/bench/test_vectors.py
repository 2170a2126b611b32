from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from shopwright.bench.vectors import cache_folder, remembering
from shopwright.models.scripted import HashingEncoder


def test_a_later_run_reads_products_and_queries_from_the_users_cache(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert cache_folder() == tmp_path / "shopwright" / "bench"
    first = remembering(HashingEncoder())
    vectors = first.encode(["tent", "pan"])
    query = first.encode(["a tent"])
    monkeypatch.setattr(HashingEncoder, "encode", None)
    later = remembering(HashingEncoder())
    assert np.array_equal(later.encode(["pan", "tent"]), vectors[::-1])
    assert np.array_equal(later.encode(["a tent"]), query)
    assert (cache_folder() / "vectors.db").is_file()
