"""Which plans cannot work: all that can be known before anything runs, every defect at once.

    plan_defects(plan, tools)    sentences, for a planner that may try again
    check(plan, tools)           the same as an error

Types are compared as far as tools declare them; a tool without a schema is taken at its word. Whether a plan is wise is
not judged.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from typing import Any

from pydantic_core import to_jsonable_python

from shopwright.errors import ConfigError
from shopwright.skills.plan.references import needs, references
from shopwright.skills.plan.schemas import (
    Schema,
    describe,
    fits,
    missing_argument,
    part,
    problems,
    types,
    unknown_argument,
    variants,
    whole,
)
from shopwright.skills.plan.tool import KEY, Tool
from shopwright.types import Budget, Condition, Plan, Ref, Step, ToolSpec

_NUMBERS = {"integer", "number"}


def check(plan: Plan, tools: Mapping[str, Tool | ToolSpec], budget: Budget | None = None) -> None:
    """Refuse a plan that cannot work.

    Raises:
        ConfigError: names every defect, its step, and what is allowed.
    """
    if found := plan_defects(plan, tools, budget):
        raise ConfigError(f"this plan cannot run: {'; '.join(found)}")


def plan_defects(plan: Plan, tools: Mapping[str, Tool | ToolSpec], budget: Budget | None = None) -> list[str]:
    """Everything that keeps a plan from working, a sentence each; [] for one that may run."""
    specs = {name: tool.spec if isinstance(tool, Tool) else tool for name, tool in tools.items()}
    return list(dict.fromkeys(_Checker(plan, specs).defects(budget)))


class _Checker:
    def __init__(self, plan: Plan, specs: Mapping[str, ToolSpec]) -> None:
        self.plan, self.specs = plan, specs
        self.steps = {step.id: step for step in plan.steps}

    def defects(self, budget: Budget | None) -> Iterator[str]:
        ids = [step.id for step in self.plan.steps]
        if twice := sorted({key for key in ids if ids.count(key) > 1}):
            yield f"step ids {twice} are not unique; give each step its own"
        for step in self.plan.steps:
            yield from (f"step {step.id!r}: {defect}" for defect in self._of_step(step))
        yield from self._cycles()
        if budget is not None:
            yield from self._too_dear(budget)

    def _of_step(self, step: Step) -> Iterator[str]:
        if unknown := sorted(needs(step) - self.steps.keys()):
            yield f"it refers to {unknown}; the plan has {list(self.steps)}"
        if step.timeout_s is not None and step.timeout_s <= 0:
            yield f"timeout_s {step.timeout_s:g} must be above 0"
        if step.retries is not None and step.retries < 0:
            yield f"retries {step.retries} must not be negative"
        spec = self.specs.get(step.tool)
        if spec is None:
            near = get_close_matches(step.tool, list(self.specs), 1)
            meant = f"; did you mean {near[0]!r}?" if near else ""
            yield f"unknown tool {step.tool!r}; there are {', '.join(sorted(self.specs))}{meant}"
        elif spec.parameters:
            yield from self._arguments(step, spec.parameters)
        yield from self._conditions(step)

    def _arguments(self, step: Step, schema: Schema) -> Iterator[str]:
        known = schema.get("properties", {})
        for name in schema.get("required", ()):
            if name not in step.arguments and name != KEY:
                yield missing_argument(name, known.get(name, {}), schema)
        for name, value in step.arguments.items():
            inside = part(schema, name, schema)
            if inside is None or (name not in known and schema.get("additionalProperties") is False):
                yield unknown_argument(name, known)
            else:
                yield from self._value(value, known.get(name, {}), schema, name)

    def _value(self, value: Any, wanted: Schema, root: Schema, name: str) -> Iterator[str]:
        if isinstance(value, Ref):
            yield from self._reference(value, wanted, root, name)
        elif not any(references(value)):
            yield from problems(whole(wanted, root), to_jsonable_python(value, fallback=str), name)
        else:
            parts = value.items() if isinstance(value, Mapping) else enumerate(value)
            for key, item in parts:
                inner = part(wanted, str(key), root)
                if inner is None:
                    yield f"argument {name!r} has a part {key!r}; it must be {describe(wanted, root)}"
                else:
                    yield from self._value(
                        item, inner[0] if len(inner) == 1 else {"anyOf": inner}, root, f"{name}.{key}"
                    )

    # ── references ──

    def _reference(self, ref: Ref, wanted: Schema, root: Schema, name: str) -> Iterator[str]:
        given, error = self._given(ref)
        if error:
            yield error
        elif given is not None:
            returns = self.specs[self.steps[ref.step].tool].returns
            if not any(fits(one, returns, wanted, root) for one in given):
                what = describe({"anyOf": given}, returns)
                yield (
                    f"argument {name!r} is {_shown(ref)}, which is {what}; it must be {describe(wanted, root)}"
                    f"{_remedy(ref, given, returns, wanted, root)}"
                )

    def _given(self, ref: Ref) -> tuple[list[Schema] | None, str | None]:
        """What a reference points at, as far as it is declared; and what is wrong with it."""
        spec = self.specs.get(self.steps[ref.step].tool) if ref.step in self.steps else None
        if spec is None or not spec.returns:
            return None, None
        found: list[Schema] = variants(spec.returns, spec.returns)
        for name in filter(None, ref.path.split(".")):
            inner = [one for schema in found for one in part(schema, name, spec.returns) or ()]
            if not inner:
                parts = sorted({key for schema in found for key in schema.get("properties", {})})
                there = f"it has {', '.join(parts)}" if parts else f"it is {describe(found[0], spec.returns)}"
                return None, f"{_shown(ref)}: the result of {spec.name} has no {name!r}; {there}"
            found = inner
        return found, None

    # ── conditions ──

    def _conditions(self, step: Step) -> Iterator[str]:
        wanted = {ref.step for ref in references(step.arguments)}
        for place, condition in enumerate(step.when):
            given, error = self._given(condition.ref)
            if error and condition.op not in ("empty", "failed"):
                yield f"its condition can never hold: {error}"
            elif reason := _never(condition, given, self, wanted):
                yield f"its condition {_words(condition)} can never hold: {reason}"
            for other in step.when[:place]:
                if _contradict(condition, other):
                    yield f"its conditions {_words(other)} and {_words(condition)} can never both hold"

    # ── the graph ──

    def _cycles(self) -> Iterator[str]:
        left = {step.id: needs(step) & self.steps.keys() for step in self.plan.steps}
        while free := [key for key, others in left.items() if not others]:
            for key in free:
                del left[key]
            for others in left.values():
                others.difference_update(free)
        if left:
            yield f"steps {sorted(left)} wait for one another; remove the cycle"

    def _too_dear(self, budget: Budget) -> Iterator[str]:
        sure = [step for step in self.plan.steps if not step.when and step.tool in self.specs]
        calls = sum(self.specs[step.tool].cost for step in sure)
        if calls > budget.calls:
            yield f"its steps cost {calls:g} calls and the budget is {budget.calls:g}; leave some out"


def _remedy(ref: Ref, given: list[Schema], returns: Schema, wanted: Schema, root: Schema) -> str:
    """The part of the result that would fit, where there is one."""
    for schema in given:
        names = [*schema.get("properties", {}), *(["0"] if "array" in (types(schema, returns) or ()) else [])]
        for name in names:
            if any(fits(one, returns, wanted, root) for one in part(schema, name, returns) or ()):
                return f"; {_shown(Ref(ref.step, '.'.join(filter(None, (ref.path, name)))))} would fit"
    return ""


def _never(condition: Condition, given: list[Schema] | None, checker: _Checker, wanted: set[str]) -> str | None:
    if condition.op == "failed" and condition.ref.step in wanted:
        return f"its arguments need the result of step {condition.ref.step!r}"
    if condition.op in ("below", "above") and (
        isinstance(condition.value, bool) or not isinstance(condition.value, int | float)
    ):
        return f"{condition.value!r} is no number"
    if given is None or condition.op in ("failed", "empty", "not_empty", "is_not"):
        return None
    returns = checker.specs[checker.steps[condition.ref.step].tool].returns
    kinds = set().union(*((types(one, returns) or _NUMBERS) for one in given))
    if condition.op in ("below", "above"):
        return None if kinds & (_NUMBERS | {"string"}) else f"{_shown(condition.ref)} is {describe(given[0], returns)}"
    if condition.value is None or not problems(whole({"anyOf": given}, returns), condition.value, "value"):
        return None
    return f"{_shown(condition.ref)} is {describe({'anyOf': given}, returns)}"


def _contradict(one: Condition, other: Condition) -> bool:
    if one.ref.step != other.ref.step:
        return False
    ops = {one.op, other.op}
    if "failed" in ops and ops & {"not_empty", "below", "above"}:
        return True
    if one.ref != other.ref:
        return False
    if ops == {"empty", "not_empty"}:
        return True
    if ops == {"is", "is_not"}:
        return bool(one.value == other.value)
    if ops == {"is"}:
        return bool(one.value != other.value)
    if ops == {"below", "above"}:
        below, above = (one, other) if one.op == "below" else (other, one)
        return (
            isinstance(below.value, int | float) and isinstance(above.value, int | float) and below.value <= above.value
        )
    return False


def _shown(ref: Ref) -> str:
    return f"step {ref.step!r}{f' {ref.path!r}' if ref.path else ''}"


def _words(condition: Condition) -> str:
    value = "" if condition.op in ("empty", "not_empty", "failed") else f" {condition.value!r}"
    return f"({_shown(condition.ref)} {condition.op}{value})"
