"""What a reading of the message (`Need`) gives to the shop's own tools, whose arguments it speaks.

A condition belongs to the call whose own words stand nearest to it; one that was carried over from earlier turns, to
all. The budget of several things together is the basket's.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from shopwright.models.tool_planner import properties
from shopwright.skills.plan.build import filter_record
from shopwright.types import Constraint, Need, ToolSpec


def known(
    need: Need | None, tools: Sequence[ToolSpec], spoken: Sequence[tuple[int, int] | None]
) -> list[dict[str, Any]]:
    """Values of arguments that the need gives, for each call; none for tools of other servers.

    Args:
        tools: called, in order.
        spoken: the characters of the message that speak of each call; None where that is not known.
    """
    if need is None:
        return [{} for _ in tools]
    own = [place for place, tool in enumerate(tools) if "." not in tool.name]
    seeking = [place for place in own if "filters" in properties(tools[place].parameters)]
    pooled = any("budget" in properties(tools[place].parameters) for place in own)
    made: list[dict[str, Any]] = []
    for place, tool in enumerate(tools):
        takes = properties(tool.parameters) if place in own else {}
        fields = _fields(need, takes)
        if place in seeking:
            mine = [each for each in need.constraints if _nearest(each, seeking, spoken) in (None, place)]
            if pooled and len(seeking) > 1:
                mine = [each for each in mine if each.filter.field != "price"]
            fields["filters"] = [filter_record(each.filter) for each in mine]
            if len(seeking) == 1:
                fields |= {"query": need.goal, "kind": need.product_type}
        made.append({name: value for name, value in fields.items() if name in takes and value not in ("", [], None)})
    return made


def _fields(need: Need, takes: Mapping[str, Any]) -> dict[str, Any]:
    """What holds for every call of the message."""
    fields: dict[str, Any] = {}
    if "filters" in takes:
        fields |= {"without": list(need.negations), "sort": need.sort}
    if need.budget is not None:
        fields["budget"] = float(need.budget.amount)
    if need.references:
        fields |= {"ids": list(need.references), "id": need.references[0] if len(need.references) == 1 else None}
    if need.aggregates:
        fields["measure"] = need.aggregates[0]
    return fields


def _nearest(constraint: Constraint, seeking: Sequence[int], spoken: Sequence[tuple[int, int] | None]) -> int | None:
    """The call whose words are nearest to a condition; None for all."""
    known = [(place, span) for place in seeking if (span := spoken[place]) is not None]
    if constraint.span == (0, 0) or not known or len(seeking) == 1:
        return None
    start, end = constraint.span
    return min(known, key=lambda each: max(each[1][0] - end, start - each[1][1], 0))[0]
