"""What must agree for two things to work together, the values by which texts state it, and how strong some things are.

    buying/compatibility.tsv  kind, the kind that it is used with, property, relation, the other's property, why
    buying/values.tsv         property, value, a regular expression by which a text states it, values that it takes too
    buying/levels.tsv         kind, a regular expression that names a model, its speed, the power that its system needs

All three were written for this project (`buying/DATASHEET.md`). A relation is read from the first kind's side: a memory
kit's type is the `same` as the board's, a card's length `at_most` the case's clearance, a board's form factor `within`
those that a case takes. Levels are rough: relative speed in games (graphics) or in a mixed load (processors), for
telling a small loss from a large one, and for nothing else.

Not here: reading products; see `assistant/offers/fit.py`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Literal

from shopwright.errors import ConfigError
from shopwright.knowledge.goods import FOLDER, parts, table

Relation = Literal["same", "within", "at_least", "at_most", "equal", "names", "is", "any"]
_RELATIONS: tuple[Relation, ...] = ("same", "within", "at_least", "at_most", "equal", "names", "is", "any")
_MIRRORED: Mapping[str, Relation] = {"at_least": "at_most", "at_most": "at_least"}


@dataclass(frozen=True, slots=True)
class Requirement:
    """One thing that must hold for a product of `kind` to work with one of `other`.

    Args:
        property: of the first, `other_property` of the second.
        value: of relation "is".
        turned: whether it was written from the other side; then "within" and "names" are read backwards.
    """

    kind: str
    other: str
    property: str
    relation: Relation
    other_property: str
    why: str
    value: str = ""
    turned: bool = False

    def mirrored(self) -> Requirement:
        """The same, read from the other thing's side."""
        relation = _MIRRORED.get(self.relation, self.relation)
        return Requirement(
            self.other, self.kind, self.other_property, relation, self.property, self.why, self.value, not self.turned
        )


@dataclass(frozen=True, slots=True)
class Value:
    """A value of a property, how texts state it, and the values that go into it as well."""

    property: str
    name: str
    sign: re.Pattern[str]
    accepts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Level:
    """How fast the things are that a sign names, and the watts that their maker asks of a system (0: unknown)."""

    kind: str
    sign: re.Pattern[str]
    level: float
    system_power: float


class Compatibility:
    """The three tables, ready to be looked up."""

    def __init__(
        self, requirements: tuple[Requirement, ...], values: tuple[Value, ...], levels: tuple[Level, ...]
    ) -> None:
        self.requirements, self.levels = requirements, levels
        self._values: dict[str, list[Value]] = {}
        for value in values:
            self._values.setdefault(value.property, []).append(value)

    @classmethod
    def packaged(cls) -> Compatibility:
        """The project's own tables, read on first use and kept."""
        return _packaged()

    @property
    def properties(self) -> tuple[str, ...]:
        """The properties that have named values."""
        return tuple(self._values)

    def stated(self, name: str, text: str) -> frozenset[str]:
        """The values of a property that a text states; the empty set when it states none."""
        return frozenset(value.name for value in self._values.get(name, ()) if value.sign.search(text))

    def spoken(self, text: str) -> tuple[tuple[str, str, int, int], ...]:
        """Every property and value that a text states, with the character places."""
        return tuple(
            (value.property, value.name, match.start(), match.end())
            for values in self._values.values()
            for value in values
            if (match := value.sign.search(text)) and match.end() > match.start()
        )

    def accepted(self, name: str, values: frozenset[str]) -> frozenset[str]:
        """The values, and those that go into them as well: an ATX case takes Micro ATX boards."""
        more = {other for value in self._values.get(name, ()) if value.name in values for other in value.accepts}
        return values | more

    def between(self, chain: tuple[str, ...], others: tuple[str, ...]) -> tuple[Requirement, ...]:
        """What must hold between two things, given the chains of their kinds; the narrowest pair that has anything."""
        for kind in chain:
            for other in others:
                forward = tuple(row for row in self.requirements if (row.kind, row.other) == (kind, other))
                backward = tuple(row.mirrored() for row in self.requirements if (row.kind, row.other) == (other, kind))
                if forward or backward:
                    return forward or backward
        return ()

    def level(self, kind: str, text: str) -> Level | None:
        """How strong the thing is that a text names first; None when it is in no list."""
        found = [
            (match.start(), -match.end(), row)
            for row in self.levels
            if row.kind == kind and (match := row.sign.search(text))
        ]
        return min(found, key=lambda item: item[:2])[2] if found else None


def read_requirements(path: Path) -> tuple[Requirement, ...]:
    """The requirements of a file.

    Raises:
        ConfigError: a line is damaged or has an unknown relation.
    """
    found = []
    for number, (kind, other, name, said, other_name, why) in table(path, 6):
        word, _, value = said.partition(" ")
        relation = next((known for known in _RELATIONS if known == word), None)
        if relation is None:
            raise ConfigError(f"{path} line {number}: relation {said!r}; use one of {', '.join(_RELATIONS)}")
        found.append(Requirement(kind, other, name, relation, other_name or name, why, value))
    return tuple(found)


def read_values(path: Path) -> tuple[Value, ...]:
    """The values of a file.

    Raises:
        ConfigError: a line is damaged, or its sign is no regular expression.
    """
    return tuple(
        Value(name, value, _sign(path, number, sign), parts(accepts))
        for number, (name, value, sign, accepts) in table(path, 4)
    )


def read_levels(path: Path) -> tuple[Level, ...]:
    """The levels of a file.

    Raises:
        ConfigError: a line is damaged, its sign is no regular expression, or a number is none.
    """
    try:
        return tuple(
            Level(kind, _sign(path, number, rf"\b(?:{sign})(?![a-z]*\d)"), float(level), float(power))
            for number, (kind, sign, level, power) in table(path, 4)
        )
    except ValueError as error:
        raise ConfigError(f"{path}: {error}; level and power are numbers") from error


def _sign(path: Path, number: int, sign: str) -> re.Pattern[str]:
    try:
        return re.compile(sign, re.IGNORECASE)
    except re.error as error:
        raise ConfigError(f"{path} line {number}: {sign!r} is no regular expression: {error}") from error


@lru_cache(maxsize=1)
def _packaged() -> Compatibility:
    return Compatibility(
        read_requirements(FOLDER / "compatibility.tsv"),
        read_values(FOLDER / "values.tsv"),
        read_levels(FOLDER / "levels.tsv"),
    )
