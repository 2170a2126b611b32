"""The column map: which of a feed's columns becomes which field of a record.

A target is the name of a field (`build.FIELDS`), `category:1` .. `category:9` for the levels of a path that stand in
columns of their own, `attr:NAME` for an attribute, or `ignored`. What a merchant gives overrides what was guessed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from operator import itemgetter
from typing import Any

from shopwright.catalog.attributes import attribute_name, attribute_pairs
from shopwright.catalog.feeds.build import FIELDS
from shopwright.catalog.feeds.values import json_object_in
from shopwright.errors import ConfigError

IGNORED = "ignored"
_SINGLE, _JOINED, _LEVEL, _ATTRIBUTE, _MAPPING, _NOTHING = range(6)
_JOINED_FIELDS = frozenset(("description", "images", "highlights"))

Learn = Callable[[str, object], str]
"""Decides on the target of a column that was not in the sample, from its name and first value."""


class ColumnMap:
    """Source columns and what becomes of each. Reads rows into records.

    Args:
        targets: source column -> target.
        learn: called once for each column that is not among them.
        constants: fields that every record gets unless a column fills them.
    """

    def __init__(self, targets: Mapping[str, str], learn: Learn, constants: Mapping[str, str] | None = None) -> None:
        self._learn = learn
        self._constants = dict(constants or {})
        self.shown: dict[str, str] = {}
        self._plan: dict[str, tuple[int, Any]] = {}
        for column, target in targets.items():
            self._add(column, target)

    def has(self, field: str) -> bool:
        """Whether some column fills this field."""
        return field in self.shown.values()

    def record(self, row: Mapping[str, Any]) -> dict[str, Any]:
        """A row as a record."""
        record: dict[str, Any] = dict(self._constants)
        attributes: dict[str, Any] = {}
        levels: list[tuple[int, Any]] = []
        plan = self._plan
        for column, value in row.items():
            if value is None or value == "":
                continue
            kind, name = plan.get(column) or self._add(column, self._learn(column, value))
            if kind == _SINGLE:
                record[name] = value
            elif kind == _ATTRIBUTE:
                attributes[name] = value
            elif kind == _LEVEL:
                levels.append((name, value))
            elif kind == _MAPPING:
                attributes.update(attribute_pairs(json_object_in(value)))
            elif kind == _JOINED:
                record[name] = _join(record[name], value) if name in record else value
        if levels:
            record["category"] = _path(levels) if len(levels) > 1 else levels[0][1]
        if attributes:
            record["attributes"] = attributes
        return record

    def _add(self, column: str, target: str) -> tuple[int, Any]:
        self.shown[column] = target
        self._plan[column] = step = _step(column, target)
        return step


def checked_columns(columns: Mapping[str, str], known: list[str] | None = None) -> dict[str, str]:
    """A merchant's own column map, with its targets verified.

    Args:
        columns: source column -> target.
        known: the columns of the feed where it has a header.

    Raises:
        ConfigError: when a target is none of ours or a column is not in the feed.
    """
    for column, target in columns.items():
        level = target.removeprefix("category:")
        numbered = level != target and level in "123456789"
        if not (target in FIELDS or target == IGNORED or numbered or (target.startswith("attr:") and target[5:])):
            raise ConfigError(
                f"column map {column!r} -> {target!r}: the target must be one of {', '.join(FIELDS)}, category:1 to "
                f"category:9, attr:NAME or {IGNORED}"
            )
        if known is not None and column not in known:
            raise ConfigError(f"column map {column!r} -> {target!r}: the feed's columns are {', '.join(known[:60])}")
    return dict(columns)


def _step(column: str, target: str) -> tuple[int, Any]:
    if target == IGNORED:
        return _NOTHING, None
    if target.startswith("attr:"):
        name, wanted = attribute_name(column), target[5:]
        same = name[0] == wanted and name[1]
        return _ATTRIBUTE, f"{wanted} ({name[1]})" if same else wanted
    if target.startswith("category:"):
        return _LEVEL, int(target[9:])
    if target == "attributes":
        return _MAPPING, None
    return (_JOINED if target in _JOINED_FIELDS else _SINGLE), target


def _join(first: object, second: object) -> object:
    """Two columns of one field: texts below each other unless one holds the other, lists one after the other."""
    if isinstance(first, str) and isinstance(second, str):
        return first if second in first else f"{first}\n\n{second}"
    return [*_as_list(first), *_as_list(second)]


def _as_list(value: object) -> list[Any]:
    return list(value) if isinstance(value, list | tuple) else [value]


def _path(levels: list[tuple[int, Any]]) -> tuple[Any, ...]:
    """Levels from broad to narrow; a level that repeats the one above says nothing."""
    levels.sort(key=itemgetter(0))
    return tuple([value for index, (_, value) in enumerate(levels) if index == 0 or value != levels[index - 1][1]])
