"""The decoder's graph on disk and in memory: tokens and a key-value cache in, logits out.

The cache is one array that the graph reads and extends in place; nothing is copied from token to token. Rows of a
batch may be of different lengths. A row's logits do not depend on the other rows (see `shopwright.train.lm_graph`).

Simplifications: one thread, fp32 cache, several tokens at once for a single row only (which is how prompts are read).
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from shopwright.errors import ModelError
from shopwright.models.onnx_files import WEIGHTS, OnnxModel

Floats = NDArray[np.float32]
_OLD_BASE = 10_000.0
CHUNK = 256
"""A prompt is read in pieces of so many tokens, which bounds the memory of attention and of logits."""


class KeyValues:
    """Keys and values of a batch of sequences, with room to grow.

    Args:
        data: shape (layers, 2, B, heads, capacity, head size).
        lengths: how many tokens of each row are filled, shape (B,).

    `binding` is the session's: where in memory the graph finds this cache.
    """

    def __init__(self, data: Floats, lengths: Sequence[int]) -> None:
        self.data = data
        self.lengths = np.array(lengths, np.int32)
        self.binding: Any = None

    @property
    def rows(self) -> int:
        """B, the number of sequences."""
        return int(self.data.shape[2])

    @property
    def capacity(self) -> int:
        """How many tokens a row has room for."""
        return int(self.data.shape[4])

    def select(self, rows: Sequence[int]) -> KeyValues:
        """A copy of some rows, in that order; a row may be taken several times."""
        return KeyValues(np.ascontiguousarray(self.data[:, :, list(rows)]), self.lengths[list(rows)].tolist())

    @classmethod
    def joined(cls, parts: Sequence[KeyValues]) -> KeyValues:
        """One batch of several, with the room of the largest."""
        shape = list(parts[0].data.shape)
        shape[2] = sum(part.rows for part in parts)
        shape[4] = max(part.capacity for part in parts)
        data = np.zeros(shape, np.float32)
        start = 0
        for part in parts:
            data[:, :, start : start + part.rows, :, : part.capacity] = part.data
            start += part.rows
        return cls(data, [length for part in parts for length in part.lengths.tolist()])


class DecoderSession(OnnxModel):
    """A decoder that `shopwright.train.lm_export` wrote. Safe to share between threads; a `KeyValues` is not.

    Args:
        name: stem of the model's three files.
        folder: where they are.

    Raises:
        ModelError: a file is missing, is not the one that the card describes, or holds no decoder.
    """

    def __init__(self, name: str, folder: Path = WEIGHTS) -> None:
        super().__init__(name, folder)
        self.name = name

    @cached_property
    def _shape(self) -> tuple[int, int, int]:
        """Layers, heads and head size of the cache."""
        caches = [each for each in self._session.get_inputs() if each.name.startswith("past_k.")]
        if not caches:
            raise ModelError(f"{self.name}.onnx is no decoder: export one with `shopwright train`")
        return len(caches), int(caches[0].shape[1]), int(caches[0].shape[3])

    @cached_property
    def context(self) -> int:
        """The longest sequence, prompt and answer together, in tokens."""
        return int(self._session.get_modelmeta().custom_metadata_map["context"])

    @cached_property
    def trained_context(self) -> int:
        """The window before it was stretched; that of `context` where it never was."""
        rope = self._rope
        return int(rope["window"]) if rope.get("factor", 1.0) > 1 else self.context

    @cached_property
    def turns(self) -> NDArray[np.float64]:
        """Angle of each pair of a head's values a position, shape (D / 2,)."""
        size = self._shape[2]
        plain = _OLD_BASE ** (-np.arange(0, size, 2, dtype=np.float64) / size)
        return np.array(self._rope.get("turns", plain), np.float64)

    @property
    def _rope(self) -> dict[str, Any]:
        """What the file says of its rotary positions; nothing in older files."""
        told: dict[str, Any] = json.loads(self._session.get_modelmeta().custom_metadata_map.get("rope", "{}"))
        return told

    @cached_property
    def vocabulary(self) -> int:
        """V, the number of logits."""
        return int(self._session.get_outputs()[0].shape[-1])

    def empty(self, capacity: int, rows: int = 1) -> KeyValues:
        """A cache without tokens."""
        layers, heads, size = self._shape
        return KeyValues(np.zeros((layers, 2, rows, heads, capacity, size), np.float32), [0] * rows)

    def step(self, tokens_BT: NDArray[np.int64], cache: KeyValues, rows: NDArray[np.int64] | None = None) -> Floats:
        """Read tokens, extend the cache, and give logits.

        Args:
            tokens_BT: next tokens of each row; T > 1 for a batch of one only.
            cache: extended in place.
            rows: positions among the B * T that get logits; the last of each row by default.

        Returns:
            Logits of shape (R, V).

        Raises:
            ModelError: the tokens do not fit into the cache or the context.
        """
        batch, count = tokens_BT.shape
        longest = int(cache.lengths.max()) + count
        if longest > min(cache.capacity, self.context):
            raise ModelError(f"{longest} tokens, at most {min(cache.capacity, self.context)}: shorten the text")
        if count > 1 and batch > 1:
            raise ModelError(f"{count} tokens at once in a batch of {batch}: allowed for a batch of one")
        if cache.binding is None:
            cache.binding = self._bound(cache)
        places = np.arange(1, batch + 1) * count - 1 if rows is None else rows
        logits = np.empty((len(places), self.vocabulary), np.float32)
        binding = cache.binding
        binding.bind_cpu_input("input_ids", np.ascontiguousarray(tokens_BT))
        binding.bind_cpu_input("last", cache.lengths + np.int32(count - 1))
        binding.bind_cpu_input("total", np.array(longest, np.int32))
        binding.bind_cpu_input("rows", places)
        binding.bind_output("logits", "cpu", 0, np.float32, logits.shape, logits.ctypes.data)
        try:
            self._session.run_with_iobinding(binding)
        except RuntimeError as error:
            raise ModelError(f"{self.name}.onnx cannot be run: {str(error)[:200]}") from error
        cache.lengths += count
        return logits

    def _bound(self, cache: KeyValues) -> Any:
        """A binding in which the cache is what the graph reads and what it writes."""
        binding = self._session.io_binding()
        for layer, pair in enumerate(cache.data):
            for letter, array in zip("kv", pair, strict=True):
                place = ("cpu", 0, np.float32, array.shape, array.ctypes.data)
                binding.bind_input(f"past_{letter}.{layer}", *place)
                binding.bind_output(f"present_{letter}.{layer}", *place)
        return binding

    def read(self, tokens: Sequence[int], cache: KeyValues) -> Floats:
        """Read a prompt into a cache of one row; logits of its last token, shape (V,)."""
        logits = np.empty((1, 0), np.float32)
        for start in range(0, len(tokens), CHUNK):
            logits = self.step(np.array([tokens[start : start + CHUNK]], np.int64), cache)
        last: Floats = logits[0]
        return last
