"""The check: a sentence passes when every number in it stands in the evidence that it cites.

Numbers are compared by value after removing thousands separators, with their unit or currency when both name one:
"999 million" is not "9.99 million". Words are not checked yet: the embedded wording copies them from the evidence, and
for an endpoint's wording `supported` asks that enough content words stand in the evidence.

A sentence without citations may not state a number at all.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from shopwright.types import Evidence, Sentence

_NUMBER = re.compile(
    r"(?<![\w.])(?:[€$£]\s?)?\d{1,3}(?:[, ]\d{3})+(?:\.\d+)?(?:\s*(?:million|billion|thousand|k|m)\b)?"
    r"|(?<![\w.])\d+(?:\.\d+)?(?:\s*(?:million|billion|thousand)\b)?"
)
_SCALE = {"million": 1e6, "billion": 1e9, "thousand": 1e3, "k": 1e3, "m": 1e6}
_WORD = re.compile(r"[^\W\d_]{4,}")
_ENOUGH = 0.5


def numbers(text: str) -> list[float]:
    """The numbers in a text by value, in order."""
    found = []
    for match in _NUMBER.finditer(text):
        digits, _, scale = match[0].strip("€$£ ").replace(",", "").partition(" ")
        parts = re.fullmatch(r"([\d.\s]+?)\s*([a-z]*)", f"{digits} {scale}".strip())
        if parts:
            found.append(float(parts[1].replace(" ", "")) * _SCALE.get(parts[2], 1.0))
    return found


def check(
    sentences: Sequence[Sentence], evidence: Mapping[str, Evidence], *, lexical: bool = False
) -> tuple[tuple[Sentence, ...], tuple[str, ...]]:
    """The sentences that may be said, and those that were removed.

    Args:
        lexical: also ask that the content words of a cited sentence stand in its evidence (for a model's wording).
    """
    kept: list[Sentence] = []
    removed: list[Sentence] = []
    for sentence in sentences:
        (kept if supported(sentence, evidence, lexical=lexical) else removed).append(sentence)
    return tuple(kept), tuple(sentence.text for sentence in removed)


def supported(sentence: Sentence, evidence: Mapping[str, Evidence], *, lexical: bool = False) -> bool:
    """Whether the cited evidence holds the sentence's numbers (and words)."""
    if any(key not in evidence for key in sentence.citations):
        return False
    text = " ".join(f"{evidence[key].title} {evidence[key].text}" for key in sentence.citations)
    held = numbers(text)
    if any(
        not any(abs(number - other) < 1e-9 * max(1.0, abs(number)) for other in held)
        for number in numbers(sentence.text)
    ):
        return False
    if not lexical or not sentence.citations:
        return True
    said = {word.lower()[:5] for word in _WORD.findall(sentence.text)}
    there = {word.lower()[:5] for word in _WORD.findall(text)}
    return not said or len(said & there) / len(said) >= _ENOUGH
