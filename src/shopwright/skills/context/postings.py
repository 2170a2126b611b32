"""BM25 over texts that arrive one by one (Robertson and Zaragoza, 2009, with Lucene's inverse document frequency).

Adding a text touches the postings of its own words and nothing else, so the ten-thousandth costs what the tenth did;
rarities and the mean length are those of the moment of the search. Nothing is ever taken out: who forgets a text builds
the postings again without it, so that no list keeps a trace of it.
"""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Collection, Sequence

import numpy as np
from numpy.typing import NDArray

Scores = NDArray[np.float32]

_K1, _B = 0.8, 0.4
"""Short turns: a repeated word says little, and length hardly anything."""


class Postings:
    """Which texts have a word, and how often; places are numbers from 0 in the order of arrival."""

    def __init__(self) -> None:
        self._lists: dict[str, tuple[array[int], array[int]]] = {}
        self._lengths = array("i")
        self._total = 0

    def __len__(self) -> int:
        return len(self._lengths)

    def add(self, words: Sequence[str]) -> None:
        """The words of the next text."""
        place = len(self._lengths)
        for word, count in Counter(words).items():
            places, counts = self._lists.setdefault(word, (array("i"), array("i")))
            places.append(place)
            counts.append(count)
        self._lengths.append(len(words))
        self._total += len(words)

    def rarity(self, word: str) -> float:
        """Inverse document frequency; that of a word which no text has is the highest."""
        having = len(self._lists[word][0]) if word in self._lists else 0
        return float(np.log1p((len(self) - having + 0.5) / (having + 0.5)))

    def scores(self, words: Collection[str]) -> Scores:
        """BM25 of every text to the words, shape (N,), 0 where none of them is."""
        scores_N = np.zeros(len(self), np.float32)
        if not self._total:
            return scores_N
        lengths_N = np.array(self._lengths, np.float32)
        norms_N = _K1 * (1.0 - _B + _B * lengths_N * (len(self) / self._total))
        for word in dict.fromkeys(words):
            if word in self._lists:
                places, counts_P = (np.array(each) for each in self._lists[word])
                scores_N[places] += self.rarity(word) * counts_P * (_K1 + 1.0) / (counts_P + norms_N[places])
        return scores_N

    def shares(self, words: Collection[str]) -> Scores:
        """How much of the words each text has, weighed by rarity, shape (N,), 0 to 1; words that no text has count."""
        shares_N = np.zeros(len(self), np.float32)
        wanted = dict.fromkeys(words)
        for word in wanted:
            if word in self._lists:
                shares_N[np.array(self._lists[word][0])] += self.rarity(word)
        whole = sum(self.rarity(word) for word in wanted)
        return np.minimum(shares_N / np.float32(whole), 1.0) if whole else shares_N
