"""Conflicts: facts that say different values of one and the same thing, who says which, and which of them stands.

One thing is an attribute that the question names, or else what the question asks about. A clause states it when it
shares words with the attribute (more than with any other attribute of the same dimension) and measures the same: "takes
3 h to charge" is not about "Battery life: 12 h". Compared are quantities and dates, yes and no of a boolean attribute
or of the question's last word, and with a judge the words that it takes for the answer.

    rule         which side stands
    newer        of one kind of source, the one whose date is at least 30 days younger
    kind         the more trusted kind of source (the table of `trust`)
    many         of one kind, the side that twice as many sources say, two at least
    unresolved   neither: so are the maker and at least three customers who agree against it; both are told

Every number that is told is copied from a piece of evidence.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Literal

from shopwright.catalog.units import unit_symbol
from shopwright.models.protocols import Judge
from shopwright.skills.evidence.ranking import shown
from shopwright.skills.evidence.sources import independent, source_key, usable
from shopwright.skills.evidence.terms import FUNCTION, content, passage, stem, words
from shopwright.skills.evidence.trust import TRUST, by_customers, day, source_kind, together, trusts
from shopwright.skills.evidence.values import Value, agree, value_of, values
from shopwright.types import Evidence

Rule = Literal["newer", "kind", "many", "unresolved"]

MEASURED = 0.1
"""Relative tolerance where a customer or "about" speaks; they measure with a watch and a kitchen scale."""
STATED = 0.02
"""Relative tolerance between two texts of the shop or the maker: rounding."""
_MOST_SIDES = 3
"""Sides beyond which the values are not of one thing."""
_ASKS_AMOUNT = re.compile(
    r"\bhow (?!to\b|do\b|does\b|can\b|is\b|would\b)\w+|\bwhat(?:'s| is| are)?(?: the)? (?:\w+ )?(?:size|length|width|"
    r"height|depth|weight|capacity|diameter|wattage|voltage|power|speed|range|temperature|life|period)\b|多少|多长|多久|多重|几",
    re.IGNORECASE,
)
_ASKS_DATE = re.compile(r"\bwhen\b|\b(?:what|which) (?:date|day|year|month)\b|什么时候|时间|日期|哪年", re.IGNORECASE)
_YOUNGER_DAYS = 30
_ENOUGH = 3
_CLAUSE = re.compile(r"[;!?。；！？，]|[.,](?=\s|$)|\b(?:but|and|while|although|though|whereas)\b", re.IGNORECASE)
_NEGATION = re.compile(
    r"\b(?:not|no|never|without|cannot|isn't|aren't|wasn't|doesn't|don't|didn't|won't|can't|non)\b|不", re.IGNORECASE
)
_MEASURED_BY = re.compile(r"\b(?:measured|weighed|timed|tested|clocked)\b", re.IGNORECASE)
_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")


_ASKED = {
    "mass": "heavy light weigh weight",
    "time": "long last lasts hours minutes life duration",
    "length": "long tall wide deep high thick length width height depth diameter",
    "volume": "volume capacity litres liters hold",
    "sound": "loud quiet noise noisy",
    "power": "power powerful watts wattage",
    "temperature": "hot cold warm temperature",
    "speed": "fast speed",
}
"""Words that ask for a dimension, and words with which a sentence states it: "how heavy" is answered by "weighs"."""


@dataclass(frozen=True, slots=True)
class ConflictSide:
    """One of the values: in words, the facts that say it, how many independent sources they are, and their trust."""

    value: str
    evidence: tuple[Evidence, ...]
    count: int
    trust: float

    def words(self) -> str:
        """Who says what: "3 reviewers measured 7 to 8 h"."""
        first = self.evidence[0]
        kind = source_kind(first)
        name = TRUST[kind][1]
        if by_customers(first):
            measured = all(_MEASURED_BY.search(fact.text) for fact in self.evidence)
            verb = "measured" if measured else "say" if self.count > 1 else "says"
            return f"{self.count} {name}{'s' if self.count > 1 else ''} {verb} {self.value}"
        when = f" ({first.date})" if first.date else ""
        return f"{name}{when} says {self.value}"


@dataclass(frozen=True, slots=True)
class Conflict:
    """What is in conflict, its sides (the one that stands first), and by which rule.

    Args:
        subject: the attribute, or the question's words.
        rule: "unresolved" when both are to be told as equals.
    """

    subject: str
    sides: tuple[ConflictSide, ...]
    rule: Rule

    @property
    def stands(self) -> ConflictSide | None:
        """The side that stands; None when unresolved."""
        return None if self.rule == "unresolved" else self.sides[0]

    def words(self) -> str:
        """The conflict for a shopper: "the maker says 12 h; 3 reviewers measured 7 to 8 h"."""
        return "; ".join(side.words() for side in self.sides)


@dataclass(frozen=True, slots=True)
class _Statement:
    """A fact that says a value of the subject."""

    fact: Evidence
    trust: float
    value: Value


@dataclass(frozen=True, slots=True)
class _Subject:
    """What is measured: its words, and for an attribute its name and dimension."""

    name: str
    words: frozenset[str]
    dimension: str = ""


def conflicts(question: str, facts: Sequence[Evidence], judge: Judge | None = None) -> list[Conflict]:
    """The conflicts among facts on what is asked, those of the most trusted sources first.

    Args:
        judge: to compare named values too ("steel" and "aluminium"), by the words that it takes for the answer.
    """
    allowed, _ = usable(question, facts)
    kept = [replace(fact, text=passage(fact.text, question)) for fact in allowed]
    trust = dict(zip(map(id, kept), trusts(kept), strict=True))
    subjects = _subjects(question, kept)
    stated: dict[tuple[str, str], list[_Statement]] = {}
    for fact in kept:
        for subject, value in _statements(fact, subjects):
            if not subject.dimension and not _asked_for(question, value):
                continue
            stated.setdefault((subject.name, value.dimension), []).append(_Statement(fact, trust[id(fact)], value))
    found = [conflict for (subject, _), said in stated.items() if (conflict := _conflict(subject, said)) is not None]
    if judge is not None and not found:
        named = _conflict(question.rstrip("?？ "), _named(question, kept, trust, judge))
        found += [named] if named is not None else []
    return sorted(found, key=lambda conflict: -max(side.trust for side in conflict.sides))


def _asked_for(question: str, value: Value) -> bool:
    """Whether a question that names no attribute asks for values of this kind; bare numbers are never compared."""
    if value.kind == "date":
        return bool(_ASKS_DATE.search(question))
    if value.kind == "quantity":
        return value.dimension != "number" and bool(_ASKS_AMOUNT.search(question))
    return True


def _subjects(question: str, facts: Sequence[Evidence]) -> list[_Subject]:
    """The attributes that share a word with the question, each with its dimension; else the question itself."""
    asked = content(question)
    found: dict[str, _Subject] = {}
    for fact in facts:
        if source_kind(fact) == "specification" and fact.field:
            name = fact.field.replace("_", " ")
            read = values(fact.text)
            found.setdefault(name, _Subject(name, content(name), read[0].dimension if read else "yes or no"))
    own = [subject for subject in found.values() if subject.words & asked]
    others = [_Subject("", subject.words, subject.dimension) for subject in found.values() if not subject.words & asked]
    if own:
        return [*own, *others]
    name = question.rstrip("?？ ")
    asking = {key: content(names) for key, names in _ASKED.items() if content(names) & asked}
    return [_Subject(name, asked), *(_Subject(name, asked | names, key) for key, names in asking.items()), *others]


def _statements(fact: Evidence, subjects: Sequence[_Subject]) -> list[tuple[_Subject, Value]]:
    """What a fact says of which subject."""
    found: list[tuple[_Subject, Value]] = []
    label = content(fact.field.replace("_", " ")) if source_kind(fact) == "specification" else frozenset()
    text = shown(fact)
    for start, end in _clauses(text):
        said = label or content(text[start:end])
        for value in values(text):
            if start <= value.start < end and (label or value.dimension != "number"):
                subject = _subject(said, value.dimension, subjects)
                if subject is not None:
                    found.append((subject, value))
        subject = _subject(said, "yes or no", subjects)
        if subject is not None and not values(text):
            answer = _yes_or_no(text, start, end, subject, cell=bool(label))
            if answer is not None:
                found.append((subject, answer))
    return found


def _clauses(text: str) -> list[tuple[int, int]]:
    edges = [0, *(match.end() for match in _CLAUSE.finditer(text)), len(text)]
    return [(start, end) for start, end in pairwise(edges) if text[start:end].strip()]


def _subject(said: frozenset[str], dimension: str, subjects: Sequence[_Subject]) -> _Subject | None:
    """The subject that shares most words; None when none does, or when what is not asked about shares as many."""
    fitting = [subject for subject in subjects if subject.dimension in ("", dimension) and subject.words & said]
    if not fitting:
        return None
    best = max(fitting, key=lambda subject: (len(subject.words & said) / len(subject.words), not subject.name))
    return best if best.name else None


def _yes_or_no(text: str, start: int, end: int, subject: _Subject, *, cell: bool) -> Value | None:
    clause = text[start:end]
    if cell:
        answer = clause.rpartition(":")[2].strip().lower()
        if answer not in ("yes", "no"):
            return None
    else:
        there = {stem(word.folded) for word in words(clause) if word.folded not in FUNCTION}
        if not subject.words <= there:
            return None
        answer = "no" if _NEGATION.search(clause) else "yes"
    told = f"{'not ' if answer == 'no' else ''}{subject.name}" if subject.dimension else answer
    return Value("name", told, start, end, "yes or no", name=(answer,))


def _named(question: str, facts: Sequence[Evidence], trust: dict[int, float], judge: Judge) -> list[_Statement]:
    judged = judge.judge([(question, shown(fact)) for fact in facts])
    found = []
    for fact, one in zip(facts, judged, strict=True):
        start, end = one.answer
        if one.answerable >= 0.5 and one.relevance >= 0.5 and 0 <= start < end <= len(shown(fact)):
            value = value_of(shown(fact), start, end)
            if value.kind == "name" and value.name:
                found.append(_Statement(fact, trust[id(fact)], value))
    return found


def _conflict(subject: str, said: Sequence[_Statement]) -> Conflict | None:
    """The sides of a subject, when there is more than one; a cell that holds several values is not one thing."""
    opening = {id(one.fact): one for one in reversed(said)}
    several = {id(one.fact) for one in said if not _agree(opening[id(one.fact)], one)}
    said = [one for one in said if id(one.fact) not in several or source_kind(one.fact) != "specification"]
    groups: list[list[_Statement]] = []
    for statement in sorted(said, key=lambda one: -one.trust):
        home = next((group for group in groups if _agree(group[0], statement)), None)
        if home is None:
            groups.append([statement])
        else:
            home.append(statement)
    groups = _spread(groups)
    if not 2 <= len(groups) <= _MOST_SIDES or len({source_key(one.fact) for group in groups for one in group}) < 2:
        return None
    sides = sorted((_side(group) for group in groups), key=lambda side: -side.trust)
    first, second, rule = _resolved(sides[0], sides[1])
    return Conflict(subject, (first, second, *sides[2:]), rule)


def _agree(one: _Statement, other: _Statement) -> bool:
    loose = by_customers(one.fact) or by_customers(other.fact) or one.value.hedged or other.value.hedged
    return agree(one.value, other.value, MEASURED if loose else STATED)


def _spread(groups: list[list[_Statement]]) -> list[list[_Statement]]:
    """Customers who all contradict the most trusted side are one side: 7 h, 7.5 h and 8 h are "7 to 8 h"."""
    if len(groups) < 3 or groups[0][0].value.kind != "quantity" or by_customers(groups[0][0].fact):
        return groups
    one_sided = [group for group in groups[1:] if all(by_customers(one.fact) for one in group)]
    top = groups[0][0].value
    joined: list[list[_Statement]] = []
    for below in (True, False):
        same = [one for group in one_sided for one in group if (one.value.high < top.low) == below]
        joined += [same] if same else []
    return [groups[0], *(group for group in groups[1:] if group not in one_sided), *joined]


def _side(group: Sequence[_Statement]) -> ConflictSide:
    best: dict[str, float] = {}
    for one in group:
        best.setdefault(source_key(one.fact), one.trust)
    facts = tuple(dict.fromkeys(one.fact for one in group))
    return ConflictSide(_told(group), facts, independent(facts), together(best.values()))


def _told(group: Sequence[_Statement]) -> str:
    """The values in the words of the evidence: one, or the lowest to the highest."""
    low, high = min(group, key=lambda one: one.value.low).value, max(group, key=lambda one: one.value.high).value
    if low.kind != "quantity" or low.text == high.text or (low.low, low.high) == (high.low, high.high):
        return group[0].value.text
    first, found = _NUMBER.search(low.text), list(_NUMBER.finditer(high.text))
    if first and found and _unit(low.text) == _unit(high.text):
        return f"{first[0]} to {high.text[found[-1].start() :]}"
    return f"{low.text} to {high.text}"


def _unit(text: str) -> str | None:
    """The unit that stands after the last number of a text, in whatever spelling."""
    return unit_symbol(_NUMBER.split(text)[-1].strip(" -"))


def _resolved(one: ConflictSide, other: ConflictSide) -> tuple[ConflictSide, ConflictSide, Rule]:
    kinds = source_kind(one.evidence[0]), source_kind(other.evidence[0])
    if kinds[0] == kinds[1]:
        mine, its = _newest(one), _newest(other)
        if kinds[0] not in ("review", "answer") and mine and its and abs((mine - its).days) >= _YOUNGER_DAYS:
            return (one, other, "newer") if mine > its else (other, one, "newer")
        if max(one.count, other.count) >= max(2, 2 * min(one.count, other.count)):
            return (one, other, "many") if one.count > other.count else (other, one, "many")
        return one, other, "unresolved"
    ranks = [TRUST[kind][0] for kind in kinds]
    first, second = (one, other) if ranks[0] > ranks[1] else (other, one)
    if by_customers(second.evidence[0]) and not by_customers(first.evidence[0]) and second.count >= _ENOUGH:
        return first, second, "unresolved"
    return first, second, "kind"


def _newest(side: ConflictSide) -> datetime.date | None:
    return max((when for fact in side.evidence if (when := day(fact.date))), default=None)
