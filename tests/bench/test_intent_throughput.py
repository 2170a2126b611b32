from __future__ import annotations

from pathlib import Path

import pytest

from shopwright.bench.intent_throughput import SETS, World, throughput_rows
from shopwright.bench.task import Options
from shopwright.train.intent.reading import read_file


def test_a_made_log_keeps_its_propensities(tmp_path: Path) -> None:
    world = World.made()
    world.write(tmp_path / "log.jsonl", 2_000)
    log = read_file(tmp_path / "log.jsonl").log
    assert len(log) == 2_000
    assert (1 / log.logged).mean() == pytest.approx(9, abs=2), "the mean of 1 / propensity is the number of strategies"
    assert log.features.shape[1] == 22


def test_learning_beats_the_rules_and_the_estimate_meets_the_truth() -> None:
    rows = {row.metric: row for row in throughput_rows(8_000, "throughput", Options())}
    assert rows["value:rules"].value < rows["value"].value < rows["value:oracle"].value
    interval = rows["value:estimated"].ci95
    assert interval is not None
    assert rows["dr_error"].value < interval[1] - interval[0]
    assert rows["decisions_per_s"].value > 1_000


def test_the_million_is_only_measured_when_it_is_named() -> None:
    assert [(one.name, one.default) for one in SETS] == [("throughput", True), ("million", False)]
