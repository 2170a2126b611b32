"""Tools as they are declared, a plan of tool calls, and what became of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal


@dataclass(frozen=True, slots=True)
class ToolSpec:
    """A tool as a planner knows it: all that may be read before it is called.

    Args:
        name: unique among the tools of a shop; those of another server are "SERVER.NAME".
        description: what it does and when to use it, one or two sentences.
        parameters: JSON Schema (an object) of its arguments.
        returns: JSON Schema of its result; {} when it is not declared.
        writes: whether it changes anything, so that a person must approve the call.
        timeout_s: how long an attempt may take.
        retries: how often it may be tried again; 0 for a tool that writes and does not know idempotency keys.
        cost: in calls of a plan's budget.
    """

    name: str
    description: str = ""
    parameters: Mapping[str, Any] = field(default_factory=dict)
    returns: Mapping[str, Any] = field(default_factory=dict)
    writes: bool = False
    timeout_s: float = 10.0
    retries: int = 0
    cost: float = 1.0


@dataclass(frozen=True, slots=True)
class Ref:
    """An argument taken from the result of an earlier step: `Ref("s1", "ids")` is `results["s1"]["ids"]`.

    A part of the path that is a number is a place in a list: "ids.0".
    """

    step: str
    path: str = ""


@dataclass(frozen=True, slots=True)
class Condition:
    """Whether a step runs at all, from what an earlier step returned.

    "empty" and "not_empty" are about what `ref` points at, "is" and "is_not" compare it with `value`, "below" and
    "above" take it for a number, "failed" holds where the step raised or was skipped.
    """

    ref: Ref
    op: Literal["empty", "not_empty", "is", "is_not", "below", "above", "failed"] = "not_empty"
    value: Any = None


@dataclass(frozen=True, slots=True)
class Step:
    """One tool call of a plan. Arguments may hold `Ref`s, which also make the step wait for those it refers to.

    Args:
        after: steps that must have ended before, whatever became of them.
        when: conditions that must all hold; a step whose conditions do not hold is passed over, which is no failure.
        timeout_s: in place of the tool's own; None leaves it.
        retries: likewise.
    """

    id: str
    tool: str
    arguments: Mapping[str, Any] = field(default_factory=dict)
    after: tuple[str, ...] = ()
    when: tuple[Condition, ...] = ()
    timeout_s: float | None = None
    retries: int | None = None


@dataclass(frozen=True, slots=True)
class Plan:
    """A directed graph of tool calls without cycles. Steps without a path between them run in parallel."""

    steps: tuple[Step, ...] = ()


@dataclass(frozen=True, slots=True)
class Budget:
    """What a plan may spend: calls (each tool's `cost`), seconds from its start, tokens that its tools report."""

    calls: float = 40.0
    seconds: float = 30.0
    tokens: int = 20_000


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that a call would change, in words: "order WH-240501, status", "pending", "cancelled"."""

    what: str
    before: str = ""
    after: str = ""


@dataclass(frozen=True, slots=True)
class Approval:
    """What a person is asked before a step that writes: exactly what will change, and a key that names this very call.

    Args:
        key: idempotency key; the same call under the same key is done once, however often it is approved.
        summary: the call in one sentence.
    """

    key: str
    step: str
    tool: str
    arguments: Mapping[str, Any]
    summary: str
    changes: tuple[Change, ...] = ()


StepStatus = Literal["done", "failed", "skipped", "waiting", "cancelled"]


@dataclass(frozen=True, slots=True)
class StepResult:
    """What became of a step: its value or its error, and when it ran (seconds since the plan started).

    Args:
        status: "skipped" where its conditions did not hold, a step that it needs failed or the budget was spent,
            "waiting" where it needs an approval that nobody gave yet, "cancelled" where the shopper stopped the plan.
        approval: what is waited for.
        tokens: what the call spent, where the tool reports it.
    """

    step: str
    tool: str
    value: Any = None
    error: str | None = None
    started_s: float = 0.0
    ended_s: float = 0.0
    attempts: int = 1
    status: StepStatus = "done"
    approval: Approval | None = None
    tokens: int = 0
