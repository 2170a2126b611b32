from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import orjson
import pytest

from shopwright.bench import run
from shopwright.bench.run import run_bench
from shopwright.bench.task import BenchSet, NeededFile, Options, Row, Task
from shopwright.errors import ConfigError

NEEDED = (NeededFile("ranking/fruit/queries.tsv", "query id and text"),)


def measure(name: str) -> BenchSet:
    def rows(options: Options) -> Iterator[Row]:
        yield Row("ranking", name, "ndcg@10", 0.5, 3, (0.25, 0.75), 0.125)
        yield Row("ranking", name, "ndcg@10:bm25", 0.25, 3)
        assert options.model in (None, "http://localhost#m")

    return BenchSet(name, rows, NEEDED if name == "fruit" else (), default=name != "extra")


@pytest.fixture(autouse=True)
def tasks(monkeypatch: pytest.MonkeyPatch) -> None:
    task = Task("ranking", lambda _: (measure("fruit"), measure("plain"), measure("extra")))
    monkeypatch.setattr(run, "TASKS", (task,))


def test_json_is_one_object_a_line(capsys: pytest.CaptureFixture[str]) -> None:
    rows = run_bench("ranking", sets=("plain",), as_json=True, model="http://localhost#m")
    printed = [orjson.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert printed == [row.record() for row in rows]
    assert printed[0] == {
        "bench": "ranking",
        "set": "plain",
        "metric": "ndcg@10",
        "value": 0.5,
        "n": 3,
        "ci95": [0.25, 0.75],
        "seconds": 0.125,
    }


def test_a_table_is_printed_without_json(capsys: pytest.CaptureFixture[str]) -> None:
    run_bench("ranking", sets=("plain", "extra"))
    text = capsys.readouterr().out
    assert "ndcg@10:bm25" in text
    assert "0.250 to 0.750" in text
    assert text.index("plain") < text.index("extra")


def test_sets_with_missing_files_are_left_out_and_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rows = run_bench("ranking", data=tmp_path, as_json=True)
    assert {row.set for row in rows} == {"plain"}
    told = capsys.readouterr().err.replace("\n", " ")
    assert f"{tmp_path}/ranking/fruit/queries.tsv (query id and text)" in told


def test_a_named_set_with_missing_files_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"set fruit: needs .*ranking/fruit/queries.tsv \(query id and text\)"):
        run_bench("ranking", data=tmp_path, sets=("fruit",))
    with pytest.raises(ConfigError, match="--data"):
        run_bench("ranking", sets=("fruit",))


def test_the_files_make_the_set_measurable(tmp_path: Path) -> None:
    (tmp_path / "ranking" / "fruit").mkdir(parents=True)
    (tmp_path / NEEDED[0].path).touch()
    assert {row.set for row in run_bench("ranking", data=tmp_path, as_json=True)} == {"fruit", "plain"}


def test_unknown_names_list_the_allowed_ones(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="bench 'rank': no such benchmark; use one of ranking"):
        run_bench("rank")
    with pytest.raises(ConfigError, match=r"--set 'meat'.*use one of fruit, plain, extra"):
        run_bench("ranking", sets=("meat",))
    with pytest.raises(ConfigError, match="there is no such folder"):
        run_bench("ranking", data=tmp_path / "none")


def test_the_report_is_written(tmp_path: Path) -> None:
    run_bench("ranking", sets=("plain",), as_json=True, report=tmp_path / "report.html")
    assert "<svg" in (tmp_path / "report.html").read_text()


def test_a_report_that_cannot_be_written_is_known_before_measuring(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(ConfigError, match="create it first"):
        run_bench("ranking", sets=("plain",), as_json=True, report=tmp_path / "none" / "report.html")
    assert capsys.readouterr().out == ""
