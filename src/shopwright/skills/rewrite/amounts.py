"""Prices and measures in a message: "under 80 euros", "20-30 quid", "around 50", "between 1 and 2 kg", "13 inch".

Every finder returns what it read together with the character span that it stands on, so that the reader can tell the
shopper what was understood and take the words out of the goal.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from shopwright.catalog.units import convert, find_quantities
from shopwright.skills.rewrite.english import ABOUT, AT_LEAST, AT_MOST, NUMBER_WORDS

_CURRENCY = {
    "€": "EUR", "eur": "EUR", "euro": "EUR", "euros": "EUR", "$": "USD", "usd": "USD", "dollar": "USD",
    "dollars": "USD", "bucks": "USD", "£": "GBP", "gbp": "GBP", "quid": "GBP", "pound": "GBP", "pounds": "GBP",
}  # fmt: skip
_SIGN = r"(?:€|\$|£|eur(?:os?)?\b|usd\b|dollars?\b|bucks\b|gbp\b|quid\b|pounds?\b)"
_NUMBER = r"\d{1,3}(?:[.,]\d{3})+(?:[.,]\d{1,2})?|\d+(?:[.,]\d{1,2})?"
_PRICE = re.compile(
    rf"(?P<compare>\b(?:{AT_MOST[3:-1]}|{AT_LEAST[3:-1]}|{ABOUT[3:-1]}|between|for|spend|"
    rf"budget(?: is| of|:)?)\s*|[<>~]\s*)?"
    rf"(?P<sign>{_SIGN}\s*)?(?P<low>{_NUMBER})(?:\s*(?P<unit1>{_SIGN}))?"
    rf"(?:\s*(?:-|–|to|and)\s*(?:{_SIGN}\s*)?(?P<high>{_NUMBER}))?(?:\s*(?P<unit>{_SIGN}))?(?P<budget>\s+budget)?",
    re.IGNORECASE,
)
_SPREAD = 0.2
"""How far "around 50" reaches on either side."""

_ROUND = {
    "ten": 10, "fifteen": 15, "twenty": 20, "thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "seventy": 70,
    "eighty": 80, "ninety": 90, "hundred": 100, "thousand": 1000,
}  # fmt: skip
_TENS = re.compile(
    rf"\b(?:(?:a|one|two|three|four|five|six|seven|eight|nine)\s+)?(?:{'|'.join(_ROUND)})\b", re.IGNORECASE
)
_GROUPED = re.compile(r"\b\d{1,3}(?:\.000)+\b(?=\s*[a-z])")
"""15.000 mm: a dot before three zeros and a unit groups thousands."""
_UNIT_WORD = re.compile(
    r"\b(an?|one)\b(?=[\s-]+(?:hour|kilo|kilogram|litre|liter|metre|meter|minute|week|day|month|year)\b)", re.I
)
_NUMBER_WORD = re.compile(
    rf"\b({'|'.join(NUMBER_WORDS)})\b(?=[\s-]+(?:person|people|man|adult|cup|piece|seat|year|litre|liter))", re.I
)


_OR_MORE = re.compile(
    r"\s*(?:or|and)\s+(less|under|below|colder|cooler|lighter|smaller|shorter|cheaper|quieter|younger|"
    r"more|over|above|warmer|longer|larger|bigger|heavier|older)\b",
    re.IGNORECASE,
)
_LESS = {"less", "under", "below", "colder", "cooler", "lighter", "smaller", "shorter", "cheaper", "quieter", "younger"}


@dataclass(frozen=True, slots=True)
class PriceRange:
    """A wish about price; bounds in `currency` (None: the shop's own)."""

    low: float | None
    high: float | None
    currency: str | None
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Measure:
    """A wish about a measured attribute; bounds in `unit`."""

    low: float | None
    high: float | None
    unit: str
    start: int
    end: int


def digits_for_words(text: str) -> str:
    """ "two-person" -> "  2-person", "an hour" -> " 1 hour": words that count as digits, offsets kept."""
    text = _TENS.sub(lambda match: str(_value_of(match[0])).rjust(len(match[0])), text)
    text = _GROUPED.sub(lambda match: (match[0].replace(".", "")).ljust(len(match[0])), text)
    text = _UNIT_WORD.sub(lambda match: "1".rjust(len(match[0])), text)
    return _NUMBER_WORD.sub(lambda match: str(NUMBER_WORDS[match[0].lower()]).rjust(len(match[0])), text)


def _value_of(words: str) -> int:
    """ "five hundred" -> 500, "a hundred" -> 100, "twenty" -> 20."""
    first, *rest = words.lower().split()
    if not rest:
        return _ROUND[first]
    return (NUMBER_WORDS.get(first) or 1) * _ROUND[rest[0]]


def find_measures(text: str) -> list[Measure]:
    """Quantities with units, with the comparison that stands before them."""
    found = []
    for span in find_quantities(text):
        unit = span.high.unit
        low: float | None = convert(span.low.value, span.low.unit, unit)
        high: float | None = span.high.value
        before = text[max(0, span.start - 24) : span.start]
        start, end = span.start, span.end
        if comparison := re.search(rf"{AT_MOST}\s*$", before, re.IGNORECASE):
            low = None
        elif comparison := re.search(rf"{AT_LEAST}\s*$", before, re.IGNORECASE):
            high = None
        elif (comparison := re.search(rf"{ABOUT}\s*$", before, re.IGNORECASE)) and low is not None and high is not None:
            low, high = low * (1 - _SPREAD), high * (1 + _SPREAD)
        if after := _OR_MORE.match(text[span.end :]):
            less = after[1].lower() in _LESS
            low, high = (None, span.high.value) if less else (low, None)
            end += after.end()
        if comparison:
            start -= len(comparison[0])
        found.append(Measure(low, high, unit, start, end))
    return found


def find_prices(text: str, taken: list[tuple[int, int]]) -> list[PriceRange]:
    """Amounts of money. A number without a currency counts only after a comparison ("under 80") or with "budget".

    Args:
        taken: spans that were read as measures already.
    """
    found = []
    for match in _PRICE.finditer(text):
        if any(start < match.end() and match.start() < end for start, end in taken):
            continue
        compare = (match["compare"] or "").strip().lower()
        sign = (match["sign"] or match["unit"] or match["unit1"] or "").strip().lower()
        if not sign and (not (compare or match["budget"]) or _counts_things(text, match.end(), compare)):
            continue
        low, high = _amount(match["low"]), _amount(match["high"]) if match["high"] else None
        bounds = _bounds(compare, low, high)
        found.append(PriceRange(*bounds, _CURRENCY.get(sign), match.start(), match.end()))
    return found


def _counts_things(text: str, end: int, compare: str) -> bool:
    """Whether the number counts something ("for 2 people", "about 3 of them") rather than money."""
    follows = re.match(r"\s*(?:-|%|x\b|×|[a-z]+)", text[end:], re.IGNORECASE)
    if compare in ("for", "some", "from", "within"):
        return True
    word = follows[0].strip().lower() if follows else ""
    return bool(word) and word not in (
        "for",
        "and",
        "or",
        "please",
        "with",
        "in",
        "if",
        "but",
        "that",
        "which",
        "total",
        "each",
        "max",
    )


def _bounds(compare: str, low: float, high: float | None) -> tuple[float | None, float | None]:
    if high is not None:
        return (low, high) if low <= high else (high, low)
    if re.fullmatch(ABOUT, compare):
        return round(low * (1 - _SPREAD), 2), round(low * (1 + _SPREAD), 2)
    if re.fullmatch(AT_LEAST, compare):
        return low, None
    return None, low


def _amount(text: str) -> float:
    if re.search(r"[.,]\d{3}(?:\D|$)", text):
        text = re.sub(r"[.,](?=\d{3}(?:\D|$))", "", text)
    return float(text.replace(",", "."))
