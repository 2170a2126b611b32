"""How a planner does on gold plans, and whether the shop's own turns use it: the gate beside the weights.

`NAME.gate.json` holds how the network does on held-out requests over the shop's own tools, and how the hand-written
rules do. The shop keeps the rules for its own turns where they are better, and until half of the network's plans are
exactly right; the network plans over other servers' tools either way.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from shopwright.metrics import mean
from shopwright.models.tool_planner import DEFAULT_PLANNER
from shopwright.skills.plan.planner import Planner
from shopwright.train.plan.examples import Solved, Source
from shopwright.train.plan.scoring import agreement, graph_of_plan
from shopwright.types import Plan

SHOP = "shop"
RIGHT = 0.5
"""Share of plans that must be exactly right: what a shop runs unasked has to be right more often than not."""


def measure(some: Planner, source: Source, tasks: Sequence[Solved]) -> dict[str, float]:
    """Mean agreement of a planner with gold plans; see `scoring`."""
    plans = [plan_of(some, source, task) for task in tasks]
    found = [agreement(graph_of_plan(made), task, made) for made, task in zip(plans, tasks, strict=True)]
    figures = ("node_f1", "link_f1", "argument_f1", "exact")
    means = {name: mean(getattr(each, name) for each in found) for name in figures}
    return {name: value for name, (value, count) in means.items() if count}


def write_gate(some: Planner, written: Source, rules: Callable[[str], Plan], target: Path) -> bool:
    """Say beside the weights whether the shop's own turns are planned by the network; returns whether they are."""
    tasks = [task for task in written.tasks if task.split == "held" and task.sets == (SHOP,)]
    learned = measure(some, written, tasks)
    by_rules = [agreement(graph_of_plan(rules(task.request)), task) for task in tasks]
    ruled = {name: mean(getattr(each, name) for each in by_rules)[0] for name in ("node_f1", "link_f1", "exact")}
    better = worth(learned) > worth(ruled) and learned.get("exact", 0.0) >= RIGHT
    content = {"own_turns": better, "requests": len(tasks), "learned": learned, "rules": ruled}
    (target / f"{DEFAULT_PLANNER}.gate.json").write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")
    return better


def plan_of(some: Planner, source: Source, task: Solved) -> Plan:
    """What a planner makes of a task, told of the links that its tool set is known to have."""
    links: dict[str, list[str]] | None = None
    if len(task.sets) == 1 and task.sets[0] in source.links:
        links = {}
        for first, second in sorted(source.links[task.sets[0]]):
            links.setdefault(first, []).append(second)
    return some.plan(task.request, source.tools(task), links=links).plan


def worth(measured: Mapping[str, float]) -> float:
    """The mean of F1 of tools and of links."""
    return (measured.get("node_f1", 0.0) + measured.get("link_f1", 0.0)) / 2
