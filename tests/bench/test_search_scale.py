from __future__ import annotations

from pathlib import Path

import orjson
import pytest

from shopwright.bench.search_scale import TimedEncoder, measure_scale
from shopwright.models.protocols import Encoder
from shopwright.models.scripted import HashingEncoder

FIGURES = {
    "index_s",
    "lexical_p50_ms",
    "disk_mb:vectors",
    "lexical_ready_s",
    "lexical_ready_s:store",
    "dense_ready_s",
    "dense_ready_s:noencode",
    "hybrid_p50_ms",
    "hybrid_p99_ms",
    "hybrid_p50_ms:noencode",
    "hybrid_p99_ms:noencode",
    "filtered_p50_ms",
    "filtered_p99_ms",
    "faceted_p50_ms",
    "qps",
    "qps:noencode",
    "ann_recall@10",
    "disk_mb",
    "disk_mb:index",
}


@pytest.fixture
def feed(tmp_path: Path) -> Path:
    rows = [
        {"id": str(i), "title": f"{colour} {kind} no {i}", "brand": "Wren", "category": ["Clothing", kind]}
        for i, (colour, kind) in enumerate((c, k) for c in ("red", "green", "blue") for k in ("shirt", "sock", "hat"))
    ]
    path = tmp_path / "products.jsonl"
    path.write_bytes(b"\n".join(orjson.dumps(row) for row in rows))
    return path


def test_every_figure_is_measured(feed: Path) -> None:
    rows = {row.metric: row for row in measure_scale("hm", feed, HashingEncoder())}
    assert set(rows) >= FIGURES
    assert rows["dense_ready_s"].n == 9
    assert rows["lexical_ready_s:store"].value <= rows["lexical_ready_s"].value <= rows["dense_ready_s"].value
    assert rows["ann_recall@10"].value == 1.0
    assert 0 < rows["disk_mb:index"].value < rows["disk_mb"].value


def test_the_time_of_the_encoder_is_told_apart() -> None:
    encoder = TimedEncoder(HashingEncoder())
    assert isinstance(encoder, Encoder)
    assert encoder.encode(["tent"]).shape == (1, encoder.dimensions)
    assert encoder.seconds > 0
    assert encoder.fingerprint == "hashing-64"
