"""Dates and times of day read from a text, and whether one is told by others.

What: `dates` finds "27 July 2018", "July 27-29", "27/07/2018", "2018-07-27T10:00", "2018年7月27日", "Sept. 2016",
"2018", "2018-19", "the 1990s", "the eighties", "the 19th century", "Friday", "14:30", "2 pm", "noon". Months in
English, and in German, French and Spanish as far as their names are no English words.

What not: "last week" and "yesterday" are not counted from anything; seasons and holidays are words. 03/04/2018 is both
the third of April and the fourth of March.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

_NAMES = {
    1: "january jan januar janvier enero", 2: "february feb februar février febrero",
    3: "march mar märz mars marzo", 4: "april apr avril abril", 5: "may mai mayo", 6: "june jun juni juin junio",
    7: "july jul juli juillet julio", 8: "august aug août agosto",
    9: "september sept sep septembre septiembre", 10: "october oct oktober okt octobre octubre",
    11: "november nov novembre noviembre", 12: "december dec dezember dez décembre diciembre",
}  # fmt: skip
_MONTHS = {name: month for month, names in _NAMES.items() for name in names.split()}
_MONTH = "|".join(sorted(_MONTHS, key=len, reverse=True))
_WEEKDAYS = {
    name: day
    for day, names in enumerate(
        ("monday mon", "tuesday tue tues", "wednesday wed", "thursday thu thurs", "friday fri", "saturday", "sunday")
    )
    for name in names.split()
}
_DECADES = {
    "twenties": 20, "thirties": 30, "forties": 40, "fifties": 50, "sixties": 60, "seventies": 70, "eighties": 80,
    "nineties": 90,
}  # fmt: skip
_CENTURIES = {
    "fifteenth": 15, "sixteenth": 16, "seventeenth": 17, "eighteenth": 18, "nineteenth": 19, "twentieth": 20,
    "twenty-first": 21,
}  # fmt: skip
_LONG_MONTH = "|".join(name for name in sorted(_MONTHS, key=len, reverse=True) if len(name) > 3)
_DAY = r"(?<![\d.,/])(?P<day>0?[1-9]|[12]\d|3[01])(?:st|nd|rd|th|\.)?"
_YEAR = r"(?P<year>1\d{3}|20\d\d|21\d\d)(?!\d|[.,]\d)"
_MORE = r"(?P<more>(?:(?:0?[1-9]|[12]\d|3[01])(?:st|nd|rd|th)?\s*(?:,|-|–|—|to|and|&|or|until)\s*){0,4})"
_FORMS = (
    re.compile(r"(?<!\d)(?P<year>\d{4})[-/.](?P<month>0[1-9]|1[0-2])[-/.](?P<day>0[1-9]|[12]\d|3[01])(?!\d)"),
    re.compile(r"(?<![\d/.-])(?P<a>\d{1,2})(?P<s>[-/.])(?P<b>\d{1,2})(?P=s)(?P<year>\d{4}|\d{2})(?![\d/]|[.-]\d)"),
    re.compile(
        r"(?:(?P<year>\d{4})\s*年\s*)?(?P<month>1[0-2]|0?[1-9])\s*月(?:\s*(?P<day>[12]\d|3[01]|0?[1-9])\s*[日号])?"
    ),
    re.compile(
        rf"{_MORE}{_DAY}(?:\s+(?:of|de))?[\s-]+(?P<name>{_MONTH})\b\.?(?:,?[\s-]+(?:of\s+|de\s+)?{_YEAR})?", re.I
    ),
    re.compile(
        rf"\b(?P<name>{_MONTH})\b\.?\s+(?:the\s+)?(?P<day>0?[1-9]|[12]\d|3[01])(?:st|nd|rd|th)?(?![\d%€$£]|[.:]\d|,\d)"
        rf"(?P<after>(?:\s*(?:,|-|–|—|to|and|&|or|until)\s*(?:0?[1-9]|[12]\d|3[01])(?:st|nd|rd|th)?(?![\d:/]|\.\d)){{0,4}})"
        rf"(?:,?\s+(?:of\s+)?{_YEAR})?",
        re.I,
    ),
    re.compile(rf"\b(?P<name>{_MONTH})\b\.?,?\s+(?:of\s+)?{_YEAR}", re.I),
    re.compile(rf"\b(?P<alone>{_LONG_MONTH}|May)\b", re.I),
    re.compile(r"(?<![\w.])(?P<decade>1\d{2}0|20\d0)['’]?s\b|(?<!\w)['’](?P<short>[2-9]0)s\b"),
    re.compile(rf"\bthe (?:early |mid-?|late )?(?P<decadename>{'|'.join(_DECADES)})\b", re.I),
    re.compile(r"\b(?P<century>1[0-9]|20|21)(?:th|st)[ -]centur(?:y|ies)\b", re.I),
    re.compile(rf"\b(?P<centuryname>{'|'.join(_CENTURIES)})[ -]century\b", re.I),
    re.compile(
        r"(?<![\w:.,])(?P<hour>[01]?\d|2[0-3])(?:[:.](?P<minute>[0-5]\d)(?::[0-5]\d)?)?\s*"
        r"(?P<half>a\.?m\b\.?|p\.?m\b\.?|o['’]clock\b|uhr\b)",
        re.I,
    ),
    re.compile(r"(?<![\w:.,/])(?P<hour>[01]?\d|2[0-3]):(?P<minute>[0-5]\d)(?![:\d.]*\d)"),
    re.compile(r"\b(?P<named>noon|midday|midnight)\b", re.I),
    re.compile(rf"\b(?P<weekday>{'|'.join(d for d in _WEEKDAYS if d.endswith('day'))})s?\b", re.I),
    re.compile(
        r"(?<![\w.,$€£/+])(?P<year>1[0-9]\d{2}|20\d\d)(?![\w%°€$£]|[.,:/]\d|\s?(?:%|€|mAh|W|g|kg|mm|ml|rpm|lm|Wh|m|km|"
        r"hours|people|pieces|euros|dollars|watts|million|years)\b)(?:\s?[-–/]\s?(?P<until>\d{4}|\d{2})(?!\d|[-/]))?"
    ),
)
_COMES_BEFORE = re.compile(
    r"(?:\b(?:in|on|of|since|until|till|from|to|by|last|this|next|early|late|mid|during|and|through|between|before|after|"
    r"every|each)|[-–])\s*$", re.I,
)  # fmt: skip
_DAYS_IN_WORDS = re.compile(
    r"\b(?:daily|every day|weekdays?|weekend|days a week|(?:mon|tue|tues|wed|thu|thurs|fri|sat|sun)\b)"
    r"|\b(?:mon|tues|wednes|thurs|fri|satur|sun)days?\s*(?:-|–|to|until|through)\s", re.I,
)  # fmt: skip
_MONTHS_RANGE = re.compile(
    rf"\b({_MONTH})\b\.?\s*(?:-|–|—|to|until|till|through|and)\s*(?:\w+\s+){{0,2}}?({_MONTH})\b", re.I
)
_MOST = 30
_RAW_YEAR = re.compile(r"(?<!\d)(1\d{3}|20\d\d|21\d\d)(?!\d)")
_LINE = re.compile(r"[^\n]{1,2000}")


@dataclass(frozen=True, slots=True)
class When:
    """A date, a part of one, a span of years or a time of day, with its place.

    Args:
        years: first and last year of a decade or century.
        minute: minutes after midnight; `half` tells that morning or afternoon was said.
        other: the other reading of 03/04/2018, (month, day).
        parts: where year, month and day stand, by their first letter.
    """

    start: int
    end: int
    year: int | None = None
    month: int | None = None
    day: int | None = None
    weekday: int | None = None
    years: tuple[int, int] | None = None
    minute: int | None = None
    half: bool = False
    other: tuple[int, int] | None = None
    parts: tuple[tuple[str, int, int], ...] = ()

    @property
    def shape(self) -> str:
        """Which parts it has: "ymd", "ym", "md", "y", "m", "w" weekday, "s" span, "t" time."""
        shown = ("y" if self.year else "") + ("m" if self.month else "") + ("d" if self.day else "")
        return shown or ("w" if self.weekday is not None else "s" if self.years else "t")


def dates(text: str) -> list[When]:
    """The dates and times of a text, in order, without overlap."""
    found: list[When] = []
    for line in _LINE.finditer(text):
        taken = bytearray(len(line[0]))
        for form in _FORMS:
            for match in form.finditer(line[0]):
                if any(taken[match.start() : match.end()]):
                    continue
                read = [
                    replace(
                        when,
                        start=when.start + line.start(),
                        end=when.end + line.start(),
                        parts=tuple((part, a + line.start(), b + line.start()) for part, a, b in when.parts),
                    )
                    for when in _read(match, line[0])
                ]
                if read:
                    taken[match.start() : match.end()] = b"\x01" * (match.end() - match.start())
                found += read
    return sorted(found, key=lambda when: when.start)


def _read(match: re.Match[str], text: str) -> Iterator[When]:
    got = {name: value for name, value in match.groupdict().items() if value}
    start, end = match.start(), match.end()
    if "alone" in got:
        word = got["alone"]
        sure = word[0].isupper() and (
            word.lower() not in ("may", "march", "mars") or _COMES_BEFORE.search(text[:start])
        )
        if sure:
            yield When(start, end, month=_MONTHS[word.lower()], parts=(("m", start, end),))
    elif "a" in got:
        yield from _in_figures(match)
    elif "hour" in got:
        yield from _time(match, got)
    elif "named" in got:
        yield When(start, end, minute=0 if got["named"].lower() == "midnight" else 720, half=True)
    elif "weekday" in got:
        if got["weekday"][0].isupper():
            yield When(start, end, weekday=_WEEKDAYS[got["weekday"].lower()])
    elif (years := _span(got)) is not None:
        yield When(start, end, years=years)
    else:
        yield from _calendar(match, got)


def _calendar(match: re.Match[str], got: dict[str, str]) -> Iterator[When]:
    name = got.get("name", "")
    if name and len(name) == 3 and not name[0].isupper() and "day" not in got:
        return
    month = _MONTHS[name.lower()] if name else int(got["month"]) if "month" in got else None
    year = int(got["year"]) if "year" in got else None
    day = int(got["day"]) if "day" in got else None
    groups = (("y", "year"), ("m", "name" if name else "month"), ("d", "day"))
    parts = tuple((part, *match.span(group)) for part, group in groups if group in got)
    yield When(match.start(), match.end(), year, month, day, parts=parts)
    for number in re.finditer(r"\d+", got.get("more", "") + " " + got.get("after", "")):
        place = next(p for p in re.finditer(r"\d+", match[0]) if p[0] == number[0])
        low, high = match.start() + place.start(), match.start() + place.end()
        yield When(low, high, year, month, int(number[0]), parts=(("d", low, high),))
    if "until" in got and year is not None:
        last = got["until"]
        until = int(last) if len(last) == 4 else year // 100 * 100 + int(last)
        if year < until <= year + 99:
            low, high = match.span("until")
            yield When(low, high, until, parts=(("y", low, high),))


def _in_figures(match: re.Match[str]) -> Iterator[When]:
    a, b, year = int(match["a"]), int(match["b"]), int(match["year"])
    year += 0 if year > 99 else 2000 if year < 60 else 1900
    if not (1 <= a <= 31 and 1 <= b <= 31 and min(a, b) <= 12 and 1000 <= year < 2200):
        return
    month, day = (b, a) if b <= 12 else (a, b)
    other = (a, b) if a <= 12 and b <= 12 and a != b else None
    yield When(match.start(), match.end(), year, month, day, other=other)


def _time(match: re.Match[str], got: dict[str, str]) -> Iterator[When]:
    hour, half = int(got["hour"]), got.get("half", "").lower().replace(".", "")
    if half in ("am", "pm"):
        if hour > 12:
            return
        hour = hour % 12 + (12 if half == "pm" else 0)
    minute = hour * 60 + int(got.get("minute", 0))
    yield When(match.start(), match.end(), minute=minute, half=half in ("am", "pm") or hour > 12)


def _span(got: dict[str, str]) -> tuple[int, int] | None:
    if "decade" in got:
        low = int(got["decade"])
        return low, low + (99 if low % 100 == 0 and low < 2000 else 9)
    if "short" in got or "decadename" in got:
        low = 1900 + (int(got["short"]) if "short" in got else _DECADES[got["decadename"].lower()])
        return low, low + 9
    century = int(got["century"]) if "century" in got else _CENTURIES.get(got.get("centuryname", "").lower())
    return None if century is None else (century * 100 - 99, century * 100)


class Calendar:
    """All the dates that pieces of evidence hold."""

    def __init__(self, found: Sequence[When], texts: Sequence[str]) -> None:
        self._found = found
        self._texts = texts

    @cached_property
    def years(self) -> frozenset[int]:
        """Every year that is named, also inside of other figures."""
        named = {when.year for when in self._found if when.year}
        return frozenset(named | {int(year) for text in self._texts for year in _RAW_YEAR.findall(text)})

    @cached_property
    def _days(self) -> frozenset[tuple[int, int]]:
        pairs = {(when.month, when.day) for when in self._found if when.month and when.day}
        return frozenset(pairs | {when.other for when in self._found if when.other})

    @cached_property
    def _months(self) -> frozenset[int]:
        return frozenset(when.month for when in self._found if when.month) | {m for m, _ in self._days}

    @cached_property
    def _weekdays(self) -> frozenset[int]:
        named = {when.weekday for when in self._found if when.weekday is not None}
        for when in self._found:
            if when.year and when.month and when.day:
                try:
                    named.add(datetime.date(when.year, when.month, when.day).weekday())
                except ValueError:
                    continue
        return frozenset(named)

    def spans(self) -> tuple[float, ...]:
        """Hours between any two of its dates (of months at least) and of its times of day; () when there are many."""
        months = sorted({(w.year, w.month) for w in self._found if w.year and w.month})
        days = sorted({day for w in self._found if (day := _ordinal(w)) is not None})
        minutes = sorted({w.minute for w in self._found if w.minute is not None})
        if max(len(months), len(days), len(minutes)) > _MOST:
            return ()
        counts = [12 * w.year + w.month for w in self._found if w.year and w.month]
        return tuple(
            [730.5 * (b - a) for a in counts for b in counts if b > a]
            + [24.0 * (b - a) for a in days for b in days if b > a]
            + [((b - a) % 720 + extra) / 60 for a in minutes for b in minutes if b != a for extra in (0, 720)]
        )

    @cached_property
    def _between(self) -> frozenset[int]:
        """Months inside of ranges such as "May to October"."""
        found: set[int] = set()
        for text in self._texts:
            for match in _MONTHS_RANGE.finditer(text):
                low, high = _MONTHS[match[1].lower()], _MONTHS[match[2].lower()]
                found |= {(low - 1 + step) % 12 + 1 for step in range((high - low) % 12 + 1)}
        return frozenset(found)

    def missing(self, when: When) -> str:
        """The parts of a date that are not told: letters of "ymd", "w", "s" or "t"; "" when all are."""
        if when.minute is not None:
            return "" if any(_same_time(when, held) for held in self._found if held.minute is not None) else "t"
        if when.weekday is not None:
            return "" if when.weekday in self._weekdays or any(_DAYS_IN_WORDS.search(t) for t in self._texts) else "w"
        if when.years:
            low, high = when.years
            overlap = any(held.years and held.years[0] <= high and low <= held.years[1] for held in self._found)
            return "" if overlap or any(low <= year <= high for year in self.years) else "s"
        return self._missing_parts(when)

    def _missing_parts(self, when: When) -> str:
        missing = ""
        if when.year and when.year not in self.years:
            missing += "y"
        if when.month and not when.day and when.month in self._between:
            return missing
        if when.month and when.month not in self._months and not (when.other and when.other[0] in self._months):
            return missing + ("md" if when.day else "m")
        if when.month and when.day and not ({(when.month, when.day), when.other} & self._days):
            missing += "d"
        if not missing and when.year and when.month:
            years = {held.year for held in self._found if held.month == when.month and held.year}
            if years and when.year not in years and not any(h.month == when.month and not h.year for h in self._found):
                missing = "y"
        return missing


def _ordinal(when: When) -> int | None:
    """Its day in a count of days; days without a year are those of one year."""
    if not when.month or not when.day:
        return None
    try:
        return datetime.date(when.year or 2001, when.month, when.day).toordinal()
    except ValueError:
        return None


def _same_time(a: When, b: When) -> bool:
    if a.minute is None or b.minute is None:
        return False
    return a.minute == b.minute or (not (a.half and b.half) and a.minute % 720 == b.minute % 720)
