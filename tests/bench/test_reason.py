"""`bench reason`: which sets there are, and what is said when their files are missing."""

from __future__ import annotations

from pathlib import Path

import pytest

from shopwright.bench.reason import TASK
from shopwright.bench.run import choose_sets, find_task, run_bench
from shopwright.errors import ConfigError


def test_the_word_is_known() -> None:
    assert find_task("reason") is TASK


def test_the_projects_own_wishes_need_no_files(tmp_path: Path) -> None:
    chosen, absent = choose_sets(TASK, tmp_path, ())
    assert "journeys" in {each.name for each in chosen}
    assert all(not each.files for each in chosen)
    assert len(absent) == 1
    assert "shopping tasks with gold offers" in absent[0]


def test_a_set_that_was_asked_for_names_the_missing_file(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"bench reason, set malls: needs .*tasks\.jsonl"):
        run_bench("reason", data=tmp_path, sets=("malls",))
    with pytest.raises(ConfigError, match="'wish': bench reason has no such set; use one of journeys"):
        choose_sets(TASK, None, ("wish",))
