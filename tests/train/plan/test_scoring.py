from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import pytest

from shopwright.skills.plan.asking import written_value
from shopwright.train.plan.examples import Solved, read_written, waits_for
from shopwright.train.plan.nearest import Neighbours
from shopwright.train.plan.scoring import Graph, agreement, alike, graph_of, graph_of_plan
from shopwright.types import Plan, Ref, Step
from train.plan.made import write_written


def gold(task: Solved) -> Plan:
    """The written plan as a typed one."""
    steps = (task.record or {})["steps"]
    made = []
    for step in steps:
        arguments = {name: written_value(value) for name, value in step["arguments"].items()}
        made.append(Step(step["id"], step["tool"], arguments, tuple(sorted(waits_for(step)))))
    return Plan(tuple(made))


@pytest.fixture
def tasks(tmp_path: Path) -> tuple[Solved, ...]:
    return read_written(write_written(tmp_path)).tasks


def test_a_gold_plan_scores_1(tasks: tuple[Solved, ...]) -> None:
    for task in tasks:
        found = agreement(graph_of_plan(gold(task)), task, gold(task))
        assert found.node_f1 == found.argument_f1 == found.exact == 1.0
        assert math.isnan(found.link_f1) == (len(task.calls) == 1)
        assert found.link_f1 == 1.0 or len(task.calls) == 1


def test_an_empty_plan_scores_0(tasks: tuple[Solved, ...]) -> None:
    for task in tasks:
        found = agreement(Graph((), ()), task, Plan())
        assert found.node_f1 == found.argument_f1 == found.exact == 0.0
        assert found.link_f1 == 0.0 or len(task.calls) == 1


@pytest.mark.parametrize(
    ("said", "wanted", "credit"),
    [
        (3, 3.0, 1.0),
        (3, 4, 0.0),
        ("3", 3, 0.0),
        ("a red mug", "red mug", 1.0),
        (["a", "b"], ["a"], 2 / 3),
        ([], [], 1.0),
        (Ref("search", "ids"), Ref("search", "ids"), 1.0),
        (Ref("search", "ids.0"), Ref("search", "ids"), 0.5),
        (Ref("search", "ids"), Ref("lookup", "ids"), 0.0),
        ("ids", Ref("search", "ids"), 0.0),
        (True, True, 1.0),
    ],
)
def test_values_count_as_far_as_they_agree(said: Any, wanted: Any, credit: float) -> None:
    assert alike(said, wanted) == pytest.approx(credit)


def test_neighbours_repeat_what_was_done_for_like_words(tasks: tuple[Solved, ...]) -> None:
    task = tasks[0]
    known = Neighbours(tasks)
    assert known.plan(task.request, ["search", "price"]) == graph_of(task)
    assert known.plan(task.request, ["price"]) == Graph((), ())
