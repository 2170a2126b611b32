from __future__ import annotations

from pathlib import Path

import pytest

from shopwright.errors import ModelError
from shopwright.skills.plan.memory import SolvedTasks

TASKS = [
    ("fire my pots and glaze them", ("kiln", "glaze")),
    ("fire the pots on Monday", ("kiln",)),
    ("sell me a wheel", ("wheel",)),
]


def test_the_nearest_task_has_most_votes() -> None:
    votes, near = SolvedTasks.of(TASKS).votes("please fire my pots on Monday", ["glaze", "kiln", "wheel"])
    assert votes[0][0] == (1,)
    assert sum(share for _, share in votes) == pytest.approx(1.0)
    assert 0 < near < 1


def test_a_task_that_needs_a_tool_that_is_not_at_hand_is_silent() -> None:
    votes, _ = SolvedTasks.of(TASKS).votes("fire my pots and glaze them", ["kiln", "wheel"])
    assert all(picks == (0,) for picks, _ in votes)
    assert SolvedTasks.of(TASKS).votes("fire", []) == ([], 0.0)


def test_a_request_can_be_left_out_of_its_own_neighbours() -> None:
    memory = SolvedTasks.of(TASKS)
    assert memory.votes("sell me a wheel", ["wheel"])[1] == pytest.approx(1.0)
    assert memory.votes("sell me a wheel", ["wheel"], "sell me a wheel") == ([], 0.0)


def test_a_memory_comes_back_as_it_was_and_holds_no_words(tmp_path: Path) -> None:
    path = tmp_path / "solved.npz"
    memory = SolvedTasks.of(TASKS)
    memory.save(path)
    again = SolvedTasks.load(path)
    assert len(again) == len(TASKS)
    assert again.votes("fire my pots", ["kiln", "glaze"]) == memory.votes("fire my pots", ["kiln", "glaze"])
    assert b"wheel" not in path.read_bytes()


def test_a_damaged_memory_is_refused(tmp_path: Path) -> None:
    (tmp_path / "solved.npz").write_bytes(b"nothing")
    with pytest.raises(ModelError, match="no solved tasks"):
        SolvedTasks.load(tmp_path / "solved.npz")
