"""The nearest words of a vocabulary, for query words that the index does not know.

Only unknown words are touched: a shop that sells "Fjällräven" has the word, and a known word is never "corrected".
Candidates are found by comparing letter counts in bulk (an edit changes at most two of them), then by edit distance.

Not here: real-word errors, context, splitting ("lexical" tries splits), phonetics. Words with digits are left alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import numpy as np

_SHORTEST = 4
_TWO_EDITS_FROM = 7
_LETTERS = "abcdefghijklmnopqrstuvwxyz"
_PLACE = {letter: place for place, letter in enumerate(_LETTERS)}
_CACHED = 4096


class Vocabulary:
    """Words with the number of products that have them.

    Args:
        words: distinct words in lower case; those with digits or of fewer than three letters are ignored.
        counts: in how many products each occurs.
    """

    def __init__(self, words: Sequence[str], counts: Sequence[int]) -> None:
        kept = sorted(
            ((word, count) for word, count in zip(words, counts, strict=True) if len(word) >= 3 and word.isalpha()),
            key=lambda pair: len(pair[0]),
        )
        self._words = [word for word, _ in kept]
        self._counts = [count for _, count in kept]
        self._lengths = np.array([len(word) for word in self._words], np.int64)
        self._letters = np.array([_letter_counts(word) for word in self._words], np.int8).reshape(-1, len(_LETTERS) + 1)
        self.nearest = lru_cache(_CACHED)(self._nearest)

    def __len__(self) -> int:
        return len(self._words)

    def _nearest(self, word: str, most: int = 3) -> tuple[tuple[str, int], ...]:
        """The words at the smallest edit distance, most frequent first, as (word, distance).

        One edit is allowed from four letters, two from seven. The first letter must agree where any candidate's does,
        because people rarely get it wrong. () when nothing is near.
        """
        if len(word) < _SHORTEST or not word.isalpha():
            return ()
        edits = 2 if len(word) >= _TWO_EDITS_FROM else 1
        first, last = np.searchsorted(self._lengths, [len(word) - edits, len(word) + edits + 1]).tolist()
        differing = np.abs(self._letters[first:last] - np.array(_letter_counts(word), np.int8)).sum(axis=1)
        near: list[tuple[int, bool, int, str]] = []
        for place in (np.flatnonzero(differing <= 2 * edits) + first).tolist():
            candidate = self._words[place]
            distance = edit_distance(word, candidate, edits)
            if distance <= edits:
                near.append((distance, candidate[0] != word[0], -self._counts[place], candidate))
        near.sort()
        return tuple((item[3], item[0]) for item in near if item[:2] == near[0][:2])[:most]


def edit_distance(left: str, right: str, most: int) -> int:
    """Optimal string alignment distance (insert, delete, replace, swap neighbours), or `most + 1` when it is more."""
    if abs(len(left) - len(right)) > most:
        return most + 1
    before: list[int] = []
    row = list(range(len(right) + 1))
    for i, a in enumerate(left, start=1):
        before, previous, row = row, before, [i]
        for j, b in enumerate(right, start=1):
            cost = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (a != b))
            if i > 1 and j > 1 and a == right[j - 2] and left[i - 2] == b:
                cost = min(cost, previous[j - 2] + 1)
            row.append(cost)
        if min(row) > most:
            return most + 1
    return row[-1]


def _letter_counts(word: str) -> list[int]:
    counts = [0] * (len(_LETTERS) + 1)
    for letter in word:
        counts[_PLACE.get(letter, -1)] += 1
    return counts
