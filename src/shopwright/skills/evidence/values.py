"""Values that a text states: dates, quantities, numbers, and names as a last resort; and whether two of them agree.

A value is compared, never written: what is told is always the words of the source. Dates are read in the English, the
Chinese and the ISO form, each as far as it goes ("March 2020" agrees with "3 March 2020"). Numbers carry their scale
and sign of currency ("$6.3 billion", "1361万", "10.48‰"), quantities the units of `catalog.units`.
"""

from __future__ import annotations

import calendar
import datetime
import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from shopwright.catalog.units import base, dimension, find_quantities, parse_number
from shopwright.skills.evidence.terms import FUNCTION, LONGEST, stem, words

ValueKind = Literal["date", "quantity", "name"]

_MONTHS = tuple(name.lower() for name in calendar.month_name[1:])
_MONTH = {
    **{name: place for place, name in enumerate(_MONTHS, 1)},
    **{n[:3]: p for p, n in enumerate(_MONTHS, 1)},
    "sept": 9,
}
_NAMED = (
    r"(?P<{0}>(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?"
    r"|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?))\b\.?"
)
_DATE = re.compile(
    r"(?<![\w.])(?P<iso>\d{4}-\d{2}-\d{2})(?!\d)"
    rf"|\b{_NAMED.format('m1')}\s+(?P<d1>\d{{1,2}})(?:st|nd|rd|th)?\b(?:,?\s*(?P<y1>(?:19|20)\d\d))?(?!\d)"
    rf"|(?<!\d)(?P<d2>\d{{1,2}})(?:st|nd|rd|th)?\s+{_NAMED.format('m2')},?(?:\s*(?P<y2>(?:19|20)\d\d))?(?!\d)"
    rf"|\b{_NAMED.format('m3')},?\s+(?P<y3>(?:19|20)\d\d)(?!\d)"
    r"|(?:(?P<y4>(?:19|20)\d\d)年)?(?<!\d)(?P<m4>\d{1,2})月(?:(?P<d4>\d{1,2})[日号號])?"
    r"|(?<![\w.,$€£])(?P<y5>(?:19|20)\d\d)(?![\d%‰]|[.,]\d|\s?(?:mAh|k?W|mm|Hz|[gGMm]B)\b)年?",
    re.IGNORECASE,
)
_SCALES = {
    "thousand": 1e3,
    "million": 1e6,
    "billion": 1e9,
    "trillion": 1e12,
    "万": 1e4,
    "萬": 1e4,
    "亿": 1e8,
    "億": 1e8,
    "‰": 1.0,
    "％": 1.0,
    "%": 1.0,
}
_AMOUNT = re.compile(
    r"(?P<sign>[$€£¥])?\s?(?<![A-Za-z0-9_.])(?P<digits>\d+(?:[.,]\d+)*)"
    r"\s?(?P<scale>thousand|million|billion|trillion|[万萬亿億‰％%])?",
    re.IGNORECASE,
)
_ABOUT = re.compile(
    r"\b(?:about|around|roughly|approx\w*|nearly|almost|maybe|some|circa)\s+$|[~≈]\s?$|约$", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Value:
    """A value where it stands: `text[start:end]`.

    Args:
        dimension: what it measures ("time", "$", "‰", "date", "number", "name"); only values of one dimension compare.
        low, high: of a quantity, in base units.
        date: (year, month, day) of a date, 0 for what is not said.
        name: folded content words of a name.
        hedged: whether "about" or the like stands before it.
    """

    kind: ValueKind
    text: str
    start: int
    end: int
    dimension: str
    low: float = 0.0
    high: float = 0.0
    date: tuple[int, int, int] = (0, 0, 0)
    name: tuple[str, ...] = ()
    hedged: bool = False

    @property
    def weekday(self) -> int | None:
        """Monday is 0; None where the date is not whole or no date at all."""
        try:
            return datetime.date(*self.date).weekday()
        except ValueError:
            return None

    @property
    def day_number(self) -> float | None:
        """Days since the year 1, a missing month or day taken in the middle; None without a year."""
        year, month, day = self.date
        return year * 365.25 + ((month or 7) - 1) * 30.44 + (day or 15) if year else None


@lru_cache(maxsize=4096)
def values(text: str) -> tuple[Value, ...]:
    """The dates, quantities and numbers of a text, left to right, without overlap."""
    text = text[:LONGEST]
    if not any(sign.isdigit() for sign in text):
        return ()
    found = _dates(text)
    for read in (_quantities, _amounts):
        taken = [(value.start, value.end) for value in found]
        found += [value for value in read(text) if _free((value.start, value.end), taken)]
    return tuple(sorted(found, key=lambda value: value.start))


def _dates(text: str) -> list[Value]:
    read = ((match, _date(match)) for match in _DATE.finditer(text))
    return [Value("date", match[0], *match.span(), "date", date=date) for match, date in read if date is not None]


def _quantities(text: str) -> list[Value]:
    """Numbers with a unit of `catalog.units`, in base units."""
    found = []
    for one in find_quantities(text):
        low, high = sorted((base(one.low).value, base(one.high).value))
        kind, about = dimension(one.low.unit) or "number", bool(_ABOUT.search(text, 0, one.start))
        found.append(Value("quantity", text[one.start : one.end], one.start, one.end, kind, low, high, hedged=about))
    return found


def _amounts(text: str) -> list[Value]:
    """Numbers with a sign of currency, a scale, or nothing."""
    found = []
    for match in _AMOUNT.finditer(text):
        value = parse_number(match["digits"])
        if value is not None:
            sign, scale = match["sign"] or "", match["scale"] or ""
            value *= _SCALES.get(scale.lower(), 1.0)
            start, end = match.start("sign" if sign else "digits"), match.end("scale" if scale else "digits")
            found.append(Value("quantity", text[start:end], start, end, _dimension(sign, scale), value, value))
    return found


def _dimension(sign: str, scale: str) -> str:
    return sign or {"%": "percentage", "％": "percentage", "‰": "‰"}.get(scale, "number")


def _free(span: tuple[int, int], taken: list[tuple[int, int]]) -> bool:
    return all(span[1] <= start or end <= span[0] for start, end in taken)


def _date(match: re.Match[str]) -> tuple[int, int, int] | None:
    if match["iso"]:
        year, month, day = (int(part) for part in match["iso"].split("-"))
    else:
        year = int(next((match[key] for key in ("y1", "y2", "y3", "y4", "y5") if match[key]), 0))
        named = next((match[key] for key in ("m1", "m2", "m3") if match[key]), "")
        month = _MONTH[named.lower()] if named else int(match["m4"] or 0)
        day = int(next((match[key] for key in ("d1", "d2", "d4") if match[key]), 0))
    return (year, month, day) if month <= 12 and day <= 31 else None


def named(text: str, start: int = 0, end: int | None = None) -> Value:
    """The words of a span as a name: what is compared when a span is neither a date nor a quantity."""
    end = len(text) if end is None else end
    folded = tuple(stem(word.folded) for word in words(text[start:end]) if word.folded not in FUNCTION)
    return Value("name", text[start:end], start, end, "name", name=folded)


def value_of(text: str, start: int, end: int) -> Value:
    """The value of a span: the date or quantity that it touches, widened to the whole of it, else a name."""
    touched = [value for value in values(text) if value.start < end and start < value.end]
    if touched:
        widest = max(touched, key=lambda value: (value.kind == "date", -value.date.count(0), value.end - value.start))
        beside = text[start : max(start, widest.start)] + " " + text[widest.end : max(end, widest.end)]
        if len(named(beside).name) < 2:  # "Toy Story 4" is a name, "on 21 July 2017" a date
            return widest
    return named(text, start, end)


def apart(one: Value, other: Value) -> float | None:
    """Days between two dates; within a year's circle where one names no year, None where no month is told either."""
    mine, its = one.day_number, other.day_number
    if mine is not None and its is not None:
        return abs(mine - its)
    if one.date[1] and other.date[1]:
        days = abs((one.date[1] - other.date[1]) * 30.44 + (one.date[2] or 15) - (other.date[2] or 15))
        return min(days, 365.25 - days)
    return None


def agree(one: Value, other: Value, tolerance: float = 0.0) -> bool:
    """Whether two values can both be true of one thing.

    Args:
        tolerance: relative, of quantities; ranges agree when they touch within it.
    """
    if one.dimension != other.dimension:
        return False
    if one.kind == "date":
        pairs = [(a, b) for a, b in zip(one.date, other.date, strict=True) if a and b]
        return bool(pairs) and all(a == b for a, b in pairs)
    if one.kind == "quantity":
        slack = tolerance * max(abs(one.high), abs(other.high)) + 1e-9
        return one.low - slack <= other.high and other.low - slack <= one.high
    mine, its = set(one.name), set(other.name)
    return bool(mine) and bool(its) and (mine <= its or its <= mine)
