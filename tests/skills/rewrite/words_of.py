"""A catalogue of a few words with made-up frequencies, as a rewriter asks it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from shopwright.search.spelling import Vocabulary
from shopwright.skills.rewrite.generator import Written

PRODUCTS = 1_000
WORDS = {
    "waterproof": 40, "boots": 80, "fluorescent": 30, "light": 200, "door": 90, "mat": 60, "doormat": 12, "frost": 8,
    "king": 9, "screw": 70, "driver": 50, "screwdriver": 25, "18": 100, "v": 90, "nylon": 5, "pylon": 400,
}  # fmt: skip


class Words:
    """A `rewriter.Catalogue`."""

    products = PRODUCTS

    def __init__(self, words: Mapping[str, int] = WORDS) -> None:
        self._words = words
        self._vocabulary = Vocabulary(list(words), list(words.values()))

    def frequency(self, word: str) -> int:
        return self._words.get(word, 0)

    def titled(self, word: str) -> int:
        return self.frequency(word)

    def together(self, left: str, right: str) -> int:
        return min(self.frequency(left), self.frequency(right)) // 4

    def nearest(self, word: str) -> Sequence[tuple[str, int]]:
        return self._vocabulary.nearest(word)


class Says:
    """A generator that writes what it was told, and keeps what it was asked."""

    def __init__(self, *written: Written) -> None:
        self.written, self.asked = written, []

    def write(self, query: str, task: str, **more: object) -> tuple[Written, ...]:
        self.asked.append((query, task, more))
        return self.written
