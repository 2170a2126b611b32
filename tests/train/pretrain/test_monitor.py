import json
from pathlib import Path

import pytest

torch = pytest.importorskip("torch")

from shopwright.train.pretrain.monitor import Log, Spikes, matrix_rate


def steady(spikes: Spikes) -> None:
    for step in range(30):
        assert spikes.check(3.0 + 0.01 * (step % 3), 1.0) is None


def test_steady_training_raises_no_warning_and_a_jump_does() -> None:
    spikes = Spikes()
    steady(spikes)
    assert "deviations" in str(spikes.check(4.0, 1.0))
    assert "gradient norm" in str(spikes.check(3.0, 50.0))
    assert spikes.check(3.0, 1.0) is None


def test_what_is_not_finite_is_told_at_once() -> None:
    assert "not finite" in str(Spikes().check(float("nan"), 1.0))
    assert "not finite" in str(Spikes().check(1.0, float("inf")))


def test_its_memory_is_kept() -> None:
    first, second = Spikes(), Spikes()
    steady(first)
    second.load(first.state())
    assert second.check(4.0, 1.0) is not None


def test_a_resumed_log_takes_back_what_will_be_repeated(tmp_path: Path) -> None:
    log = Log(tmp_path / "log.jsonl", 0)
    for step in range(5):
        log.write({"step": step, "loss": 1 / 3})
    with (tmp_path / "log.jsonl").open("a") as file:
        file.write('{"step": 5, "lo')
    Log(tmp_path / "log.jsonl", 2)
    records = [json.loads(line) for line in (tmp_path / "log.jsonl").read_text().splitlines()]
    assert [record["step"] for record in records] == [0, 1, 2]
    assert records[0]["loss"] == 0.333333


def test_the_matrix_rate_is_a_speed() -> None:
    assert matrix_rate(torch.device("cpu"), torch.float32, seconds=0.01) > 1e8
