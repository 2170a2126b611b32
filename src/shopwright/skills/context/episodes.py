"""Stretches of a conversation about one thing, found while it goes on, with a title each.

A new one begins after a long silence, where somebody says so ("let's talk about ...", `subjects`), and where the
similarity of what was said before and after dips (TextTiling, Hearst 1997, section 4, with an encoder's vectors in
place of word counts): at each gap the mean vectors of the utterances on both sides are compared, and the lowest gap of
a valley is a boundary when it lies deeper below the peaks to its left and right than the valleys of this conversation
do on the average.

The title is what the opening names, else the opening sentence. Only what was said counts, not what tools returned.
Adding an utterance costs the same at any length; `episodes` reads a number a valley.

Simplification: similarity dips need `_LEAST` utterances before any is believed; in shorter talks only silence and words
divide.
"""

from __future__ import annotations

import math
import re

import numpy as np
from numpy.typing import NDArray

from shopwright.skills.context.subjects import closes_subject, opened_subject
from shopwright.skills.context.words import stems
from shopwright.types.memory import Episode, Utterance

SITTING_S = 3_600.0
"""After a longer silence something new begins, and the utterance before is no neighbour."""

_WIDTH = 3
"""Utterances on each side of a gap that are compared."""
_DEEPER = 0.25
"""Standard deviations above the mean depth of all valleys from which one is a boundary."""
_LEAST = 24
_APART = 4
"""Utterances that an episode found by a dip has at least."""
_TITLE = 60
_SENTENCE = re.compile(r"(?<=[.!?])\s+|\n+")

Vector = NDArray[np.float32]


class Segmenter:
    """The episodes of one conversation.

    Args:
        words: whether openings that say so count; the bench leaves them out to measure similarity alone.
    """

    def __init__(self, *, words: bool = True) -> None:
        self._words = words
        self._said: list[tuple[int, float, str]] = []
        self._recent: list[Vector] = []
        self._valleys = _Valleys()
        self._marks: dict[int, str] = {}
        self._closed = False
        self._subject: frozenset[str] = frozenset()
        self._titles: dict[tuple[int, int], str] = {}

    def add(self, utterance: Utterance, vector_D: Vector) -> None:
        """The next utterance and its unit vector, shape (D,)."""
        if utterance.kind != "said" or not utterance.text.strip():
            return
        place, text = len(self._said), utterance.text[:2_000]
        self._mark(place, text, utterance.at)
        self._said.append((utterance.turn, utterance.at, text))
        self._recent = [*self._recent[-2 * _WIDTH + 1 :], vector_D]
        if len(self._recent) == 2 * _WIDTH:  # the gap that lies `_WIDTH` back has both its sides now
            before, after = np.sum(self._recent[:_WIDTH], axis=0), np.sum(self._recent[_WIDTH:], axis=0)
            lengths = float(np.linalg.norm(before) * np.linalg.norm(after))
            self._valleys.add(place + 1 - _WIDTH, float(before @ after) / max(lengths, 1e-9))

    def episodes(self) -> list[Episode]:
        """The episodes so far, in order; the last is the one that goes on."""
        if not self._said:
            return []
        begins = sorted({0, *self._marks, *self._dipping()})
        ends = [*begins[1:], len(self._said)]
        made = []
        for first, end in zip(begins, ends, strict=True):
            turn, at, _ = self._said[first]
            last = self._said[end - 1][0] if end == len(self._said) else self._said[end][0] - 1
            made.append(Episode(turn, max(last, turn), self._title(first, end), at))
        return made

    def _mark(self, place: int, text: str, at: float) -> None:
        """Note whether a new episode begins here by silence or by words."""
        subject = opened_subject(text)
        words = frozenset(stems(subject or ""))
        new = bool(words) and 2 * len(words & self._subject) < len(words)
        silent = bool(self._said) and at - self._said[-1][1] > SITTING_S
        if silent or (self._words and (new or self._closed)):
            self._marks[place] = subject or ""
            self._subject = words
        self._closed = closes_subject(text)

    def _dipping(self) -> list[int]:
        """Places of the valleys that are deep enough, none near another boundary."""
        if len(self._said) < _LEAST:
            return []
        depths_V = np.array([depth for _, depth in self._valleys.found])
        floor = float(depths_V.mean() + _DEEPER * depths_V.std()) if len(depths_V) else 0.0
        found: list[int] = []
        for place, depth in self._valleys.found:
            if depth > floor and place - (found or [0])[-1] >= _APART and self._is_apart(place):
                found.append(place)
        return found

    def _is_apart(self, place: int) -> bool:
        near = range(place - _APART + 1, place + _APART)
        return place + _APART <= len(self._said) and not any(each in self._marks for each in near)

    def _title(self, first: int, end: int) -> str:
        if subject := self._marks.get(first):
            return subject
        known = self._titles.get((first, end))
        if known is None:
            known = self._titles[first, end] = title_of(
                [text for _, _, text in self._said[first : min(end, first + 4)]]
            )
        return known


def title_of(texts: list[str]) -> str:
    """The subject that one of the texts opens, else the first sentence that says something, cut at 60 letters."""
    for text in texts:
        if subject := opened_subject(text):
            return subject
    sentences = [sentence.strip() for text in texts for sentence in _SENTENCE.split(text) if sentence.strip()]
    telling = next((sentence for sentence in sentences if len(set(stems(sentence))) >= 2), None)
    chosen = telling or (sentences[0] if sentences else "")
    if len(chosen) <= _TITLE:
        return chosen
    return chosen[:_TITLE].rsplit(" ", 1)[0].rstrip(" ,;:") + " …"


class _Valleys:
    """The valleys of a series that arrives number by number: where the lowest of each is, and its depth.

    The depth is how far the peaks to its left and right rise above it, added up. A valley is known once the series goes
    down again behind it.
    """

    def __init__(self) -> None:
        self.found: list[tuple[int, float]] = []
        self._left = -math.inf
        self._lowest = self._highest = math.inf
        self._place = 0

    def add(self, place: int, height: float) -> None:
        """The next number, and the place that it stands for."""
        if self._highest < height < math.inf:
            self._highest = height
            return
        if self._highest > self._lowest:  # it had climbed, and now goes down again
            if self._left > -math.inf:
                self.found.append((self._place, self._left + self._highest - 2.0 * self._lowest))
            self._left = self._highest
        self._lowest = self._highest = height
        self._place = place
