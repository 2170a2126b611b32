from __future__ import annotations

import gzip
from collections.abc import Callable
from pathlib import Path

import orjson
import pytest

from shopwright.bench import rewrite
from shopwright.bench.rewrite import CORRECTIONS, TASK, measure_recall, slices
from shopwright.bench.task import Options, Row
from shopwright.train.judged import Queries
from shopwright.types import Product

PRODUCTS = [
    {"id": "1", "title": "Fluorescent garage light", "brand": "Glowtec", "description": "Bright."},
    {"id": "2", "title": "Fluorescent tube light", "brand": "Kestrel", "description": "Long."},
    {"id": "3", "title": "Cast iron frying pan", "brand": "Stoutmoor", "description": "Heavy."},
    {"id": "4", "title": "Garden hose", "brand": "Ryde", "description": "Long."},
]
RIGHT = {"flourescent light": ["1", "2"], "fluorescent light": ["1", "2"], "frying pan": ["3"], "unicorn": []}


def write_set(folder: Path, corrections: bool = True) -> None:
    folder.mkdir(parents=True)
    (folder / "products.jsonl.gz").write_bytes(gzip.compress(b"\n".join(orjson.dumps(row) for row in PRODUCTS)))
    (folder / "queries.tsv").write_text("a\tflourescent light\nb\tfrying pan\nc\tunicorn\n")
    (folder / "qrels.tsv").write_text("a\t0\t1\t3\na\t0\t2\t3\na\t0\t4\t1\nb\t0\t3\t3\nc\t0\t4\t1\n")
    if corrections:
        (folder / CORRECTIONS).write_text("a\tflourescent light\tfluorescent light\n")


class Scripted:
    """An engine that gives what it is told to, whatever it was built on."""

    def __init__(self, answer: Callable[[str, bool], list[str]]) -> None:
        self._answer, self.milliseconds = answer, []

    def __call__(self, index: object, *_: object, **__: object) -> Scripted:
        self.index = index
        return self

    def search(self, query: str, *, literal: bool = False, **_: object) -> list[str]:
        if not literal:
            self.milliseconds.append(2.0)
        return self._answer(query, literal)


@pytest.fixture
def measured(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., dict[str, Row]]:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))

    def measure(answer: Callable[[str, bool], list[str]] | None = None, corrections: bool = True) -> dict[str, Row]:
        write_set(tmp_path / "data" / "search" / "home_depot", corrections)
        if answer is not None:
            monkeypatch.setattr(rewrite, "Engine", Scripted(answer))
        return {row.metric: row for row in measure_recall("home_depot", Options(tmp_path / "data"))}

    return measure


def test_gold_scores_one(measured: Callable[..., dict[str, Row]]) -> None:
    rows = measured(lambda query, _: RIGHT[query])
    for metric in ("recall@100", "recall@100:raw", "recall@100:human", "recall@100:all"):
        assert rows[metric].value == 1.0, metric
    assert (rows["recall@100"].n, rows["recall@100:all"].n) == (1, 2)  # the third query has nothing relevant
    assert (rows["increment"].value, rows["harmed"].value, rows["helped"].value) == (0.0, 0.0, 0.0)
    assert (rows["p50_ms"].value, rows["p99_ms"].value) == (2.0, 2.0)


def test_an_empty_engine_scores_nothing(measured: Callable[..., dict[str, Row]]) -> None:
    rows = measured(lambda *_: [])
    recalls = {metric: row for metric, row in rows.items() if metric.startswith("recall") and "bm25" not in metric}
    assert {row.value for row in recalls.values() if row.n} == {0.0}
    assert rows["increment"].value == rows["helped"].value == 0.0
    assert rows["recall@100:bm25_human"].value == 1.0


def test_what_only_rewriting_finds_is_its_gain(measured: Callable[..., dict[str, Row]]) -> None:
    rows = measured(lambda query, literal: [] if literal and query.startswith("flo") else RIGHT[query])
    assert (rows["recall@100"].value, rows["recall@100:raw"].value, rows["recall@100:human"].value) == (1.0, 0.0, 1.0)
    assert (rows["recall@100:all"].value, rows["recall@100:all"].n) == (1.0, 2)
    assert (rows["increment"].value, rows["helped"].value, rows["harmed"].value) == (1.0, 0.5, 0.0)


def test_what_rewriting_loses_is_its_harm(measured: Callable[..., dict[str, Row]]) -> None:
    rows = measured(lambda query, literal: RIGHT[query] if literal else [])
    assert (rows["increment"].value, rows["helped"].value, rows["harmed"].value) == (0.0, 0.0, 1.0)


def test_the_shop_itself_reads_a_slip(measured: Callable[..., dict[str, Row]]) -> None:
    rows = measured()
    assert rows["recall@100"].value == rows["recall@100:human"].value == 1.0
    assert rows["recall@100:lexical"].value == 1.0
    assert rows["recall@100:bm25_raw"].value == 1.0  # "light" is enough for two products
    assert rows["p50_ms"].value > 0.0
    assert all(row.bench == "rewrite" and row.set == "home_depot" for row in rows.values())


def test_a_set_without_corrections_has_its_recall_under_the_plain_name(
    measured: Callable[..., dict[str, Row]],
) -> None:
    rows = measured(lambda query, _: RIGHT[query], corrections=False)
    assert (rows["recall@100"].value, rows["recall@100"].n) == (1.0, 2)
    assert not any("human" in metric for metric in rows)


def test_slices_are_by_length_and_by_what_titles_say() -> None:
    products = [Product("1", "Fluorescent garage light"), Product("2", "Trekking tent")]
    texts = {"a": "garage light", "b": "something to sleep in outside", "c": "a bright light for my dark cold garage"}
    queries = Queries({**texts, "d": "unicorn"}, {})
    found = slices(queries, {"a": ["1"], "b": ["2"], "c": ["1"], "d": []}, products)
    assert "a" in found["head"]
    assert "c" in found["long"]
    assert "b" in found["vague"]
    assert "a" not in found["vague"]
    assert not any("d" in listed for listed in found.values())


def test_each_set_says_which_files_it_needs(tmp_path: Path) -> None:
    write_set(tmp_path / "search" / "home_depot", corrections=False)
    sets = {each.name: each for each in TASK.sets(tmp_path)}
    assert {"home_depot", "chorus", "esci", "pairs"} <= set(sets)
    assert [file.path for file in sets["home_depot"].missing(tmp_path)] == [f"search/home_depot/{CORRECTIONS}"]
    assert sets["pairs"].missing(None) == ()
