"""Word n-grams of many texts at once, as 64-bit hashes: what near-duplicates and contamination are found by.

A word is a run of letters and digits, ASCII letters in lower case; every Chinese, Japanese or Korean character is a
word. Everything happens on the bytes of a whole batch in numpy: the hash of a word is the difference of two prefix
sums of a polynomial modulo 2^64, shifted back to the word's start, so that no word ever becomes a Python object.
Two n-grams with the same words have the same hash; that two others collide is as likely as for any 64-bit hash.

Not covered: folding of accents, and letters outside ASCII keep their case.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

Hashes = NDArray[np.uint64]
Offsets = NDArray[np.int64]

_BASE = 0x9E3779B97F4A7C15
_MIX = np.uint64(0xD6E8FEB86659FD93)
_HALF = np.uint64(32)


@dataclass(frozen=True, slots=True)
class Words:
    """The words of a batch of D texts, W in all.

    Args:
        hashes: of each word, shape (W,).
        starts: byte at which each word begins in its own text's UTF-8, shape (W,).
        ends: byte after each word, shape (W,).
        offsets: words of text d are `offsets[d]:offsets[d + 1]`, shape (D + 1,).
    """

    hashes: Hashes
    starts: Offsets
    ends: Offsets
    offsets: Offsets


def words(texts: Sequence[str]) -> Words:
    """The words of texts; lone surrogates count as "?"."""
    raw = [text.encode("utf-8", "replace") for text in texts]
    data = np.frombuffer(b"\n".join((*raw, b"")), np.uint8)
    lengths = np.fromiter((len(each) + 1 for each in raw), np.int64, len(raw))
    text_ends = np.cumsum(lengths)
    starts, ends = _borders(data)
    hashes = _word_hashes(data, starts, ends)
    offsets = np.concatenate(([0], np.searchsorted(starts, text_ends)))
    begin = np.repeat(text_ends - lengths, np.diff(offsets))
    return Words(hashes, starts - begin, ends - begin, offsets)


def ngrams(batch: Words, n: int) -> tuple[Hashes, Offsets]:
    """The hashes of all n-grams of words and, as in `Words`, where each text's begin; none crosses a text's end."""
    total = max(0, len(batch.hashes) - n + 1)
    hashes = np.zeros(total, np.uint64)
    for place in range(n):
        hashes += batch.hashes[place : place + total] * _odd(place)
    inside = np.ones(total, bool)
    first, after = batch.offsets[:-1], batch.offsets[1:]
    for place in range(1, n):
        last = after - place
        inside[last[(last >= first) & (last < total)]] = False
    counts = np.maximum(np.diff(batch.offsets) - n + 1, 0)
    return mixed(hashes[inside]), np.concatenate(([0], np.cumsum(counts)))


def shingles(texts: Sequence[str], n: int) -> tuple[Hashes, Offsets]:
    """The n-grams of texts; a text of fewer than n words has one, of all its words (none at all if it has none)."""
    batch = words(texts)
    hashes, offsets = ngrams(batch, n)
    counts = np.diff(batch.offsets)
    short = np.flatnonzero((counts > 0) & (counts < n))
    if not len(short):
        return hashes, offsets
    whole = [_whole(batch.hashes[batch.offsets[each] : batch.offsets[each + 1]]) for each in short]
    extra = np.zeros(len(texts), np.int64)
    extra[short] = 1
    return np.insert(hashes, offsets[short], whole), offsets + np.concatenate(([0], np.cumsum(extra)))


def mixed(hashes: Hashes) -> Hashes:
    """Spread every bit over all others (in place); a bijection."""
    hashes ^= hashes >> _HALF
    hashes *= _MIX
    hashes ^= hashes >> _HALF
    return hashes


def _borders(data: NDArray[np.uint8]) -> tuple[Offsets, Offsets]:
    of_word, ideograph = _byte_tables()[1:]
    inside = of_word[data]
    first, last = inside.copy(), inside.copy()
    first[1:] &= ~inside[:-1]
    last[:-1] &= ~inside[1:]
    lead = ideograph[data]
    if lead.any():
        first |= lead
        last[:-1] |= lead[1:] & inside[:-1]
    return np.flatnonzero(first), np.flatnonzero(last) + 1


def _word_hashes(data: NDArray[np.uint8], starts: Offsets, ends: Offsets) -> Hashes:
    powers, inverses = _powers(len(data).bit_length())
    sums = _byte_tables()[0][data]
    sums *= powers[: len(sums)]
    np.cumsum(sums, out=sums)
    hashes = sums[ends - 1]
    hashes -= np.where(starts > 0, sums[starts - 1], np.uint64(0))
    hashes *= inverses[starts]
    return mixed(hashes)


def _whole(hashes: Hashes) -> np.uint64:
    weights = np.array([_odd(place) for place in range(len(hashes))])
    return np.uint64(mixed((hashes * weights).sum(keepdims=True) + np.uint64(len(hashes)))[0])


@lru_cache(maxsize=1)
def _byte_tables() -> tuple[Hashes, NDArray[np.bool_], NDArray[np.bool_]]:
    """By byte: its value in the polynomial (0 outside words), whether words hold it, whether it begins a word alone."""
    codes = np.arange(256)
    lower = codes + 32 * ((codes >= ord("A")) & (codes <= ord("Z")))
    letter = (lower >= ord("a")) & (lower <= ord("z"))
    of_word = letter | ((codes >= ord("0")) & (codes <= ord("9"))) | (codes >= 128)
    values = np.random.default_rng(0).integers(1, 2**63, 256, np.uint64)
    return np.where(of_word, values[lower], np.uint64(0)), of_word, (codes >= 0xE3) & (codes <= 0xED)


@lru_cache(maxsize=4)
def _powers(bits: int) -> tuple[Hashes, Hashes]:
    """Powers 0 to 2^bits of the base and of its inverse modulo 2^64."""
    return _geometric(_BASE, bits), _geometric(pow(_BASE, -1, 1 << 64), bits)


def _geometric(base: int, bits: int) -> Hashes:
    powers = np.ones(1, np.uint64)
    for _ in range(bits):
        powers = np.concatenate((powers, powers * np.uint64(base)))
        base = base * base % (1 << 64)
    return powers


@lru_cache(maxsize=64)
def _odd(place: int) -> np.uint64:
    return np.uint64(np.random.default_rng(place + 1).integers(1, 2**63, dtype=np.uint64) | np.uint64(1))
