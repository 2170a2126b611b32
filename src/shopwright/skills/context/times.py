"""Times in a text, as spans on the clock: "in May 2022", "on the 4th of July", "yesterday", "two weeks ago".

Relative ones are reckoned from a moment that the caller gives: when a turn was said, or when a question was asked. A
month or a day without a year is the latest one that had begun by then. What is vague is wide: "two weeks ago" is a week
long, "three months ago" a month, "last summer" its three months (of the northern half of the earth).

What not: hours, public holidays, other languages. Simplification: everything in UTC, as the clock said; a moment that
no calendar has (before the year 1, not a number) gives no spans.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

_MONTHS_LIST = "january february march april may june july august september october november december"
_DAYS_LIST = "monday tuesday wednesday thursday friday saturday sunday"
_MONTHS = {name: number for number, name in enumerate(_MONTHS_LIST.split(), 1)}
_MONTHS |= {name[:3]: number for name, number in _MONTHS.items()}
_DAYS = {name: place for place, name in enumerate(_DAYS_LIST.split())}
_SEASONS = {"spring": 3, "summer": 6, "autumn": 9, "fall": 9, "winter": 12}
_NUMBERS_LIST = "one two three four five six seven eight nine ten eleven twelve"
_NUMBERS = {name: number for number, name in enumerate(_NUMBERS_LIST.split(), 1)} | {"a": 1, "an": 1, "few": 3}
_NUMBERS |= {"couple of": 2, "couple": 2, "several": 4}

_MONTH = rf"(?P<month>{'|'.join(sorted(_MONTHS, key=len, reverse=True))})\.?"
_DATE = r"(?P<date>\d{1,2})(?:st|nd|rd|th)?"
_YEAR = r"(?P<year>(?:19|20)\d\d)"
_HOW_MANY = rf"(?:an?\s+)?(?P<count>\d{{1,3}}|{'|'.join(sorted(_NUMBERS, key=len, reverse=True))})"
_UNIT = r"(?P<unit>day|week|weekend|month|year)s?"


@dataclass(frozen=True, slots=True)
class TimeSpan:
    """A stretch of time that a text names.

    Args:
        start, end: characters of the text.
        begins, ends: seconds since 1970; `ends` is not part of it.
    """

    start: int
    end: int
    begins: float
    ends: float

    @property
    def middle(self) -> float:
        """Halfway through."""
        return (self.begins + self.ends) / 2


_Reader = Callable[[re.Match[str], datetime], tuple[datetime, datetime]]


def find_times(text: str, at: float) -> list[TimeSpan]:
    """The times that a text names, in its order, none within another.

    Args:
        text: any.
        at: the moment from which relative ones are reckoned.
    """
    now = _moment(at)
    if now is None:
        return []
    found: list[TimeSpan] = []
    for pattern, reader in _PATTERNS:
        for match in pattern.finditer(text):
            span = _read(match, reader, now)
            if span is not None and not any(span.start < other.end and other.start < span.end for other in found):
                found.append(span)
    return sorted(found, key=lambda span: span.start)


def asked_times(question: str, now: float) -> list[TimeSpan]:
    """The times that a question is about; "between ... and ..." and "from ... to ..." are one."""
    found = find_times(question, now)
    if len(found) == 2 and _RANGE.search(question[: found[0].start]):
        last = found[1]
        first = find_times(question, last.begins)[0]  # "between the 3rd of May and the 9th of May 2022"
        if first.begins < last.ends:
            return [TimeSpan(first.start, last.end, first.begins, last.ends)]
    return found


_RANGE = re.compile(r"\b(?:between|from)\s+(?:the\s+)?$", re.IGNORECASE)


def _moment(at: float) -> datetime | None:
    if not math.isfinite(at):
        return None
    try:
        return datetime.fromtimestamp(at, UTC)
    except (OverflowError, OSError, ValueError):
        return None


def _read(match: re.Match[str], reader: _Reader, now: datetime) -> TimeSpan | None:
    try:
        begins, ends = reader(match, now)
        return TimeSpan(match.start(), match.end(), begins.timestamp(), ends.timestamp())
    except (ValueError, OverflowError):  # the 31st of June, the year 0
        return None


def _day(moment: datetime, days: int = 0) -> datetime:
    return moment.replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=days)


def _month(year: int, month: int, months: int = 1) -> tuple[datetime, datetime]:
    """A span of whole months; months outside 1 to 12 are those of other years."""
    last = month + months
    return (
        datetime(year + (month - 1) // 12, (month - 1) % 12 + 1, 1, tzinfo=UTC),
        datetime(year + (last - 1) // 12, (last - 1) % 12 + 1, 1, tzinfo=UTC),
    )


def _dated(match: re.Match[str], now: datetime) -> tuple[datetime, datetime]:
    """A day or a month by name, with its year or the latest that had begun."""
    parts = match.groupdict()
    month = _MONTHS[parts["month"].lower()]
    day, year = int(parts.get("date") or 0), int(parts.get("year") or 0)
    if not year:
        year = now.year if (month, day or 1) <= (now.month, now.day) else now.year - 1
    if not day:
        return _month(year, month)
    begins = datetime(year, month, day, tzinfo=UTC)
    return begins, begins + timedelta(days=1)


def _numbered(match: re.Match[str], _: datetime) -> tuple[datetime, datetime]:
    begins = datetime(int(match["year"]), int(match["number"]), int(match["date"]), tzinfo=UTC)
    return begins, begins + timedelta(days=1)


def _whole_year(match: re.Match[str], _: datetime) -> tuple[datetime, datetime]:
    return _month(int(match["year"]), 1, 12)


_NAMED_DAYS = {"day before yesterday": -2, "yesterday": -1, "last night": -1, "tomorrow": 1, "day after tomorrow": 2}


def _named_day(match: re.Match[str], now: datetime) -> tuple[datetime, datetime]:
    days = _NAMED_DAYS.get(" ".join(match["named"].lower().removeprefix("the ").split()), 0)
    return _day(now, days), _day(now, days + 1)


def _ago(match: re.Match[str], now: datetime) -> tuple[datetime, datetime]:
    said = match["count"].lower()
    count = int(said) if said.isdigit() else _NUMBERS[" ".join(said.split())]
    unit = match["unit"].lower()
    if unit == "year":
        return _month(now.year - count, 1, 12)
    if unit == "month":
        middle = now - timedelta(days=30.4 * count)
        return middle - timedelta(days=15), middle + timedelta(days=15)
    spread = count // 3 if unit == "day" else 3
    days = count * (1 if unit == "day" else 7)
    return _day(now, -days - spread), _day(now, -days + spread + 1)


_STEPS = {"last": -1, "past": -1, "previous": -1, "this": 0, "next": 1, "coming": 1}


def _beside(match: re.Match[str], now: datetime) -> tuple[datetime, datetime]:
    """Last, this or next week, weekend, month, year."""
    step, unit = _STEPS[match["which"].lower()], match["unit"].lower()
    monday = _day(now, -now.weekday() + 7 * step)
    if unit == "week":
        return monday, monday + timedelta(days=7)
    if unit == "weekend":
        return monday + timedelta(days=4), monday + timedelta(days=7)
    if unit == "month":
        return _month(now.year, now.month + step)
    return _month(now.year + step, 1, 12)


def _weekday(match: re.Match[str], now: datetime) -> tuple[datetime, datetime]:
    """The last such day before, or the next one after."""
    wanted, which = _DAYS[match["day"].lower()], (match["which"] or "last").lower()
    if _STEPS.get(which, -1) < 0:
        back = (now.weekday() - wanted - 1) % 7 + 1
        return _day(now, -back), _day(now, -back + 1)
    ahead = (wanted - now.weekday() - 1) % 7 + 1
    return _day(now, ahead), _day(now, ahead + 1)


def _season(match: re.Match[str], now: datetime) -> tuple[datetime, datetime]:
    month, which = _SEASONS[match["season"].lower()], (match["which"] or "this").lower()
    if match["year"]:
        return _month(int(match["year"]), month, 3)
    year = now.year + max(_STEPS.get(which, 0), 0)
    if which in ("last", "past", "previous") and _month(year, month, 3)[1] > now:
        year -= 1
    return _month(year, month, 3)


def _patterns() -> Iterator[tuple[re.Pattern[str], _Reader]]:
    which = r"(?P<which>last|past|previous|this|next|coming)"
    season = "|".join(_SEASONS)
    for pattern, reader in (
        (r"\b(?P<year>(?:19|20)\d\d)-(?P<number>\d\d)-(?P<date>\d\d)\b", _numbered),
        (rf"\b{_DATE}\s+(?:of\s+)?{_MONTH},?\s*{_YEAR}\b", _dated),
        (rf"\b{_MONTH}\s*{_DATE},?\s+{_YEAR}\b", _dated),
        (rf"\b{_MONTH},?\s+(?:of\s+)?{_YEAR}\b", _dated),
        (rf"\b{_DATE}\s+(?:of\s+)?{_MONTH}(?!\w)", _dated),
        (rf"\b{_MONTH}\s*{_DATE}\b", _dated),
        (rf"\b(?:{which}\s+|the\s+|in\s+)(?P<season>{season})(?:\s+(?:of\s+)?{_YEAR})?\b", _season),
        (rf"\b(?:in|last|this|since|during|early|late|mid|until|by)[\s-]+{_MONTH}(?!\w)", _dated),
        (r"\b(?P<named>(?:the )?day before yesterday|(?:the )?day after tomorrow)\b", _named_day),
        (
            r"\b(?P<named>yesterday|tomorrow|today|tonight|last\s+night|this\s+(?:morning|afternoon|evening))\b",
            _named_day,
        ),
        (rf"\b{_HOW_MANY}\s+{_UNIT}\s+(?:ago|back|earlier)\b", _ago),
        (rf"\b{which}\s+(?P<unit>weekend|week|month|year)\b", _beside),
        (rf"\b(?:{which}\s+|on\s+)(?P<day>{'|'.join(_DAYS)})\b", _weekday),
        (r"(?<![\d.,$€£#-])\b(?P<year>(?:19|20)\d\d)\b(?![\d.,%-]*\d)", _whole_year),
    ):
        yield re.compile(pattern, re.IGNORECASE), reader


_PATTERNS = tuple(_patterns())
