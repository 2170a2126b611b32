"""Filling a written sentence from the evidence: who is recommended, which fact is told, how, and sometimes wrongly.

Slots: {name} {other} the products; {says} {says2} {noun} a fact of the first as clause and as noun phrase, {value}
{fact} its value and name; {other_says} {other_says2} {other_noun} {other_value} those of the second; {more} how the
first compares with the second, {diff} the prices' difference; {why} {drawback} {other_drawback} {advice} {advice_small}
what follows from the fact; {price} {rating} and those of the other; {budget} {use} what was asked.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Mapping, Sequence
from functools import cache

from shopwright.train.align.assignments import Assignment
from shopwright.train.align.world.requests import money
from shopwright.train.align.world.wording import Part, Wording, number_in, reasons, rows, wording_of

_RANGE = re.compile(r"\d-\d|x")
_SLOT = re.compile(r"\{(\w+)\}")
_TO_YOU = {"my": "your", "our": "your", "me": "you", "we": "you", "i": "you"}
_TURNED, _UNFELT = 0.35, 300
_ASKED = re.compile(r"[Yy]ou asked|[Yy]ou mentioned|[Yy]our wish|you wished|your question|your point")
_WANTED = re.compile(r"one that \{(?:other_)?says|than the price")
"""How often a sentence that may be about either product is about the one not recommended; grams that nobody feels."""


class Teller:
    """Tells of two products of an assignment; one for each answer.

    Args:
        assignment: with two products or more.
        draw: of everything that is chosen.
        wrong: the probability that a fact is told wrongly.
        minds: the probability that a sentence is about a need.
        careful: whether the product that fits best is recommended.
    """

    def __init__(
        self, assignment: Assignment, draw: random.Random, *, wrong: float, minds: float, careful: bool
    ) -> None:
        self.draw, self.wrong, self.minds = draw, wrong, minds
        self.request = assignment.prompt.split("\n", 1)[0]
        self.evidence = assignment.evidence
        self.needs = [need.name for need in assignment.needs]
        self.budget = _budget(self.request) if "price" in self.needs else None
        names = sorted(self.evidence, key=lambda name: -self._fit(name)) if careful else list(self.evidence)
        if not careful:
            draw.shuffle(names)
        self.name = names[0]
        self.other = draw.choice(names[1:])
        self.subject = ""
        self._told: set[str] = set()
        self._named: set[str] = set()
        self._next: tuple[str, set[str], set[str]] = ("", set(), set())

    @property
    def inside_budget(self) -> bool:
        """Whether the recommended product keeps the budget."""
        price = number_in(self.evidence[self.name].get("price", ""))
        return self.budget is None or price is None or price <= (number_in(self.budget) or 0)

    def tell(self, part: Part) -> str | None:
        """A part filled; None where the evidence has not what it needs, or "it" would be someone else."""
        slots = set(_SLOT.findall(part.text))
        needs_subject = "name" not in slots and bool(slots & _OF_IT)
        if (needs_subject or re.match(r"(It|But it|Still, it|That makes)\b", part.text)) and self.subject != self.name:
            return None
        name, other = self.name, self.other
        turns = part.move in ("fact", "drawback", "reason") and not needs_subject and not _RECOMMENDS.search(part.text)
        if turns and self.draw.random() < _TURNED:
            name, other = other, name
        filled = self._fill(part, slots, name, other)
        if filled is None:
            return None
        facts = {filled[key] for key in ("says", "other_says", "why", "advice") if key in filled}
        facts.add(part.text)
        if facts & self._told:
            return None
        named = sorted((part.text.find(f"{{{slot}}}"), filled[slot]) for slot in ("name", "other") if slot in slots)
        subject = named[0][1] if named else self.subject
        text = part.text.format(**filled | {slot: self._called(filled[slot]) for slot in ("name", "other")})
        self._next = (subject, facts, {one for _, one in named})
        return text[:1].upper() + text[1:] if part.register not in ("casual", "sloppy") else text

    def keep(self) -> None:
        """What was told last stands in the answer."""
        self.subject, facts, named = self._next
        self._told |= facts
        self._named |= named

    def _called(self, name: str) -> str:
        """A name in full the first time, and then shorter where no other product is called so."""
        parts = name.split()
        short = f"{parts[0]} {parts[-1]}"
        if name not in self._named or len(parts) < 3:
            return name
        return (
            name
            if any(f"{one.split()[0]} {one.split()[-1]}" == short for one in self.evidence if one != name)
            else short
        )

    def _fit(self, name: str) -> float:
        """How well a product meets what was asked, roughly."""
        facts = self.evidence[name]
        price, limit = number_in(facts.get("price", "")), number_in(self.budget or "")
        fit = 0.5 * (number_in(facts.get("rating", "")) or 4.0)
        fit += 3.0 if price is not None and limit is not None and price <= limit else 0.0
        fit += 3.0 if facts.get("stock") == "yes" and "stock" in self.needs else 0.0
        return fit + sum(self._wished(need, name) for need in self.needs if need in facts and need not in _COMMON)

    def _wished(self, fact: str, name: str) -> float:
        """How well a product fulfils a wish: 2, or 0."""
        value, values = self.evidence[name][fact], [facts.get(fact, "") for facts in self.evidence.values()]
        wording = wording_of(fact, value)
        less = bool(wording.wants_less) and wording.wants_less in self.request
        if wording.kind == "number":
            amounts = [amount for amount in map(number_in, values) if amount is not None]
            return 2.0 * (bool(amounts) and number_in(value) == (min(amounts) if less else max(amounts)))
        return 2.0 * (value == ("no" if less else "yes") if wording.kind == "flag" else value in self.request)

    def _fill(self, part: Part, slots: set[str], name: str, other: str) -> dict[str, str] | None:
        """Values of the slots, all about one fact of these two products."""
        filled = {"name": name, "other": other}
        mine, theirs = self.evidence[name], self.evidence[other]
        if slots & _FACT_SLOTS:
            told = self._about(slots, mine, theirs, self._possible(part, slots, mine, theirs))
            if told is None:
                return None
            filled |= told
        if "use" in slots:
            if "use" not in self.needs:
                return None
            filled["use"] = _use_in(self.request)
            if not filled["use"]:
                return None
        if "budget" in slots:
            if self.budget is None:
                return None
            filled["budget"] = self.budget
        for key, facts in (("price", mine), ("other_price", theirs), ("rating", mine), ("other_rating", theirs)):
            if key in slots:
                fact = key.removeprefix("other_")
                if fact not in facts:
                    return None
                filled[key] = self._value(fact, facts, theirs if facts is mine else mine)
        if part.text.startswith("Both") and (len(self.evidence) > 2 or not self._both_inside(mine, theirs)):
            return None
        if "diff" in slots:
            low, high = number_in(mine.get("price", "")), number_in(theirs.get("price", ""))
            if low is None or high is None or low >= high:
                return None
            wrong = 1.0 if self.draw.random() >= self.wrong else self.draw.choice((0.5, 2.0, 3.0))
            filled["diff"] = money(f"{(high - low) * wrong:.2f} {mine['price'].partition(' ')[2]}")
        return filled

    def _both_inside(self, mine: Mapping[str, str], theirs: Mapping[str, str]) -> bool:
        if self.budget is None:
            return True
        limit = number_in(self.budget) or 0.0
        return all((number_in(facts.get("price", "")) or limit + 1) <= limit for facts in (mine, theirs))

    def _possible(self, part: Part, slots: set[str], mine: Mapping[str, str], theirs: Mapping[str, str]) -> list[str]:
        """The facts that a sentence may be about, so that it says nothing twice and nothing odd."""
        facts = [fact for fact in mine if not slots & {fact, f"other_{fact}"}]
        if _ASKED.search(part.text):
            facts = [fact for fact in facts if fact in self.needs]
        if part.move == "condition":
            facts = [fact for fact in facts if mine[fact] != theirs[fact]]
        if _WANTED.search(part.text):
            wordings = {fact: wording_of(fact, mine[fact]) for fact in facts}
            facts = [fact for fact, one in wordings.items() if one.kind != "number" and ":" not in one.says]
        return facts

    def _about(
        self, slots: set[str], mine: Mapping[str, str], theirs: Mapping[str, str], facts: list[str]
    ) -> dict[str, str] | None:
        """What the slots become with one of these facts, a second one where two are told."""
        self.draw.shuffle(facts)
        if self.draw.random() < self.minds:
            facts.sort(key=lambda fact: fact not in self.needs)
        for fact in facts:
            told = self._of_fact(fact, slots, mine, theirs)
            if told is None:
                continue
            if slots & {"says2", "other_says2"}:
                second = next((one for one in facts if one != fact and one not in slots), None)
                if second is None:
                    return None
                told["says2"] = self._says(second, mine, theirs)
                told["other_says2"] = self._says(second, theirs, mine)
            return told
        return None

    def _of_fact(
        self, fact: str, slots: set[str], mine: Mapping[str, str], theirs: Mapping[str, str]
    ) -> dict[str, str] | None:
        wording = wording_of(fact, mine[fact])
        value, other_value = self._value(fact, mine, theirs), self._value(fact, theirs, mine)
        case, other_case = _case(wording, mine[fact], theirs[fact]), _case(wording, theirs[fact], mine[fact])
        told = {
            "fact": _THE.get(fact, f"the {fact}") if wording.kind != "flag" else f'"{fact}"',
            "value": value,
            "other_value": other_value,
            "says": _says(wording, value),
            "other_says": _says(wording, other_value),
        }
        if wording.kind == "flag" and slots & {"noun", "other_noun", "value", "other_value", "fact"}:
            return None
        told |= {"noun": wording.noun.format(value=value), "other_noun": wording.noun.format(value=other_value)}
        same = mine[fact] == theirs[fact]
        if same and slots & {"other_says", "other_value", "other_noun"} and slots & {"says", "value", "noun"}:
            return None
        makers: dict[str, Callable[[], Sequence[str]]] = {
            "more": lambda: wording.more if case == "more" else wording.less if case == "less" else (),
            "why": lambda: _texts(fact, case, "why"),
            "drawback": lambda: _texts(fact, case, "drawback"),
            "other_drawback": lambda: _texts(fact, other_case, "drawback"),
            "advice": lambda: _texts(fact, case, "advice"),
            "advice_small": lambda: _texts(fact, case, "advice"),
        }
        for slot in sorted(slots & makers.keys()):
            texts = makers[slot]()
            if not texts:
                return None
            told[slot] = self.draw.choice(texts)
        if "advice_small" in told:
            told["advice_small"] = told["advice_small"][:1].lower() + told["advice_small"][1:]
        if "more" in slots and self.draw.random() < self.wrong / 2:
            told["more"] = self.draw.choice((wording.less if case == "more" else wording.more) or (told["more"],))
        return told

    def _says(self, fact: str, mine: Mapping[str, str], theirs: Mapping[str, str]) -> str:
        return _says(wording_of(fact, mine[fact]), self._value(fact, mine, theirs))

    def _value(self, fact: str, mine: Mapping[str, str], theirs: Mapping[str, str]) -> str:
        """A value as prose, sometimes that of the other product or another number."""
        value = mine[fact]
        if self.draw.random() < self.wrong:
            value = self._mistaken(value, theirs.get(fact, value))
        return money(value) if fact == "price" else value

    def _mistaken(self, value: str, other: str) -> str:
        if other != value and self.draw.random() < 0.6:
            return other
        if value in ("yes", "no"):
            return "no" if value == "yes" else "yes"
        amount = number_in(value)
        if amount is None:
            return value
        near = (
            amount * self.draw.choice((0.8, 0.9, 1.1, 1.25)) if amount > 5 else amount + self.draw.choice((-0.3, 0.4))
        )
        written = f"{near:.2f}" if "." in value.split()[0] and amount > 5 else f"{near:.1f}"
        return re.sub(r"\d+(?:\.\d+)?", written.removesuffix(".0"), value, count=1)


_FACT_SLOTS = frozenset(
    [
        "fact",
        "value",
        "other_value",
        "says",
        "says2",
        "other_says",
        "other_says2",
        "noun",
        "other_noun",
        "more",
        "why",
        "drawback",
        "other_drawback",
        "advice",
        "advice_small",
    ]
)
_COMMON = ("price", "rating", "stock")
_OF_IT = frozenset(("says", "says2", "why", "drawback", "more", "value", "price", "rating"))
_RECOMMENDS = re.compile(r"\bI chose|earns its place|as you wished|Why the|suggest it")
_THE = {"SPF": "the SPF", "oven safe to": "the oven limit", "made in": "the place of making", "cut for": "the cut",
        "washable at": "the washing temperature", "keeps once opened": "the life once opened",
        "sleeves": "the sleeves", "pockets": "the pockets", "allergens": "the allergens", "pieces": "the pieces",
        "servings": "the servings", "dimensions": "the dimensions"}  # fmt: skip


def _says(wording: Wording, value: str) -> str:
    if wording.kind == "flag":
        return wording.denies if value == "no" else wording.says
    return wording.says.format(value=value)


def _case(wording: Wording, mine: str, theirs: str) -> str:
    """What is to be said of a fact: yes or no, more or less than the other, or any."""
    if wording.kind == "flag":
        return mine
    one, two = number_in(mine), number_in(theirs)
    if wording.kind == "text" or one is None or two is None or one == two:
        return "any"
    if wording.fact == "weight" and mine.endswith(" g") and max(one, two) < _UNFELT:
        return "any"
    if _RANGE.search(mine + theirs) or (" " in mine and mine.rpartition(" ")[2] != theirs.rpartition(" ")[2]):
        return "any"
    return "more" if one > two else "less"


def _texts(fact: str, case: str, move: str) -> Sequence[str]:
    """Written texts of a fact's case; the general ones only for facts that nobody wrote about."""
    own = reasons().get((fact, case, move), ()) + reasons().get((fact, "any", move), ())
    if own or fact in _reasoned():
        return own
    return reasons().get(("*", case, move), ()) + reasons().get(("*", "any", move), ())


@cache
def _reasoned() -> frozenset[str]:
    return frozenset(fact for fact, _, _ in reasons())


def _budget(request: str) -> str | None:
    found = re.search(r"\d+(?:\.\d+)?(?: (?:euros|dollars|pounds|[A-Z]{3})\b)?", request)
    return found[0] if found else None


@cache
def _use_in(request: str) -> str:
    """The use that a request names, as it is said back to the shopper."""
    small = request.lower()
    found = max((text for _, text, _ in rows("uses") if text.lower() in small), key=len, default="")
    plain = found.split(",")[0]
    return " ".join(_TO_YOU.get(word.lower(), word) for word in plain.split())
