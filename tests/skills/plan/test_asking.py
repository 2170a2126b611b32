from __future__ import annotations

import json

import pytest
from jsonschema import Draft202012Validator

from shopwright.errors import MalformedOutputError
from shopwright.models.scripted import ScriptedModel
from shopwright.skills.plan.asking import ask_for_plan, form, read_plan, written_value
from shopwright.types import Need, Ref
from skills.plan.pottery import TOOLS


def test_the_form_names_the_tools_at_hand_and_nothing_else() -> None:
    schema = form(TOOLS)
    Draft202012Validator.check_schema(schema)
    tool = schema["properties"]["steps"]["items"]["properties"]["tool"]
    assert tool["enum"] == [each.name for each in TOOLS]


def test_written_references_are_read_however_deep() -> None:
    assert written_value(["$s1.ids", {"a": "$s2"}, "$5 off"]) == [Ref("s1", "ids"), {"a": Ref("s2", "")}, "$5 off"]


def test_an_odd_condition_is_refused() -> None:
    when = [{"ref": "ids", "op": "empty", "value": "null"}]
    step = {"id": "s1", "tool": "opening_hours", "arguments": [], "after": [], "when": when}
    with pytest.raises(MalformedOutputError, match="needs a ref"):
        read_plan(json.dumps({"steps": [step]}))


def test_too_many_steps_are_refused() -> None:
    steps = [{"id": f"s{place}", "tool": "opening_hours"} for place in range(13)]
    with pytest.raises(MalformedOutputError, match="at most 12"):
        read_plan(json.dumps({"steps": steps}))


def test_the_model_is_told_of_request_tools_and_reading() -> None:
    model = ScriptedModel([json.dumps({"steps": []})])
    ask_for_plan(model, "nothing", TOOLS, Need("nothing", goal="bowl"))
    said = json.loads(model.calls[0][1]["content"])
    assert said["request"] == "nothing"
    assert said["reading"] == {"goal": "bowl"}
    assert len(said["tools"]) == len(TOOLS)
