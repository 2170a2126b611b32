"""Arguments of picked calls: from an earlier result, from words of the request, from the need; else they stay open.

The network says where an argument comes from (`models/tool_planner.py` `Sources`); code here makes of it a reference
whose type fits or a value that the tool's schema allows, and drops what is neither. What must be given and is found
nowhere is reported and never made up.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from shopwright.models.tool_planner import ReadRequest, Sources, properties
from shopwright.skills.plan.literals import could_be, kind_of, value
from shopwright.skills.plan.paths import path, same_name
from shopwright.skills.plan.schemas import problems, whole
from shopwright.types import Ref, ToolSpec

SURE, LIKELY = 0.5, 0.15
"""Probability from which an argument is taken to be given, and from which one that must be given is."""
CLEAR = 0.2
"""Probability of its words from which an argument that may be left out is given."""
_LONGEST_SPAN = 40
"""Word pieces."""


@dataclass(frozen=True, slots=True)
class Missing:
    """An argument that must be given and that neither the request nor an earlier step gives.

    Args:
        step: id of the step that needs it.
        tool: its tool.
        argument: the argument's name.
        about: what the tool says of it.
    """

    step: str
    tool: str
    argument: str
    about: str = ""


@dataclass(frozen=True, slots=True)
class Bound:
    """The arguments of one call, the words that they were read from, and what is missing."""

    arguments: dict[str, Any]
    spans: dict[str, tuple[int, int]]
    missing: tuple[Missing, ...]


def wanted(tools: Sequence[ToolSpec]) -> list[tuple[int, str]]:
    """Every argument of the called tools, as (place of the call, name)."""
    return [(place, name) for place, tool in enumerate(tools) for name in properties(tool.parameters)]


class Binder:
    """Binds the arguments of one plan.

    Args:
        request: its text.
        read: as the network read it.
        tools: called, in order; step i has the id `s<i + 1>`.
        sources: of `wanted(tools)`.
        known: values that are known otherwise, for each call.
    """

    def __init__(
        self,
        request: str,
        read: ReadRequest,
        tools: Sequence[ToolSpec],
        sources: Sources,
        known: Sequence[Mapping[str, Any]] = (),
    ) -> None:
        self._request, self._read, self._tools, self._sources = request, read, tools, sources
        self._known = known or [{}] * len(tools)
        self._rows = {key: row for row, key in enumerate(wanted(tools))}

    def bind(self, call: int) -> Bound:
        """The arguments of a call."""
        tool = self._tools[call]
        arguments: dict[str, Any] = {}
        spans: dict[str, tuple[int, int]] = {}
        missing = []
        required = tool.parameters.get("required", ())
        for name, schema in properties(tool.parameters).items():
            if not isinstance(schema, Mapping):
                continue
            found, span = self._value(call, name, schema, name in required)
            if found is not None:
                arguments[name] = found
                if span is not None:
                    spans[name] = span
            elif name in required:
                missing.append(Missing(f"s{call + 1}", tool.name, name, str(schema.get("description", ""))))
        return Bound(arguments, spans, tuple(missing))

    def span(self, call: int, name: str) -> tuple[int, int] | None:
        """The characters of the request that say an argument most likely."""
        return self._span(call, name)[0]

    def _span(self, call: int, name: str) -> tuple[tuple[int, int] | None, float]:
        """The same with the probability of just these words."""
        row = self._rows[call, name]
        offsets = self._read.offsets
        real = np.array([end > start for start, end in offsets])
        if not real.any():
            return None, 0.0
        begin = np.where(real, self._sources.begin[row], -np.inf)
        end = np.where(real, self._sources.end[row], -np.inf)
        sums = begin[:, None] + end[None, :]
        near = np.triu(np.ones_like(sums, bool)) & ~np.triu(np.ones_like(sums, bool), _LONGEST_SPAN)
        first, last = np.unravel_index(int(np.where(near, sums, -np.inf).argmax()), sums.shape)
        return (offsets[int(first)][0], offsets[int(last)][1]), float(np.exp(sums[first, last]))

    def _value(self, call: int, name: str, schema: Mapping[str, Any], must: bool) -> tuple[Any, Any]:
        row = self._rows[call, name]
        said, taken = float(self._sources.said[row]), self._sources.taken[row, :call]
        if call and float(taken.max()) > max(SURE, said):
            found = self._taken(call, name, schema, [place for place in range(call) if taken[place] > SURE])
            if found is not None:
                return found, None
        if name in self._known[call]:
            return self._known[call][name], None
        if said > SURE and (must or self._clear(call, name, schema)):
            found = self._said(call, name, schema)
            if found is not None:
                return found, self.span(call, name)
        if not must:
            return None, None
        if not could_be(self._request, name, schema) or kind_of(name, schema) == "id":
            for place in reversed(range(call)):
                if same_name(self._tools[place], self._tools[call], name):
                    return Ref(f"s{place + 1}", name), None
        if call and float(taken.max()) > max(LIKELY, said):
            found = self._taken(call, name, schema, [int(taken.argmax())])
            if found is not None:
                return found, None
        if said > LIKELY and (found := self._said(call, name, schema)) is not None:
            return found, self.span(call, name)
        return None, None

    def _clear(self, call: int, name: str, schema: Mapping[str, Any]) -> bool:
        """Whether it is clear which words say an argument that may as well be left out."""
        return kind_of(name, schema) == "flag" or self._span(call, name)[1] > CLEAR

    def _said(self, call: int, name: str, schema: Mapping[str, Any]) -> Any:
        span = self.span(call, name)
        if span is None:
            return None
        found = value(self._request[slice(*span)], name, schema, self._request)
        if found is None or problems(whole(schema, self._tools[call].parameters), found, name):
            return None
        return found

    def _taken(self, call: int, name: str, schema: Mapping[str, Any], places: Sequence[int]) -> Any:
        """A reference to the result of a call, or a list of one to each."""
        taker = self._tools[call]
        many = kind_of(name, schema) == "list"
        nested = many and schema.get("items", {}).get("type") == "array"
        if len(places) == 1 and not nested:
            return self._reference(places[0], taker, name, False)
        if not many:
            return self._reference(places[-1], taker, name, False)
        found = [self._reference(place, taker, name, True) for place in places]
        return None if any(each is None for each in found) else found

    def _reference(self, place: int, taker: ToolSpec, name: str, single: bool) -> Ref | None:
        found = path(self._tools[place], taker, name, single)
        return None if found is None else Ref(f"s{place + 1}", found)
