"""One attempt at a step, in a thread of its own: arguments, approval, the call, and whatever comes of it."""

from __future__ import annotations

import contextvars
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any

from opentelemetry.trace import Span, use_span

from shopwright.errors import RetryableModelError, ShopwrightError
from shopwright.skills.plan.approvals import Desk
from shopwright.skills.plan.references import resolve
from shopwright.skills.plan.replies import Reply, cut
from shopwright.skills.plan.tool import Tool, TryAgainError
from shopwright.types import Approval, Step, StepResult

_RETRYABLE = (TryAgainError, RetryableModelError, TimeoutError, ConnectionError)

_LONGEST_ERROR = 2_000


@dataclass(slots=True)
class Outcome:
    """What an attempt came to. As a context it keeps whatever is raised inside: tools are foreign code."""

    value: Any = None
    tokens: int = 0
    note: str | None = None
    failure: BaseException | None = None
    approval: Approval | None = None

    def __enter__(self) -> Outcome:
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, failure: BaseException | None, _trace: TracebackType | None
    ) -> bool:
        self.failure = failure
        return True

    @property
    def error(self) -> str | None:
        """The failure in words."""
        if self.failure is None:
            return None
        words = str(self.failure)[:_LONGEST_ERROR]
        if isinstance(self.failure, ShopwrightError):
            return words
        return f"{type(self.failure).__name__}: {words}" if words else type(self.failure).__name__

    @property
    def retryable(self) -> bool:
        """Whether the same call may succeed when tried again."""
        return isinstance(self.failure, _RETRYABLE)


@dataclass(eq=False, slots=True)
class Attempt:
    """An attempt that may be given up at any moment; a call that writes does not begin after that.

    Args:
        deadline: when it is given up (`time.perf_counter`).
        most: characters of the result that are kept.
    """

    step: Step
    tool: Tool
    number: int
    deadline: float
    desk: Desk
    most: int
    span: Span
    begun: bool = False
    given_up: bool = False
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def give_up(self) -> bool:
        """Stop waiting for it; whether a call that writes had begun."""
        with self._lock:
            self.given_up = True
            return self.begun

    def job(self, results: Mapping[str, StepResult], report: Callable[[Attempt, Outcome], None]) -> Callable[[], None]:
        """What a thread has to do; it reports, unless the attempt was given up."""
        context = contextvars.copy_context()

        def run() -> None:
            outcome = Outcome()
            with outcome:
                context.run(self._call, results, outcome)
            if not self.given_up:
                report(self, outcome)

        return run

    def _call(self, results: Mapping[str, StepResult], outcome: Outcome) -> None:
        with use_span(self.span, record_exception=False, set_status_on_exception=False):
            given = resolve(self.step.arguments, results)
            if self.tool.spec.writes:
                value = self.desk.act(self.step.id, self.tool, given, self._begin)
            else:
                value = self.tool.call(**self.tool.arguments(given))
        if isinstance(value, Approval):
            outcome.approval = value
            return
        if isinstance(value, Reply):
            value, outcome.tokens = value.value, value.tokens
        outcome.value, outcome.note = cut(value, self.most)

    def _begin(self) -> bool:
        with self._lock:
            self.begun = not self.given_up
            return self.begun
