"""The shipped text encoder: an int8 ONNX file run by ONNX Runtime on one thread, without torch (see `onnx_files`).

Texts are cut at the tokenizer's limit. Batches are made of texts of similar length, so that little is computed on
padding, and are small: activations are quantised over a whole batch, so a vector moves a little with its company (least
cosine to fp32 .982 in batches of 8, .971 in batches of 32, and larger ones are no faster). One thread is fastest for
this size; for more throughput run more processes.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from shopwright.models.onnx_files import WEIGHTS, OnnxModel, clean
from shopwright.models.protocols import Vectors

DEFAULT_ENCODER = "encoder-l6-int8"
_CACHED_TEXTS = 2048
_CACHED_CHARACTERS = 256
_LONGEST_TEXT = 4096


class EmbeddedEncoder:
    """An `Encoder` over ONNX Runtime. Safe to share between threads.

    Args:
        name: stem of the model's three files.
        folder: where they are; the shipped weights by default.
        batch_cache: how many short texts (queries) keep their vector in memory.

    Raises:
        ModelError: a file is missing or is not the one that the card describes.
    """

    def __init__(self, name: str = DEFAULT_ENCODER, folder: Path = WEIGHTS, batch_cache: int = _CACHED_TEXTS) -> None:
        self._model = OnnxModel(name, folder)
        self._cache: OrderedDict[str, Vectors] = OrderedDict()
        self._cache_size = batch_cache
        self._lock = threading.Lock()

    @property
    def dimensions(self) -> int:
        """Length of a vector (384 for MiniLM)."""
        return self._model.width

    @property
    def fingerprint(self) -> str:
        """Name, and twelve hex digits that change when the weights or the tokenizer do."""
        return self._model.fingerprint

    def encode(self, texts: Sequence[str], *, batch_size: int = 8) -> Vectors:
        """Vectors of the texts, shape (N, D), float32, unit length.

        A text that comes twice is encoded once. A single short text, as a query is, comes from the cache when it was
        encoded before.
        """
        if len(texts) == 1 and len(texts[0]) <= _CACHED_CHARACTERS:
            return self._encode_cached(texts[0])
        distinct = {text: place for place, text in enumerate(dict.fromkeys(texts))}
        vectors = self._encode_batches(list(distinct), batch_size)
        return vectors if len(distinct) == len(texts) else vectors[[distinct[text] for text in texts]]

    def _encode_cached(self, text: str) -> Vectors:
        with self._lock:
            known = self._cache.get(text)
            if known is not None:
                self._cache.move_to_end(text)
                return known.copy()
        vector = self._encode_batches([text], 1)
        with self._lock:
            self._cache[text] = vector.copy()
            while len(self._cache) > self._cache_size:
                self._cache.popitem(last=False)
        return vector

    def _encode_batches(self, texts: Sequence[str], batch_size: int) -> Vectors:
        encodings = self._model.tokenizer.encode_batch([clean(text, _LONGEST_TEXT) for text in texts])
        order = sorted(range(len(encodings)), key=lambda place: len(encodings[place].ids))
        vectors = np.empty((len(texts), self.dimensions), np.float32)
        for start in range(0, len(order), batch_size):
            rows = order[start : start + batch_size]
            vectors[rows] = self._model.run([encodings[row] for row in rows])
        return vectors
