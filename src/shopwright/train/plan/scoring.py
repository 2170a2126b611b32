"""How far a plan agrees with a gold plan: tools, links, arguments.

- `node_f1`: F1 of the called tools, counted as often as they are called;
- `link_f1`: F1 of the pairs of tools of which the second waits for the first or takes something from it; a gold plan of
  one call has none and is left out;
- `argument_f1`: F1 of the arguments of calls to the same tool. A text counts by its F1 of words, a list by that of its
  items, a reference for 1 when it takes the same part of the same tool's result and for a half when it takes another;
- `exact`: the same calls with the same links.

A gold plan scores 1 in each, an empty one 0.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from shopwright.metrics import token_f1
from shopwright.skills.plan.asking import written_value
from shopwright.skills.plan.references import needs
from shopwright.train.plan.examples import Solved
from shopwright.types import Plan, Ref

_OTHER_PART = 0.5


@dataclass(frozen=True, slots=True)
class Graph:
    """A plan without its arguments: the tools that are called, and pairs of which the second waits for the first."""

    tools: tuple[str, ...]
    links: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Agreement:
    """The measures of the module; NaN where there is nothing to agree on."""

    node_f1: float
    link_f1: float
    argument_f1: float
    exact: float


def graph_of(task: Solved) -> Graph:
    """The gold graph of a task."""
    calls = task.calls
    return Graph(task.tools, tuple((calls[earlier].tool, call.tool) for call in calls for earlier in call.after))


def graph_of_plan(plan: Plan) -> Graph:
    """The graph of a plan."""
    tools = {step.id: step.tool for step in plan.steps}
    links = tuple((tools[name], step.tool) for step in plan.steps for name in sorted(needs(step)) if name in tools)
    return Graph(tuple(step.tool for step in plan.steps), links)


def agreement(graph: Graph, task: Solved, plan: Plan | None = None) -> Agreement:
    """How far a graph, and the arguments of its plan where there is one, agree with a task's gold plan."""
    gold = graph_of(task)
    return Agreement(
        multiset_f1(graph.tools, gold.tools),
        multiset_f1(graph.links, gold.links) if gold.links else math.nan,
        argument_f1(plan, task) if plan is not None else math.nan,
        float(Counter(graph.tools) == Counter(gold.tools) and Counter(graph.links) == Counter(gold.links)),
    )


def multiset_f1(said: Iterable[Hashable], gold: Iterable[Hashable]) -> float:
    """F1 of two collections in which things may occur several times; 1 when both are empty."""
    ours, theirs = Counter(said), Counter(gold)
    total = sum(ours.values()) + sum(theirs.values())
    return 2 * sum((ours & theirs).values()) / total if total else 1.0


def argument_f1(plan: Plan, task: Solved) -> float:
    """F1 of the arguments; NaN where the gold plan has none."""
    tools = {step.id: step.tool for step in plan.steps}
    ours = [(step.tool, {name: _named(part, tools) for name, part in step.arguments.items()}) for step in plan.steps]
    steps = (task.record or {}).get("steps", ())
    names = {step["id"]: step["tool"] for step in steps}
    theirs = [
        (step["tool"], {name: _named(written_value(part), names) for name, part in step.get("arguments", {}).items()})
        for step in steps
    ]
    total = sum(len(given) for _, given in ours) + sum(len(given) for _, given in theirs)
    if not any(given for _, given in theirs):
        return math.nan
    left, credit = list(ours), 0.0
    for tool, gold in theirs:
        same = [each for each in left if each[0] == tool]
        if same:
            best = max(same, key=lambda each: _credit(each[1], gold))
            left.remove(best)
            credit += _credit(best[1], gold)
    return 2 * credit / total if total else 0.0


def _credit(ours: Mapping[str, Any], gold: Mapping[str, Any]) -> float:
    return sum(alike(ours[name], gold[name]) for name in gold if name in ours)


def alike(said: Any, gold: Any) -> float:
    """How far two values of an argument agree, 0 to 1."""
    if isinstance(said, Ref) or isinstance(gold, Ref):
        if not (isinstance(said, Ref) and isinstance(gold, Ref)) or said.step != gold.step:
            return 0.0
        return 1.0 if said.path == gold.path else _OTHER_PART
    if isinstance(said, str) and isinstance(gold, str):
        return 1.0 if said.lower() == gold.lower() else token_f1(said, gold)
    if _is_list(said) and _is_list(gold):
        if not said or not gold:
            return float(len(said) == len(gold))
        found = sum(max(alike(one, other) for one in said) for other in gold)
        return min(1.0, 2 * found / (len(said) + len(gold)))
    return float(type(said) is not str and said == gold)


def _named(value: Any, tools: Mapping[str, str]) -> Any:
    """A value whose references name the tool in place of the step, as steps may be numbered otherwise."""
    if isinstance(value, Ref):
        return Ref(tools.get(value.step, value.step), value.path)
    if isinstance(value, Mapping):
        return {key: _named(part, tools) for key, part in value.items()}
    if _is_list(value):
        return [_named(part, tools) for part in value]
    return value


def _is_list(value: Any) -> bool:
    return isinstance(value, Sequence) and not isinstance(value, str)
