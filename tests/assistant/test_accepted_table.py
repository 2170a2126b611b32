"""The file of accepted rewrites is followed while the shop runs, whoever writes it."""

from __future__ import annotations

import logging
from pathlib import Path

import pytest

from shopwright.assistant.accepted import FILE, record
from shopwright.assistant.accepted_table import RewritesFile, rewriter_in


def test_a_change_counts_at_once(tmp_path: Path) -> None:
    table = RewritesFile(tmp_path)
    assert table() == {}
    (tmp_path / FILE).write_text("brolly\tumbrella\n")
    assert table() == {("brolly",): (("umbrella",),)}
    record(tmp_path, "noggin lamp", ["head torch for the head"])
    assert table()["noggin", "lamp"] == (("head", "torch"),)
    (tmp_path / FILE).unlink()
    assert table() == {}


def test_what_a_hand_wrote_wrong_is_passed_over(tmp_path: Path) -> None:
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


def test_a_file_that_cannot_be_read_changes_nothing(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    table = RewritesFile(tmp_path)
    record(tmp_path, "brolly", ["umbrella"])
    held = table()
    (tmp_path / FILE).unlink()
    (tmp_path / FILE).mkdir()
    with caplog.at_level(logging.WARNING):
        for _ in range(3):
            assert table() == held
    assert len(caplog.records) == 1


def test_a_shop_without_a_model_looks_up_alone(tmp_path: Path) -> None:
    record(tmp_path, "brolly", ["umbrella"])
    assert rewriter_in(tmp_path, tmp_path / "models").knows(["brolly"])
