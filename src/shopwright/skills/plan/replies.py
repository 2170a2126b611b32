"""What tools return: how much of it is kept, and when it counts as nothing.

A result is data. Instructions that stand in it are passed on as they are, for the reading step to leave out; nothing
here acts on them. What is too large is cut once, in the thread of the tool, before anything else sees it.

Simplification: sizes are counted in characters (8 for a number); objects that are no text, list, mapping or dataclass
count as 8 and are never cut.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass
from typing import Any

MOST = 1_000_000
"""Characters of a result that are kept."""
_NUMBER, _DEEPEST = 8, 50


@dataclass(frozen=True, slots=True)
class Reply:
    """What a tool may return instead of a bare value, to say what the call spent."""

    value: Any
    tokens: int = 0


def cut(value: Any, most: int = MOST) -> tuple[Any, str | None]:
    """The value itself where it is not too large; else its beginning, in the same shape, and a note that says so."""
    if _fits(value, most):
        return value, None
    of = f" of {len(value):,}" if isinstance(value, str | bytes) else ""
    return _Scissors(most).cut(value, 0), f"its result was cut to {most:,}{of} characters"


def is_empty(value: Any) -> bool:
    """Whether a result holds nothing: no text, no items, or a record whose lists are all empty and numbers all zero."""
    if isinstance(value, str | bytes | list | tuple | set | frozenset | Mapping) and not value:
        return True
    parts = dict(_parts(value)) if isinstance(value, Mapping) or _is_record(value) else {}
    if not parts:
        return value is None
    if all(part is None for part in parts.values()):
        return True
    telling = [part for part in parts.values() if isinstance(part, list | tuple | Mapping | int | float)]
    telling = [part for part in telling if not isinstance(part, bool)]
    return bool(telling) and not any(telling)


def _is_record(value: Any) -> bool:
    return is_dataclass(value) and not isinstance(value, type)


def _parts(value: Any) -> Iterator[tuple[Any, Any]]:
    if isinstance(value, Mapping):
        yield from value.items()
    elif isinstance(value, list | tuple | set | frozenset):
        yield from enumerate(value)
    elif _is_record(value):
        for field in fields(value):
            yield field.name, getattr(value, field.name)


def _fits(value: Any, most: int) -> bool:
    """Whether a value has at most so many characters; looks no further than that."""
    left, stack = most, [iter([("", value)])]
    while stack:
        for key, item in stack[-1]:
            left -= max(len(item), 1) if isinstance(item, str | bytes) else _NUMBER
            left -= len(key) if isinstance(key, str) else 0
            if left < 0:
                return False
            if not isinstance(item, str | bytes):
                stack.append(_parts(item))
                break
        else:
            stack.pop()
    return True


@dataclass(slots=True)
class _Scissors:
    left: int

    def cut(self, value: Any, depth: int) -> Any:
        if isinstance(value, str | bytes):
            kept = value[: max(self.left, 0)]
            self.left -= max(len(kept), 1)
            return kept
        self.left -= _NUMBER
        if depth > _DEEPEST:
            return None
        if isinstance(value, list | tuple | set | frozenset):
            return [self.cut(item, depth + 1) for _, item in self._while_left(value)]
        if isinstance(value, Mapping) or _is_record(value):
            return {key: self.cut(item, depth + 1) for key, item in self._while_left(value)}
        return value

    def _while_left(self, value: Any) -> Iterator[tuple[Any, Any]]:
        for key, item in _parts(value):
            self.left -= len(key) if isinstance(key, str) else 0
            if self.left <= 0:
                return
            yield key, item
