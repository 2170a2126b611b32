"""Keys and values with room to grow: a new token is written into its place, where the library's cache copies all.

For generation, without gradients. On a processor half of the time of a step of 64 answers was this copying.
"""

from __future__ import annotations

from functools import partial
from typing import Any

import torch
from torch import Tensor
from transformers.cache_utils import Cache, DynamicLayer


class RoomyLayer(DynamicLayer):
    """The cache of a layer.

    Args:
        room: tokens that will follow the first ones.
        dtype: in which keys and values are kept: that of attention, so that nothing is converted at each step.
    """

    def __init__(self, room: int, dtype: torch.dtype) -> None:
        super().__init__()
        self.keys: Any
        self.values: Any
        self._room, self._kept = room, dtype
        self._buffers: tuple[Tensor, Tensor] | None = None

    def update(self, key_states: Tensor, value_states: Tensor, *_: Any, **__: Any) -> tuple[Tensor, Tensor]:
        """Add the keys and values (B, H, T, D) of T tokens; returns those of all tokens."""
        if not self.is_initialized:
            self.lazy_initialization(key_states, value_states)
        before = self.get_seq_length()
        after = before + key_states.shape[2]
        if self._buffers is None or len(self._buffers[0]) != len(key_states) or self._buffers[0].shape[2] < after:
            keys = self._roomy(self.keys, key_states, before, after)
            self._buffers = keys, self._roomy(self.values, value_states, before, after)
        keys, values = self._buffers
        keys[:, :, before:after] = key_states
        values[:, :, before:after] = value_states
        self.keys, self.values = keys[:, :, :after], values[:, :, :after]
        return self.keys, self.values

    def _roomy(self, old: Tensor, new: Tensor, before: int, after: int) -> Tensor:
        """A buffer that holds what is known; it was repeated or rows were taken out since the last one was made."""
        buffer = new.new_empty((*new.shape[:2], after + self._room, new.shape[3]), dtype=self._kept)
        if before:
            buffer[:, :, :before] = old
        return buffer


def roomy_cache(room: int, dtype: torch.dtype) -> Cache:
    """A cache of such layers, as many as the model has."""
    return Cache(layer_class_to_replicate=partial(RoomyLayer, room, dtype))
