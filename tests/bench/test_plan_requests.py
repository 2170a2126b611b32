from __future__ import annotations

from pathlib import Path

import pytest

from shopwright.bench import plan_requests as bench
from shopwright.bench.task import Row
from shopwright.models.overlap_planner import OverlapToolPlanner
from shopwright.skills.plan.planner import Planner
from shopwright.train.plan.examples import Solved, read_public, read_written
from shopwright.train.plan.marks import Trained, request_mark, tools_mark
from shopwright.train.plan.scoring import Graph, graph_of
from shopwright.types import Plan
from train.plan.made import write_public, write_written


def figures(rows: list[Row]) -> dict[str, float]:
    return {row.metric: row.value for row in rows}


def test_gold_plans_score_1_and_empty_ones_0(tmp_path: Path) -> None:
    tasks = read_public(write_public(tmp_path)).tasks

    def gold(task: Solved) -> tuple[Graph, None]:
        return graph_of(task), None

    def nothing(_: Solved) -> tuple[Graph, None]:
        return Graph((), ()), None

    assert set(figures(list(bench.rows("plans", "", tasks, gold))).values()) == {1.0}
    assert set(figures(list(bench.rows("plans", "", tasks, nothing))).values()) == {0.0}


def test_what_was_trained_on_is_not_reported(tmp_path: Path) -> None:
    source = read_public(write_public(tmp_path))
    known = [task for task in source.tasks if task.split == "train"]
    trained = Trained(
        frozenset(request_mark(task) for task in known), frozenset({tools_mark(("find_tent", "buy_tent"))})
    )
    rows = list(bench.public_rows(source, Planner(OverlapToolPlanner()), trained))
    found = figures(rows)
    counts = {row.metric: row.n for row in rows}
    assert counts["node_f1"] == len(source.tasks) - len(known)
    assert 0 < counts["node_f1:unseen"] < counts["node_f1"]
    assert {"link_f1", "node_f1:knn", "link_f1:unseen:knn", "p50_ms"} <= found.keys()
    assert found["node_f1:knn"] == 1.0


def test_written_requests_are_told_apart_by_what_is_new(tmp_path: Path) -> None:
    source = read_written(write_written(tmp_path))
    rows = list(bench.written_rows(source, Planner(OverlapToolPlanner()), lambda _: Plan()))
    found = figures(rows)
    assert found["node_f1:shop:rules"] == 0.0
    assert found["node_f1:new_tools:knn"] == 0.0
    assert {"argument_f1", "exact:shop", "node_f1:new_tools"} <= found.keys()


def test_a_folder_without_the_files_is_named(tmp_path: Path) -> None:
    public, written = bench.sets(tmp_path)
    assert [file.path for file in public.missing(tmp_path)] == [
        f"tools/plans/{name}" for name in ("requests.jsonl.gz", "tool_desc.json", "graph_desc.json")
    ]
    assert not written.missing(None)
    assert not public.missing(write_public(tmp_path))


@pytest.mark.parametrize("name", ["plans", "written"])
def test_the_sets_have_their_names(name: str) -> None:
    assert name in {each.name for each in bench.sets(None)}
