"""Which part of an earlier result an argument takes: by name and type, as far as tools declare them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from shopwright.models.tool_planner import properties, words_of
from shopwright.skills.plan.schemas import fits, part
from shopwright.types import ToolSpec

Schema = Mapping[str, Any]
_SAME, _ALIKE, _SHARED, _KIND = 4.0, 3.0, 1.0, 0.1
_FIRST = 0.5
"""Taken off where an argument needs the first of a list."""


def path(giver: ToolSpec, taker: ToolSpec, name: str, single: bool = False) -> str | None:
    """The path into a tool's result that suits an argument best; None when no part has its type, "" for the whole.

    Args:
        single: whether one item of a list is wanted where the argument is a list of such items.
    """
    root = taker.parameters
    wanted = properties(root).get(name, {})
    if single:
        wanted = (part(wanted, "0", root) or [{}])[0]
    if not properties(giver.returns):
        return ""
    scored = [(_worth(found, name, taker, inner), found) for found, inner in _paths(giver.returns, wanted, root)]
    return max(scored, key=lambda each: each[0])[1] if scored else None


def same_name(giver: ToolSpec, taker: ToolSpec, name: str) -> bool:
    """Whether a tool's result has a part of the argument's own name and type."""
    found = properties(giver.returns).get(name)
    wanted = properties(taker.parameters).get(name, {})
    return isinstance(found, Mapping) and fits(found, giver.returns, wanted, taker.parameters)


def _paths(returns: Schema, wanted: Schema, root: Schema) -> Iterator[tuple[str, bool]]:
    """Paths of parts that have the type, and whether they reach into a list."""
    for key, schema in properties(returns).items():
        if not isinstance(schema, Mapping):
            continue
        if fits(schema, returns, wanted, root):
            yield key, False
        elif any(fits(each, returns, wanted, root) for each in part(schema, "0", returns) or () if each):
            yield f"{key}.0", True
        for inner, deeper in properties(schema).items():
            if isinstance(deeper, Mapping) and fits(deeper, returns, wanted, root):
                yield f"{key}.{inner}", False
        for item in part(schema, "0", returns) or ():
            for inner, deeper in properties(item).items():
                if isinstance(deeper, Mapping) and deeper and fits(deeper, returns, wanted, root):
                    yield f"{key}.0.{inner}", True


def _worth(found: str, name: str, taker: ToolSpec, inside: bool) -> float:
    said = [part for part in found.split(".") if not part.isdigit()]
    own, theirs = _stems(name), _stems(said[-1])
    about = own | _stems(str(properties(taker.parameters).get(name, {}).get("description", "")))
    if said[-1] == name:
        worth = _SAME
    elif own == theirs:
        worth = _ALIKE
    else:
        worth = _SHARED * len(own & theirs) + _KIND * len(about & (theirs | _stems(" ".join(said))))
    return worth - _FIRST * inside - _KIND * (len(said) - 1)


def _stems(text: str) -> set[str]:
    return {word.removesuffix("s") for word in words_of(text).split()}
