"""Numbers read from a text with what is written beside them: units, currencies, scales; in digits or in words.

What: `stated` finds 1,299.50, €5, "1.9 kg", "1.5k", "999 million", "12%", "½", "3/4", "1.5万", "twelve", "half an
hour", "two-thirds", "a dozen", "third", "21st". A range is its two ends, each with the unit.

What not: other languages' number words, roman numerals, "several", "dozens". Dates and times of day are in `dates`.
"One" alone is a pronoun more often than a number and is left out, except before a unit ("one year").
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from shopwright.catalog.money import CURRENCIES, currency_code
from shopwright.catalog.units import base, dimension, find_quantities, parse_number, unit_symbol
from shopwright.types import Quantity

_SCALE = {
    "million": 1e6, "millions": 1e6, "mio": 1e6, "mn": 1e6, "mln": 1e6, "m": 1e6,
    "billion": 1e9, "billions": 1e9, "bn": 1e9, "mrd": 1e9, "b": 1e9, "trillion": 1e12, "tn": 1e12,
    "thousand": 1e3, "k": 1e3, "万": 1e4, "萬": 1e4, "亿": 1e8, "億": 1e8, "千": 1e3,
}  # fmt: skip
_FIGURE = re.compile(
    r"(?<![\w.])(?P<digits>\d{1,3}(?:[ \u00a0\u202f\u2009]\d{3})+(?![\d.,]*\d)"
    r"|(?:\d{1,3}[ -])?\d{1,2}/[1-9]\d?(?![\d/])|(?:\d{1,4} ?)?[½¼¾⅓⅔⅛]"
    r"|\d{1,15}(?:[.,'’]\d{1,9}){0,5})(?:(?P<ordinal>st|nd|rd|th)\b|(?P<letter>[kKmMbB])(?![\w/²³])"
    r"|[ \u00a0-]?(?P<scale>millions?|billions?|trillion|thousand|mio|mln|mrd|bn|mn)\b|(?P<sign>[万萬亿億千]))?"
)
_BEFORE = re.compile(r"((?:\b[A-Z]{1,2})?\$|[€£¥₹₩₪₺₫₴₱₦]|\b[A-Z]{3})\s?$")
_AFTER = re.compile(r"\s?([€£$¥元円]|[A-Z]{3}\b|(?:euros?|dollars?|yen|rmb)\b)")
_MINUS = re.compile(r"(?:^|[\s:(])[-−]$")

_ONES_LIST = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen "
    "eighteen nineteen"
)
_TENS = ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
_WORDS = {word: float(value) for value, word in enumerate(_ONES_LIST.split())} | {
    word: 10.0 * (place + 2) for place, word in enumerate(_TENS)
}
_TIMES = {"hundred": 1e2, "thousand": 1e3, "million": 1e6, "billion": 1e9, "dozen": 12.0}
_ORDINALS = {
    "third": 3, "fourth": 4, "fifth": 5, "sixth": 6, "seventh": 7, "eighth": 8, "ninth": 9, "tenth": 10,
    "eleventh": 11, "twelfth": 12, "thirteenth": 13, "fourteenth": 14, "fifteenth": 15, "sixteenth": 16,
    "seventeenth": 17, "eighteenth": 18, "nineteenth": 19, "twentieth": 20, "first": 1, "second": 2,
}  # fmt: skip
_PARTS = {"half": 2, "halves": 2, "third": 3, "thirds": 3, "quarter": 4, "quarters": 4, "fifths": 5, "fifth": 5}
_COUNT = "|".join(sorted([*_WORDS, *_TIMES], key=len, reverse=True))
_SPELLED = re.compile(
    rf"\b(?P<article>a |an )?(?P<words>(?:{_COUNT})(?:[ -](?:and )?(?:{_COUNT}))*)"
    rf"(?:[ -](?P<part>thirds|quarters|fifths|third|quarter|fifth)\b|[ -](?P<ordinal>{'|'.join(_ORDINALS)})\b)?"
    r"(?P<half> and a half\b)?(?![\w])",
    re.IGNORECASE,
)
_FRACTION = re.compile(
    r"\b(?:(?P<half>half)(?: (?P<dozen>a dozen)| (?:an?|of an?) (?P<unit1>hour|day|year|minute|kilo|litre|liter|"
    r"metre|meter|mile|million|pound|century|decade))?|an? (?P<part>third|quarter|half)(?= (?:of|as|more|less))"
    r"(?: of an? (?P<unit2>hour|mile|century))?|(?:a )?(?P<mixed>year|hour|day|minute) and a half)\b",
    re.IGNORECASE,
)
_ORDINAL_WORD = re.compile(rf"\b(?:{'|'.join(_ORDINALS)})\b", re.IGNORECASE)
_ARTICLE = re.compile(
    r"\b(?:an?|one|per|each|every) (hour|day|week|month|year|minute|second|kilo|kilogram|litre|liter|metre|meter|"
    r"mile|kilometre|kilometer|decade|century|dozen|pair|couple)\b",
    re.IGNORECASE,
)
_SPANS = {"decade": (10.0, "years"), "century": (100.0, "years"), "dozen": (12.0, None), "couple": (2.0, None)}
_UNIT_WORD = re.compile(r"[ -]([^\W\d_]{3,12})(?![\w])")
_PIECE = re.compile(r"[^\n]{1,800}(?=[\s]|$)|[^\n]{1,800}")
COUNTED = frozenset(("persons", "pcs", "pages", "pairs", "sheets", "dozen"))
"""Units that count things: "12 people" is told by "12"."""


@dataclass(frozen=True, slots=True)
class Stated:
    """A number in a text, with the unit or the ISO code of the currency that is written beside it, if one is.

    Args:
        start, end: its place, with what is written beside it.
        ordinal: it numbers a thing of a row ("third", "21st").
        spelled: it stands there in words.
        fraction: a share without unit ("two-thirds"): 0.667.
        scaled: it was written in thousands, millions ...
    """

    value: float
    unit: str | None = None
    currency: str | None = None
    start: int = 0
    end: int = 0
    ordinal: bool = False
    spelled: bool = False
    fraction: bool = False
    scaled: bool = False

    @property
    def kind(self) -> str:
        """What it measures: "money", a dimension of `catalog.units`, "ordinal", or "" for a bare number."""
        if self.currency:
            return "money"
        return (dimension(self.unit) or "" if self.unit else "") or ("ordinal" if self.ordinal else "")

    @property
    def amount(self) -> float:
        """The value in the base unit of its dimension."""
        return base(Quantity(self.value, self.unit)).value if self.unit else self.value

    def is_told_by(self, other: Stated) -> bool:
        """Whether the other number says the same, as far as both say."""
        if self.currency and other.currency and self.currency != other.currency:
            return False
        if (self.currency and other.unit) or (self.unit and other.currency):
            return "lb" in (self.unit, other.unit) and "GBP" in (self.currency, other.currency) and self.equals(other)
        if self.unit and other.unit and not {self.unit, other.unit} & COUNTED and not _degrees(self, other):
            return self.kind == other.kind and equal(self.amount, other.amount)
        return self.equals(other)

    def equals(self, other: Stated) -> bool:
        """Whether the bare values are the same."""
        return equal(self.value, other.value)


def _degrees(a: Stated, b: Stated) -> bool:
    return "°" in (a.unit, b.unit) and "temperature" in (a.kind, b.kind)


def equal(a: float, b: float) -> bool:
    """Whether two values are the same but for rounding in the machine, or in a conversion of units."""
    return abs(a - b) <= 1e-6 * max(abs(a), abs(b), 1e-9)


def stated(text: str) -> list[Stated]:
    """The numbers in a text with what is written beside them, in order."""
    found: list[Stated] = []
    for piece in _PIECE.finditer(text):
        shift = piece.start()
        found += [replace(n, start=n.start + shift, end=n.end + shift) for n in _stated(piece[0])]
    return found


def _stated(text: str) -> list[Stated]:
    found = list(_in_digits(text))
    taken = [(number.start, number.end) for number in found]
    spelled = [*_fractions(text), *_in_words(text), *_articles(text)]
    for number in sorted(spelled, key=lambda number: number.start - number.end):
        if not any(start < number.end and number.start < end for start, end in taken):
            found.append(number)
            taken.append((number.start, number.end))
    return sorted(found, key=lambda number: number.start)


def _in_digits(text: str) -> Iterator[Stated]:
    measured = find_quantities(text) if any(char.isdigit() for char in text) else ()
    for match in _FIGURE.finditer(text):
        value = parse_number(match["digits"])
        if value is None:
            continue
        currency = _currency(text, match)
        scale = (
            match["scale"] or match["sign"] or (match["letter"] if _is_scale(match["letter"], currency) else "") or ""
        )
        factor = _SCALE.get(scale.lower(), 1.0)
        beside = [
            (side.unit, quantity.end)
            for quantity in measured
            if quantity.start <= match.start() < quantity.end
            for side in (quantity.low, quantity.high)
            if equal(abs(side.value), value)
        ]
        unit, end = None, match.end() if factor != 1 or match["ordinal"] else match.end("digits")
        if currency is None and beside and factor == 1:
            unit, end = beside[0][0], (beside[0][1] if text[match.end() : beside[0][1]].strip(" -").isalpha() else end)
            end = end if end > match.end("digits") else _unit_end(text, match.end("digits"), beside[0][1])
        elif currency is None:
            unit, end = _unit_after(text, end)
        if unit and dimension(unit) == "temperature" and _MINUS.search(text, max(0, match.start() - 2), match.start()):
            value = -value
        yield Stated(
            value * factor, unit, currency, match.start(), end, ordinal=bool(match["ordinal"]), scaled=factor != 1
        )  # fmt: skip


def _unit_end(text: str, start: int, end: int) -> int:
    """Where the number's own unit ends; in a range, the first number's end."""
    return end if not re.search(r"\d", text[start:end]) else start


def _is_scale(letter: str | None, currency: str | None) -> bool:
    return letter is not None and (letter == "k" or currency is not None)


def _unit_after(text: str, end: int) -> tuple[str | None, int]:
    """A unit written out after a number in words or with a scale ("two million litres")."""
    word = _UNIT_WORD.match(text, end)
    unit = unit_symbol(word[1]) if word else None
    return (unit, word.end()) if word and unit else (None, end)


def _currency(text: str, match: re.Match[str]) -> str | None:
    for word in (_BEFORE.search(text, max(0, match.start() - 5), match.start()), _AFTER.match(text, match.end())):
        if word and (len(word[1]) != 3 or not word[1].isalpha() or word[1] in CURRENCIES or word[1].islower()):
            return currency_code(word[1])
    return None


def _in_words(text: str) -> Iterator[Stated]:
    for match in _SPELLED.finditer(text):
        value = _composed(re.split(r"[ -]", match["words"].lower()))
        if value is None:
            continue
        if match["part"] and value < 10 and match["part"].lower().endswith("s") is (value != 1):
            yield Stated(
                value / _PARTS[match["part"].lower()],
                None,
                None,
                match.start(),
                match.end(),
                spelled=True,
                fraction=True,
            )
            continue
        if match["ordinal"] and value % 10 == 0:
            value += _ORDINALS[match["ordinal"].lower()]
            yield Stated(value, None, None, match.start(), match.end(), ordinal=True, spelled=True)
            continue
        value += 0.5 if match["half"] else 0.0
        unit, end = _unit_after(text, match.end("half") if match["half"] else match.end("words"))
        currency = None
        if unit is None and (word := _AFTER.match(text, end)) is not None:
            currency, end = currency_code(word[1]), word.end()
        if value != 1 or unit or currency:
            yield Stated(value, unit, currency, match.start("words"), end, spelled=True)
    for match in _ORDINAL_WORD.finditer(text):
        value = float(_ORDINALS[match[0].lower()])
        yield Stated(value, None, None, match.start(), match.end(), ordinal=True, spelled=True)


def _composed(words: list[str]) -> float | None:
    """The value of number words: "two hundred and fifty" is 250; None when they are no one number ("two three")."""
    total, part, last = 0.0, 0.0, ""
    for word in words:
        if word == "and":
            continue
        if word in _TIMES:
            factor = _TIMES[word]
            if factor >= 1e3:
                total, part = total + (part or 1.0) * factor, 0.0
            else:
                part = (part or 1.0) * factor
        elif last in _WORDS and not (_WORDS[last] >= 20 and 0 < _WORDS[word] < 10):
            return None
        else:
            part += _WORDS[word]
        last = word
    return total + part


def _fractions(text: str) -> Iterator[Stated]:
    for match in _FRACTION.finditer(text):
        start, end = match.span()
        unit = match["unit1"] or match["unit2"]
        if match["dozen"]:
            yield Stated(6.0, None, None, start, end, spelled=True)
        elif match["mixed"]:
            yield Stated(1.5, unit_symbol(match["mixed"]), None, start, end, spelled=True)
        else:
            share = 1 / _PARTS[(match["half"] or match["part"]).lower()]
            factor, symbol = _SPANS.get((unit or "").lower(), (1.0, unit_symbol(unit) if unit else None))
            factor = 1e6 if unit and unit.lower() == "million" else factor
            yield Stated(share * factor, symbol, None, start, end, spelled=True, fraction=unit is None)


def _articles(text: str) -> Iterator[Stated]:
    """ "A year" is one year; only as evidence, nobody is asked to prove an article."""
    for match in _ARTICLE.finditer(text):
        value, unit = _SPANS.get(match[1].lower(), (1.0, unit_symbol(match[1])))
        yield Stated(value, unit, None, match.start(), match.end(), spelled=True)
