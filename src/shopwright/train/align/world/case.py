"""An assignment made ready for reading answers to it: what products are called, which values and numbers are theirs.

Made once for an assignment and kept (`prepared`), because a policy answers the same prompt many times.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from shopwright.train.align.assignments import Assignment
from shopwright.train.align.world.wording import by_fact, cues, kind_of, number_in
from shopwright.train.align.world.words import Phrases, is_sign, number, phrase, words

Focus = tuple[int, ...]
"""Places of products."""
UNITS = {
    "hour": "h", "hours": "h", "minute": "min", "minutes": "min", "litre": "l", "litres": "l", "liters": "l",
    "gram": "g", "grams": "g", "kilos": "kg", "kilograms": "kg", "watts": "w", "year": "years", "month": "months",
    "metres": "m", "inches": "in", "inch": "in",
}  # fmt: skip
"""Units as people write them -> as facts have them."""
RUN = 9
"""Words in a row that count as copied."""
_VAGUE_VALUES = frozenset(("none", "yes", "no", "all", "light", "standard", "one", "dry", "type", "children", "and"))


@dataclass(frozen=True, slots=True)
class Case:
    """An assignment, prepared for reading answers to it."""

    facts: tuple[Mapping[str, str], ...]
    names: Phrases[tuple[int, int]]
    values: Phrases[tuple[str, ...]]
    flags: Phrases[str]
    value_words: tuple[Mapping[str, tuple[str, ...]], ...]
    numbers: tuple[Mapping[float, tuple[tuple[str, str], ...]], ...]
    name_words: frozenset[str]
    needs: Phrases[int]
    need_names: tuple[str, ...]
    asked_numbers: frozenset[float]
    budget: float | None
    prompt_words: frozenset[str]
    prompt_runs: frozenset[tuple[str, ...]]

    @property
    def all(self) -> Focus:
        """Every product."""
        return tuple(range(len(self.facts)))

    def price(self, product: int) -> float:
        """A product's price; NaN where it is not shown."""
        amount = number_in(self.facts[product].get("price", ""))
        return float("nan") if amount is None else amount

    def is_fact(self, need: int) -> bool:
        """Whether a need is about a fact that the prompt shows."""
        return any(self.need_names[need] in known for known in self.facts)


@lru_cache(maxsize=2048)
def prepared(assignment: Assignment) -> Case:
    """An assignment made ready, once."""
    products = list(assignment.evidence)
    facts = tuple(assignment.evidence.values())
    asked = assignment.prompt.split("\n", 1)[0]
    asked_numbers = frozenset(value for value in map(number, words(asked)) if value is not None)
    small = [word.lower() for word in words(assignment.prompt) if not is_sign(word)]
    lines = [[w.lower() for w in words(line) if not is_sign(w)] for line in assignment.prompt.split("\n")]
    price = any(need.name == "price" for need in assignment.needs)
    return Case(
        facts=facts,
        names=Phrases(_aliases(products)),
        values=Phrases((text, phrase(text)) for text in _values(facts)),
        flags=Phrases(_unwritten(facts)),
        value_words=tuple({fact: phrase(value) for fact, value in known.items()} for known in facts),
        numbers=tuple(_numbers(known) for known in facts),
        name_words=frozenset(word for name in products for word in phrase(name)),
        needs=Phrases((said, at) for at, need in enumerate(assignment.needs) for said in need.said),
        need_names=tuple(need.name for need in assignment.needs),
        asked_numbers=asked_numbers,
        budget=max(asked_numbers) if price and asked_numbers else None,
        prompt_words=frozenset(small),
        prompt_runs=frozenset(tuple(line[at : at + RUN]) for line in lines for at in range(len(line) - RUN + 1)),
    )


def _aliases(products: Sequence[str]) -> list[tuple[str, tuple[int, int]]]:
    """What a product may be called: its name, and the shorter beginnings that no other name has."""
    split = [phrase(name) for name in products]
    ends = [(parts[0].lower(), parts[-1].lower()) for parts in (name.split() or [""] for name in products)]
    found: list[tuple[str, tuple[int, int]]] = []
    for place, parts in enumerate(split):
        for length in range(len(parts), 0, -1):
            shared = any(other[:length] == parts[:length] for at, other in enumerate(split) if at != place)
            in_other = length == 1 and any(parts[0] in other for at, other in enumerate(split) if at != place)
            if not shared and not in_other:
                found.append((" ".join(parts[:length]), (place, length)))
        if ends.count(ends[place]) == 1:
            found.append((" ".join(ends[place]), (place, 2)))
    return found


def _values(facts: Sequence[Mapping[str, str]]) -> list[str]:
    """Texts that count as values: those of the evidence, their parts, and the written ones."""
    found = set(cues()["value"])
    for known in facts:
        for value in known.values():
            if kind_of(value) == "text" or len(value.split()) > 2:
                found.update((value, *value.replace(",", " and ").split(" and ")))
    return [value.strip() for value in found if value.strip() and value.strip().lower() not in _VAGUE_VALUES]


def _unwritten(facts: Sequence[Mapping[str, str]]) -> list[tuple[str, str]]:
    """The facts of yes or no that only this merchant has, as phrases that claim them."""
    return [
        (fact, fact)
        for fact in sorted({fact for known in facts for fact, value in known.items() if value in ("yes", "no")})
        if fact not in by_fact()
    ]


def _numbers(known: Mapping[str, str]) -> dict[float, tuple[tuple[str, str], ...]]:
    found: dict[float, tuple[tuple[str, str], ...]] = {}
    for fact, value in known.items():
        parts = [part.lower() for part in words(value)]
        for at, part in enumerate(parts):
            amount = number(part)
            if amount is not None:
                unit = parts[at + 1] if at + 1 < len(parts) else ""
                found[amount] = (*found.get(amount, ()), (fact, UNITS.get(unit, unit)))
    return found
