"""How long 20 recommendations take at 100,000 items (simulated sequences, random texts), one thread.

    p50_ms, p99_ms          candidates from a history of 20 items, scored, ordered and spread
    train_s                 learning from 50,000 sequences of 8 over them, one pass
    load_s, disk_mb         of the kept model

Simulated sequences stay within groups of 20 items that read alike, so that neighbours are as many as in real logs.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np

from shopwright.bench.recommend_lists import Shelf, ordered
from shopwright.bench.task import BenchSet, Options, Row
from shopwright.skills.recommend.sequence.behaviour import Behaviour
from shopwright.skills.recommend.sequence.sequence_model import SequenceSettings
from shopwright.skills.recommend.serendipity import ADVENTURE

_BENCH, _NAME = "recommend", "scale"
ITEMS, SEQUENCES, ASKED = 100_000, 50_000, 300
_GROUP, _LENGTH, _SIZE = 20, 8, 384


def scale_rows(
    _options: Options, items: int = ITEMS, sequences: int = SEQUENCES, asked: int = ASKED, seed: int = 0
) -> Iterator[Row]:
    """Makes a log and items, learns, keeps, loads, and asks."""
    random = np.random.default_rng(seed)
    groups = max(items // _GROUP, 1)
    centres = random.standard_normal((groups, _SIZE)).astype(np.float32)
    vectors = centres[np.arange(items) % groups] + random.standard_normal((items, _SIZE)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    ids = [f"p{number}" for number in range(items)]
    leaves = [(f"leaf {number % groups}",) for number in range(items)]
    own = random.integers(0, groups, (sequences, 2))[:, [0] * 6 + [1] * (_LENGTH - 6)]
    chosen = own + groups * random.integers(0, max(items // groups, 1), (sequences, _LENGTH))
    visits = [[ids[item] for item in row] for row in chosen.tolist()]
    settings = SequenceSettings()
    settings = replace(settings, encoder=replace(settings.encoder, passes=1))
    began = time.perf_counter()
    behaviour = Behaviour.fit(visits, ids, vectors, leaves, settings)
    yield Row(_BENCH, _NAME, "train_s", time.perf_counter() - began, sequences)
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        path = Path(folder) / "recommend.npz"
        behaviour.save(path)
        yield Row(_BENCH, _NAME, "disk_mb", path.stat().st_size / 1e6, items)
        began = time.perf_counter()
        behaviour = Behaviour.load(path)
        yield Row(_BENCH, _NAME, "load_s", time.perf_counter() - began, items)
    shelf = Shelf.of(behaviour.model, np.arange(items) % groups)
    times = []
    for history in random.integers(0, items, (asked, 20)):
        began = time.perf_counter()
        ordered(shelf, history, ADVENTURE, 20)
        times.append(time.perf_counter() - began)
    for name, share in (("p50_ms", 0.5), ("p99_ms", 0.99)):
        yield Row(_BENCH, _NAME, name, float(np.quantile(times, share)) * 1000, asked, seconds=sum(times))


SET = BenchSet(_NAME, scale_rows)
