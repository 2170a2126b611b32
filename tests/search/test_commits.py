"""A commit is there or it is not: a process is killed at each step of a commit, and the index is opened again."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from search.shelf import PRODUCTS, ids, load, shop
from shopwright.errors import StoreError
from shopwright.models.scripted import HashingEncoder
from shopwright.search import commits
from shopwright.search.embedded import EmbeddedIndex
from shopwright.types import Product, SearchRequest

KILLED = """
import os, signal, sys
from pathlib import Path
from shopwright.models.scripted import HashingEncoder
from shopwright.search import commits
from shopwright.search.commits import Commits
from shopwright.search.embedded import EmbeddedIndex
from shopwright.types import Product

folder, point, work = Path(sys.argv[1]), sys.argv[2], sys.argv[3]

def dies(function, before):
    def wrapped(*args):
        if before:
            os.kill(os.getpid(), signal.SIGKILL)
        result = function(*args)
        os.kill(os.getpid(), signal.SIGKILL)
        return result
    return wrapped

class Writer:
    def __init__(self, inner): self.inner = inner
    def __getattr__(self, name):
        if name == "commit" and point in ("before commit", "after commit"):
            return dies(self.inner.commit, point == "before commit")
        return getattr(self.inner, name)

plain = Commits.writer
Commits.writer = lambda self: Writer(plain(self))
write = commits.write_durably
if point == "half a file":
    def write_durably(path, data):
        path.with_name(path.name + ".partial").write_bytes(data[: len(data) // 2])
        os.kill(os.getpid(), signal.SIGKILL)
    commits.write_durably = write_durably
elif point == "after a file":
    commits.write_durably = dies(write, False)
index = EmbeddedIndex(folder, HashingEncoder())
fresh = {f"cup-{n}": Product(f"cup-{n}", f"Blue cup {n}") for n in range(50)}
if work == "apply":
    index.apply([*fresh.items(), ("kettle", None)], 2)
else:
    index.apply(fresh.items(), 2)
    index.fill(lambda ids: {i: fresh[i] for i in ids if i in fresh})
"""


def killed(folder: Path, point: str, work: str) -> None:
    done = subprocess.run([sys.executable, "-c", KILLED, str(folder), point, work], capture_output=True, timeout=60)
    assert done.returncode == -9, done.stderr.decode()


@pytest.mark.parametrize("point", ["half a file", "after a file", "before commit", "after commit"])
def test_a_kill_leaves_one_commit_or_the_other(folder: Path, point: str) -> None:
    shop(folder).close()
    killed(folder, point, "apply")
    index = EmbeddedIndex(folder, HashingEncoder())
    committed = point == "after commit"
    assert index.sequence == (2 if committed else 1)
    assert index.count == (54 if committed else 5)
    assert index.search(SearchRequest("cup")).total == (50 if committed else 0)
    assert ("kettle" in ids(index, "kettle")) != committed
    index.apply([("mug", Product("mug", "Green mug"))], 3)
    index.fill(load)
    assert not list(folder.glob("*.partial"))  # what the killed process left goes with the next commit
    assert len(list(folder.glob("columns-*"))) == len(list(folder.glob("vectors-*"))) == 1
    assert ids(index, "mug")[0] == "mug"


def test_a_kill_while_vectors_are_committed_leaves_lexical_search(folder: Path) -> None:
    shop(folder).close()
    script = KILLED.replace("index.fill(", "commits.write_durably = dies(write, False); index.fill(")
    done = subprocess.run([sys.executable, "-c", script, str(folder), "", "fill"], capture_output=True, timeout=60)
    assert done.returncode == -9, done.stderr.decode()
    index = EmbeddedIndex(folder, HashingEncoder())
    assert (index.sequence, index.count, index.coverage) == (2, 55, 5 / 55)
    assert index.search(SearchRequest("cup", mode="lexical")).total == 50


def test_a_full_disk_changes_nothing(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    index = shop(folder)

    def full(path: Path, data: bytes) -> None:
        path.with_name(path.name + ".partial").write_bytes(data[:10])
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(commits, "write_durably", full)
        with pytest.raises(StoreError, match="No space left"):
            index.apply([("cup", Product("cup", "Cup"))], 2)
    assert (index.sequence, ids(index, "cup", mode="lexical")) == (1, [])
    assert len(list(folder.glob("*-*"))) == 2
    index.apply([("cup", Product("cup", "Cup"))], 2)
    assert ids(index, "cup", mode="lexical") == ["cup"]
    assert index.count == len(PRODUCTS) + 1


def test_a_damaged_index_says_what_to_do(folder: Path) -> None:
    shop(folder).close()
    next(folder.glob("columns-*")).write_bytes(b"not an archive")
    with pytest.raises(StoreError, match="Delete the folder"):
        EmbeddedIndex(folder, HashingEncoder())


def test_a_missing_file_says_what_to_do(folder: Path) -> None:
    shop(folder).close()
    next(folder.glob("vectors-*")).unlink()
    with pytest.raises(StoreError, match="Delete the folder"):
        EmbeddedIndex(folder, HashingEncoder())
