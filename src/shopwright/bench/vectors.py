"""An encoder that remembers: vectors of texts that were encoded in an earlier run come from a file.

    ~/.cache/shopwright/bench/<fingerprint>-<name>.npz     (XDG_CACHE_HOME is honoured)

Benchmarks encode the same product texts in every run; with the file a run takes seconds instead of minutes. The key is
the text's hash and the encoder's fingerprint, so other weights or other texts are never mixed up. Delete the folder at
any time. Nothing that is timed goes through it.
"""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from hashlib import blake2b
from pathlib import Path

import numpy as np

from shopwright.models.protocols import Encoder, Vectors


def cache_folder() -> Path:
    """Where vectors are remembered."""
    root = os.environ.get("XDG_CACHE_HOME")
    return (Path(root) if root else Path.home() / ".cache") / "shopwright" / "bench"


class RememberingEncoder:
    """An `Encoder` in front of another one. `save` writes what it has used since it was made.

    Args:
        encoder: makes the vectors that are not known yet.
        name: which file to use, e.g. the set's name.
        folder: where the file is.
    """

    def __init__(self, encoder: Encoder, name: str, folder: Path | None = None) -> None:
        self._encoder = encoder
        self._path = (folder or cache_folder()) / (re.sub(r"[^\w.-]+", "-", f"{encoder.fingerprint}-{name}") + ".npz")
        self._vectors: dict[bytes, Vectors] = {}
        self._used: dict[bytes, None] = {}
        self._new = False
        if self._path.is_file():
            with np.load(self._path) as saved:
                keys_N, vectors_ND = saved["keys"], saved["vectors"]
            self._vectors = {bytes(key): vector for key, vector in zip(keys_N, vectors_ND, strict=True)}

    @property
    def dimensions(self) -> int:
        """Length of a vector."""
        return self._encoder.dimensions

    @property
    def fingerprint(self) -> str:
        """That of the encoder behind it."""
        return self._encoder.fingerprint

    def encode(self, texts: Sequence[str], *, batch_size: int = 32) -> Vectors:
        """Vectors of the texts, shape (N, D); only those that are not known yet are computed."""
        keys = [blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).digest() for text in texts]
        fresh = {key: text for key, text in zip(keys, texts, strict=True) if key not in self._vectors}
        if fresh:
            self._vectors.update(
                zip(fresh, self._encoder.encode(list(fresh.values()), batch_size=batch_size), strict=True)
            )
            self._new = True
        self._used.update(dict.fromkeys(keys))
        if not texts:
            return self._encoder.encode([])
        return np.stack([self._vectors[key] for key in keys])

    def save(self) -> None:
        """Write the vectors used since then, all or nothing; what was not used is forgotten."""
        if not self._new or not self._used:
            return
        self._path.parent.mkdir(parents=True, exist_ok=True)
        keys_N = np.frombuffer(b"".join(self._used), np.uint8).reshape(-1, 16)
        partial = self._path.with_suffix(f".{os.getpid()}.npz")
        np.savez(partial, keys=keys_N, vectors=np.stack([self._vectors[key] for key in self._used]))
        partial.replace(self._path)
        self._new = False
