"""Words of a text as this package compares them: folded, stemmed by hand, without those that say nothing.

Chinese and Japanese signs are a word each, since nothing separates words there. What not: no dictionary, no lemmas; a
stem is a word without its commonest English endings ("batteries" and "battery" meet, "ran" and "run" do not).
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

LONGEST = 4000
"""Characters of one text that are read; of a longer one, the passage with most of the question's words."""

_CJK = "\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
_WORD = re.compile(rf"\d+(?:[.,:]\d+)*|[{_CJK}]|[^\W\d_{_CJK}]+(?:[-'’][^\W\d_{_CJK}]+)*")
_BREAK = re.compile(r"(?<=[.!?])\s+|(?<=[。！？])|\n+")


def word_set(text: str) -> frozenset[str]:
    """The words of a list that is written as one text."""
    return frozenset(text.split())


FUNCTION = word_set(
    "a an the this that these those it its it's they them their there here he she his her i i'm i've me my we "
    "us our you your is are was were be been being am do does did done doing have has had having will would "
    "can could shall should may might must of to in on at by for from with without about into over under as "
    "and or but nor so if than then too very just also only not no yes what which who whom whose when where "
    "why how much many any some all each every both out up down off again more most such own same s t get gets got "
    "的 了 是 在 有 和 与 吗 呢 谁 哪 什 么 多 少"
)
"""Words that say nothing of what a text is about."""


class Word(NamedTuple):
    """A word in its place: `text[start:end]`, and folded."""

    folded: str
    start: int
    end: int


def fold(text: str) -> str:
    """Lower case, without accents and with plain quotes; as long as before is not promised."""
    if text.isascii():
        return text.lower()
    plain = unicodedata.normalize("NFKD", text.lower().replace("’", "'"))
    return "".join(sign for sign in plain if not unicodedata.combining(sign))


def words(text: str) -> list[Word]:
    """The words of a text with their places."""
    return [Word(fold(match[0]), match.start(), match.end()) for match in _WORD.finditer(text)]


@lru_cache(maxsize=8192)
def stem(word: str) -> str:
    """A folded word without its ending: "batteries" -> "battery", "charging" -> "charg"."""
    word = word.removesuffix("'s")
    if len(word) > 4 and word.endswith("ies"):
        return word[:-3] + "y"
    for ending in ("ings", "ing", "edly", "ed", "es", "ly", "s", "e"):
        if word.endswith(ending) and len(word) - len(ending) >= 3 and not word.endswith("ss"):
            return word[: -len(ending)]
    return word


@lru_cache(maxsize=4096)
def content(text: str) -> frozenset[str]:
    """The stems of a text's words that say something."""
    return frozenset(stem(word.folded) for word in words(text[:LONGEST]) if word.folded not in FUNCTION)


@lru_cache(maxsize=4096)
def bag(text: str) -> frozenset[str]:
    """All words of a text, folded, in no order."""
    return frozenset(word.folded for word in words(text[:LONGEST]))


def passage(text: str, question: str) -> str:
    """The text, or of a very long one the run of sentences with most of the question's words."""
    if len(text) <= LONGEST:
        return text
    wanted, half = content(question), LONGEST // 2
    pieces = [text[start : start + LONGEST] for start in range(0, len(text), half)][:2000]
    marks = [stem_ for stem_ in wanted if stem_]
    best = max(pieces, key=lambda piece: sum(mark in piece.lower() for mark in marks))
    edge = _BREAK.search(best) if not text.startswith(best) else None
    return best[edge.end() :] if edge and edge.end() < half else best


def incidence(bags: list[frozenset[str]]) -> NDArray[np.float32]:
    """Which of the words, in columns, stand in which of the texts, in rows: shape (N, V), 0 or 1."""
    columns: dict[str, int] = {}
    for one in bags:
        for word in one:
            columns.setdefault(word, len(columns))
    found_NV = np.zeros((len(bags), max(len(columns), 1)), np.float32)
    for row, one in enumerate(bags):
        found_NV[row, [columns[word] for word in one]] = 1.0
    return found_NV
