"""The words of a text as units that are kept or dropped as one, in the order in which they are kept.

Sentences come in the order of `relevance`; within a sentence the words that say most come first, so that the sentence
that the budget cuts through loses articles and fillers before anything else. What is set in brackets goes as one.

Words of all sentences are not ranked together: taking the light words out of every sentence to make room for more of
them loses more answers than it saves (docs/context.md).
"""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from shopwright.skills.context.compression.relevance import Ranked
from shopwright.skills.context.compression.result import Extent
from shopwright.skills.context.compression.words import FILLER, FUNCTION, MARK, Words

MUST = -1
"""The rank of what is kept in any case."""
_ASIDE = re.compile(r"\([^()\n]{1,160}\)[,;]?")
_ASKED, _IN_ASIDE, _FIRST = 2.0, 0.5, 9.0


@dataclass(frozen=True, slots=True)
class Units:
    """Which words go together and when.

    Args:
        rank: of each word, from 0; those of equal rank are one unit; `MUST` stays; shape (W,).
        lengths: characters of each unit, in the order of ranks, shape (N,).
        aside: which words stand in brackets that go as one, shape (W,).
    """

    rank: NDArray[np.int64]
    lengths: NDArray[np.int64]
    aside: NDArray[np.bool_]


def units_of(
    words: Words,
    ranking: Ranked,
    says: NDArray[np.float64],
    must: NDArray[np.bool_],
    groups: NDArray[np.int64],
    final: NDArray[np.bool_],
) -> Units:
    """Units in their order.

    Args:
        words: the text.
        ranking: of its sentences.
        says: information of each word, shape (W,).
        must: words that are kept in any case, shape (W,).
        groups: words that are kept before all others of their sentence; those of one number, in order from 0, are one
            unit; -1 for all others; shape (W,).
        final: words that are kept before all other sentences, shape (W,).
    """
    turn = np.empty(words.sentences, np.int64)
    turn[ranking.order] = np.arange(words.sentences)
    when = np.where(final, -1, turn[words.sentence])
    value = np.where(ranking.asked, np.maximum(says, _ASKED), says)
    unit = np.arange(len(value))
    first = groups >= 0
    aside = _asides(words, must | first, unit, value)
    value[first] = _FIRST
    leaders = np.flatnonzero(first & ~must)
    _, begins, group = np.unique(groups[leaders], return_index=True, return_inverse=True)
    unit[leaders] = leaders[begins][group]
    mark = words.kind == MARK
    free = np.flatnonzero(~must & ~mark)
    order = free[np.lexsort((unit[free], -value[free], when[free]))]
    fresh = np.ones(len(order), np.bool_)
    fresh[1:] = unit[order][1:] != unit[order][:-1]
    rank = np.full(len(value), MUST, np.int64)
    rank[order] = np.cumsum(fresh) - 1
    lengths = np.bincount(rank[order], (words.ends - words.starts + 1)[order], minlength=int(fresh.sum()))
    _with_marks(words, rank, mark & ~must)
    return Units(rank, lengths.astype(np.int64), aside)


def _with_marks(words: Words, rank: NDArray[np.int64], mark: NDArray[np.bool_]) -> None:
    """The mark at the end of a sentence stays as soon as anything of the sentence does."""
    rank[mark] = len(rank)
    earliest = np.full(words.sentences, len(rank), np.int64)
    np.minimum.at(earliest, words.sentence, rank)
    rank[mark] = earliest[words.sentence[mark]]


def _asides(
    words: Words, safe: NDArray[np.bool_], unit: NDArray[np.int64], value: NDArray[np.float64]
) -> NDArray[np.bool_]:
    """Join the words of brackets that hold nothing protected; says which they are."""
    found = np.zeros(len(unit), np.bool_)
    for match in _ASIDE.finditer(words.text):
        low, high = _whole_words(words, match.span())
        if high > low and not safe[low:high].any() and words.sentence[low] == words.sentence[high - 1]:
            unit[low:high] = low
            value[low:high] = _IN_ASIDE * float(value[low:high].max())
            found[low:high] = True
    return found


def _whole_words(words: Words, extent: Extent) -> Extent:
    """Places low..high of the words that fill the extent; an empty range where it cuts through one."""
    low = int(np.searchsorted(words.starts, extent[0]))
    high = int(np.searchsorted(words.ends, extent[1], "right"))
    exact = low < high and words.starts[low] == extent[0] and words.ends[high - 1] == extent[1]
    return (low, high) if exact else (0, 0)


def reason_of(kinds: NDArray[np.int8], aside: bool) -> str:
    """Why words of a kept sentence went."""
    if aside:
        return "in brackets"
    if np.isin(kinds, (FUNCTION, FILLER, MARK)).all():
        return "function words and fillers"
    return "says least"
