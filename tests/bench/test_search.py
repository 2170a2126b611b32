from __future__ import annotations

import gzip
from pathlib import Path

import orjson
import pytest

from shopwright.bench.search import TASK, judge, measure_relevance
from shopwright.bench.task import Options
from shopwright.train.judged import Judged, Queries

PRODUCTS = [
    {"id": "1", "title": "Lark two-person tent", "brand": "Fellrunner", "description": "Light."},
    {"id": "2", "title": "Tarn family tent", "brand": "Kestrel", "description": "Roomy."},
    {"id": "3", "title": "Cast iron frying pan", "brand": "Stoutmoor", "description": "Heavy."},
    {"id": "4", "title": "Garden hose", "brand": "Ryde", "description": "Long."},
]
QUERIES = Queries(
    {"a": "tent", "b": "pan", "c": "unicorn"}, {"a": {"1": 3.0, "2": 1.0}, "b": {"3": 2.0}, "c": {"4": 0.0}}
)
GRADED = Judged(gain=lambda grade: 2.0**grade - 1.0, relevant=2.0)


def write_set(folder: Path) -> None:
    folder.mkdir(parents=True)
    (folder / "products.jsonl.gz").write_bytes(gzip.compress(b"\n".join(orjson.dumps(row) for row in PRODUCTS)))
    (folder / "queries.tsv").write_text("a\ttent\nb\tfrying pan\n")
    (folder / "qrels.tsv").write_text("a\t0\t1\t2\na\t0\t2\t1\na\t0\t4\t0\nb\t0\t3\t1\n")


def test_a_gold_ranking_scores_one_and_an_empty_one_nothing() -> None:
    gold = {"tent": ["1", "2"], "pan": ["3"], "unicorn": []}
    for row in judge("x", "", lambda query: gold[query], QUERIES, GRADED):
        assert (row.value, row.n) == (1.0, 2)  # the third query has nothing relevant
    for row in judge("x", ":empty", lambda _: [], QUERIES, GRADED):
        assert row.value == 0.0
        assert row.metric.endswith(":empty")


def test_order_counts_for_ndcg_and_grades_for_recall() -> None:
    backwards = {"tent": ["2", "1"], "pan": ["4"], "unicorn": []}
    ndcg, recall = judge("x", "", lambda query: backwards[query], QUERIES, GRADED)
    assert 0 < ndcg.value < 0.5
    assert recall.value == 0.5  # product 2 is not relevant enough to count


def test_a_folder_of_the_layout_becomes_a_set(tmp_path: Path) -> None:
    write_set(tmp_path / "search" / "myshop")
    (tmp_path / "search" / "half").mkdir()
    names = {bench_set.name for bench_set in TASK.sets(tmp_path)}
    assert names == {"chorus", "esci", "home_depot", "hm", "related", "myshop"}
    assert {bench_set.name for bench_set in TASK.sets(None)} == {"chorus", "esci", "home_depot", "hm", "related"}


def test_products_take_the_real_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    write_set(tmp_path / "search" / "myshop")
    rows = {row.metric: row for row in measure_relevance("myshop", Options(tmp_path))}
    suffixes = ("", ":lexical", ":dense", ":bm25", ":rrf")
    assert set(rows) == {f"{metric}{suffix}" for metric in ("ndcg@10", "recall@100") for suffix in suffixes}
    assert rows["recall@100"].value == 1.0
    assert rows["ndcg@10:lexical"].value > 0.8
    assert all(row.n == 2 for row in rows.values())
    assert (tmp_path / "cache" / "shopwright" / "bench" / "vectors.db").is_file()
