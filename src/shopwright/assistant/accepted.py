"""Rewrites that were accepted, kept as training data: `HOME/rewrites.tsv`, in the form that `train/rewrites.py` reads.

    record(home, "hairdrier cheep", ["cheap hairdryer"])
    recorded(home)                                 {"hairdrier cheep": ("cheap hairdryer",)}

A line holds a query, a tab and its rewrites with " | " between them. A new query is a line more; one that is there
already gets its new rewrites behind the old ones. Lines are written whole, under a lock that all processes of this
machine respect; what does not fit the form is left out of the file, never half written.

Simplification: the file is read whole for every record; it is small (`MOST_QUERIES`), and an endpoint is slower.
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from shopwright.catalog.lock import FolderLock
from shopwright.errors import StoreError

FILE = "rewrites.tsv"
MOST_QUERIES = 10_000
"""Queries that are kept; the oldest go first."""
MOST_REWRITES = 5
"""Rewrites of one query, the limit of the form."""
_LONGEST = 1_000
_WAIT_S = 5.0
_PAUSE_S = 0.01
_TURN = threading.Lock()


def record(home: Path, query: str, rewrites: Iterable[str]) -> bool:
    """Keep the rewrites of a query, best first; returns whether the file changed.

    Texts that are empty, too long or hold the form's own signs are left out, as is a rewrite that equals the query.

    Raises:
        StoreError: another process holds the lock all the time, or the file cannot be read or written.
    """
    query = _text(query)
    new = [text for each in rewrites if (text := _text(each)) and "|" not in text and text.lower() != query.lower()]
    if not query or not new:
        return False
    path = home / FILE
    try:
        with _locked(home):
            known = _read(path)
            key = next((one for one in known if one.lower() == query.lower()), query)
            merged = tuple(dict.fromkeys((*known.get(key, ()), *new)))[:MOST_REWRITES]
            if merged == known.get(key):
                return False
            if key not in known and len(known) < MOST_QUERIES and _is_whole(path):
                _append(path, _line(query, merged))
                return True
            known[key] = merged
            _replace(path, "".join(_line(*row) for row in list(known.items())[-MOST_QUERIES:]))
            return True
    except OSError as error:
        raise StoreError(f"{path}: {error.strerror}; see that the shop's folder can be written") from error


def recorded(home: Path) -> dict[str, tuple[str, ...]]:
    """What was kept: the rewrites of each query, oldest query first; {} when nothing was.

    Raises:
        StoreError: the file cannot be read.
    """
    try:
        return _read(home / FILE)
    except OSError as error:
        raise StoreError(f"{home / FILE}: {error.strerror}; see that the shop's folder can be read") from error


def _read(path: Path) -> dict[str, tuple[str, ...]]:
    """The whole lines of the file; a last line without its end was cut off by a kill and is left out."""
    if not path.exists():
        return {}
    found: dict[str, tuple[str, ...]] = {}
    whole, _, _ = path.read_bytes().rpartition(b"\n")
    for line in whole.decode("utf-8", "replace").split("\n"):
        query, tab, listed = line.partition("\t")
        if tab and query and listed and "\t" not in listed:
            found[query] = tuple(part.strip() for part in listed.split("|") if part.strip())[:MOST_REWRITES]
    return found


def _is_whole(path: Path) -> bool:
    """Whether the last line has its end."""
    return not path.exists() or path.read_bytes()[-1:] in (b"", b"\n")


def _append(path: Path, line: str) -> None:
    with path.open("ab") as file:
        file.write(line.encode())
        file.flush()
        os.fsync(file.fileno())


def _replace(path: Path, text: str) -> None:
    part = path.with_name(path.name + ".part")
    with part.open("wb") as file:
        file.write(text.encode())
        file.flush()
        os.fsync(file.fileno())
    part.replace(path)


def _line(query: str, rewrites: Iterable[str]) -> str:
    return f"{query}\t{' | '.join(rewrites)}\n"


def _text(text: str) -> str:
    """The text with single spaces, "" when it is too long."""
    text = " ".join(text.split())
    return text if len(text) <= _LONGEST else ""


@contextmanager
def _locked(home: Path) -> Iterator[None]:
    """One writer at a time, among the threads and the processes of this machine."""
    lock = FolderLock(home / "rewrites.lock")
    with _TURN:
        until = time.monotonic() + _WAIT_S
        while not lock.acquire():
            if time.monotonic() > until:
                raise StoreError(f"{home / FILE} is being written by another process for {_WAIT_S:g} s; try again")
            time.sleep(_PAUSE_S)
        try:
            yield
        finally:
            lock.release()
