from __future__ import annotations

from pathlib import Path

import pytest

from shopwright.errors import CorpusError
from shopwright.train.plan.examples import read_public, read_written, split_of
from shopwright.train.plan.marks import read_marks, request_mark, write_marks
from train.plan.made import write_public, write_written


def test_public_plans_are_chains_with_links_and_steps_in_words(tmp_path: Path) -> None:
    source = read_public(write_public(tmp_path))
    task = source.tasks[0]
    assert task.tools == ("find_tent", "buy_tent")
    assert [call.after for call in task.calls] == [(), (0,)]
    assert task.steps == ("find a big tent", "buy the big tent")
    assert ("find_tent", "buy_mug") in source.links["plans"]


def test_a_split_is_that_of_the_id_wherever_the_file_lies() -> None:
    splits = [split_of(str(place)) for place in range(2_000)]
    assert 0.07 < splits.count("held") / len(splits) < 0.13
    assert splits == [split_of(str(place)) for place in range(2_000)]


def test_missing_plans_are_named(tmp_path: Path) -> None:
    with pytest.raises(CorpusError, match="does not hold plans"):
        read_public(tmp_path)


def test_written_requests_know_what_each_step_waits_for(tmp_path: Path) -> None:
    source = read_written(write_written(tmp_path))
    task = next(task for task in source.tasks if task.sets == ("depot",))
    assert task.tools == ("depot.findBoat", "depot.rent")
    assert task.calls[1].after == (0,)
    assert [tool.name for tool in source.tools(task)] == ["depot.findBoat", "depot.rent"]


def test_a_request_with_a_tool_that_is_not_at_hand_is_refused(tmp_path: Path) -> None:
    folder = write_written(tmp_path)
    (folder / "tools" / "depot.json").unlink()
    with pytest.raises(CorpusError, match="'depot' is not at hand"):
        read_written(folder)


def test_marks_know_what_was_trained_on_and_hold_no_text(tmp_path: Path) -> None:
    tasks = read_written(write_written(tmp_path)).tasks
    learned = [task for task in tasks if task.split == "train"]
    write_marks(learned, tmp_path / "marks.json")
    marks = read_marks(tmp_path / "marks.json")
    assert [marks.knows(task) for task in tasks] == [task.split == "train" for task in tasks]
    assert not marks.knows_tools(next(task for task in tasks if task.sets == ("depot",)))
    assert "mug" not in (tmp_path / "marks.json").read_text()
    assert len(request_mark(tasks[0])) == 16
