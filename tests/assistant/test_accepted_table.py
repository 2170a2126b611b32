"""The file of accepted rewrites is followed while the shop runs, whoever writes it."""

from __future__ import annotations

import logging
from pathlib import Path

import pytest

from shopwright.assistant import accepted_table
from shopwright.assistant.accepted import FILE, record
from shopwright.assistant.accepted_table import RewritesFile, rewriter_in


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    now = [100.0]
    monkeypatch.setattr(accepted_table.time, "monotonic", lambda: now[0])
    return now


def test_a_change_is_seen_within_a_second(tmp_path: Path, clock: list[float]) -> None:
    table = RewritesFile(tmp_path)
    assert table() == {}
    (tmp_path / FILE).write_text("brolly\tumbrella\n")
    assert table() == {}
    clock[0] += 1.1
    assert table() == {("brolly",): (("umbrella",),)}
    record_at(tmp_path, clock, "noggin lamp", "head torch for the head")
    assert table()["noggin", "lamp"] == (("head", "torch"),)
    (tmp_path / FILE).unlink()
    clock[0] += 1.1
    assert table() == {}


def record_at(home: Path, clock: list[float], query: str, rewrite: str) -> None:
    record(home, query, [rewrite])
    clock[0] += 1.1


def test_what_a_hand_wrote_wrong_is_passed_over(tmp_path: Path, clock: list[float]) -> None:
    lines = [
        "# by hand",
        "",
        "brolly umbrella",
        "a\tb\tc",
        "\tx",
        "x\t",
        "\t",
        "BROLLY\t umbrella |  | parasol\r",
        "y\t|",
    ]
    (tmp_path / FILE).write_bytes("\n".join([*lines, "cut of"]).encode() + b"\xff\xfe\x00")
    assert RewritesFile(tmp_path)() == {("brolly",): (("umbrella",), ("parasol",))}


def test_a_file_that_cannot_be_read_changes_nothing(
    tmp_path: Path, clock: list[float], caplog: pytest.LogCaptureFixture
) -> None:
    table = RewritesFile(tmp_path)
    record_at(tmp_path, clock, "brolly", "umbrella")
    held = table()
    (tmp_path / FILE).unlink()
    (tmp_path / FILE).mkdir()
    with caplog.at_level(logging.WARNING):
        for _ in range(3):
            clock[0] += 1.1
            assert table() == held
    assert len(caplog.records) == 1


def test_a_shop_without_a_model_looks_up_alone(tmp_path: Path) -> None:
    record(tmp_path, "brolly", ["umbrella"])
    assert rewriter_in(tmp_path, tmp_path / "models").knows(["brolly"])
