"""A merchant's rules for result lists, as data: boost, bury, pin, what is out of stock last.

    [
      {"name": "autumn", "action": "boost", "query": "teapot", "amount": 0.2,
       "filters": [{"field": "brand", "values": ["Veil"]}], "since": "2025-09-01", "until": "2025-11-30"},
      {"name": "gifts", "action": "pin", "query": "gift card", "ids": ["card-50", "card-20"]},
      {"name": "stock", "action": "in_stock_first"}
    ]

Here rules are read, checked, kept and chosen for a query; `merchandising` applies them to a ranking. Reading is strict:
an unknown key or a value that can mean nothing is refused with the rule's number, since a rule that silently does
nothing costs a season. Not covered: rules by shopper, shop front or time of day.
"""

from __future__ import annotations

import os
import re
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from math import isfinite
from pathlib import Path
from typing import Any, Literal, cast, get_args

import orjson

from shopwright.errors import ConfigError
from shopwright.models.kept_file import KeptFile
from shopwright.search.filters import check
from shopwright.search.lexical import Word, stems_of
from shopwright.types import Filter

Action = Literal["boost", "bury", "pin", "in_stock_first"]
ACTIONS: tuple[str, ...] = get_args(Action)

MAX_RULES = 1_000
LONGEST_NAME = 80
_LEAST_SPELLING = 0.8
"""Weight of a stem from which it is a spelling of a word (`lexical`), below it is a part or a compound."""
_KEYS = ("name", "action", "query", "ids", "filters", "amount", "since", "until")
_FILTER_KEYS = ("field", "op", "values", "low", "high", "unit")
_DATE = re.compile(r"\d{4}-\d\d-\d\d")


@dataclass(frozen=True, slots=True)
class Rule:
    """One wish about result lists; `Rules` checks it.

    Args:
        name: what the merchant calls it; shown as the reason beside a result.
        action: boost and bury change scores, pin puts products first, in_stock_first puts what is out of stock last.
        query: words that must all stand in the query, in any form and order; "" for every query, also for none.
        ids: only these products; for pin those to put first, in this order.
        filters: only products with an offer that meets all of them.
        amount: for boost and bury, what is added or taken, as a share of the list's best score: above 0, at most 1.
        since, until: first and last day on which it holds.
    """

    name: str
    action: Action
    query: str = ""
    ids: tuple[str, ...] = ()
    filters: tuple[Filter, ...] = ()
    amount: float = 0.0
    since: date | None = None
    until: date | None = None

    def holds(self, on: date) -> bool:
        """Whether the day lies between `since` and `until`, both included."""
        return (self.since is None or self.since <= on) and (self.until is None or on <= self.until)


@dataclass(frozen=True)
class Rules:
    """Rules in the order in which they apply. Immutable; falsy when there are none.

    Raises:
        ConfigError: a rule that can mean nothing, by its number, with what is allowed.
    """

    items: tuple[Rule, ...] = ()

    def __post_init__(self) -> None:
        if len(self.items) > MAX_RULES:
            raise ConfigError(f"{len(self.items):,} rules: at most {MAX_RULES:,}; put products into one rule's ids")
        numbers: dict[str, int] = {}
        for number, rule in enumerate(self.items, 1):
            try:
                _check(rule)
                if rule.name in numbers:
                    raise ConfigError(f"rule {numbers[rule.name]} has this name too; give each its own")
            except ConfigError as error:
                raise ConfigError(f"rule {number} ({_short(rule.name)}): {error}") from error
            numbers[rule.name] = number

    def __len__(self) -> int:
        return len(self.items)

    def __iter__(self) -> Iterator[Rule]:
        return iter(self.items)

    def matching(self, words: Iterable[Word], on: date) -> tuple[Rule, ...]:
        """The rules that hold on the day and whose words all stand in the query, in their order.

        A word that the catalogue does not know stands for its nearest spellings, as it does in the search.
        """
        if not self.items:
            return ()
        asked = {stem for word in words for stem in _meant(word)}
        return tuple(rule for stems, rule in self._with_stems if stems <= asked and rule.holds(on))

    def entries(self) -> list[dict[str, Any]]:
        """The rules as they stand in a file: `Rules.parse(rules.entries()) == rules`."""
        return [_entry(rule) for rule in self.items]

    def save(self, path: Path) -> None:
        """Write the file; whoever reads it meanwhile, or after a power cut, sees the old one or the new one, whole.

        Raises:
            ConfigError: the file cannot be written.
        """
        try:
            handle, partial = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
            try:
                with os.fdopen(handle, "wb") as file:
                    file.write(orjson.dumps(self.entries(), option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE))
                    file.flush()
                    os.fsync(file.fileno())
                Path(partial).chmod(0o644)
                Path(partial).replace(path)
            finally:
                Path(partial).unlink(missing_ok=True)
        except OSError as error:
            raise ConfigError(f"rules {path}: {error.strerror}; choose a folder that can be written") from error

    @classmethod
    def load(cls, path: Path) -> Rules:
        """Read a file.

        Raises:
            ConfigError: it cannot be read, is no JSON, or holds a rule that is refused.
        """
        try:
            return cls.parse(orjson.loads(path.read_bytes()))
        except OSError as error:
            raise ConfigError(f"rules {path}: {error.strerror}; give a JSON file that can be read") from error
        except orjson.JSONDecodeError as error:
            raise ConfigError(f"rules {path}: not JSON ({error}); mend it there, as in examples/rules.json") from error
        except ConfigError as error:
            raise ConfigError(f"rules {path}: {error}") from error

    @classmethod
    def parse(cls, entries: object) -> Rules:
        """Read rules from what JSON gives.

        Raises:
            ConfigError: with the rule's number, the value, and what is allowed.
        """
        if not isinstance(entries, list):
            raise ConfigError(f"{_kind(entries)} instead of a list of rules; write [{{...}}, {{...}}]")
        rules = []
        for number, entry in enumerate(entries, 1):
            name = entry.get("name") if isinstance(entry, dict) else None
            try:
                rules.append(_parse(entry))
            except ConfigError as error:
                raise ConfigError(f"rule {number}{f' ({_short(name)})' if name else ''}: {error}") from error
        return cls(tuple(rules))

    @cached_property
    def _with_stems(self) -> tuple[tuple[frozenset[str], Rule], ...]:
        return tuple((stems_of(rule.query), rule) for rule in self.items)


class RulesFile(KeptFile[Rules]):
    """The rules of a file as they stand; one that is not there holds none. Call it before each search."""

    def __init__(self, path: Path) -> None:
        super().__init__(path, Rules.load, Rules())


# ── checking ──


def _check(rule: Rule) -> None:
    """Refuse a rule that can mean nothing."""
    if not rule.name.strip() or len(rule.name) > LONGEST_NAME:
        raise ConfigError(f"name {_short(rule.name)}: expected 1 to {LONGEST_NAME} characters")
    if rule.action not in ACTIONS:
        raise ConfigError(f"action {_short(rule.action)}: expected one of {', '.join(ACTIONS)}")
    if rule.query and not stems_of(rule.query):
        raise ConfigError(f"query {_short(rule.query)}: no word in it; leave it out for every query")
    if rule.since and rule.until and rule.since > rule.until:
        raise ConfigError(f"since {rule.since} is after until {rule.until}; swap them")
    if any(not each.strip() for each in rule.ids) or len(set(rule.ids)) < len(rule.ids):
        raise ConfigError("ids: one is empty or stands twice; give each product's id once")
    for condition in rule.filters:
        check(condition)
        if condition.op != "range" and not condition.values:
            raise ConfigError(f"a filter on {condition.field} without values: give some, or op range with low or high")
    _check_products(rule)


def _check_products(rule: Rule) -> None:
    """Refuse what does not fit the action."""
    if rule.action in ("boost", "bury"):
        if not 0 < rule.amount <= 1:
            raise ConfigError(
                f"amount {rule.amount:g}: expected a share of the best score, above 0 and at most 1, e.g. 0.2"
            )
        if not rule.ids and not rule.filters:
            raise ConfigError(f"{rule.action} without products: give ids, filters or both")
        return
    if rule.amount:
        raise ConfigError(f"amount {rule.amount:g}: only boost and bury have one; leave it out")
    if rule.action == "pin" and not rule.ids:
        raise ConfigError("pin without products: give ids, in the order in which to show them")
    if rule.action == "in_stock_first" and (rule.ids or rule.filters):
        raise ConfigError("in_stock_first is about the whole list; leave out ids and filters")


# ── reading and writing ──


def _parse(entry: object) -> Rule:
    fields = _object(entry, _KEYS, "a rule")
    for needed in ("name", "action"):
        if needed not in fields:
            raise ConfigError(f"no {needed}; give one" + (f" of {', '.join(ACTIONS)}" if needed == "action" else ""))
    return Rule(
        name=_text(fields, "name"),
        action=cast(Action, _text(fields, "action")),
        query=_text(fields, "query"),
        ids=_texts(fields, "ids"),
        filters=tuple(_filter(each) for each in _list(fields, "filters")),
        amount=_number(fields, "amount") or 0.0,
        since=_date(fields, "since"),
        until=_date(fields, "until"),
    )


def _filter(entry: object) -> Filter:
    fields = _object(entry, _FILTER_KEYS, "a filter")
    return Filter(
        field=_text(fields, "field"),
        op=cast(Any, _text(fields, "op") if "op" in fields else "is"),
        values=_texts(fields, "values"),
        low=_number(fields, "low"),
        high=_number(fields, "high"),
        unit=_text(fields, "unit") if "unit" in fields else None,
    )


def _entry(rule: Rule) -> dict[str, Any]:
    """The rule as JSON, without what it leaves open."""
    filters = [
        {
            "field": each.field,
            "op": each.op,
            "values": list(each.values) or None,
            "low": each.low,
            "high": each.high,
            "unit": each.unit,
        }
        for each in rule.filters
    ]
    whole = {
        "name": rule.name,
        "action": rule.action,
        "query": rule.query or None,
        "ids": list(rule.ids) or None,
        "filters": [{key: value for key, value in each.items() if value is not None} for each in filters] or None,
        "amount": rule.amount or None,
        "since": rule.since.isoformat() if rule.since else None,
        "until": rule.until.isoformat() if rule.until else None,
    }
    return {key: value for key, value in whole.items() if value is not None}


def _object(entry: object, allowed: tuple[str, ...], what: str) -> Mapping[str, Any]:
    if not isinstance(entry, dict):
        raise ConfigError(f"{_kind(entry)} instead of {what}; write an object with {', '.join(allowed)}")
    unknown = [key for key in entry if key not in allowed]
    if unknown:
        raise ConfigError(f"{what} has {_short(unknown[0])}: expected {', '.join(allowed)}")
    return entry


def _text(fields: Mapping[str, Any], key: str) -> str:
    value = fields.get(key, "")
    if not isinstance(value, str):
        raise ConfigError(f"{key} {_short(value)}: expected a text in quotes")
    return value


def _list(fields: Mapping[str, Any], key: str) -> list[Any]:
    value = fields.get(key, [])
    if not isinstance(value, list):
        raise ConfigError(f"{key} {_short(value)}: expected a list, [...]")
    return value


def _texts(fields: Mapping[str, Any], key: str) -> tuple[str, ...]:
    values = _list(fields, key)
    odd = [value for value in values if not isinstance(value, str)]
    if odd:
        raise ConfigError(f"{key} holds {_short(odd[0])}: expected texts in quotes")
    return tuple(values)


def _number(fields: Mapping[str, Any], key: str) -> float | None:
    if key not in fields:
        return None
    value = fields[key]
    if isinstance(value, bool) or not isinstance(value, int | float) or not isfinite(value):
        raise ConfigError(f"{key} {_short(value)}: expected a number")
    return float(value)


def _date(fields: Mapping[str, Any], key: str) -> date | None:
    text = _text(fields, key)
    if not text and key not in fields:
        return None
    try:
        if _DATE.fullmatch(text):
            return date.fromisoformat(text)
    except ValueError:
        pass
    raise ConfigError(f"{key} {_short(text)}: expected a day as YYYY-MM-DD, e.g. 2025-09-01")


def _meant(word: Word) -> Iterator[str]:
    yield word.stem
    for other, weight in word.others:
        if weight >= _LEAST_SPELLING:
            yield other


def _kind(value: object) -> str:
    kinds: dict[type, str] = {
        dict: "an object",
        list: "a list",
        str: "a text",
        bool: "true or false",
        type(None): "null",
    }
    return kinds.get(type(value), "a number")


def _short(value: object) -> str:
    text = repr(value)
    return text if len(text) <= LONGEST_NAME else text[: LONGEST_NAME - 3] + "..."
