from __future__ import annotations

import sys
from pathlib import Path

import pytest

from shopwright.bench.intent_throughput import World
from shopwright.errors import MissingExtraError
from shopwright.train.intent.reading import read_file
from shopwright.train.intent.run import TrainingPlan, train
from shopwright.train.intent.spreading import open_spread, run_here


def test_parts_in_order_with_what_they_share() -> None:
    assert run_here(lambda shared, part, other: shared + part * other, [(1, 2), (3, 4)], 10) == [12, 22]


def test_without_ray_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "ray", None)
    with pytest.raises(MissingExtraError, match=r"shopwright\[ray\]"), open_spread(ray=True):
        pass


def test_ray_gives_the_same(tmp_path: Path) -> None:
    pytest.importorskip("ray")
    World.made().write(tmp_path / "log.jsonl", 1_500)
    read = read_file(tmp_path / "log.jsonl")
    here = train(read, TrainingPlan(seeds=2))
    with open_spread(ray=True) as spread:
        there = train(read, TrainingPlan(seeds=2), spread=spread)
    assert there.policy.name == here.policy.name
    assert there.verdict.gain == here.verdict.gain
