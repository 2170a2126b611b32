"""`bench plan`: which sets there are, and what is said when their files are missing."""

from __future__ import annotations

from pathlib import Path

import pytest

from shopwright.bench.plan import TASK
from shopwright.bench.run import choose_sets, find_task, run_bench
from shopwright.errors import ConfigError


def test_the_word_is_known() -> None:
    assert find_task("plan") is TASK


def test_its_sets() -> None:
    names = [each.name for each in TASK.sets(None)]
    assert len(names) == len(set(names))
    assert {"plans", "written", "retail", "malls", "runtime"} <= set(names)


def test_without_data_it_measures_what_needs_none_and_names_the_rest(tmp_path: Path) -> None:
    chosen, absent = choose_sets(TASK, tmp_path, ())
    assert {each.name for each in chosen} == {"written", "runtime"}
    told = "\n".join(absent)
    for name in ("plans", "retail", "malls"):
        assert f"set {name}: needs {tmp_path}" in told
    assert "which is missing" in told


@pytest.mark.parametrize(
    ("name", "file"),
    [("plans", "tool_desc.json"), ("retail", "customers, products and orders"), ("malls", "tasks.jsonl")],
)
def test_a_set_that_was_asked_for_names_the_missing_files(name: str, file: str, tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=f"set {name}: needs") as refused:
        run_bench("plan", data=tmp_path, sets=(name,))
    assert file in str(refused.value)
    with pytest.raises(ConfigError, match="below a folder given with --data"):
        run_bench("plan", sets=(name,))


def test_an_unknown_set_lists_the_known_ones() -> None:
    with pytest.raises(ConfigError, match=r"'orders': bench plan has no such set; use one of .*runtime"):
        choose_sets(TASK, None, ("orders",))
