"""`plan`, the set `runtime`: what the executor gains by running steps side by side, and what it costs.

The graph is ten tools that sleep, in four layers (4, 3, 2, 1), each layer needing the one before. Beside it stands the
same work one step after another, measured in the same run, taking turns.

    parallel_speedup       time of a plain loop over the ten / time of the graph; `:ideal` is all sleep / the longest
                           path, `:ratio` what of it was reached, `:wide` the speed-up of ten steps that need nothing
    hung_tool_delay_ms     how much later the ten are there when an eleventh hangs until its time is up; `:sequential`
                           is the executor with a plan that puts one step after another
    failed_sibling_loss    share of the ten that is lost when an eleventh raises; `:sequential` is a plain loop
    overhead_ms            time of a step of which the tool does nothing; `:sequential` is the bare call

Simplification: nothing here computes, so a machine with many cores is not faster.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from statistics import median

from shopwright.bench.task import Row, mean_row
from shopwright.skills.plan.execute import execute
from shopwright.skills.plan.tool import Tool, tool
from shopwright.types import Budget, Plan, Ref, Step, StepResult

_BENCH, _SET = "plan", "runtime"
_LAYERS = (4, 3, 2, 1)
_IDEAL = sum(_LAYERS) / len(_LAYERS)
_BUDGET = Budget(calls=1_000, seconds=600)
_NODES = 10


def runtime_rows(sleep_s: float = 0.1, repeats: int = 5) -> Iterator[Row]:
    """Measure; `sleep_s` is what each of the ten tools sleeps."""
    tools = _tools(sleep_s)
    yield from _speed_up(tools, repeats)
    yield from _delay(tools, repeats)
    yield from _loss(tools)
    yield from _overhead(tools, repeats)


def _tools(sleep_s: float) -> Mapping[str, Tool]:
    def rest(seen: list[str] | None = None, place: int = 0) -> dict[str, str]:
        time.sleep(sleep_s)
        return {"id": f"{place}-{len(seen or ())}"}

    def hang() -> None:
        time.sleep(sleep_s * 40)

    def fail() -> None:
        raise ValueError("broken on purpose")

    def nothing(place: int = 0) -> int:
        return place

    return {
        "rest": tool(rest, timeout_s=60),
        "hang": tool(hang, timeout_s=sleep_s * 6),
        "fail": tool(fail),
        "nothing": tool(nothing),
    }


def graph() -> Plan:
    """Ten steps in four layers; each takes a part of every result of the layer before."""
    steps: list[Step] = []
    before: list[str] = []
    for layer, width in enumerate(_LAYERS):
        ids = [f"{layer}.{place}" for place in range(width)]
        seen = [Ref(key, "id") for key in before]
        steps += [Step(key, "rest", {"seen": seen, "place": place}) for place, key in enumerate(ids)]
        before = ids
    return Plan(tuple(steps))


def chained(plan: Plan) -> Plan:
    """The same steps, one after another."""
    before = ("", *(step.id for step in plan.steps))
    return Plan(
        tuple(replace(step, after=(prior,) if prior else ()) for prior, step in zip(before, plan.steps, strict=False))
    )


def _speed_up(tools: Mapping[str, Tool], repeats: int) -> Iterator[Row]:
    started = time.perf_counter()
    plan, wide = graph(), Plan(tuple(Step(str(place), "rest") for place in range(_NODES)))
    gains, wide_gains = [], []
    for _ in range(repeats):
        alone = _timed(lambda: [tools["rest"].call() for _ in range(_NODES)])
        gains.append(alone / _seconds(plan, tools))
        wide_gains.append(alone / _seconds(wide, tools))
    took = time.perf_counter() - started
    yield mean_row(_BENCH, _SET, "parallel_speedup", gains, took)
    yield Row(_BENCH, _SET, "parallel_speedup:ideal", _IDEAL, repeats)
    yield mean_row(_BENCH, _SET, "parallel_speedup:ratio", [gain / _IDEAL for gain in gains], took)
    yield mean_row(_BENCH, _SET, "parallel_speedup:wide", wide_gains, took)
    yield Row(_BENCH, _SET, "parallel_speedup:sequential", 1.0, repeats)


def _delay(tools: Mapping[str, Tool], repeats: int) -> Iterator[Row]:
    """When the last of the ten is there, with a hung tool before them and without."""
    hung = Plan((Step("hung", "hang"), *graph().steps))
    arrangements: tuple[tuple[str, Callable[[Plan], Plan], int], ...] = (
        ("hung_tool_delay_ms", lambda plan: plan, repeats),
        ("hung_tool_delay_ms:sequential", chained, 2),
    )
    for name, arrange, times in arrangements:
        started = time.perf_counter()
        late = [
            1e3 * (_seconds(arrange(hung), tools, besides="hung") - _seconds(arrange(graph()), tools))
            for _ in range(times)
        ]
        yield mean_row(_BENCH, _SET, name, late, time.perf_counter() - started)


def _loss(tools: Mapping[str, Tool]) -> Iterator[Row]:
    started = time.perf_counter()
    half = len(graph().steps) // 2
    mixed = Plan((*graph().steps[:half], Step("failed", "fail"), *graph().steps[half:]))
    done = [result for result in execute(mixed, tools, budget=_BUDGET) if result.status == "done"]
    yield Row(_BENCH, _SET, "failed_sibling_loss", 1 - len(done) / _NODES, _NODES, None, time.perf_counter() - started)
    kept = 0
    try:
        for step in mixed.steps:
            tools["nothing" if step.tool == "rest" else step.tool].call()
            kept += 1
    except ValueError:
        pass
    yield Row(_BENCH, _SET, "failed_sibling_loss:sequential", 1 - kept / _NODES, _NODES)


def _overhead(tools: Mapping[str, Tool], repeats: int) -> Iterator[Row]:
    """Beside one another and one after another, whichever costs more."""
    plan = Plan(tuple(Step(str(place), "nothing", {"place": place}) for place in range(_NODES)))
    started = time.perf_counter()
    rounds = range(repeats * 3)
    costs = [[1e3 * _seconds(arranged, tools) / _NODES for _ in rounds] for arranged in (plan, chained(plan))]
    dearer = max(costs, key=median)
    yield mean_row(_BENCH, _SET, "overhead_ms", dearer, time.perf_counter() - started)
    call = tools["nothing"].call
    bare = [1e3 * _timed(lambda: [call(place) for place in range(_NODES)]) / _NODES for _ in rounds]
    yield mean_row(_BENCH, _SET, "overhead_ms:sequential", bare, sum(bare) * _NODES / 1e3)


def _seconds(plan: Plan, tools: Mapping[str, Tool], besides: str = "") -> float:
    """Seconds until every step but one has ended, from the call on."""
    started, last = time.perf_counter(), 0.0
    left = {step.id for step in plan.steps if step.id != besides}
    result: StepResult
    for result in execute(plan, tools, budget=_BUDGET):
        left.discard(result.step)
        if not left:
            last = time.perf_counter() - started
            break
    return last


def _timed(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started
