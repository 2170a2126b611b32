"""The executor: runs a plan's steps as their inputs arrive, the independent ones in parallel.

A step that raises or runs out of time becomes a `StepResult` with an error; its siblings go on and keep their results,
and only the steps that depend on it are skipped. A hung tool costs its own timeout and nothing else: the worker thread
is abandoned (Python cannot stop a thread), so tools that wait on something should bound their own waiting too.

Not here yet: conditions, budgets, approvals, idempotency.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from queue import Empty, SimpleQueue
from typing import Any

from shopwright.errors import ConfigError, ShopwrightError, ToolError
from shopwright.types import Plan, Ref, Step, StepResult

Tool = Callable[..., Any]


def execute(plan: Plan, tools: Mapping[str, Tool]) -> Iterator[StepResult]:
    """Run a plan; results come in the order in which steps end.

    Raises:
        ConfigError: before anything runs, when the plan names an unknown tool or step, or has a cycle.
    """
    needs = check(plan, tools)
    waiting = {step.id: step for step in plan.steps}
    results: dict[str, StepResult] = {}
    running: dict[str, tuple[Step, float]] = {}
    done: SimpleQueue[StepResult] = SimpleQueue()
    origin = time.perf_counter()
    while waiting or running:
        for step in [step for step in waiting.values() if needs[step.id] <= results.keys()]:
            del waiting[step.id]
            failed = [other for other in needs[step.id] if results[other].error]
            if failed:
                now = time.perf_counter() - origin
                error = f"skipped: step {failed[0]!r}, which it needs, failed"
                done.put(StepResult(step.id, step.tool, error=error, started_s=now, ended_s=now, attempts=0))
                running[step.id] = (step, float("inf"))
                continue
            running[step.id] = (step, time.perf_counter() + step.timeout_s)
            job = _Job(step, tools[step.tool], dict(results), origin, done)
            threading.Thread(target=job.run, name=f"tool-{step.tool}", daemon=True).start()
        finished = _next(done, running, origin)
        if finished.step in running:
            del running[finished.step]
            results[finished.step] = finished
            yield finished


def _next(done: SimpleQueue[StepResult], running: Mapping[str, tuple[Step, float]], origin: float) -> StepResult:
    """The next step to end, or the next one whose time runs out."""
    while True:
        step, deadline = min(running.values(), key=lambda pair: pair[1])
        try:
            result = done.get(timeout=max(0.0, min(deadline - time.perf_counter(), 3600.0)))
        except Empty:
            now = time.perf_counter() - origin
            error = f"{step.tool} did not answer within {step.timeout_s:g} s"
            return StepResult(step.id, step.tool, error=error, started_s=now - step.timeout_s, ended_s=now)
        if result.step in running:
            return result


@dataclass(frozen=True, slots=True)
class _Job:
    step: Step
    tool: Tool
    results: Mapping[str, StepResult]
    origin: float
    done: SimpleQueue[StepResult]

    def run(self) -> None:
        """Call the tool, again after a failure while the step's retries last, and report."""
        started = time.perf_counter() - self.origin
        value, error, attempts = None, None, 0
        while attempts <= self.step.retries:
            attempts += 1
            try:
                value, error = self.tool(**resolve(self.step.arguments, self.results)), None
                break
            except ShopwrightError as failure:
                error = str(failure)
            except Exception as failure:  # noqa: BLE001 - a tool is foreign code: whatever it raises is its own result
                error = f"{type(failure).__name__}: {failure}"
        ended = time.perf_counter() - self.origin
        self.done.put(StepResult(self.step.id, self.step.tool, value, error, started, ended, attempts))


def check(plan: Plan, tools: Mapping[str, Tool]) -> dict[str, set[str]]:
    """The steps that each step waits for.

    Raises:
        ConfigError: unknown tool, unknown step, two steps of one id, or a cycle.
    """
    ids = [step.id for step in plan.steps]
    if len(set(ids)) != len(ids):
        raise ConfigError(f"plan: step ids {ids} are not unique; give each step its own")
    needs: dict[str, set[str]] = {}
    for step in plan.steps:
        if step.tool not in tools:
            raise ConfigError(
                f"plan step {step.id!r}: unknown tool {step.tool!r}; there are {', '.join(sorted(tools))}"
            )
        needs[step.id] = set(step.after) | set(_references(step.arguments))
        if unknown := needs[step.id] - set(ids):
            raise ConfigError(f"plan step {step.id!r} refers to {sorted(unknown)}; the plan has {ids}")
    left = {key: set(others) for key, others in needs.items()}
    while free := [key for key, others in left.items() if not others]:
        for key in free:
            del left[key]
        for others in left.values():
            others.difference_update(free)
    if left:
        raise ConfigError(f"plan: steps {sorted(left)} wait for one another; remove the cycle")
    return needs


def _references(value: Any) -> Iterator[str]:
    if isinstance(value, Ref):
        yield value.step
    elif isinstance(value, Mapping):
        for item in value.values():
            yield from _references(item)
    elif isinstance(value, list | tuple):
        for item in value:
            yield from _references(item)


def resolve(value: Any, results: Mapping[str, StepResult]) -> Any:
    """The arguments with every `Ref` replaced by what it points at.

    Raises:
        ToolError: when the earlier result has no such part.
    """
    if isinstance(value, Ref):
        found = results[value.step].value
        for part in filter(None, value.path.split(".")):
            try:
                found = found[part] if isinstance(found, Mapping) else getattr(found, part)
            except (KeyError, AttributeError) as error:
                raise ToolError(f"the result of step {value.step!r} has no {value.path!r}") from error
        return found
    if isinstance(value, Mapping):
        return {key: resolve(item, results) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [resolve(item, results) for item in value]
    return value
