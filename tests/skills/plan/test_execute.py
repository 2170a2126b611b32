from __future__ import annotations

import time
from typing import Any

import pytest

from shopwright.errors import ConfigError, ToolError
from shopwright.skills.plan.execute import execute
from shopwright.types import Plan, Ref, Step


def run(plan: Plan, **tools: Any) -> dict[str, Any]:
    return {result.step: result for result in execute(plan, tools)}


def test_references_carry_results_on() -> None:
    plan = Plan((Step("b", "double", {"x": Ref("a", "value")}), Step("a", "make", {"value": 21})))
    results = run(plan, make=lambda value: {"value": value}, double=lambda x: 2 * x)
    assert results["b"].value == 42


def test_independent_steps_run_side_by_side() -> None:
    def nap() -> float:
        started = time.perf_counter()
        time.sleep(0.2)
        return started

    results = run(Plan(tuple(Step(str(i), "nap") for i in range(5))), nap=nap)
    starts = [result.value for result in results.values()]
    assert max(starts) - min(starts) < 0.2  # all had started before the first could end


def test_a_failing_step_loses_none_of_its_siblings() -> None:
    def fail() -> None:
        raise ValueError("broken")

    plan = Plan((Step("bad", "fail"), Step("good", "ok"), Step("after", "ok", after=("bad",))))
    results = run(plan, fail=fail, ok=lambda: "fine")
    assert results["good"].value == "fine"
    assert results["bad"].error == "ValueError: broken"
    assert "skipped" in results["after"].error


def test_a_hung_step_costs_its_time_out_only() -> None:
    plan = Plan((Step("hung", "sleep", timeout_s=0.1), Step("good", "ok")))
    results = run(plan, sleep=lambda: time.sleep(5), ok=lambda: 1)
    assert results["good"].value == 1
    assert "within 0.1 s" in results["hung"].error


def test_retries() -> None:
    calls = []

    def flaky() -> str:
        calls.append(1)
        if len(calls) < 3:
            raise ToolError("again")
        return "done"

    result = run(Plan((Step("s", "flaky", retries=2),)), flaky=flaky)["s"]
    assert (result.value, result.attempts) == ("done", 3)


def test_a_missing_part_of_a_result_is_an_error_of_the_step() -> None:
    plan = Plan((Step("a", "make"), Step("b", "use", {"x": Ref("a", "nothing")})))
    assert "'nothing'" in run(plan, make=lambda: {}, use=lambda x: x)["b"].error


@pytest.mark.parametrize(
    ("steps", "words"),
    [
        ((Step("a", "nope"),), "unknown tool"),
        ((Step("a", "ok", after=("z",)),), "refers to"),
        ((Step("a", "ok", after=("b",)), Step("b", "ok", after=("a",))), "cycle"),
        ((Step("a", "ok"), Step("a", "ok")), "not unique"),
    ],
)
def test_plans_that_cannot_run_are_refused(steps: tuple[Step, ...], words: str) -> None:
    with pytest.raises(ConfigError, match=words):
        run(Plan(steps), ok=lambda: 1)
