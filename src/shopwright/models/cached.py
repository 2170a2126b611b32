"""An encoder that remembers: vectors of texts that were encoded before come from a file, in this run or a later one.

    encoder = CachedEncoder(EmbeddedEncoder(), home.path / "vectors.db")

In front of an index this makes everything that encodes the same texts again nearly free: a deleted index folder, a feed
that is read into a new index, products that come back. The key is the encoder's fingerprint and a 128-bit hash of the
text (BLAKE2b), so other weights or other texts are never mixed up. A text that comes alone is taken for a query: it
goes straight to the encoder and is not written down, so what shoppers type stays out of the file.

Vectors are kept in half precision, 2 bytes a component, and what `encode` returns went through it whether it was
remembered or just made: a vector never depends on which. The relative rounding error of a component is at most 2^-11,
so the cosine to what the encoder made is at least 1 - 2^-23; rows have unit length again when they are returned.

The file is SQLite in WAL mode: several processes and threads may share it. Beyond `limit_bytes` the rows that were not
used for the longest time go (by day; those of replaced weights are soon among them). It is a cache and never stops the
work: a damaged file is renamed to `NAME.damaged` and begun anew, and a folder that cannot be written to means no cache;
both are logged. Delete the file whenever no process has it open.
"""

from __future__ import annotations

import logging
import sqlite3
import threading
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from hashlib import blake2b
from pathlib import Path
from typing import TypeVar

import numpy as np

from shopwright.models.protocols import Encoder, Vectors

logger = logging.getLogger(__name__)
T = TypeVar("T")

LIMIT_BYTES = 2_000_000_000
"""1.8 million vectors of 384 components."""

_BLOCK = 900
"""Texts that are looked up and written together; SQLite before 3.32 takes 999 parameters a statement."""
_SPARE = 0.02
"""Share of the rows that go beyond what has to, so that not every block makes room again."""
_LAYOUT = 1
_SECONDS_A_DAY = 86_400
_BUSY_S = 30.0
_SCHEMA = """
CREATE TABLE IF NOT EXISTS vectors (
    encoder TEXT NOT NULL, key BLOB NOT NULL, vector BLOB NOT NULL, used INTEGER NOT NULL, UNIQUE (encoder, key)
);
CREATE INDEX IF NOT EXISTS vectors_used ON vectors (used);
"""


class CachedEncoder:
    """An `Encoder` in front of another one.

    Args:
        encoder: makes the vectors that are not known yet.
        path: of the file; made when the first text is looked up.
        limit_bytes: how large the file may grow.
        queries: whether a text that comes alone is remembered too, as a benchmark wants it.
    """

    def __init__(self, encoder: Encoder, path: Path, *, limit_bytes: int = LIMIT_BYTES, queries: bool = False) -> None:
        self._encoder = encoder
        self._file = _VectorFile(path, limit_bytes)
        self._queries = queries

    @property
    def dimensions(self) -> int:
        """Length of a vector."""
        return self._encoder.dimensions

    @property
    def fingerprint(self) -> str:
        """That of the encoder behind it: the vectors are the same."""
        return self._encoder.fingerprint

    def encode(self, texts: Sequence[str], *, batch_size: int | None = None) -> Vectors:
        """Vectors of the texts, shape (N, D), float32, unit length; only unknown texts are encoded.

        Args:
            texts: any number; they are looked up, encoded and written down in blocks.
            batch_size: handed on; the encoder's own when None.
        """
        if not texts or (len(texts) == 1 and not self._queries):
            return self._made(texts, batch_size)
        vectors = np.empty((len(texts), self.dimensions), np.float32)
        for start in range(0, len(texts), _BLOCK):
            vectors[start : start + _BLOCK] = self._block(texts[start : start + _BLOCK], batch_size)
        return vectors

    def close(self) -> None:
        """Close the file; from here on texts go straight to the encoder."""
        self._file.close()

    def __del__(self) -> None:
        self.close()

    def _block(self, texts: Sequence[str], batch_size: int | None) -> Vectors:
        keys = [_key(text) for text in texts]
        size = 2 * self.dimensions
        known = {key: row for key, row in self._file.read(self.fingerprint, set(keys)).items() if len(row) == size}
        fresh = {key: text for key, text in zip(keys, texts, strict=True) if key not in known}
        if fresh:
            vectors_made = self._made(list(fresh.values()), batch_size)
            made = {key: half.tobytes() for key, half in zip(fresh, vectors_made.astype("<f2"), strict=True)}
            self._file.write(self.fingerprint, made)
            known |= made
        halves = np.frombuffer(b"".join(known[key] for key in keys), "<f2").reshape(len(keys), self.dimensions)
        vectors: Vectors = halves.astype(np.float32)
        vectors /= np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), np.finfo(np.float32).tiny)
        return vectors

    def _made(self, texts: Sequence[str], batch_size: int | None) -> Vectors:
        return self._encoder.encode(texts) if batch_size is None else self._encoder.encode(texts, batch_size=batch_size)


class _UnknownLayoutError(sqlite3.DatabaseError):
    """A file that another version wrote."""


class _VectorFile:
    """Rows of bytes by encoder and key in an SQLite file that bounds itself. No method raises because of the file."""

    def __init__(self, path: Path, limit_bytes: int) -> None:
        self._path, self._limit = path, limit_bytes
        self._lock = threading.Lock()
        self._connection: sqlite3.Connection | None = None
        self._inode: int | None = None
        self._usable = True

    def read(self, encoder: str, keys: Iterable[bytes]) -> dict[bytes, bytes]:
        """The rows of those keys that are known; they count as used today."""
        wanted, today = list(keys), _today()
        marks = ",".join("?" * len(wanted))

        def work(connection: sqlite3.Connection) -> dict[bytes, bytes]:
            query = f"SELECT key, vector, used FROM vectors WHERE encoder = ? AND key IN ({marks})"
            rows = connection.execute(query, (encoder, *wanted)).fetchall()
            if any(used < today for _, _, used in rows):
                update = f"UPDATE vectors SET used = ? WHERE used < ? AND encoder = ? AND key IN ({marks})"
                connection.execute(update, (today, today, encoder, *wanted))
            return {key: vector for key, vector, _ in rows}

        return self._attempt(work, {})

    def write(self, encoder: str, rows: Mapping[bytes, bytes]) -> None:
        """Keep these rows, and make room when the file has become too large."""
        today = _today()

        def work(connection: sqlite3.Connection) -> None:
            with connection:  # one transaction
                connection.execute("BEGIN IMMEDIATE")
                connection.executemany(
                    "INSERT OR REPLACE INTO vectors (encoder, key, vector, used) VALUES (?, ?, ?, ?)",
                    ((encoder, key, row, today) for key, row in rows.items()),
                )
                self._make_room(connection)

        self._attempt(work, None)

    def close(self) -> None:
        """Close the file for good."""
        with self._lock:
            self._usable = False
            self._disconnect()

    def _make_room(self, connection: sqlite3.Connection) -> None:
        pages, free, page_size = (
            int(connection.execute(f"PRAGMA {name}").fetchone()[0])
            for name in ("page_count", "freelist_count", "page_size")
        )
        size = (pages - free) * page_size
        if size <= self._limit:
            return
        count = int(connection.execute("SELECT count(*) FROM vectors").fetchone()[0])
        surplus = 1 + int(count * ((size - self._limit) / size + _SPARE))
        oldest = "SELECT rowid FROM vectors ORDER BY used, rowid LIMIT ?"
        connection.execute(f"DELETE FROM vectors WHERE rowid IN ({oldest})", (surplus,))

    def _attempt(self, work: Callable[[sqlite3.Connection], T], otherwise: T) -> T:
        with self._lock:
            if not self._usable:
                return otherwise
            try:
                return work(self._connection or self._connect())
            except (sqlite3.Error, OSError) as error:
                self._give_up(error)
                return otherwise

    def _connect(self) -> sqlite3.Connection:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        self._path.touch()
        self._inode = self._path.stat().st_ino
        self._connection = connection = sqlite3.connect(
            self._path, timeout=_BUSY_S, isolation_level=None, check_same_thread=False
        )
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = NORMAL")
        layout = connection.execute("PRAGMA user_version").fetchone()[0]
        if layout not in (0, _LAYOUT):
            raise _UnknownLayoutError(f"layout {layout}, this version reads {_LAYOUT}")
        if layout == 0:
            connection.executescript(f"BEGIN IMMEDIATE; {_SCHEMA} PRAGMA user_version = {_LAYOUT}; COMMIT;")
        return connection

    def _disconnect(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _give_up(self, error: Exception) -> None:
        """Begin a damaged file anew; do without any other."""
        self._disconnect()
        try:
            if _is_damage(error):
                if self._path.exists() and self._path.stat().st_ino == self._inode:  # else another process was first
                    self._path.replace(self._path.with_name(f"{self._path.name}.damaged"))
                    for suffix in ("-wal", "-shm"):
                        self._path.with_name(self._path.name + suffix).unlink(missing_ok=True)
                logger.warning("%s: %s; kept as %s.damaged and begun anew", self._path, error, self._path.name)
                return
        except OSError as also:
            error = also
        self._usable = False
        logger.warning("%s: %s; vectors are not remembered until the next start", self._path, error)


def _is_damage(error: Exception) -> bool:
    if isinstance(error, _UnknownLayoutError):
        return True
    code = getattr(error, "sqlite_errorcode", None)
    return code is not None and code & 0xFF in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)


def _key(text: str) -> bytes:
    return blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).digest()


def _today() -> int:
    return int(time.time() // _SECONDS_A_DAY)
