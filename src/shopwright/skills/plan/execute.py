"""The executor: runs a plan's steps as their inputs arrive, the independent ones in parallel.

    execute(plan, tools)                                 results in the order in which steps end
    execute(plan, tools, approved=keys, earlier=results)    goes on after an approval with what is left
    run(plan, tools, replan)                             asks for another plan where a step failed or found nothing

A step that raises or runs out of time becomes a `StepResult` with an error; its siblings go on and keep their results,
and only the steps that take something from it are skipped. A step that writes waits for an approval (`approvals`) while
everything that does not depend on it goes on.

Simplifications: a hung tool's thread is given up, not stopped (Python cannot); a call that writes and had begun when it
was given up records its end in the ledger itself. A `Tool` is expected; a bare function is called as it is.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from queue import Empty, SimpleQueue
from typing import Any, TypedDict, Unpack

from opentelemetry import trace

from shopwright.errors import ShopwrightError
from shopwright.skills.plan.approvals import Desk, Ledger, MemoryLedger
from shopwright.skills.plan.attempts import Attempt, Outcome
from shopwright.skills.plan.references import holds, needs, references
from shopwright.skills.plan.replies import MOST, is_empty
from shopwright.skills.plan.tool import Tool, TryAgainError
from shopwright.skills.plan.validate import check, plan_defects
from shopwright.skills.plan.workers import Cancellation, Workers
from shopwright.types import Budget, Plan, Step, StepResult, ToolSpec

MOST_PARALLEL = 32
"""Attempts that run at once; further ones wait for a place. A hung one gives its place up with its time."""
_BACKOFF_S, _LONGEST_BACKOFF_S = 0.1, 2.0
_WORKERS = Workers()
_log = logging.getLogger(__name__)

Function = Callable[..., Any]
Replan = Callable[[Plan, Mapping[str, StepResult]], Plan | None]
"""Given the plan and the results so far: another plan, or None to go on with this one."""


class Options(TypedDict, total=False):
    """How a plan is run.

    Args:
        budget: what it may spend, earlier results included, seconds apart.
        approved: keys of calls that a person approved.
        earlier: results of this plan from before; what is done or failed is not run again.
        ledger: which calls were made; without one a repetition is noticed inside this run alone.
        scope: what makes a repetition another call (session and turn).
        cancel: stops it.
        longest: characters of one result that are kept.
    """

    budget: Budget
    approved: Collection[str]
    earlier: Iterable[StepResult]
    ledger: Ledger
    scope: str
    cancel: Cancellation
    longest: int


def execute(plan: Plan, tools: Mapping[str, Tool | Function], **options: Unpack[Options]) -> Iterator[StepResult]:
    """Run a plan; results come in the order in which steps end, those of `earlier` that are done or failed not again.

    Raises:
        ConfigError: before anything runs, when the plan cannot work.
    """
    return _Execution(plan, tools, options).results()


def run(
    plan: Plan, tools: Mapping[str, Tool | Function], replan: Replan, *, most: int = 2, **options: Unpack[Options]
) -> Iterator[StepResult]:
    """Run a plan and ask for another, `most` times at most, as soon as a step fails or finds nothing.

    Steps of the new plan that have ended are kept; those of the old one that have not begun are dropped. A new plan
    that cannot work is left aside. A step that is run under a new content is given again: the last result counts.

    Raises:
        ConfigError: before anything runs, when the first plan cannot work.
    """
    execution = _Execution(plan, tools, options)
    for result in execution.results():
        yield result
        if most > 0 and execution.is_wanting(result):
            most -= execution.go_on_with(replan)


class _Execution:
    def __init__(self, plan: Plan, tools: Mapping[str, Tool | Function], options: Options) -> None:
        self.tools = {name: _tool(name, tool) for name, tool in tools.items()}
        self.budget = options.get("budget", Budget())
        earlier = {result.step: result for result in options.get("earlier", ())}
        check(plan, self.tools, None if earlier else self.budget)
        asked = {result.approval.key: result.approval for result in earlier.values() if result.approval}
        approved = options.get("approved", ())
        approved = {approved} if isinstance(approved, str) else frozenset(approved)
        self.desk = Desk(options.get("ledger") or MemoryLedger(), approved, asked, options.get("scope", ""))
        self.cancel = options.get("cancel") or Cancellation()
        self.most = options.get("longest", MOST)
        self.plan = plan
        self.ended = {key: result for key, result in earlier.items() if result.status in ("done", "failed")}
        self.origins = {step.id: step for step in plan.steps if step.id in self.ended}
        self.pending = {step.id: step for step in plan.steps if step.id not in self.ended}
        self.needs = {step.id: needs(step) for step in plan.steps}
        self.running: dict[str, Attempt] = {}
        self.resting: dict[str, tuple[float, Attempt, Outcome]] = {}
        self.started: dict[str, float] = {}
        self.events: SimpleQueue[tuple[Attempt, Outcome] | None] = SimpleQueue()
        self.tokens = sum(result.tokens for result in self.ended.values())
        self.calls = sum(self._cost(result.tool) * result.attempts for result in self.ended.values())
        self.tracer = trace.get_tracer("shopwright.plan")

    def results(self) -> Iterator[StepResult]:
        self.origin = time.perf_counter()
        self.cancel.on_cancel(lambda: self.events.put(None))
        self.span = self.tracer.start_span("plan", attributes={"shopwright.steps": len(self.plan.steps)})
        try:
            while True:
                while (ended := self._settle()) is not None:
                    yield ended
                if not (self.running or self.resting):
                    return
                if (ended := self._wait()) is not None:
                    yield ended
        finally:
            for attempt in self.running.values():
                attempt.give_up()
                attempt.span.end()
            self.span.end()

    # ── what may start, and what never will ──

    def _settle(self) -> StepResult | None:
        """Start every step that can start; the result of one that never will, if there is any."""
        for step in [*self.pending.values()]:
            if (status_and_error := self._hindrance(step)) is not None:
                del self.pending[step.id]
                status, error = status_and_error
                now = self._now()
                return self._end(step, StepResult(step.id, step.tool, None, error, now, now, 0, status))
            if self.needs[step.id] <= self.ended.keys() and len(self.running) < MOST_PARALLEL:
                del self.pending[step.id]
                self._start(step, 1)
        return None

    def _hindrance(self, step: Step) -> tuple[Any, str | None] | None:
        """Why a step ends without being run; None for one that can run, or cannot be judged yet."""
        if self.cancel.cancelled:
            return "cancelled", "the plan was stopped"
        if not self.needs[step.id] <= self.ended.keys():
            return None
        for key in sorted(self.needs[step.id]):
            if self.ended[key].status == "waiting":
                return "waiting", None
        if not all(holds(condition, self.ended) for condition in step.when):
            return "skipped", None
        for key in sorted({ref.step for ref in references(step.arguments)}):
            source = self.ended[key]
            if source.status == "skipped" and source.error is None:  # passed over, and so is what hangs on it
                return "skipped", None
            if source.status != "done":
                return "skipped", f"skipped: step {key!r}, which it needs, {_ENDED[source.status]}"
        return ("skipped", self._spent(step)) if self._spent(step) else None

    def _spent(self, step: Step) -> str | None:
        """Which part of the budget does not allow this step any more."""
        if self._now() >= self.budget.seconds:
            return f"skipped: the plan's {self.budget.seconds:g} s are spent"
        if self.tokens >= self.budget.tokens:
            return f"skipped: the plan's {self.budget.tokens:,} tokens are spent"
        if self.calls + self._cost(step.tool) > self.budget.calls:
            return f"skipped: the plan's {self.budget.calls:g} calls are spent"
        return None

    def _start(self, step: Step, number: int) -> None:
        tool = self.tools[step.tool]
        now = time.perf_counter()
        self.started.setdefault(step.id, now - self.origin)
        timeout = step.timeout_s if step.timeout_s is not None else tool.spec.timeout_s
        deadline = min(now + timeout, self.origin + self.budget.seconds)
        span = self.tracer.start_span(
            f"execute_tool {step.tool}",
            trace.set_span_in_context(self.span),
            attributes={
                "gen_ai.operation.name": "execute_tool",
                "gen_ai.tool.name": step.tool,
                "shopwright.step": step.id,
            },
        )
        attempt = Attempt(step, tool, number, deadline, self.desk, self.most, span)
        self.running[step.id] = attempt
        self.calls += tool.spec.cost
        _WORKERS.submit(attempt.job(dict(self.ended), lambda *event: self.events.put(event)))

    # ── what happens meanwhile ──

    def _wait(self) -> StepResult | None:
        """The next step that ends, or None where something else happened."""
        if self.cancel.cancelled and self.events.empty():
            return self._stopped()
        moments = [attempt.deadline for attempt in self.running.values()]
        moments += [moment for moment, _, _ in self.resting.values()]
        moments.append(self.origin + self.budget.seconds if self.resting or self.pending else max(moments))
        try:
            event = self.events.get(timeout=min(max(0.0, min(moments) - time.perf_counter()), 3600.0))
        except Empty:
            event = None
        if event is not None and self.running.get(event[0].step.id) is event[0]:
            return self._finished(*event)
        return None if self.cancel.cancelled else self._timed_out() or self._rested()

    def _finished(self, attempt: Attempt, outcome: Outcome) -> StepResult | None:
        del self.running[attempt.step.id]
        self.tokens += outcome.tokens
        if outcome.failure is not None and outcome.retryable and attempt.number <= self._retries(attempt):
            wait = min(_LONGEST_BACKOFF_S, _BACKOFF_S * 2 ** (attempt.number - 1))
            attempt.span.set_attribute("shopwright.status", "retried")
            attempt.span.end()
            self.resting[attempt.step.id] = (time.perf_counter() + wait, attempt, outcome)
            return None
        if outcome.approval is not None:
            self.calls -= attempt.tool.spec.cost
            return self._close(attempt, "waiting", None, outcome)
        if outcome.failure is not None:
            return self._close(attempt, "failed", outcome.error, outcome)
        return self._close(attempt, "done", outcome.note, outcome)

    def _retries(self, attempt: Attempt) -> int:
        """A plan may not try a call that writes more often than its tool allows."""
        allowed = attempt.tool.spec.retries
        wanted = attempt.step.retries if attempt.step.retries is not None else allowed
        return min(wanted, allowed) if attempt.tool.spec.writes else wanted

    def _stopped(self) -> StepResult:
        """Give up one of what runs or rests."""
        words = "the plan was stopped"
        if self.resting:
            return self._close(self.resting.popitem()[1][1], "cancelled", words, Outcome())
        attempt = self.running.popitem()[1]
        return self._close(attempt, "cancelled", words + _IN_DOUBT * attempt.give_up(), Outcome())

    def _timed_out(self) -> StepResult | None:
        now = time.perf_counter()
        for attempt in self.running.values():
            if attempt.deadline <= now:
                return self._too_late(attempt)
        return None

    def _too_late(self, attempt: Attempt) -> StepResult | None:
        """An attempt did not answer in time: give it up, and try again where that is safe and there is time."""
        begun = attempt.give_up()
        timeout = attempt.step.timeout_s if attempt.step.timeout_s is not None else attempt.tool.spec.timeout_s
        if self._now() >= self.budget.seconds:
            words = f"{attempt.step.tool} had not answered when the plan's {self.budget.seconds:g} s were spent"
        elif attempt.tool.spec.writes:
            words = f"{attempt.step.tool} did not answer within {timeout:g} s"
        else:
            late = TryAgainError(f"{attempt.step.tool} did not answer within {timeout:g} s")
            return self._finished(attempt, Outcome(failure=late))
        del self.running[attempt.step.id]
        return self._close(attempt, "failed", words + _IN_DOUBT * begun, Outcome())

    def _rested(self) -> StepResult | None:
        """Try again what has rested, unless the budget is spent."""
        now = time.perf_counter()
        for key, (moment, attempt, outcome) in [*self.resting.items()]:
            spent = self._spent(attempt.step)
            if spent:
                del self.resting[key]
                return self._close(attempt, "failed", outcome.error, outcome)
            if moment <= now and len(self.running) < MOST_PARALLEL:
                del self.resting[key]
                self._start(attempt.step, attempt.number + 1)
        return None

    # ── ends ──

    def _close(self, attempt: Attempt, status: Any, error: str | None, outcome: Outcome) -> StepResult:
        attempt.span.set_attributes({"shopwright.status": status, "shopwright.attempts": attempt.number})
        if outcome.failure is not None:
            attempt.span.set_attribute("error.type", type(outcome.failure).__name__)
        attempt.span.end()
        step = attempt.step
        result = StepResult(
            step.id, step.tool, outcome.value, error, self.started.pop(step.id), self._now(), attempt.number,
            status, outcome.approval, outcome.tokens,
        )  # fmt: skip
        return self._end(step, result)

    def _end(self, step: Step, result: StepResult) -> StepResult:
        self.ended[step.id], self.origins[step.id] = result, step
        return result

    def is_wanting(self, result: StepResult) -> bool:
        """Whether a step failed, or read and found nothing."""
        if result.status == "done":
            return is_empty(result.value) and not self.tools[result.tool].spec.writes
        return result.status == "failed"

    def go_on_with(self, replan: Replan) -> bool:
        """Ask for another plan and take it over; whether one was given."""
        try:
            plan = replan(self.plan, dict(self.ended))
        except ShopwrightError as error:
            _log.warning("no other plan: %s", error)
            return True
        if plan is None:
            return False
        new = {step.id: step for step in plan.steps}
        kept = [step for key, step in self.origins.items() if key not in new]
        going = [attempt.step for attempt in self.running.values()] + [one.step for _, one, _ in self.resting.values()]
        kept += [step for step in going if step.id not in new]
        if found := plan_defects(Plan((*kept, *plan.steps)), self.tools):
            _log.warning("the other plan cannot work: %s", "; ".join(found))
            return True
        busy = {step.id for step in going}
        self.needs |= {key: needs(step) for key, step in new.items()}
        for key, step in new.items():
            if key in self.ended and (self.origins[key] != step or self.ended[key].status not in ("done", "failed")):
                del self.ended[key]
        self.plan = Plan((*kept, *plan.steps))
        self.pending = {key: step for key, step in new.items() if key not in self.ended and key not in busy}
        return True

    def _cost(self, tool: str) -> float:
        return self.tools[tool].spec.cost if tool in self.tools else 1.0

    def _now(self) -> float:
        return time.perf_counter() - self.origin


_ENDED = {"failed": "failed", "skipped": "was skipped", "cancelled": "was stopped"}
_IN_DOUBT = "; it had begun, and whether it was done is not known yet"


def _tool(name: str, tool: Tool | Function) -> Tool:
    return tool if isinstance(tool, Tool) else Tool(ToolSpec(name), tool)
