"""Vectors of the names of the packaged graph, made beforehand, so that linking a shop to it takes no encoding.

    encoder = KnownNames(EmbeddedEncoder())
    encoder.encode(["head torch"])        # from the file, where the encoder is the one that made it

`commonsense/names.npz` holds a digest and an int8 vector for each text (cosine to the full vector above .999), and the
fingerprint of their encoder. With another encoder, and for other texts, the encoder is asked. `shopwright train reason
--names FILE` makes the file, with `write`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cached_property
from hashlib import blake2b
from pathlib import Path

import numpy as np

from shopwright.models.protocols import Encoder, Vectors

FILE = Path(__file__).parent / "commonsense" / "names.npz"
_DIGEST = 8


class KnownNames:
    """An encoder that knows the names of the graph by heart. Safe to share between threads."""

    def __init__(self, encoder: Encoder, file: Path = FILE) -> None:
        self._encoder, self._file = encoder, file

    @property
    def dimensions(self) -> int:
        """That of the encoder."""
        return self._encoder.dimensions

    @property
    def fingerprint(self) -> str:
        """That of the encoder."""
        return self._encoder.fingerprint

    def encode(self, texts: Sequence[str], *, batch_size: int | None = None) -> Vectors:
        """Vectors of the texts, shape (N, D); those that are not known are encoded."""
        places, vectors_KD = self._known
        rows = [places.get(_digest(text), -1) for text in texts]
        new = [text for text, row in zip(texts, rows, strict=True) if row < 0]
        more = {} if batch_size is None else {"batch_size": batch_size}
        if len(new) == len(texts):
            return self._encoder.encode(texts, **more)
        found = vectors_KD[[max(row, 0) for row in rows]].astype(np.float32)
        found /= np.linalg.norm(found, axis=1, keepdims=True)
        if new:
            found[[place for place, row in enumerate(rows) if row < 0]] = self._encoder.encode(new, **more)
        return found

    @cached_property
    def _known(self) -> tuple[dict[bytes, int], np.ndarray]:
        if not self._file.is_file():
            return {}, np.zeros((0, self.dimensions), np.int8)
        with np.load(self._file) as stored:
            if str(stored["fingerprint"]) != self.fingerprint:
                return {}, np.zeros((0, self.dimensions), np.int8)
            digests, vectors = stored["digests"].tobytes(), stored["vectors"]
        pieces = (digests[start : start + _DIGEST] for start in range(0, len(digests), _DIGEST))
        return {piece: row for row, piece in enumerate(pieces)}, vectors


def write(texts: Iterable[str], encoder: Encoder, file: Path = FILE) -> int:
    """Make the file for some texts; returns how many."""
    names = list(dict.fromkeys(texts))
    vectors = encoder.encode(names)
    scaled = np.round(vectors / np.abs(vectors).max(axis=1, keepdims=True) * 127).astype(np.int8)
    digests = np.frombuffer(b"".join(map(_digest, names)), np.uint8)
    np.savez_compressed(file, fingerprint=encoder.fingerprint, digests=digests, vectors=scaled)
    return len(names)


def _digest(text: str) -> bytes:
    return blake2b(text.encode(), digest_size=_DIGEST).digest()
