"""What code can compare exactly: a claim's numbers, dates, names and negations with those of its evidence.

What: `compare` marks every number, quantity, amount, date, time and name of a claim that the evidence does not hold by
value, and says what stands there instead when exactly one competing value stands near the same words.

What not: a value that the evidence holds anywhere counts as told; whether it belongs to the same thing is the judge's
question. Ways in which careful people restate figures count as told: other units, "about", "over 200" for 214, rounded
millions, a share of two figures, a sum or difference of two of one kind, years between two dates.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from shopwright.skills.verify.claims import sentences_of
from shopwright.skills.verify.dates import Calendar, When, dates
from shopwright.skills.verify.names import Name, Roll, missing, names_of, plain
from shopwright.skills.verify.negation import FUNCTION, negated, stem
from shopwright.skills.verify.numbers import COUNTED, Stated, equal, stated
from shopwright.types import Mark

_WORD = re.compile(r"[^\W\d_]{3,}")
_ABOUT = re.compile(
    r"(?:\b(?:about|around|roughly|approximately|approx\.?|some|circa|ca\.?|c\.|nearly|almost|close to|just under|"
    r"just over|or so|an estimated|estimated|in the region of|the best part of)|[~≈])\s*(?:a |an |the )?[€$£¥]?\s?$",
    re.IGNORECASE,
)
_OVER = re.compile(
    r"(?:\b(?:over|more than|above|at least|upwards? of|exceed(?:s|ed|ing)?|beyond|no (?:less|fewer) than|"
    r"not less than|"
    r"a good|past|minimum(?: of)?|from|longer than|better than)|>|≥)\s*(?:a |an |the )?[€$£¥]?\s?$",
    re.IGNORECASE,
)
_UNDER = re.compile(
    r"(?:\b(?:under|less than|below|at most|up to|fewer than|no more than|not more than|maximum(?: of)?|almost|"
    r"nearly|just short of|shy of|a maximum of|lighter than|shorter than|cheaper than)|[<≤])"
    r"\s*(?:a |an |the )?[€$£¥]?\s?$",
    re.IGNORECASE,
)
_AFTERWARDS = re.compile(
    r"\s*(?:or so|ish\b|-odd|-ish|or thereabouts|at (?:most|least)|or (?:more|less)|\+)", re.IGNORECASE
)
_DERIVED = re.compile(
    r"\b(?:less|more|fewer|older|younger|later|earlier|longer|shorter|heavier|lighter|cheaper|difference|together|total|"
    r"totals?|combined|altogether|in all|sum|both|apart|between|after|before|extra|further|additional|another|"
    r"remaining|"
    r"left|rest|each|per|times|twice|double|half|thirds?|quarters?|saves?|saving|gap|"
    r"on its own|alone|aged|age)\b",
    re.IGNORECASE,
)
_MULTIPLIED = re.compile(
    r"\b(?:each|per|times|twice|double|half|thirds?|quarters?|totals?|altogether|combined|together|both|in all|every|"
    r"weeks?|months?|years?|dozen|pairs?|packs?|sets?)\b",
    re.IGNORECASE,
)
_JOINED = re.compile(r"\s*(?:-|–|—|to|and|bis)\s*", re.IGNORECASE)
_DIGITS = re.compile(r"\d+(?:[.,]\d+)*")
_CLOCKED = re.compile(r"\d:\d|:\d")  # times of a race, ratios: neither dates nor numbers
_SMALL = 12
_ESTIMATED = re.compile(
    r"\b(?:about|around|roughly|approximately|some|nearly|almost|close to|near|over|under|less|more|fewer|most|least|"
    r"something like|average|above|below|saves?d?|saving|comes? to|came to|altogether|totals?|combined|remaining|left|"
    r"later|"
    r"after|before|ago|for|each|per|apiece|of (?:the|those|every)|longer|shorter|older|younger|heavier|lighter|faster|"
    r"slower|cheaper|higher|lower|wider|earlier|further|extra|together|within|between|out of)\b", re.IGNORECASE,
)  # fmt: skip
_MANY = 40
_PAIRS = 60
_RELATED = 2
_VAGUE = re.compile(r"half|dozen|century|decade|hundred", re.IGNORECASE)
_SUPPOSED = re.compile(
    r"\b(?:would|if|someone|somebody|anyone|anybody|assuming|suppose|supposing|must have|provided|in case)\b"
    r"|^(?:an?|for an?|on an?|with) [^,]{0,30}\d", re.IGNORECASE,
)  # fmt: skip
_REACH = 60
_MEASURES = {
    "weighs": "weight", "weigh": "weight", "costs": "price", "cost": "price", "priced": "price", "lasts": "life",
    "holds": "capacity", "hold": "capacity", "measures": "size", "width": "wide", "height": "high", "length": "long",
    "depth": "deep", "battery": "life",
}  # fmt: skip
"""Verbs and adjectives of measuring, and the name of what they measure."""


@dataclass(frozen=True, slots=True)
class Exact:
    """What code found of a claim in its evidence.

    Args:
        marks: the words that the evidence does not hold, in order.
        contradicted: for each mark, whether a competing value stands in the evidence (`Mark.told`), or nothing does.
        compared: how many numbers, dates and names were looked up; 0 leaves all to the judge.
    """

    marks: tuple[Mark, ...] = ()
    contradicted: tuple[bool, ...] = ()
    compared: int = 0

    @property
    def holds(self) -> bool:
        """Whether everything that was compared is told."""
        return not self.marks


@dataclass(frozen=True, slots=True)
class _Passage:
    """A sentence of the evidence as it is compared."""

    text: str
    numbers: tuple[Stated, ...]
    dates: tuple[When, ...]


@lru_cache(maxsize=512)
def _read(text: str) -> tuple[_Passage, ...]:
    return tuple(
        _Passage(part, tuple(number for number in stated(part)), tuple(dates(part)))
        for start, end in sentences_of(text)
        for part in (text[start:end],)
    )


class _Held:
    """All that the pieces of evidence hold."""

    def __init__(self, evidence: tuple[str, ...]) -> None:
        self.texts = evidence
        self.passages = [passage for text in evidence for passage in _read(text)]
        self.numbers = [number for passage in self.passages for number in passage.numbers]
        self.calendar = Calendar([when for passage in self.passages for when in passage.dates], evidence)
        self.roll = Roll(evidence)
        self.spans = self.calendar.spans()
        self.digits = frozenset(
            run.replace(",", "").rstrip(".")
            for text in evidence
            for raw in _DIGITS.findall(text)
            for run in (raw, *re.split("[.,]", raw))
        )


@lru_cache(maxsize=64)
def _held(evidence: tuple[str, ...]) -> _Held:
    return _Held(evidence)


def compare(claim: str, evidence: Sequence[str]) -> Exact:
    """A claim's numbers, dates, names and negations compared with the evidence.

    Args:
        claim: one statement.
        evidence: pieces of text, in any number and language; none holds nothing.
    """
    held = _held(tuple(evidence))
    found: list[tuple[Mark, bool]] = []
    whens = dates(claim)
    supposed = _SUPPOSED.search(claim) is not None  # what would be so has figures that nobody states
    found += [mark for when in whens for mark in _date(when, claim, held) if not supposed]
    names = names_of(claim)
    numbers = [
        number
        for number in stated(claim)
        if not _overlap(number, whens)
        and not _overlap(number, [name for name in names if name.model])
        and not _CLOCKED.search(claim, max(0, number.start - 1), number.end + 2)
    ]
    found += [] if supposed else _numbers(numbers, claim, held)
    for name in missing(claim, held.roll):
        if any(number.start < name.end and name.start < number.end for number in numbers):
            continue  # a unit
        rivals = held.roll.rivals(name) if name.model else []
        told = rivals[0] if len(rivals) == 1 else ""
        found.append((Mark(name.start, name.end, "name", told), bool(told)))
    for flip in negated(claim, held.texts):
        if not any(mark.start < flip.end and flip.start < mark.end for mark, _ in found):
            found.append((Mark(flip.start, flip.end, "negation", flip.told), True))
    found.sort(key=lambda pair: (pair[0].start, pair[0].end))
    return Exact(
        tuple(mark for mark, _ in found),
        tuple(contradicted for _, contradicted in found),
        len(whens) + len(numbers) + len(names),
    )


def _overlap(number: Stated, others: Sequence[Stated | When | Name]) -> bool:
    return any(other.start < number.end and number.start < other.end for other in others)


def _numbers(numbers: Sequence[Stated], claim: str, held: _Held) -> Iterator[tuple[Mark, bool]]:
    ranged = _within_ranges(numbers, claim, held)
    for number in numbers:
        if number in ranged or _is_article(number, claim) or _told(number, claim, held, numbers):
            continue
        rival, wrong_unit = _rival(number, claim, held), False
        beside = _same_value(number, claim, held)
        if beside:
            rival, wrong_unit = beside, True
        if not rival and number.spelled and not number.unit and not number.currency:
            continue  # people count what is listed
        if not rival and (
            number.fraction or _ESTIMATED.search(claim[max(0, number.start - _REACH) : number.end + _REACH])
        ):
            continue
        yield Mark(number.start, number.end, "unit" if wrong_unit else "number", rival), bool(rival)


def _is_article(number: Stated, claim: str) -> bool:
    word = claim[number.start : number.end].split(" ", 1)[0].lower()
    return (number.ordinal and number.value == 1) or (number.spelled and word in ("a", "an", "per", "each", "every"))


def _within_ranges(numbers: Sequence[Stated], claim: str, held: _Held) -> set[Stated]:
    """Ends of the claim's ranges ("7-8 h") inside of which the evidence has its value ("7.5 h")."""
    found: set[Stated] = set()
    for low, high in pairwise(numbers):
        joint = _JOINED.fullmatch(claim, low.end, high.start)
        if joint is None or low.amount >= high.amount:
            continue
        if joint[0].strip() == "and" and not claim[: low.start].rstrip().lower().endswith("between"):
            continue
        if any(n.kind == high.kind and high.kind and low.amount <= n.amount <= high.amount for n in held.numbers):
            found |= {low, high}
    return found


def _told(number: Stated, claim: str, held: _Held, said: Sequence[Stated]) -> bool:
    """Whether the evidence holds a number, as it stands or as people restate it."""
    if any(number.is_told_by(other) for other in held.numbers):
        return True
    whole = f"{number.value:.15g}"
    if not number.unit and not number.currency and (whole in held.digits or number.value in held.calendar.years):
        return True
    alike = [other for other in held.numbers if _alike(number, other)]
    return (
        any(_near(number, other.amount, claim) for other in alike)
        or _rounded(number, alike)
        or _share(number, held)
        or (not number.ordinal and _reckoned(number, [*alike, *_others(number, said)], claim, held))
    )


def _alike(a: Stated, b: Stated) -> bool:
    return _sort(a) == _sort(b) and a.currency == b.currency and a.ordinal == b.ordinal


def _sort(number: Stated) -> str:
    """What it measures; people and pieces are bare counts."""
    return "" if number.unit in COUNTED else number.kind


def _near(number: Stated, its: float, claim: str) -> bool:
    """ "About 12" for 11.8, "over 200" for 214, "almost 400" for 388."""
    before, mine = claim[max(0, number.start - 30) : number.start], number.amount
    after = _AFTERWARDS.match(claim, number.end)
    if mine <= 0 or its <= 0:
        return False
    ratio = its / mine
    if equal(mine, its) or (number.spelled and number.unit and _VAGUE.search(claim, number.start, number.end)):
        return 0.85 <= ratio <= 1.18
    if _OVER.search(before) or (after and ("least" in after[0] or "more" in after[0] or "+" in after[0])):
        return 1 <= ratio <= 2
    if _UNDER.search(before) or (after and "most" in after[0]):
        return 0.6 <= ratio <= 1
    return bool(_ABOUT.search(before) or after) and 0.88 <= ratio <= 1.12


def _rounded(number: Stated, alike: Sequence[Stated]) -> bool:
    """Rounded millions and thousands: "4.2 million" for 4,213,000."""
    if number.value < 1000:
        return False
    digits = f"{number.value:.15g}".split("e")[0].replace(".", "").rstrip("0")
    if len(digits) < (1 if number.scaled else 2) or len(digits) > 12:
        return False
    return any(equal(float(f"{other.value:.{len(digits)}g}"), number.value) for other in alike)


def _share(number: Stated, held: _Held) -> bool:
    """A fraction or percentage of two figures of one kind."""
    share = number.value / 100 if number.unit == "%" else number.value if number.fraction else None
    if share is None or not 0 < share < 1:
        return False
    slack = 0.005 if number.unit == "%" else 0.025
    percents = [n.value / 100 for n in held.numbers if n.unit == "%"]
    percents += [n.value for n in held.numbers if 0 < n.value < 1 and not n.unit]
    if any(abs(share - percent) <= slack or abs(1 - share - percent) <= slack for percent in percents):
        return True
    if len(held.numbers) > _MANY:
        return False
    return any(
        a.kind == b.kind and b.amount and abs(a.amount / b.amount - share) <= slack
        for a in held.numbers
        for b in held.numbers
    )


def _reckoned(number: Stated, alike: Sequence[Stated], claim: str, held: _Held) -> bool:
    """A sum, difference, multiple or share of figures of one kind, or the time between two dates or times.

    Only where the claim has words of reckoning: a promise of 60 days is not told by one of 30.
    """
    amounts = sorted({other.amount for other in alike})
    if _DERIVED.search(claim) and len(amounts) <= _MANY:
        multiples = _MULTIPLIED.search(claim) is not None
        if any(_near(number, value, claim) for value in _sums(amounts, held, multiples)):
            return True
    if number.kind == "time":
        return any(_near(number, value, claim) for value in held.spans) or _years_apart(number.value, held, number.unit)
    return not number.kind and number.value < 250 and _years_apart(number.value, held, "years")


def _others(number: Stated, said: Sequence[Stated]) -> list[Stated]:
    """The claim's other figures of the kind: "of 212 on board 71 were saved, so 141 were not"."""
    return [other for other in said if other is not number and _alike(number, other)]


def _years_apart(value: float, held: _Held, unit: str | None) -> bool:
    years = sorted(held.calendar.years)
    if unit != "years" or len(years) > _MANY:
        return False
    return any(-1 <= b - a - value <= 1 for a in years for b in years if b > a)


def _sums(amounts: Sequence[float], held: _Held, multiples: bool) -> Iterator[float]:
    """What follows from figures of one kind: sums and differences of two, shares; where asked multiples and parts."""
    for place, a in enumerate(amounts):
        for b in amounts[place + 1 :]:
            yield a + b
            yield b - a
    counts = {n.value for n in held.numbers if 2 <= n.value <= 1000 and n.kind in ("", "people", "count", "time")}
    counts |= {2.0}
    shares = {n.value / 100 for n in held.numbers if n.unit == "%"} | {n.value for n in held.numbers if n.fraction}
    shares |= {1 - share for share in shares}
    for a in amounts if len(counts) <= _MANY else ():
        for count in counts if multiples else ():
            yield a * count
            yield a / count
        for share in shares:
            yield a * share


def _rival(number: Stated, claim: str, held: _Held) -> str:
    """The one competing value for a number, as the evidence writes it, or ""."""
    near = _stems(claim, number.start, number.end)
    after = _next_stems(claim, number.end, 1)
    best: dict[float, str] = {}
    top = 0
    for passage in held.passages:
        for other in passage.numbers:
            if not _alike(number, other) or _overlap(other, passage.dates):
                continue
            if not number.kind and not (after & (_next_stems(passage.text, other.end, 2))):
                continue
            score = len(near & _stems(passage.text, other.start, other.end))
            if score > top:
                best, top = {}, score
            if score == top and score >= (1 if number.kind or number.currency else _RELATED):
                best.setdefault(other.amount, _written(passage.text, other))
    return next(iter(best.values())) if len(best) == 1 else ""


def _same_value(number: Stated, claim: str, held: _Held) -> str:
    """The same value with another unit or currency near the same words, as the evidence writes it, or ""."""
    if number.spelled or not (number.unit or number.currency):
        return ""
    near = _stems(claim, number.start, number.end)
    for passage in held.passages:
        for other in passage.numbers:
            alike = other.equals(number) and (other.unit or other.currency) and not other.spelled
            if alike and near & _stems(passage.text, other.start, other.end):
                return _written(passage.text, other)
    return ""


def _written(text: str, number: Stated) -> str:
    """A number as it stands in a text, with its currency's sign."""
    start = number.start
    if number.currency:
        sign = re.search(r"(?:[A-Z]{0,3}[€$£¥₹₩₪₺₫₴₱₦]|\b[A-Z]{3})\s?$", text[max(0, start - 5) : start])
        start -= len(sign[0]) if sign else 0
        after = re.match(r"\s?(?:[€£$¥]|[A-Z]{3}\b|euros?|dollars?)", text[number.end :])
        return text[start : number.end + (after.end() if after and not sign else 0)]
    return text[start : number.end]


def _stems(text: str, start: int, end: int) -> set[str]:
    """Content words around a place."""
    low, high = max(0, start - _REACH), end + _REACH
    around = f"{text[low:start]} {text[end:high]}"
    found = {stem(word) for word in _WORD.findall(plain(around)) if word not in FUNCTION}
    return found | {_MEASURES[word] for word in found if word in _MEASURES}


def _next_stems(text: str, end: int, count: int) -> set[str]:
    words = [word for word in _WORD.findall(plain(text[end : end + 40])) if word not in FUNCTION]
    return {stem(word) for word in words[:count]}


def _date(when: When, claim: str, held: _Held) -> Iterator[tuple[Mark, bool]]:
    absent = held.calendar.missing(when)
    if not absent or (absent == "y" and _year_follows(when, claim, held)):
        return
    if when.minute is not None and re.sub(r"\D", "", claim[when.start : when.end]) in held.digits:
        return
    places = [(start, end) for part, start, end in when.parts if part in absent]
    start, end = (min(p[0] for p in places), max(p[1] for p in places)) if places else (when.start, when.end)
    told = _rival_date(when, absent, claim, held)
    yield Mark(start, end, "date", told), bool(told)


def _year_follows(when: When, claim: str, held: _Held) -> bool:
    """Whether a year is one of the evidence plus or minus a number of years there, as an age or "three years later"."""
    years = held.calendar.years
    ages = {n.value for n in held.numbers if n.unit == "years" and n.value < 150}
    if when.year is None or len(years) * len(ages) > _PAIRS:
        return False
    slack = 2 if _ABOUT.search(claim[max(0, when.start - 30) : when.start]) else 0
    return any(
        abs(when.year - year - sign * age) <= slack for year in years for age in (0.0, *ages) for sign in (1, -1)
    )


def _rival_date(when: When, absent: str, claim: str, held: _Held) -> str:
    near = _stems(claim, when.start, when.end)
    best: dict[tuple[object, ...], str] = {}
    top = 0
    for passage in held.passages:
        for other in passage.dates:
            if not set(when.shape) <= set(other.shape) and when.shape != other.shape:
                continue
            if "m" not in absent and when.month and other.month and when.month != other.month:
                continue
            score = len(near & _stems(passage.text, other.start, other.end))
            if score > top:
                best, top = {}, score
            if score == top and score > 0:
                key = (
                    other.year,
                    other.month if when.month else 0,
                    other.day if when.day else 0,
                    other.minute,
                    other.weekday,
                )
                best.setdefault(key, passage.text[other.start : other.end])
    return next(iter(best.values())) if len(best) == 1 else ""
