from __future__ import annotations

import pytest

from shopwright.bench.plan_runtime import chained, graph, runtime_rows
from shopwright.bench.task import Row


@pytest.fixture(scope="module")
def rows() -> dict[str, Row]:
    return {row.metric: row for row in runtime_rows(sleep_s=0.03, repeats=2)}


def test_the_graph_and_its_chain_are_the_same_ten_steps() -> None:
    assert len(graph().steps) == len(chained(graph()).steps) == 10
    assert [step.after for step in chained(graph()).steps][:3] == [(), ("0.0",), ("0.1",)]


def test_every_figure_stands_beside_its_baseline(rows: dict[str, Row]) -> None:
    for name in ("parallel_speedup", "hung_tool_delay_ms", "failed_sibling_loss", "overhead_ms"):
        assert {name, f"{name}:sequential"} <= rows.keys()
    assert {row.bench for row in rows.values()} == {"plan"}
    assert {row.set for row in rows.values()} == {"runtime"}


def test_steps_run_side_by_side(rows: dict[str, Row]) -> None:
    assert rows["parallel_speedup"].value > 1.5
    assert rows["parallel_speedup:ratio"].value == pytest.approx(rows["parallel_speedup"].value / 2.5)


def test_a_hung_or_failing_tool_costs_its_siblings_nothing(rows: dict[str, Row]) -> None:
    assert rows["hung_tool_delay_ms"].value < rows["hung_tool_delay_ms:sequential"].value / 2
    assert rows["failed_sibling_loss"].value == 0
    assert rows["failed_sibling_loss:sequential"].value == 0.5


def test_a_step_costs_less_than_two_milliseconds(rows: dict[str, Row]) -> None:
    assert 0 < rows["overhead_ms:sequential"].value < rows["overhead_ms"].value < 2
