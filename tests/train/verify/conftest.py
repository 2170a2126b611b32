"""A judge that knows words only stands in for the trained one; a body of one layer for what is trained."""

from __future__ import annotations

from pathlib import Path

import pytest

from train.verify.made import row, write_lines, write_sets


@pytest.fixture(scope="session")
def sets(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of data with a few rows of every set."""
    return write_sets(tmp_path_factory.mktemp("sets"))


@pytest.fixture(scope="session")
def own_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A merchant's file of thirty documents."""
    return write_lines(tmp_path_factory.mktemp("own") / "own.jsonl", [row(place) for place in range(30)])
