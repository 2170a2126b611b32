from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import pytest

from shopwright.errors import ConfigError
from shopwright.skills.plan.tool import tool
from shopwright.skills.plan.validate import check, plan_defects
from shopwright.types import Budget, Condition, Plan, Ref, Step, ToolSpec


@dataclass
class Found:
    ids: list[str]
    total: int
    state: Literal["all", "some"] = "all"


def search(query: str, sort: Literal["relevance", "price_asc"] = "relevance", limit: int = 6) -> Found:
    return Found([query], limit)


def lookup(ids: list[str]) -> dict[str, str]:
    return {}


def reviews(id: str, question: str = "") -> str:
    return id


def basket(groups: list[list[str]], budget: float | None = None) -> Found:
    return Found([], 0)


TOOLS = {
    "search": tool(search),
    "lookup": tool(lookup),
    "reviews": tool(reviews),
    "basket": tool(basket),
    "maps.route": ToolSpec("maps.route", "", {"type": "object", "properties": {"to": {"type": "string"}}}),
    "old": ToolSpec("old"),
}
FIND = Step("s1", "search", {"query": "tent"})


def defects(*steps: Step, budget: Budget | None = None) -> list[str]:
    return plan_defects(Plan(steps), TOOLS, budget)


GOOD = (
    Step("l", "lookup", {"ids": Ref("s1", "ids")}),
    Step("r", "reviews", {"id": Ref("s1", "ids.0")}),
    Step("b", "basket", {"groups": [Ref("s1", "ids"), ["x"]], "budget": Ref("s1", "total")}),
    Step("o", "old", {"anything": Ref("s1"), "more": 3}),
    Step("x", "maps.route", {"to": Ref("o", "what.ever")}),
    Step("c", "old", when=(Condition(Ref("s1", "total"), "above", 2), Condition(Ref("s1", "state"), "is", "some"))),
    Step("f", "old", after=("s1",), when=(Condition(Ref("s1"), "failed"),)),
    Step("l2", "lookup", {"ids": [Ref("s1", "ids.0"), "dune"]}),
)


def test_a_plan_that_may_run() -> None:
    assert defects(FIND, *GOOD) == []
    check(Plan((FIND, *GOOD)), TOOLS)


@pytest.mark.parametrize(
    ("step", "words"),
    [
        (Step("a", "serach", {}), "unknown tool 'serach'; there are basket, lookup, maps.route, old"),
        (Step("a", "serach", {}), "did you mean 'search'?"),
        (Step("a", "search", {}), "argument 'query' is missing; it must be a text"),
        (
            Step("a", "search", {"query": "x", "qurey": "y"}),
            "there is no argument 'qurey'; there are query, sort, limit",
        ),
        (Step("a", "search", {"query": 3}), "argument 'query' is 3; it must be a text"),
        (Step("a", "search", {"query": "x", "sort": "cheap"}), 'it must be one of "relevance", "price_asc"'),
        (Step("a", "basket", {"groups": [["x", 3]]}), "argument 'groups.0.1' is 3; it must be a text"),
        (Step("a", "lookup", {"ids": Ref("z", "ids")}), "it refers to ['z']; the plan has ['s1', 'a']"),
        (Step("a", "old", after=("z",)), "it refers to ['z']"),
        (Step("a", "old", when=(Condition(Ref("z")),)), "it refers to ['z']"),
        (Step("a", "lookup", {"ids": Ref("s1", "id")}), "the result of search has no 'id'; it has ids, state, total"),
        (Step("a", "lookup", {"ids": Ref("s1", "ids.first")}), "has no 'first'; it is a list, each item a text"),
        (Step("a", "lookup", {"ids": Ref("s1")}), "it must be a list, each item a text; step 's1' 'ids' would fit"),
        (Step("a", "reviews", {"id": Ref("s1", "ids")}), "step 's1' 'ids.0' would fit"),
        (Step("a", "basket", {"groups": Ref("s1", "ids")}), "it must be a list, each item a list, each item a text"),
        (Step("a", "basket", {"groups": [Ref("s1", "total")]}), "argument 'groups.0' is step 's1' 'total'"),
        (Step("a", "lookup", {"ids": Ref("a", "x")}), "wait for one another"),
        (Step("a", "old", timeout_s=0), "timeout_s 0 must be above 0"),
        (Step("a", "old", retries=-1), "retries -1 must not be negative"),
        (Step("s1", "old"), "step ids ['s1'] are not unique"),
    ],
)
def test_what_is_wrong_is_said(step: Step, words: str) -> None:
    assert any(words in defect for defect in defects(FIND, step)), defects(FIND, step)


def late(*conditions: Condition, **arguments: Any) -> Step:
    return Step("a", "old", arguments, when=conditions)


@pytest.mark.parametrize(
    ("step", "words"),
    [
        (late(Condition(Ref("s1", "total"), "below", "ten")), "'ten' is no number"),
        (late(Condition(Ref("s1", "ids"), "above", 3)), "step 's1' 'ids' is a list"),
        (late(Condition(Ref("s1", "state"), "is", "none")), 'is one of "all", "some"'),
        (late(Condition(Ref("s1", "sum"))), "has no 'sum'"),
        (late(Condition(Ref("s1"), "failed"), x=Ref("s1", "ids")), "its arguments need the result of step 's1'"),
        (late(Condition(Ref("s1"), "failed"), Condition(Ref("s1", "ids"))), "never both hold"),
        (late(Condition(Ref("s1", "ids"), "empty"), Condition(Ref("s1", "ids"))), "never both hold"),
        (late(Condition(Ref("s1", "total"), "below", 2), Condition(Ref("s1", "total"), "above", 5)), "never both hold"),
        (late(Condition(Ref("o"), "is", 1), Condition(Ref("o"), "is", 2)), "never both hold"),
        (late(Condition(Ref("o"), "is", 1), Condition(Ref("o"), "is_not", 1)), "never both hold"),
    ],
)
def test_conditions_that_can_never_hold(step: Step, words: str) -> None:
    found = defects(FIND, Step("o", "old"), step)
    assert len(found) == 1
    assert words in found[0]


def test_more_calls_than_the_budget() -> None:
    steps = [Step(str(i), "old") for i in range(4)]
    branch = Step("b", "old", when=(Condition(Ref("0"), "failed"),))
    assert defects(*steps, branch, budget=Budget(calls=4)) == []
    assert "cost 4 calls and the budget is 3" in defects(*steps, branch, budget=Budget(calls=3))[0]


def test_every_defect_is_said_at_once() -> None:
    plan = Plan((FIND, Step("a", "search", {"limit": "x"}), Step("b", "nope"), Step("c", "old", after=("c",))))
    with pytest.raises(ConfigError) as error:
        check(plan, TOOLS)
    assert all(words in str(error.value) for words in ("'query' is missing", "'limit'", "'nope'", "['c'] wait"))


def test_a_key_need_not_be_planned() -> None:
    pay = ToolSpec(
        "pay",
        "",
        {"type": "object", "properties": {"idempotency_key": {"type": "string"}}, "required": ["idempotency_key"]},
    )
    assert plan_defects(Plan((Step("a", "pay"),)), {"pay": pay}) == []
