"""A text as words, and the phrases of a table that stand in it.

Hyphens part words ("dishwasher-safe" is two), an apostrophe does not, a number keeps its decimals, and the signs that
end or part sentences are words of their own. No stems: a table lists the forms that it means.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Generic, TypeVar

_WORD = re.compile(r"\d+(?:[.,]\d+)*|[^\W\d_]\w*(?:['’][^\W\d_]+)*|\w+|[.!?]+|[,;:€$£()\n]")
_SIGNS = frozenset(",;:()\n€$£.!?")
_THOUSANDS = re.compile(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?")
Meaning = TypeVar("Meaning")


def words(text: str) -> list[str]:
    """The words and signs of a text, in its own capitals."""
    return _WORD.findall(text)


def phrase(text: str) -> tuple[str, ...]:
    """The words of a phrase in small letters, without signs."""
    return tuple(word for word in map(str.lower, words(text)) if word[0] not in _SIGNS)


def is_sign(word: str) -> bool:
    """Whether a word is punctuation or the sign of a currency."""
    return word[0] in _SIGNS


def number(word: str) -> float | None:
    """The number that a word is: "49.90", "49,90", "1,299.00"; None where it is none."""
    if not word[0].isdigit():
        return None
    plain = word.replace(",", "") if _THOUSANDS.fullmatch(word) else word.replace(",", ".")
    try:
        return float(plain)
    except ValueError:
        return None


class Phrases(Generic[Meaning]):
    """Phrases with a meaning each; the same phrase may have several.

    Args:
        pairs: a phrase as written, and what it means.
    """

    def __init__(self, pairs: Iterable[tuple[str, Meaning]] = ()) -> None:
        found: dict[str, list[tuple[tuple[str, ...], Meaning]]] = defaultdict(list)
        for text, meaning in pairs:
            parts = phrase(text)
            if parts:
                found[parts[0]].append((parts, meaning))
        self._by_first = {first: sorted(entries, key=lambda entry: -len(entry[0])) for first, entries in found.items()}

    def find(self, small: Sequence[str]) -> list[tuple[int, int, Meaning]]:
        """Every place (start, end, meaning) in words of small letters, overlapping ones too, longer ones first."""
        found: list[tuple[int, int, Meaning]] = []
        get, count = self._by_first.get, len(small)
        for start in [at for at, word in enumerate(small) if word in self._by_first]:
            for parts, meaning in get(small[start], ()):
                end = start + len(parts)
                if end <= count and (len(parts) == 1 or tuple(small[start:end]) == parts):
                    found.append((start, end, meaning))
        return found


def longest(found: Iterable[tuple[int, int, Meaning]]) -> list[tuple[int, int, Meaning]]:
    """Of places in order, those that do not begin inside an earlier one; of one start, the first."""
    kept: list[tuple[int, int, Meaning]] = []
    free = 0
    for place in found:
        if place[0] >= free:
            kept.append(place)
            free = place[1]
    return kept
