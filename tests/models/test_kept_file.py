from __future__ import annotations

import logging
from pathlib import Path

import pytest

from shopwright.errors import ModelError
from shopwright.models.kept_file import KeptFile


def load(path: Path) -> int:
    try:
        return int(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise ModelError(f"{path}: no number") from error


def test_it_is_read_again_only_when_it_changes(tmp_path: Path) -> None:
    reads: list[Path] = []
    file = KeptFile(tmp_path / "n", lambda path: (reads.append(path), load(path))[1], 0)
    assert file() == 0
    assert reads == []
    (tmp_path / "n").write_text("7")
    assert [file(), file()] == [7, 7]
    assert len(reads) == 1
    (tmp_path / "n").write_text("18")
    assert file() == 18
    (tmp_path / "n").unlink()
    assert file() == 0


def test_a_broken_file_changes_nothing_and_is_told_once(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    file = KeptFile(tmp_path / "n", load, 0)
    (tmp_path / "n").write_text("7")
    assert file() == 7
    (tmp_path / "n").write_text("seven")
    with caplog.at_level(logging.WARNING):
        assert [file(), file()] == [7, 7]
    assert [record.getMessage() for record in caplog.records] == [
        f"{tmp_path / 'n'}: no number. What was read before stays in force."
    ]
