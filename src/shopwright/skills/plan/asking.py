"""A large model plans through the same type: a form whose tool names are those at hand, and one more try with words.

Arguments are pairs of a name and a JSON text, because schemas that endpoints enforce strictly have no free objects.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from importlib.resources import files
from typing import Any

from shopwright.errors import MalformedOutputError
from shopwright.models.protocols import LanguageModel, Message
from shopwright.skills.plan.validate import plan_defects
from shopwright.types import Condition, Need, Plan, Ref, Step, ToolSpec

_REF = re.compile(r"^\$([\w-]+)(?:\.([\w.-]+))?$")
_OPS = ("not_empty", "empty", "is", "is_not", "below", "above", "failed")
_MOST_STEPS, _MOST_TOKENS, _ECHOED = 12, 2_000, 4_000


def ask_for_plan(
    model: LanguageModel, request: str, tools: Sequence[ToolSpec], need: Need | None = None, tries: int = 2
) -> Plan:
    """A plan that can run, written by a large model.

    Args:
        tries: after each but the last, what is wrong goes back to the model.

    Raises:
        ModelError: the model failed, or none of its plans can run.
    """
    said = {
        "request": request,
        "reading": _reading(need),
        "tools": [
            {
                "name": tool.name,
                "description": tool.description,
                "arguments": tool.parameters,
                "result": tool.returns,
                "writes": tool.writes,
            }
            for tool in tools
        ],
    }
    messages: list[Message] = [
        {"role": "system", "content": files("shopwright.skills.plan.prompts").joinpath("plan.md").read_text()},
        {"role": "user", "content": json.dumps(said, ensure_ascii=False, default=str)},
    ]
    specs, schema = {tool.name: tool for tool in tools}, form(tools)
    problem = "it was not asked"
    for _ in range(tries):
        text = model.complete(messages, schema=schema, max_tokens=_MOST_TOKENS)
        try:
            plan = read_plan(text)
        except MalformedOutputError as error:
            problem = str(error)
        else:
            defects = plan_defects(plan, specs)
            if not defects:
                return plan
            problem = "; ".join(defects[:8])
        messages += [
            {"role": "assistant", "content": text[:_ECHOED]},
            {"role": "user", "content": f"This plan cannot run: {problem}. Answer with the mended JSON form only."},
        ]
    raise MalformedOutputError(f"no plan that can run after {tries} tries: {problem}")


def form(tools: Sequence[ToolSpec]) -> dict[str, Any]:
    """The JSON Schema of a plan over these tools."""
    text = {"type": "string"}
    pair = _object({"name": text, "value": text})
    condition = _object({"ref": text, "op": {"enum": list(_OPS)}, "value": text})
    step = _object(
        {
            "id": text,
            "tool": {"enum": [tool.name for tool in tools]},
            "arguments": {"type": "array", "items": pair},
            "after": {"type": "array", "items": text},
            "when": {"type": "array", "items": condition},
        }
    )
    return _object({"steps": {"type": "array", "items": step, "maxItems": _MOST_STEPS}})


def read_plan(text: str) -> Plan:
    """The plan in a filled form.

    Raises:
        MalformedOutputError: it does not fit the form.
    """
    try:
        record = json.loads(text)
        steps = tuple(_step(each) for each in record["steps"])
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise MalformedOutputError(f"the plan does not fit the form: {type(error).__name__} {error}") from error
    if len(steps) > _MOST_STEPS:
        raise MalformedOutputError(f"the plan has {len(steps)} steps; at most {_MOST_STEPS} are allowed")
    return Plan(steps)


def written_value(value: Any) -> Any:
    """A value with "$s1.ids" made a `Ref`, however deep."""
    if isinstance(value, str):
        match = _REF.match(value)
        return Ref(match[1], match[2] or "") if match else value
    if isinstance(value, Mapping):
        return {key: written_value(part) for key, part in value.items()}
    if isinstance(value, list):
        return [written_value(part) for part in value]
    return value


def _step(record: Mapping[str, Any]) -> Step:
    arguments = {each["name"]: written_value(_json(each["value"])) for each in record.get("arguments", ())}
    when = tuple(_condition(each) for each in record.get("when", ()))
    return Step(str(record["id"]), str(record["tool"]), arguments, tuple(map(str, record.get("after", ()))), when)


def _condition(record: Mapping[str, Any]) -> Condition:
    ref = written_value(record["ref"])
    if not isinstance(ref, Ref) or record["op"] not in _OPS:
        raise MalformedOutputError(f"the condition {record} needs a ref such as $s1.ids and one of {', '.join(_OPS)}")
    return Condition(ref, record["op"], _json(record.get("value", "null")))


def _json(text: Any) -> Any:
    """The value that a JSON text stands for; words that are no JSON stand for themselves."""
    if not isinstance(text, str):
        return text
    try:
        return json.loads(text)
    except ValueError:
        return text


def _object(properties: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": dict(properties),
        "required": list(properties),
        "additionalProperties": False,
    }


def _reading(need: Need | None) -> dict[str, Any]:
    """What the reading of the message gives, without what it leaves open."""
    if need is None:
        return {}
    fields = {
        "goal": need.goal,
        "kind": need.product_type,
        "without": list(need.negations),
        "products": list(need.references),
        "budget": str(need.budget.amount) if need.budget else "",
    }
    return {key: value for key, value in fields.items() if value}
