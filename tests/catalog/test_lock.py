from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from shopwright.catalog.lock import FolderLock

_HOLD = """
import os, sys
from pathlib import Path
from shopwright.catalog.lock import FolderLock
print(FolderLock(Path(sys.argv[1])).acquire(), flush=True)
os._exit(9)
"""


def test_one_at_a_time(tmp_path: Path) -> None:
    first, second = FolderLock(tmp_path / "lock"), FolderLock(tmp_path / "lock")
    assert first.acquire()
    assert not second.acquire()
    first.release()
    assert second.acquire()
    second.release()


def test_it_tells_whether_another_held_it_meanwhile(tmp_path: Path) -> None:
    first, second = FolderLock(tmp_path / "lock"), FolderLock(tmp_path / "lock")
    for lock, expected in ((first, True), (first, False), (second, True), (first, True), (first, False)):
        assert lock.acquire()
        assert lock.others_held is expected
        lock.release()


def test_a_process_that_dies_gives_it_back(tmp_path: Path) -> None:
    path = tmp_path / "lock"
    child = subprocess.run([sys.executable, "-c", _HOLD, str(path)], capture_output=True, text=True, check=False)
    assert (child.stdout.strip(), child.returncode) == ("True", 9)
    lock = FolderLock(path)
    assert lock.acquire()
    lock.release()


def test_a_folder_that_cannot_be_written_is_not_taken(tmp_path: Path) -> None:
    assert not FolderLock(tmp_path / "missing" / "lock").acquire()
