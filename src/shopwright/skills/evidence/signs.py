"""Signs by which a careful reader without knowledge of the world tells a value from one put in its place.

Whoever edits a passage replaces the value and leaves what went with it. So each value in dispute is held against the
words that nobody disputes: the question, what the twins have in common, and all other passages, related or not.

    elsewhere    another passage states the value, the more so beside words of the question
    left over    the edited passage still holds a part of it: a surname, a year, another spelling
    near         dates and amounts of one event lie close together, in time and in size
    adds up      a difference of two other numbers of the passage is the value
    weekday      the day of the week beside a date is right

What not: nothing looks at the order of passages, and no list of the world's facts is used.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from shopwright.skills.evidence.terms import FUNCTION, content, fold, stem, words
from shopwright.skills.evidence.values import Value, agree, apart, values

_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_DAY_BEFORE = re.compile(r"\b(mon|tue|wed|thu|fri|sat|sun)[a-z]*\.?,?\s+$", re.IGNORECASE)
_DAY_AFTER = re.compile(
    r"\s*[,（(]\s*(?:(mon|tue|wed|thu|fri|sat|sun)[a-z]*|(?:星期|周)([一二三四五六日天]))", re.IGNORECASE
)
_CHINESE_DAYS = {sign: place for place, sign in enumerate("一二三四五六日")} | {"天": 6}
_YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")
_SAME_START = 4


@dataclass(frozen=True, slots=True)
class Occurrence:
    """A value in dispute where a passage states it, and the passage without the disputed values."""

    value: Value
    passage: str
    rest: str


def elsewhere(
    value: Value, rivals: Sequence[Value], question: str, passages: Sequence[str], around: frozenset[str]
) -> float:
    """How strongly passages outside the dispute speak for a value.

    Args:
        around: words of the disputed passages; a passage that shares them speaks of the same thing.
    """
    weights = _rarity(passages, content(question) | around)
    total = 0.0
    for passage in passages:
        share = told(value, rivals, passage)
        if share > 0.0:
            total += share * _bearing(question, passage, around, weights)
    return total


def _rarity(passages: Sequence[str], known: frozenset[str]) -> dict[str, float]:
    """The weight of each word, 1 for one that a single passage has down to 0 for one that all have."""
    counts = Counter(word for passage in passages for word in content(passage) & known)
    most = math.log(len(passages) + 1)
    return {word: max(0.05, 1 - math.log(count) / most) for word, count in counts.items()}


def _bearing(question: str, passage: str, around: frozenset[str], weights: dict[str, float]) -> float:
    """How much a passage is about what is asked: 0.2 (it only mentions the value) to 1."""
    said = content(passage)
    closeness = _covered(content(question), said, weights)
    company = _covered(around, said, weights)
    years, its = set(_YEAR.findall(question)), set(_YEAR.findall(passage))
    other_time = 0.4 if years and its and not years & its else 1.0
    return (0.2 + 0.5 * closeness + 0.3 * min(1.0, 3 * company)) * other_time


def _covered(wanted: frozenset[str], said: frozenset[str], weights: dict[str, float]) -> float:
    total = sum(weights.get(word, 1.0) for word in wanted)
    return sum(weights.get(word, 1.0) for word in wanted & said) / total if total else 0.0


def told(value: Value, rivals: Sequence[Value], text: str) -> float:
    """How much of a value a text holds, 0 to 1, counting only what tells it from its rivals."""
    if value.kind == "date":
        return max((_date_told(value, rivals, other) for other in values(text) if other.kind == "date"), default=0.0)
    if value.kind == "quantity":
        return float(
            any(agree(value, other) for other in values(text)) and not any(agree(value, rival) for rival in rivals)
        )
    return _name_told(value, rivals, text)


def _date_told(value: Value, rivals: Sequence[Value], other: Value) -> float:
    """A whole date 1, year and month .5, a year alone .25, if that sets it apart from its rivals."""
    same = [bool(a) and a == b for a, b in zip(value.date, other.date, strict=True)]
    own = [all(a != rival.date[place] for rival in rivals) for place, a in enumerate(value.date)]
    if any(b and a and a != b for a, b in zip(value.date, other.date, strict=True)):
        return 0.2 if same[0] and own[0] else 0.0  # another day of the year that only this value has
    if not any(ok and only for ok, only in zip(same, own, strict=True)):
        return 0.0
    return {3: 1.0, 2: 0.6, 1: 0.25}[max(1, sum(same))]


def _name_told(value: Value, rivals: Sequence[Value], text: str) -> float:
    known = {part for rival in rivals for part in rival.name}
    own = [part for part in value.name if part not in known]
    if not own:
        return 0.0
    if len(own[0]) == 1 and not own[0].isascii():
        return _signs_told(own, text)
    there = {stem(word.folded) for word in words(text) if word.folded not in FUNCTION}
    return sum(max((_alike(part, word) for word in there), default=0.0) for part in own) / len(own)


def _signs_told(own: list[str], text: str) -> float:
    """The longest run of a name's signs that stands in a text, as a share of the name; one sign alone says nothing."""
    name, plain = "".join(own), fold(text)
    for length in range(len(name), 1, -1):
        if any(name[start : start + length] in plain for start in range(len(name) - length + 1)):
            return length / len(name)
    return 0.0


def _alike(part: str, word: str) -> float:
    """1 for the same word, less for one that only begins like it ("norway", "norwegian")."""
    if part == word:
        return 1.0
    shorter = min(len(part), len(word))
    if shorter < _SAME_START or part[:_SAME_START] != word[:_SAME_START]:
        return 0.0
    common = next((place for place, (a, b) in enumerate(zip(part, word, strict=False)) if a != b), shorter)
    return 0.6 if common >= 0.6 * shorter else 0.0


def near(value: Value, others: Sequence[Value]) -> float:
    """How close the nearest half of the other dates or amounts of its kind lie, 0 (far) to 1."""
    if value.kind == "date":
        gaps = (apart(value, other) for other in others if other.kind == "date")
        distances = [gap / 365.25 for gap in gaps if gap is not None]
    elif value.kind == "quantity" and value.dimension != "number" and value.low > 0:
        distances = [
            3 * abs(math.log(value.low / other.low))
            for other in others
            if other.dimension == value.dimension and other.low > 0
        ]
    else:
        distances = []
    closest = sorted(distances)[: max(1, len(distances) // 2)]
    return sum(1 / (1 + distance) for distance in closest) / len(closest) if closest else 0.0


def adds_up(value: Value, others: Sequence[Value]) -> float:
    """1 when the value is the sum or the difference of two other amounts of its kind in its passage."""
    if value.kind != "quantity":
        return 0.0
    amounts = {other.low for other in others if other.dimension == value.dimension}
    ways = (b - a for a in amounts for b in amounts if a != b)
    sums = (a + b for a in amounts for b in amounts if a < b)
    return float(any(abs(way - value.low) < 1e-6 * max(1.0, value.low) for ways_ in (ways, sums) for way in ways_))


def weekday(occurrence: Occurrence) -> float:
    """1 when the day of the week beside a date is right, -1 when it is wrong, 0 when none stands there."""
    value, text = occurrence.value, occurrence.passage
    right = value.weekday
    if right is None:
        return 0.0
    before, after = _DAY_BEFORE.search(text, 0, value.start), _DAY_AFTER.match(text, value.end)
    if before:
        return 1.0 if _DAYS.index(before[1].lower()) == right else -1.0
    if after:
        told_day = _DAYS.index(after[1].lower()) if after[1] else _CHINESE_DAYS[after[2]]
        return 1.0 if told_day == right else -1.0
    return 0.0
