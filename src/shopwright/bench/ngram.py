"""Baseline language models over bytes: an interpolated n-gram with modified Kneser-Ney smoothing, and xz.

`NgramModel` is the smoothing of Chen and Goodman (1999, section 3): absolute discounts for counts of one, two and more,
lower orders counted by distinct left neighbours, all orders interpolated down to the uniform distribution over bytes.
Eight bytes fit in one 64-bit integer, so an order of at most eight needs no hashing: a table is a sorted array of
n-grams, a lookup a binary search, and everything is vectorised over positions.

Simplifications: texts are padded with NUL bytes, a NUL inside a text is never learned and costs what an unknown byte
costs; the padded starts of texts are counted like any other context. 18 MB of text take about 1.5 GB while training.
"""

from __future__ import annotations

import lzma
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from shopwright.errors import ConfigError

Keys = NDArray[np.uint64]
Counts = NDArray[np.int64]
Floats = NDArray[np.float64]

HIGHEST = 8
_BLOCK = 1 << 20
_BYTE = np.uint64(8)
_LAST = np.uint64(0xFF)


@dataclass(frozen=True, slots=True)
class _Order:
    """The n-grams of one length, sorted, and their contexts.

    Args:
        grams: n-grams as big-endian integers, shape (G,).
        discounted: (count - discount) / count of the context, shape (G,).
        contexts: the n-grams without their last byte, each once, shape (C,).
        passed_on: the share of each context that goes to the next lower order, shape (C,).
    """

    grams: Keys
    discounted: NDArray[np.float32]
    contexts: Keys
    passed_on: NDArray[np.float32]


class NgramModel:
    """A byte-level n-gram model; make one with `train`."""

    def __init__(self, orders: Sequence[_Order]) -> None:
        self._orders = list(orders)

    @property
    def order(self) -> int:
        """Length of the longest n-gram in bytes."""
        return len(self._orders)

    @property
    def size(self) -> int:
        """Number of n-grams of all lengths."""
        return sum(len(each.grams) for each in self._orders)

    @classmethod
    def train(cls, texts: Iterable[str], order: int = HIGHEST) -> NgramModel:
        """Count the n-grams of some texts.

        Raises:
            ConfigError: an order outside 1 to 8, or no text.
        """
        if not 1 <= order <= HIGHEST:
            raise ConfigError(f"n-gram order {order}: use 1 to {HIGHEST}")
        keys = _keys(_padded(texts, order), order)
        keys = keys[(keys & _LAST) != 0]
        if not len(keys):
            raise ConfigError("an n-gram model of no text: give at least one text that is not empty")
        grams, counts = np.unique(keys, return_counts=True)
        orders = [_smoothed(grams, counts.astype(np.int64))]
        for length in range(order - 1, 0, -1):
            suffixes = grams & np.uint64((1 << 8 * length) - 1)
            grams, counts = np.unique(suffixes, return_counts=True)
            orders.append(_smoothed(grams, counts.astype(np.int64)))
        return cls(orders[::-1])

    def logprobs(self, text: str) -> Floats:
        """Natural logarithm of the probability of each byte of a text given those before it, shape (bytes,)."""
        keys = _keys(_padded([text], self.order), self.order)
        return np.log(self._probabilities(keys))

    def bits_per_byte(self, texts: Iterable[str]) -> float:
        """Mean -log2 p of the bytes of some texts, each from its own beginning; NaN for no bytes."""
        bits, size = 0.0, 0
        for text in texts:
            logprobs = self.logprobs(text)
            bits -= float(logprobs.sum()) / np.log(2.0)
            size += len(logprobs)
        return bits / size if size else float("nan")

    def score(self, prompt: str, continuations: Sequence[str]) -> list[tuple[float, bool]]:
        """Log-probability of each continuation after the prompt; "greedy" is never claimed. See `Scorable`."""
        skipped = len(prompt.encode("utf-8", "replace"))
        return [(float(self.logprobs(prompt + each)[skipped:].sum()), False) for each in continuations]

    def _probabilities(self, keys: Keys) -> Floats:
        found = [self._block(keys[start : start + _BLOCK]) for start in range(0, len(keys), _BLOCK)]
        return np.concatenate(found) if found else np.zeros(0)

    def _block(self, keys: Keys) -> Floats:
        unique, places = np.unique(keys, return_inverse=True)
        probabilities = np.full(len(unique), 1 / 256)
        for length, table in enumerate(self._orders, 1):
            grams = unique & np.uint64((1 << 8 * length) - 1)
            passed_on = _looked_up(table.contexts, table.passed_on, grams >> _BYTE, 1.0)
            probabilities = passed_on * probabilities + _looked_up(table.grams, table.discounted, grams, 0.0)
        found: Floats = probabilities[places]
        return found


def xz_bits_per_byte(texts: Sequence[str], primed_with: Sequence[str] = ()) -> float:
    """Bits per byte of some texts, compressed together with `xz -9e`; NaN for no bytes.

    Args:
        primed_with: texts compressed before them whose own compressed size is taken off; the dictionary holds 64 MiB.
    """
    body = "\n".join(texts).encode("utf-8", "replace")
    head = "\n".join(primed_with).encode("utf-8", "replace")
    if not body:
        return float("nan")
    size = _xz_size(head + b"\n" + body) - _xz_size(head) if head else _xz_size(body)
    return 8 * size / len(body)


def _xz_size(data: bytes) -> int:
    return len(lzma.compress(data, preset=9 | lzma.PRESET_EXTREME))


def _padded(texts: Iterable[str], order: int) -> NDArray[np.uint8]:
    """The bytes of all texts, each after as many NUL bytes as the longest context has."""
    padding = bytes(order - 1)
    joined = b"".join(padding + text.encode("utf-8", "replace") for text in texts)
    return np.frombuffer(joined, np.uint8)


def _keys(data: NDArray[np.uint8], order: int) -> Keys:
    """The n-gram that ends at each byte from the first that has a whole context on, shape (bytes - order + 1,)."""
    size = max(0, len(data) - order + 1)
    keys: Keys = np.zeros(size, np.uint64)
    for place in range(order):
        keys <<= _BYTE
        keys |= data[place : place + size]
    return keys


def _smoothed(grams: Keys, counts: Counts) -> _Order:
    """The discounted probabilities of n-grams and what is left over for the next lower order."""
    discounts = _discounts(counts)[np.minimum(counts, 3)]
    contexts = grams >> _BYTE
    starts = np.flatnonzero(np.concatenate(([True], contexts[1:] != contexts[:-1])))
    totals = np.add.reduceat(counts, starts)
    sizes = np.diff(np.append(starts, len(grams)))
    return _Order(
        grams,
        ((counts - discounts) / np.repeat(totals, sizes)).astype(np.float32),
        contexts[starts],
        (np.add.reduceat(discounts, starts) / totals).astype(np.float32),
    )


def _discounts(counts: Counts) -> Floats:
    """What is taken off counts of 0, 1, 2, and 3 or more; half a count where a table is too small to estimate it."""
    once, twice, thrice, four = (max(1, int((counts == value).sum())) for value in (1, 2, 3, 4))
    share = once / (once + 2 * twice)
    estimates = np.array(
        [0.0, 1 - 2 * share * twice / once, 2 - 3 * share * thrice / twice, 3 - 4 * share * four / thrice]
    )
    sensible = (estimates > 0) & (estimates < np.arange(4))
    return np.where(sensible, estimates, [0.0, 0.5, 0.5, 0.5])


def _looked_up(table: Keys, values: NDArray[np.float32], wanted: Keys, default: float) -> Floats:
    """The value of each wanted key, or the default; `table` is sorted."""
    places = np.searchsorted(table, wanted)
    places[places == len(table)] = 0
    found: Floats = np.where(table[places] == wanted, values[places].astype(np.float64), default)
    return found
