"""The prefix cache: keys and values of prompts' beginnings, so that a shared instruction is read once.

Prompts are cut into blocks of tokens; a block is known by all tokens up to its end, so two prompts share exactly the
blocks of their common beginning, and each is stored once (as in vLLM's automatic prefix caching). The blocks that were
used least recently go first, and of one prompt its end before its beginning.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from shopwright.models.language.session import Floats, KeyValues

BLOCK = 32


@dataclass(slots=True)
class CacheCounts:
    """Tokens of prompts that were asked for, and how many of them did not have to be read again."""

    asked: int = 0
    hit: int = 0


class PrefixCache:
    """Blocks of keys and values by the tokens that lead to them. Safe to share between threads.

    Args:
        tokens: how many tokens it keeps at most; 0 switches it off. A token costs
            layers * 2 * key-value heads * head size * 4 bytes.
    """

    def __init__(self, tokens: int) -> None:
        self._limit = tokens // BLOCK
        self._blocks: OrderedDict[bytes, Floats] = OrderedDict()
        self._lock = threading.Lock()
        self.counts = CacheCounts()

    @property
    def tokens(self) -> int:
        """How many tokens it holds now."""
        return len(self._blocks) * BLOCK

    def fill(self, prompt: Sequence[int], cache: KeyValues) -> int:
        """Copy the known beginning of a prompt into an empty cache of one row; returns its length in tokens.

        The last token is always left to be read, since its logits are wanted.
        """
        with self._lock:
            found = [self._blocks[key] for key in self._known(_keys(prompt[:-1]))]
            self.counts.asked += len(prompt)
            self.counts.hit += len(found) * BLOCK
        for place, block in enumerate(found):
            cache.data[:, :, 0, :, place * BLOCK : (place + 1) * BLOCK] = block
        cache.lengths[0] = len(found) * BLOCK
        return len(found) * BLOCK

    def keep(self, prompt: Sequence[int], cache: KeyValues) -> None:
        """Remember a prompt that was read into a cache of one row."""
        keys = _keys(prompt)[: self._limit]
        with self._lock:
            known = len(self._known(keys))
            for place in range(known, len(keys)):
                part = cache.data[:, :, 0, :, place * BLOCK : (place + 1) * BLOCK]
                self._blocks[keys[place]] = part.copy()
            for key in reversed(keys):
                self._blocks.move_to_end(key)
            while len(self._blocks) > self._limit:
                self._blocks.popitem(last=False)

    def clear(self) -> None:
        """Forget everything, the counts included."""
        with self._lock:
            self._blocks.clear()
            self.counts = CacheCounts()

    def _known(self, keys: Sequence[bytes]) -> list[bytes]:
        """The leading keys that are held, marked as used."""
        known: list[bytes] = []
        for key in keys:
            if key not in self._blocks:
                break
            known.append(key)
        for key in reversed(known):
            self._blocks.move_to_end(key)
        return known


def _keys(prompt: Sequence[int]) -> list[bytes]:
    """A key for each whole block of the prompt."""
    whole = np.array(prompt, np.int32).tobytes()
    return [whole[: 4 * end] for end in range(BLOCK, len(prompt) + 1, BLOCK)]
