from __future__ import annotations

from pathlib import Path

import pytest

from shopwright.bench.restart import resident_mb, restart
from shopwright.errors import StoreError


def test_a_fresh_process_opens_the_home_and_answers(own_home: Path) -> None:
    seen = restart(own_home, "mug")
    assert seen.hits > 0
    assert 0 < seen.search_s <= seen.chat_s < 60
    assert seen.rss_mb > 10


def test_a_home_that_cannot_be_opened_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "store.db").write_text("no database, but long enough to be looked at as one" * 100)
    with pytest.raises(StoreError, match=r"failed: .*doctor"):
        restart(tmp_path, "mug")


def test_memory_is_known() -> None:
    assert resident_mb() > 5
