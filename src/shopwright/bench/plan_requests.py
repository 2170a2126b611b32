"""`bench plan`, sets `plans` and `written`: does the planner pick the calls that people said do what was asked?

    shopwright bench plan --data DIR --set plans

`plans` are the public requests over 260 tools, below `DIR/tools/plans`; `written` are the project's own, of the split
that no training saw: over the shop's own tools (`:shop`) and over tool sets that occur in no training (`:new_tools`).
Requests that the shipped weights were trained on are recognised by hashes beside the model's card and left out.

- `node_f1`, `link_f1`, `argument_f1`, `exact`: see `train/plan/scoring.py`; `:unseen` are the requests whose set of
  tools is that of no request that was trained on;
- `:knn` is the baseline: the plans of the 20 requests with the most similar words, weighed. On `plans` it may look at
  every other request of the same file, also at those that are measured, which favours it; on `written` at those that
  were trained on;
- `:rules` is the plan that the shop makes by hand-written rules (`skills/plan/build.py`) in a first turn over the demo;
- `p50_ms` is the time of a plan, the tools having been read before.
"""

from __future__ import annotations

import math
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import numpy as np

from shopwright.bench.task import BenchSet, NeededFile, Options, Row, mean_row
from shopwright.models.onnx_files import WEIGHTS
from shopwright.models.tool_planner import DEFAULT_PLANNER
from shopwright.shop import Shop
from shopwright.skills.plan.planner import Planner
from shopwright.train.plan.examples import PUBLIC, Solved, Source, read_public, read_written
from shopwright.train.plan.gating import SHOP, plan_of
from shopwright.train.plan.marks import Trained, read_marks
from shopwright.train.plan.nearest import Neighbours
from shopwright.train.plan.scoring import Agreement, Graph, agreement, graph_of_plan
from shopwright.types import Plan

BENCH = "plan"
_FIGURES = ("node_f1", "link_f1", "argument_f1", "exact")

Answer = Callable[[Solved], tuple[Graph, Plan | None]]
"""What a planner makes of a task: the graph, and the plan itself where it has arguments."""


def public_rows(source: Source, planner: Planner, trained: Trained, name: str = PUBLIC) -> Iterator[Row]:
    """The public requests that were not trained on, and the baseline over the same."""
    tasks = [task for task in source.tasks if not trained.knows(task)]
    answer = _planned(planner, source)
    for tools in source.sets.values():
        planner.read(tools)
    yield from rows(name, "", tasks, answer, timed=True)
    neighbours = Neighbours(source.tasks)
    at_hand = [tool.name for tool in source.sets[PUBLIC]]

    def nearest(task: Solved) -> tuple[Graph, None]:
        return neighbours.plan(task.request, at_hand, task.request), None

    yield from rows(name, ":knn", tasks, nearest)
    unseen = [task for task in tasks if not trained.knows_tools(task)]
    yield from rows(name, ":unseen", unseen, answer)
    yield from rows(name, ":unseen:knn", unseen, nearest)


def written_rows(
    source: Source, planner: Planner, rules: Callable[[str], Plan] | None, name: str = "written"
) -> Iterator[Row]:
    """The project's own held-out requests, and what the neighbours and the rules make of them."""
    held = [task for task in source.tasks if task.split == "held"]
    known = [task for task in source.tasks if task.split == "train"]
    seen = {each for task in source.tasks if task.split != "held" for each in task.sets}
    neighbours = Neighbours(known)

    def nearest(task: Solved) -> tuple[Graph, None]:
        return neighbours.plan(task.request, [tool.name for tool in source.tools(task)]), None

    groups = {
        "": held,
        ":shop": [task for task in held if task.sets == (SHOP,)],
        ":new_tools": [task for task in held if not set(task.sets) <= seen],
    }
    answer = _planned(planner, source)
    for tools in source.sets.values():
        planner.read(tools)
    for suffix, tasks in groups.items():
        yield from rows(name, suffix, tasks, answer, timed=not suffix)
        yield from rows(name, f"{suffix}:knn", tasks, nearest)
    if rules is not None:
        by_rules = _ruled(rules)
        yield from rows(name, ":shop:rules", groups[":shop"], by_rules)


def rows(name: str, suffix: str, tasks: Sequence[Solved], answer: Answer, timed: bool = False) -> Iterator[Row]:
    """The figures of one planner on some tasks."""
    started = time.perf_counter()
    agreements: list[Agreement] = []
    took = []
    for task in tasks:
        begun = time.perf_counter()
        graph, plan = answer(task)
        took.append(1000 * (time.perf_counter() - begun))
        agreements.append(agreement(graph, task, plan))
    seconds = time.perf_counter() - started
    for figure in _FIGURES:
        values = [value for each in agreements if not math.isnan(value := getattr(each, figure))]
        if values:
            yield mean_row(BENCH, name, f"{figure}{suffix}", values, seconds)
    if timed and took:
        yield Row(BENCH, name, f"p50_ms{suffix}", float(np.percentile(took, 50)), len(took))


def _planned(planner: Planner, source: Source) -> Answer:
    def answer(task: Solved) -> tuple[Graph, Plan]:
        plan = plan_of(planner, source, task)
        return graph_of_plan(plan), plan

    return answer


def _ruled(rules: Callable[[str], Plan]) -> Answer:
    def answer(task: Solved) -> tuple[Graph, Plan]:
        plan = rules(task.request)
        return graph_of_plan(plan), plan

    return answer


def run_public(options: Options) -> Iterator[Row]:
    """The set `plans`."""
    trained = read_marks(WEIGHTS / f"{DEFAULT_PLANNER}.trained.json")
    yield from public_rows(read_public(options.data or Path()), Planner.shipped(), trained)


def run_written(_: Options) -> Iterator[Row]:
    """The set `written`, with the rules over the demo shop."""
    with tempfile.TemporaryDirectory() as folder, Shop.open(folder) as shop:
        shop.ingest_demo()
        shop.wait()
        yield from written_rows(read_written(), Planner.shipped(), lambda said: shop.chat(said).trace.plan)


def sets(_: Path | None) -> tuple[BenchSet, ...]:
    """Both sets."""
    files = ("requests.jsonl.gz", "tool_desc.json", "graph_desc.json")
    needed = tuple(NeededFile(f"tools/{PUBLIC}/{file}", "UltraTool: requests with gold plans") for file in files)
    return (BenchSet(PUBLIC, run_public, needed), BenchSet("written", run_written))
