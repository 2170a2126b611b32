"""Plans over tools that nobody trained on, with a network that knows words only, and with large models of every sort."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest

from shopwright.models.overlap_planner import OverlapToolPlanner
from shopwright.models.scripted import ScriptedModel
from shopwright.models.tool_planner import Floats, Following, Integers, ReadRequest, tool_text
from shopwright.skills.plan.memory import SolvedTasks
from shopwright.skills.plan.planner import Planner
from shopwright.skills.plan.validate import plan_defects
from shopwright.types import Constraint, Filter, Money, Need, Plan, Ref, ToolSpec
from skills.plan.pottery import KILN, TOOLS

NETWORK = OverlapToolPlanner()
SPECS = {tool.name: tool for tool in TOOLS}
TEXT = {"type": "string"}
SEARCH = ToolSpec(
    "search",
    "Find products that fit words.",
    {
        "type": "object",
        "properties": {"query": TEXT, "kind": TEXT, "filters": {"type": "array", "items": {"type": "object"}}},
    },
    {"type": "object", "properties": {"ids": {"type": "array", "items": TEXT}}},
)


def test_a_plan_takes_what_earlier_steps_give() -> None:
    planned = Planner(NETWORK).plan("What do blue glazes cost together?", TOOLS)
    assert {step.tool for step in planned.plan.steps} >= {"glaze_price"}
    assert 0 < planned.confidence <= 1
    assert planned.by == "embedded"


def test_who_books_is_found_before_the_booking() -> None:
    planned = Planner(NETWORK).plan("reserve the kiln, ann@example.org", TOOLS)
    steps = {step.tool: step for step in planned.plan.steps}
    if KILN.name in steps:
        assert steps[KILN.name].arguments["member_id"] == Ref(steps["find_member"].id, "member_id")
        assert steps["find_member"].arguments == {"email": "ann@example.org"}
    assert not plan_defects(planned.plan, SPECS)


def test_what_nobody_gave_is_missing_and_not_made_up() -> None:
    email = ToolSpec("mail", "Send mail", {"type": "object", "properties": {"email": TEXT}, "required": ["email"]})
    planned = Planner(NETWORK).plan("send mail please", [email])
    assert [(each.step, each.argument) for each in planned.missing] == [("s1", "email")]
    assert planned.plan.steps[0].arguments == {}
    assert planned.notes == ()


def test_without_tools_or_words_there_is_no_plan() -> None:
    assert Planner(NETWORK).plan("fire my pots", []).plan == Plan()
    assert Planner(NETWORK).plan("  ", TOOLS).plan == Plan()


def test_known_links_make_a_path() -> None:
    planned = Planner(NETWORK).plan(
        "blue glazes and what they cost", [replace(tool, parameters={}, returns={}) for tool in TOOLS], links={}
    )
    steps = planned.plan.steps
    assert [step.after for step in steps] == [(), *[(f"s{place}",) for place in range(1, len(steps))]]


def test_the_shops_own_search_speaks_the_need() -> None:
    need = Need(
        "a blue bowl under 20",
        goal="blue bowl",
        product_type="bowl",
        constraints=(Constraint(Filter("price", "range", high=20.0), (12, 20)),),
        budget=Money(20, "EUR"),
    )
    planned = Planner(NETWORK).plan("find products: a blue bowl under 20", [SEARCH], need)
    arguments = planned.plan.steps[0].arguments
    assert arguments["query"] == "blue bowl"
    assert arguments["kind"] == "bowl"
    assert arguments["filters"] == [{"field": "price", "op": "range", "high": 20.0}]
    foreign = Planner(NETWORK).plan("find products: a blue bowl", [replace(SEARCH, name="other.search")], need)
    assert "filters" not in foreign.plan.steps[0].arguments


def test_solved_tasks_are_weighed() -> None:
    said = "the usual"
    memory = SolvedTasks.of(
        [(said, [tool_text(SPECS["opening_hours"])]), ("something else", [tool_text(SPECS["find_glazes"])])]
    )
    planned = Planner(NETWORK, memory=memory).plan(said, TOOLS)
    assert planned.confidence > 0


class Repeating(OverlapToolPlanner):
    """Always wants the glazes twice and then their price."""

    def follow(
        self, request: ReadRequest, tools_KD: Floats, picks_BL: Integers, linked_KK: Floats | None = None
    ) -> Following:
        following = super().follow(request, tools_KD, picks_BL, linked_KK)
        next_BK = np.full_like(following.next, -30.0)
        next_BK[:, {0: 0, 1: 0, 2: 1}.get(picks_BL.shape[1], -1)] = 0.0
        return replace(following, next=next_BK)


def test_the_same_call_is_not_made_twice() -> None:
    steps = Planner(Repeating()).plan("blue", TOOLS).plan.steps
    assert [(step.id, step.tool) for step in steps] == [("s1", "find_glazes"), ("s2", "glaze_price")]
    assert steps[1].arguments == {"glaze_ids": Ref("s1", "glaze_ids")}


def form(*steps: dict[str, object]) -> str:
    return json.dumps({"steps": list(steps)})


def step(key: str, tool: str, **arguments: object) -> dict[str, object]:
    pairs = [{"name": name, "value": json.dumps(value)} for name, value in arguments.items()]
    return {"id": key, "tool": tool, "arguments": pairs, "after": [], "when": []}


def test_a_large_model_plans_through_the_same_type() -> None:
    second = step("s2", "glaze_price", glaze_ids="$s1.glaze_ids")
    second["when"] = [{"ref": "$s1.glaze_ids", "op": "not_empty", "value": "null"}]
    model = ScriptedModel([form(step("s1", "find_glazes", colour="blue"), second)])
    planned = Planner(NETWORK, model).plan("what do blue glazes cost?", TOOLS)
    assert planned.by == "endpoint"
    assert planned.plan.steps[1].arguments == {"glaze_ids": Ref("s1", "glaze_ids")}
    assert planned.plan.steps[1].when[0].op == "not_empty"


def test_a_plan_that_cannot_run_goes_back_with_words() -> None:
    model = ScriptedModel(
        [form(step("s1", "find_glaze", colour="blue")), form(step("s1", "find_glazes", colour="blue"))]
    )
    planned = Planner(NETWORK, model).plan("blue glazes", TOOLS)
    assert planned.by == "endpoint"
    assert "did you mean 'find_glazes'" in model.calls[1][-1]["content"]


@pytest.mark.parametrize("answer", ["no JSON", "{}", '{"steps": [1]}', form(step("s1", "nonsense"))])
def test_where_the_model_has_no_plan_the_network_plans(answer: str) -> None:
    planned = Planner(NETWORK, ScriptedModel([answer])).plan("which blue glazes?", TOOLS)
    assert planned.by == "embedded"
    assert "the large model gave no plan" in planned.notes[0]
