"""The check: a sentence passes when every number in it stands in the evidence that it cites.

Numbers are compared by value, without thousands separators: "999 million" is not "9.99 million". Where both name a unit
or a currency, that is compared too: "1.9 kg" is "1900 g" but not "1.9 g", "€5" is not "$5". A number that names none on
one side is compared by value alone. Words are not checked yet: the embedded wording copies them from the evidence, and
for an endpoint's wording `supported` asks that enough content words stand in the evidence.

A sentence without citations may not state a number at all.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from shopwright.catalog.money import CURRENCIES, currency_code
from shopwright.catalog.units import base, find_quantities
from shopwright.types import Evidence, Quantity, Sentence

_NUMBER = re.compile(
    r"(?<![\w.])(?P<digits>\d{1,3}(?:[, ]\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?)(?:\s*(?P<scale>million|billion|thousand)\b)?"
)
_SCALE = {"million": 1e6, "billion": 1e9, "thousand": 1e3}
_BEFORE = re.compile(r"((?:\b[A-Z]{1,2})?\$|[€£¥₹₩₪₺₫₴₱₦]|\b[A-Z]{3})\s?$")
_AFTER = re.compile(r"\s?([€£$¥]|[A-Z]{3}\b)")
_WORD = re.compile(r"[^\W\d_]{4,}")
_ENOUGH = 0.5


@dataclass(frozen=True, slots=True)
class Stated:
    """A number in a text, with the unit or the ISO code of the currency that is written beside it, if one is."""

    value: float
    unit: str | None = None
    currency: str | None = None

    def is_told_by(self, other: Stated) -> bool:
        """Whether the other number says the same, as far as both say."""
        if self.currency and other.currency and self.currency != other.currency:
            return False
        if (self.currency and other.unit) or (self.unit and other.currency):
            return False
        if self.unit and other.unit:
            mine, its = base(Quantity(self.value, self.unit)), base(Quantity(other.value, other.unit))
            return mine.unit == its.unit and _equal(mine.value, its.value)
        return _equal(self.value, other.value)


def stated(text: str) -> list[Stated]:
    """The numbers in a text with what is written beside them, in order."""
    measured = find_quantities(text)
    found = []
    for match in _NUMBER.finditer(text):
        value = float(re.sub("[, ]", "", match["digits"])) * _SCALE.get(match["scale"] or "", 1.0)
        units = [
            side.unit
            for quantity in measured
            if quantity.start <= match.start() < quantity.end
            for side in (quantity.low, quantity.high)
            if _equal(abs(side.value), value)
        ]
        currency = _currency(text, match)
        found.append(Stated(value, units[0] if units and not currency else None, currency))
    return found


def _currency(text: str, match: re.Match[str]) -> str | None:
    for word in (_BEFORE.search(text, max(0, match.start() - 5), match.start()), _AFTER.match(text, match.end())):
        if word and (len(word[1]) != 3 or not word[1].isalpha() or word[1] in CURRENCIES):
            return currency_code(word[1])
    return None


def _equal(a: float, b: float) -> bool:
    return abs(a - b) < 1e-9 * max(1.0, abs(a))


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
    facts = (evidence[key] for key in sentence.citations)
    text = "\n".join(
        part for fact in facts for part in (fact.title, fact.text)
    )  # no number meets the next part's words
    held = stated(text)
    if not all(any(number.is_told_by(other) for other in held) for number in stated(sentence.text)):
        return False
    if not lexical or not sentence.citations:
        return True
    said = {word.lower()[:5] for word in _WORD.findall(sentence.text)}
    there = {word.lower()[:5] for word in _WORD.findall(text)}
    return not said or len(said & there) / len(said) >= _ENOUGH
