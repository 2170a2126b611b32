from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from shopwright.assistant import accepted
from shopwright.assistant.accepted import record, recorded
from shopwright.catalog.lock import FolderLock
from shopwright.errors import StoreError
from shopwright.train.rewrites import read_rewrites


def test_accepted_rewrites_become_training_data(tmp_path: Path) -> None:
    assert recorded(tmp_path) == {}
    assert record(tmp_path, "hairdrier  cheep", ["cheap hair dryer", "hair dryer"])
    assert record(tmp_path, "tnt", ["tent"])
    assert recorded(tmp_path) == {"hairdrier cheep": ("cheap hair dryer", "hair dryer"), "tnt": ("tent",)}
    read = read_rewrites(tmp_path / "rewrites.tsv")
    assert {one.query: one.rewrites for one in read.rewrites} == recorded(tmp_path)
    assert read.problems == []
    assert {one.kind for one in read.rewrites} == {"own"}


def test_duplicates_are_merged_and_rewrites_bounded(tmp_path: Path) -> None:
    record(tmp_path, "tnt", ["tent"])
    assert not record(tmp_path, "TNT", ["tent"])
    assert record(tmp_path, "Tnt", ["shelter", "tent"])
    assert recorded(tmp_path) == {"tnt": ("tent", "shelter")}
    record(tmp_path, "tnt", map(str, range(9)))
    assert recorded(tmp_path) == {"tnt": ("tent", "shelter", "0", "1", "2")}


@pytest.mark.parametrize(
    ("query", "rewrites"),
    [
        ("", ["tent"]),
        ("tnt", []),
        ("tnt", ["TNT", " "]),
        ("tnt", ["a | b"]),
        ("x" * 1_001, ["tent"]),
        ("tnt", ["x" * 1_001]),
    ],
)
def test_what_does_not_fit_the_form_is_left_out(tmp_path: Path, query: str, rewrites: list[str]) -> None:
    assert not record(tmp_path, query, rewrites)
    assert not (tmp_path / "rewrites.tsv").exists()


def test_the_forms_own_signs_cannot_break_it(tmp_path: Path) -> None:
    record(tmp_path, "t\tn\nt\u2028", ["te\tnt\r\n"])
    assert recorded(tmp_path) == {"t n t": ("te nt",)}
    assert read_rewrites(tmp_path / "rewrites.tsv").problems == []


def test_the_oldest_go_when_it_is_full(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(accepted, "MOST_QUERIES", 3)
    for number in range(5):
        record(tmp_path, f"q{number}", ["tent"])
    assert list(recorded(tmp_path)) == ["q2", "q3", "q4"]


def test_a_line_that_a_kill_cut_off_is_dropped(tmp_path: Path) -> None:
    record(tmp_path, "tnt", ["tent"])
    with (tmp_path / "rewrites.tsv").open("a") as file:
        file.write("lampp\tla")
    assert list(recorded(tmp_path)) == ["tnt"]
    record(tmp_path, "lampp", ["lamp"])
    assert recorded(tmp_path) == {"tnt": ("tent",), "lampp": ("lamp",)}


def test_many_threads_lose_nothing(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        assert all(pool.map(lambda number: record(tmp_path, f"q{number}", ["tent"]), range(60)))
    assert len(recorded(tmp_path)) == 60


def test_another_process_that_writes_is_waited_for_and_then_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(accepted, "_WAIT_S", 0.05)
    other = FolderLock(tmp_path / "rewrites.lock")
    assert other.acquire()
    with pytest.raises(StoreError, match="being written by another process"):
        record(tmp_path, "tnt", ["tent"])
    other.release()
    assert record(tmp_path, "tnt", ["tent"])


def test_a_folder_that_is_not_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(accepted, "_WAIT_S", 0.05)
    with pytest.raises(StoreError):
        record(tmp_path / "none", "tnt", ["tent"])
