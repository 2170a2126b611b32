"""Bounds in a phrase: on quantities, picture sizes, counts of things and the price.

    "over 1800 MHz clock speed" -> frequency above 1.8 GHz, said of "clock", "speed"
    "6 USB ports"               -> exactly 6 of "usb"
    "can fit a 360mm radiator"  -> radiator of at least 36 cm

Amounts and the words that compare them are read by `skills.rewrite.amounts`, clause by clause; what is new here is
whether a bound is strict, what it is said of, and counts and picture sizes.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from shopwright.assistant.offers.properties import pixels
from shopwright.catalog.units import base, dimension
from shopwright.knowledge.goods import folded
from shopwright.skills.rewrite.amounts import Measure, find_measures, find_prices
from shopwright.skills.rewrite.english import AT_LEAST, AT_MOST, OR_LESS, OR_MORE
from shopwright.types import Quantity

What = Literal["quantity", "pixels", "count", "price"]
Span = tuple[int, int]

_EXCLUSIVE = re.compile(r"\b(?:over|above|than|below|under|exceed\w*|beyond)\b|[<>](?!=)", re.IGNORECASE)
_NOT_THAN = re.compile(r"\b(?:no|not|n['’]t)\b[^,]*\bthan\b", re.IGNORECASE)
_COUNT = re.compile(
    r"(?P<compare>[a-z ]{0,24}?)(?<![\w.])(?P<n>\d{1,3})\s+(?P<thing>[A-Za-z][\w.-]*(?:\s+[A-Za-z][\w.-]*){0,3})"
)
_PIXELS = re.compile(r"(?<!\d)\d{3,5}\s?[x×*]\s?\d{3,5}(?!\d)")
_ROOM = re.compile(
    r"\b(?:fits?|supports?|supporting|holds?|accommodates?|takes?|room for|space for)\b[^,;]*$", re.IGNORECASE
)
_DEGREES = re.compile(r"°|degree|celsius|fahrenheit", re.IGNORECASE)
_WORD = re.compile(r"[^\W_]+(?:[.-][^\W_]+)*")
_EMPTY = """
a an the of and or with for from to in on at by which that who whose has have having is are be it its this these they
them i my me we our you your so can could would should will may must do does not any some all only just very exactly
least most than more less over above below under up brand make maker manufacturer offer product item model one ones
where when as if but into onto use used using also about around etc same other new want need looking feature featuring
include including offering suitable able capable equipped come
"""
EMPTY = frozenset(_EMPTY.split())
"""Words that say nothing of a thing."""


@dataclass(frozen=True, slots=True)
class Condition:
    """A bound on something measured or counted.

    Args:
        low, high: in the base unit of `dimension`; pixels of the picture for "pixels"; None for no bound.
        strict: whether the bounds themselves are outside ("over", "longer than").
        words: folded words that say what is measured ("clock", "speed").
        noun: what is counted, best word first.
    """

    what: What
    low: float | None
    high: float | None
    strict: bool = False
    dimension: str = ""
    words: frozenset[str] = frozenset()
    noun: tuple[str, ...] = ()

    @property
    def exact(self) -> bool:
        """Whether it asks for one value."""
        return self.low is not None and self.low == self.high

    def holds(self, value: float, slack: float = 0.0) -> bool:
        """Whether a value is inside, `slack` being the share by which an exact value may be off."""
        if self.exact:
            return abs(value - (self.low or 0.0)) <= slack * abs(self.low or 0.0) + 1e-9
        low = self.low is None or (value > self.low * (1 + 1e-9) if self.strict else value >= self.low * (1 - 1e-9))
        high = self.high is None or (value < self.high * (1 - 1e-9) if self.strict else value <= self.high * (1 + 1e-9))
        return low and high


def find_bounds(text: str, head_end: int, names: bool) -> tuple[list[Condition], list[Span]]:
    """Every bound of a phrase, and the character spans that they stand on.

    Args:
        head_end: where the words that name the thing end.
        names: whether they name one product, to whose name a range ("18-45mm") belongs.
    """
    found: list[Condition] = []
    taken: list[Span] = []
    for match in _PIXELS.finditer(text):
        size = pixels(match[0])
        if size is not None:
            low, high, strict, start = _compared(text, match.start(), match.end(), float(size[0] * size[1]))
            found.append(Condition("pixels", low, high, strict))
            taken.append((start, match.end()))
    for measure in _measures(masked(text, taken)):
        unit = dimension(measure.unit)
        said = text[measure.start : measure.end]
        if unit is None or (unit == "temperature" and not _DEGREES.search(said)):
            continue
        if None not in (measure.low, measure.high) and measure.low != measure.high and "-" in said and names:
            continue  # "18-45mm" belongs to the name of a lens
        low = None if measure.low is None else base(Quantity(measure.low, measure.unit)).value
        high = None if measure.high is None else base(Quantity(measure.high, measure.unit)).value
        strict = low != high and _is_strict(text, measure.start, measure.end)
        if low is not None and low == high and _ROOM.search(text[max(0, measure.start - 40) : measure.start]):
            high = None
        about = _about(text, measure.start, measure.end) if measure.start >= head_end else frozenset[str]()
        found.append(Condition("quantity", low, high, strict, unit, about))
        taken.append((measure.start, measure.end))
    for price in find_prices(masked(text, taken), taken):
        found.append(Condition("price", price.low, price.high, _is_strict(text, price.start, price.end)))
        taken.append((price.start, price.end))
    for match in _COUNT.finditer(masked(text, taken), head_end):
        low, high, strict, start = _compared(text, match.start("n"), match.end("n"), float(match["n"]))
        nouns = tuple(word for word in folded(match["thing"]) if word not in EMPTY)
        if nouns:
            found.append(Condition("count", low, high, strict, noun=nouns))
            taken.append((start, match.end()))
    return found, [*taken, *_named_properties(text, found, head_end)]


def _measures(text: str) -> Iterator[Measure]:
    """Measures, read clause by clause, so that no comparison reaches into the next one."""
    if re.search(r"\bbetween\b", text, re.IGNORECASE):
        yield from find_measures(text)
        return
    for clause in re.finditer(r"(?:(?!\band\b|[;,]\s).)+", text):
        yield from find_measures(" " * clause.start() + clause[0])


def masked(text: str, taken: Sequence[Span]) -> str:
    """The text with blanks in place of some spans."""
    for start, end in taken:
        text = text[:start] + " " * (end - start) + text[end:]
    return text


def _compared(text: str, start: int, end: int, value: float) -> tuple[float | None, float | None, bool, int]:
    """Bounds of a number by the words before and after it, whether they are strict, and where those words begin."""
    before, after = text[max(0, start - 24) : start], text[end : end + 24]
    lower = re.search(rf"{AT_MOST}\s*$|(?:low|small)er than\s*$", before, re.IGNORECASE)
    upper = re.search(rf"{AT_LEAST}\s*$|(?:great|high|bigg|larg)er than\s*$", before, re.IGNORECASE)
    if lower or re.match(rf"\s*{OR_LESS}", after, re.IGNORECASE):
        begin = start - len(lower[0]) if lower else start
        return None, value, bool(lower) and _is_strict(text, begin, end), begin
    if upper or re.match(rf"\s*(?:{OR_MORE}|\+)", after, re.IGNORECASE):
        begin = start - len(upper[0]) if upper else start
        return value, None, bool(upper) and _is_strict(text, begin, end), begin
    return value, value, False, start


def _is_strict(text: str, start: int, end: int) -> bool:
    said = text[max(0, start - 8) : end]
    return bool(_EXCLUSIVE.search(text[start:end])) and not _NOT_THAN.search(said)


def _about(text: str, start: int, end: int) -> frozenset[str]:
    """The words that say what a measure is of: those after it up to a joint, and those before it."""
    after = re.split(r"[,.;]|\b(?:and|or|with|for|that|which|in|on|at|to)\b", text[end : end + 40])[0]
    before = re.split(r"[,.;]|\b(?:and|or|with|for|that|which)\b", text[max(0, start - 40) : start])[-1]
    return frozenset(word for word in folded(f"{before} {after}") if word not in EMPTY)


def _named_properties(text: str, conditions: Sequence[Condition], head_end: int) -> list[Span]:
    """Where the tail has words that only say what a condition is about."""
    about = frozenset(word for condition in conditions for word in condition.words)
    spare = about | (
        {"resolution", "display"} if any(condition.what == "pixels" for condition in conditions) else set()
    )
    spare |= {"price", "cost", "priced"} if any(condition.what == "price" for condition in conditions) else set()
    return [match.span() for match in _WORD.finditer(text, head_end) if any(word in spare for word in folded(match[0]))]
