"""What steps take from one another: references in arguments, and conditions on earlier results."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from shopwright.errors import ToolError
from shopwright.skills.plan.replies import is_empty
from shopwright.types import Condition, Ref, Step, StepResult


def references(value: Any) -> Iterator[Ref]:
    """Every `Ref` in a step's arguments, however deep."""
    if isinstance(value, Ref):
        yield value
    elif isinstance(value, Mapping):
        for item in value.values():
            yield from references(item)
    elif isinstance(value, list | tuple):
        for item in value:
            yield from references(item)


def needs(step: Step) -> set[str]:
    """The steps that must have ended before this one may start."""
    named = {ref.step for ref in references(step.arguments)}
    return named | set(step.after) | {condition.ref.step for condition in step.when}


def resolve(value: Any, results: Mapping[str, StepResult]) -> Any:
    """The arguments with every `Ref` replaced by what it points at.

    Raises:
        ToolError: when the earlier result has no such part.
    """
    if isinstance(value, Ref):
        return _at(value, results[value.step].value)
    if isinstance(value, Mapping):
        return {key: resolve(item, results) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [resolve(item, results) for item in value]
    return value


def _at(ref: Ref, found: Any) -> Any:
    for name in filter(None, ref.path.split(".")):
        try:
            if isinstance(found, Mapping):
                found = found[name]
            elif isinstance(found, list | tuple):
                found = found[int(name)]
            else:
                found = getattr(found, name)
        except (KeyError, AttributeError, IndexError, ValueError) as error:
            raise ToolError(f"the result of step {ref.step!r} has no {ref.path!r}") from error
    return found


def holds(condition: Condition, results: Mapping[str, StepResult]) -> bool:
    """Whether a condition holds. A step that failed or was skipped, and a part that is not there, are empty."""
    result = results[condition.ref.step]
    if condition.op == "failed":
        return result.status in ("failed", "skipped")
    try:
        found = _at(condition.ref, result.value) if result.status == "done" else None
    except ToolError:
        found = None
    try:
        return _compare(condition, found)
    except (TypeError, ValueError, ArithmeticError):  # such as comparing arrays, or "dear" with a number
        return False


def _compare(condition: Condition, found: Any) -> bool:
    match condition.op:
        case "empty":
            return is_empty(found)
        case "not_empty":
            return not is_empty(found)
        case "is":
            return bool(found == condition.value)
        case "is_not":
            return bool(found != condition.value)
        case "below":
            return float(found) < float(condition.value)
        case "above":
            return float(found) > float(condition.value)
        case _:
            return False
