"""Which tools may come next in a plan: a grammar over the tools at hand.

A tool is called again only where other arguments can make it another call. A tool is not called before what it cannot
do without can be known: an argument that must be given, that the result of another tool at hand holds under the same
name, and that nothing in the request could be. Links that a tool set is known to have are for the model to weigh.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from shopwright.models.tool_planner import properties
from shopwright.skills.plan.literals import could_be
from shopwright.types import ToolSpec

MOST_CALLS = 4
"""Of one tool in a plan."""


def grammar(request: str, tools: Sequence[ToolSpec]) -> Callable[[Sequence[int]], NDArray[np.bool_]]:
    """From the places picked so far to which of the tools may come next, shape (K,)."""
    given = [set(properties(tool.returns)) for tool in tools]
    lacking = [_lacking(request, tool, given) for tool in tools]
    alike = np.array([not properties(tool.parameters) for tool in tools])

    def open_(picks: Sequence[int]) -> NDArray[np.bool_]:
        known = {name for place in picks for name in given[place]}
        allowed = np.array([lack <= known for lack in lacking])
        for place in set(picks):
            if alike[place] or picks.count(place) >= MOST_CALLS:
                allowed[place] = False
        return allowed

    return open_


def _lacking(request: str, tool: ToolSpec, given: Sequence[set[str]]) -> set[str]:
    """Arguments that only another tool can give."""
    known: Mapping[str, Any] = properties(tool.parameters)
    own = set(properties(tool.returns))
    return {
        name
        for name in tool.parameters.get("required", ())
        if name not in own
        and any(name in results for results in given)
        and not could_be(request, name, known.get(name, {}))
    }
