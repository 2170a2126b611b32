from __future__ import annotations

import gzip
from pathlib import Path

import numpy as np
import pytest

from shopwright.bench.evidence_rows import Words, measured_row, p50_row, parts, read_rows, timed
from shopwright.errors import CorpusError


def test_rows_are_read_gzipped_or_not(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text('{"a": 1}\n\n{"a": 2}\n')
    (tmp_path / "a.jsonl.gz").write_bytes(gzip.compress(b'{"a": 1}\n{"a": 2}\n'))
    assert read_rows(tmp_path / "a.jsonl", "a") == read_rows(tmp_path / "a.jsonl.gz", "a") == [{"a": 1}, {"a": 2}]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "is empty"),
        (b'{"a": 1}\n{"b": 1}\n', "line 2 has no a"),
        (b'{"a": 1}\n{"a": \n', "line 2 cannot be read"),
        (b"7\n", "line 1 cannot be read"),
    ],
)
def test_a_damaged_file_is_named_with_its_line(tmp_path: Path, content: bytes, message: str) -> None:
    path = tmp_path / "rows.jsonl"
    path.write_bytes(content)
    with pytest.raises(CorpusError, match=message) as raised:
        read_rows(path, "a")
    assert str(path) in str(raised.value)
    assert "copy the file again" in str(raised.value)


def test_a_file_cut_off_is_damaged(tmp_path: Path) -> None:
    path = tmp_path / "rows.jsonl.gz"
    path.write_bytes(gzip.compress(b'{"a": 1}\n' * 1000)[:-12])
    with pytest.raises(CorpusError, match="cannot be read"):
        read_rows(path, "a")


def test_held_is_reported_where_only_some_were_kept() -> None:
    assert list(parts([True, False, True])) == [("", [0, 1, 2]), (":held", [0, 2])]
    assert list(parts([True, True])) == [("", [0, 1])]
    assert list(parts([False, False])) == [("", [0, 1])]


def test_a_figure_has_an_interval_over_units() -> None:
    values = np.array([1.0, 1.0, 0.0, 0.0])
    row = measured_row("made", "share", lambda places: float(values[places].mean()), [[0, 1], [2, 3]], 0.5)
    assert (row.bench, row.set, row.value, row.n, row.seconds) == ("evidence", "made", 0.5, 4, 0.5)
    assert row.ci95 == (0.0, 1.0)  # two units: a resample may hold one of them twice
    assert measured_row("made", "none", lambda _: float("nan"), [[0]], 0.0).ci95 is None


def test_times_are_collected_and_their_median_told() -> None:
    times: list[float] = []
    assert timed(lambda: "done", times) == "done"
    assert times[0] >= 0.0
    row = p50_row("made", [0.001, 0.002, 0.010])
    assert (row.metric, row.value, row.n, row.seconds) == ("p50_ms", pytest.approx(2.0), 3, pytest.approx(0.013))


def test_words_are_shared_by_their_stems() -> None:
    words = Words()
    assert words.share("Are the batteries included?", "A battery is included.") == 1.0
    assert words.share("battery life", "The battery lasts.") == 0.5
    assert words.share("", "anything") == 0.0
