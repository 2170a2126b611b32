"""The written conversations of `bench assistant`: what they are, and loading them with every mistake named.

A file is a kind (`constraints.jsonl`), a line a conversation, as `conversations/DATASHEET.md` describes. Loading sees
to the form alone; whether a check can be true of the catalogue is the business of `checks.problems`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path
from typing import Any

import orjson

from shopwright.catalog.conditions import Condition
from shopwright.errors import ConfigError
from shopwright.types import Strategy

FOLDER = Path(__file__).parent / "conversations"
REFUSED_KINDS = frozenset(("unanswerable", "impossible", "injected"))
"""Kinds in which the right answer is that there is none."""

_ANY, _ALL, _WHERE = frozenset(("any",)), frozenset(("all",)), frozenset(("where",))
KEYS: Mapping[str, tuple[frozenset[str], ...]] = {
    "shows": (_ANY, _ALL),
    "shows_only": (_WHERE,),
    "shows_mostly": (_WHERE,),
    "shows_no_cards_where": (_WHERE,),
    "says": (_ANY, _ALL),
    "says_not": (_ANY,),
    "table": (frozenset(("products",)), frozenset(("products", "rows"))),
    "cites": (_ANY,),
    "unknown": (frozenset(),),
    "refuses": (frozenset(),),
    "strategy": (_ANY,),
    "count": (frozenset(("of",)), frozenset(("of", "where"))),
    "extreme": (frozenset(("of", "end")), frozenset(("of", "end", "where"))),
    "asks": (frozenset(),),
}
"""The types of check, and the sets of keys that each may have."""


@dataclass(frozen=True, slots=True)
class Check:
    """Something that must be true of an answer. `type` is one of `KEYS`; the other fields are those of its type."""

    type: str
    any: tuple[str, ...] = ()
    all: tuple[str, ...] = ()
    where: tuple[Condition, ...] = ()
    products: tuple[str, ...] = ()
    rows: tuple[str, ...] = ()
    of: str = ""
    end: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """What the shopper says, and what must be true of the answer."""

    say: str
    checks: tuple[Check, ...]

    def has(self, *types: str) -> bool:
        """Whether there is a check of one of these types."""
        return any(check.type in types for check in self.checks)


@dataclass(frozen=True, slots=True)
class Conversation:
    """A written conversation. `place` is "file:line"."""

    id: str
    kind: str
    turns: tuple[Line, ...]
    place: str = ""

    @property
    def held_out(self) -> bool:
        """Whether it belongs to the half that nothing is tuned on; decided by a hash of the id."""
        return int(blake2b(self.id.encode(), digest_size=4).hexdigest(), 16) % 2 == 0


def load_conversations(folder: Path = FOLDER) -> list[Conversation]:
    """All conversations of a folder, by file and line.

    Raises:
        ConfigError: there are none, a line is not of the form, or an id stands twice.
    """
    found: dict[str, Conversation] = {}
    for path in sorted(folder.glob("*.jsonl")):
        for number, line in enumerate(path.read_bytes().splitlines(), 1):
            if not line.strip():
                continue
            conversation = read_conversation(line, path.stem, f"{path.name}:{number}")
            if conversation.id in found:
                first = found[conversation.id].place
                raise ConfigError(
                    f"{conversation.place}: id {conversation.id!r} stands at {first} too; give each its own"
                )
            found[conversation.id] = conversation
    if not found:
        raise ConfigError(f"{folder}: holds no conversations; put <kind>.jsonl files there, one conversation a line")
    return list(found.values())


def read_conversation(line: bytes, kind: str, place: str) -> Conversation:
    """One line of a file.

    Raises:
        ConfigError: naming the place, the key, and what is allowed there.
    """
    try:
        record = orjson.loads(line)
    except orjson.JSONDecodeError as error:
        raise ConfigError(f"{place}: no JSON: {error}") from error
    _keys(record, ("id", "turns"), (), place)
    if not isinstance(record["id"], str) or not record["id"]:
        raise ConfigError(f"{place}: id: expected a text, not {record['id']!r}")
    turns = record["turns"]
    if not isinstance(turns, list) or not turns:
        raise ConfigError(f"{place}: turns: expected a list of at least one turn")
    lines = tuple(_line(turn, f"{place}: turns[{i}]") for i, turn in enumerate(turns))
    return Conversation(record["id"], kind, lines, place)


def _line(record: Any, place: str) -> Line:
    _keys(record, ("say", "checks"), (), place)
    if not isinstance(record["say"], str) or not record["say"]:
        raise ConfigError(f"{place}.say: expected what the shopper types, not {record['say']!r}")
    if not isinstance(record["checks"], list):
        raise ConfigError(f"{place}.checks: expected a list, not {record['checks']!r}")
    return Line(
        record["say"], tuple(read_check(item, f"{place}.checks[{i}]") for i, item in enumerate(record["checks"]))
    )


def read_check(record: Any, place: str) -> Check:
    """A check from its record.

    Raises:
        ConfigError: naming the place, the key, and what is allowed there.
    """
    kind = str(record.get("type")) if isinstance(record, dict) else ""
    if kind not in KEYS:
        raise ConfigError(f"{place}.type: {kind!r} is no type of check; use one of {', '.join(KEYS)}")
    given = frozenset(record) - {"type"}
    if given not in KEYS[kind]:
        allowed = " or ".join(", ".join(sorted(keys)) or "no other key" for keys in KEYS[kind])
        raise ConfigError(f"{place}: {kind} has {', '.join(sorted(given)) or 'no other key'}; it takes {allowed}")
    texts = {key: _texts(record[key], f"{place}.{key}") for key in given & {"any", "all", "products", "rows"}}
    where = tuple(_conditions(record.get("where", []), place))
    check = Check(kind, **texts, where=where, of=record.get("of", ""), end=record.get("end", ""))
    if kind in ("shows_only", "shows_mostly", "shows_no_cards_where") and not check.where:
        raise ConfigError(f"{place}.where: {kind} takes at least one condition")
    _values(check, place)
    return check


def _values(check: Check, place: str) -> None:
    if check.type == "count" and check.of not in ("products", "brands"):
        raise ConfigError(f"{place}.of: {check.of!r}; a count is of products or brands")
    if check.type == "extreme":
        if check.of not in ("price", "rating") and not str(check.of).startswith("attr:"):
            raise ConfigError(f"{place}.of: {check.of!r}; an extreme is of price, rating or attr:NAME")
        if check.end not in ("min", "max"):
            raise ConfigError(f"{place}.end: {check.end!r}; the end is min or max")
    strategies = {str(strategy) for strategy in Strategy}
    if check.type == "strategy" and (wrong := [name for name in check.any if name not in strategies]):
        raise ConfigError(f"{place}.any: {wrong[0]!r} is no strategy; use one of {', '.join(sorted(strategies))}")


def _conditions(records: Any, place: str) -> Iterator[Condition]:
    if not isinstance(records, list):
        raise ConfigError(f"{place}.where: expected a list of conditions, not {records!r}")
    for i, record in enumerate(records):
        try:
            yield Condition.parse(record)
        except ValueError as error:
            raise ConfigError(f"{place}.where[{i}]: {error}") from error


def _texts(values: Any, place: str) -> tuple[str, ...]:
    if not isinstance(values, list) or not values or not all(isinstance(value, str) and value for value in values):
        raise ConfigError(f"{place}: expected a list of texts, not {values!r}")
    return tuple(values)


def _keys(record: Any, required: Sequence[str], optional: Sequence[str], place: str) -> None:
    if not isinstance(record, dict):
        raise ConfigError(f"{place}: expected an object with {', '.join(required)}, not {record!r}")
    for key in required:
        if key not in record:
            raise ConfigError(f"{place}: {key} is missing")
    if unknown := sorted(set(record) - {*required, *optional}):
        raise ConfigError(f"{place}: {unknown[0]!r} is no key here; use {', '.join((*required, *optional))}")
