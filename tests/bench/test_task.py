from __future__ import annotations

import math
from pathlib import Path

from shopwright.bench.task import BenchSet, NeededFile, Row, mean_row


def test_a_row_is_printed_with_six_digits_and_null_for_nothing() -> None:
    assert Row("search", "chorus", "ndcg@10", 0.76123456, 55, (0.7, 0.8), 3.21987).record() == {
        "bench": "search",
        "set": "chorus",
        "metric": "ndcg@10",
        "value": 0.761235,
        "n": 55,
        "ci95": [0.7, 0.8],
        "seconds": 3.22,
    }
    record = Row("search", "chorus", "ndcg@10", math.nan, 0).record()
    assert record["value"] is None
    assert "ci95" not in record


def test_a_mean_leaves_out_what_has_no_value() -> None:
    row = mean_row("search", "x", "recall@100", [1.0, 0.0, math.nan], 1.0)
    assert (row.value, row.n) == (0.5, 2)
    assert row.ci95 is not None
    assert row.ci95[0] <= 0.5 <= row.ci95[1]
    empty = mean_row("search", "x", "recall@100", [math.nan], 1.0)
    assert (empty.n, empty.ci95) == (0, None)


def test_a_set_knows_which_of_its_files_are_missing(tmp_path: Path) -> None:
    files = (NeededFile("a.txt", "one"), NeededFile("b/c.txt", "two"))
    bench_set = BenchSet("x", lambda _: iter(()), files)
    assert bench_set.missing(None) == files
    (tmp_path / "a.txt").touch()
    assert bench_set.missing(tmp_path) == files[1:]
