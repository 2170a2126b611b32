from __future__ import annotations

import gzip
from pathlib import Path
from typing import Any

import orjson
import pytest

from shopwright.bench import evidence
from shopwright.bench.evidence import (
    TASK,
    measure_candidates,
    measure_facts,
    measure_reviews,
    measure_stance,
    shipped_judge,
)
from shopwright.bench.run import TASKS
from shopwright.bench.task import Options
from shopwright.errors import ConfigError
from shopwright.models.scripted import HashingEncoder, OverlapJudge

EPQA = [
    {"question": "is it loud?", "candidate": "it is loud", "label": "2"},
    {"question": "is it loud?", "candidate": "noise_level: { unit:decibels, value:40 }", "label": "1"},
]
STANCE = [
    {"claim": "It is waterproof.", "evidence": "It is not waterproof.", "stance": "refute"},
    {"claim": "It is waterproof.", "evidence": "Blue.", "stance": "irrelevant"},
]
RGB = [
    {
        "query": "Who made the Ryde kettle?",
        "answer": "Glowtec",
        "fakeanswer": "Kestrel",
        "positive": ["The Ryde kettle was made by Glowtec."],
        "positive_wrong": ["The Ryde kettle was made by Kestrel."],
        "negative": ["Glowtec makes every Ryde kettle."],
    }
]
SUBJQA = [
    {
        "question": "How is the lid?",
        "review_id": "r1",
        "review": "The lid is tight. ANSWERNOTFOUND",
        "human_ans_spans": "The lid is tight",
        "human_ans_indices": "(0, 16)",
    },
    {
        "question": "How is the lid?",
        "review_id": "r2",
        "review": "It came late. ANSWERNOTFOUND",
        "human_ans_spans": "ANSWERNOTFOUND",
        "human_ans_indices": "(14, 28)",
    },
]


def write(path: Path, rows: list[dict[str, Any]]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    content = b"\n".join(orjson.dumps(row) for row in rows)
    path.write_bytes(gzip.compress(content) if path.suffix == ".gz" else content)


@pytest.fixture
def options(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Options:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setattr(evidence, "EmbeddedEncoder", HashingEncoder)
    folder = tmp_path / "data" / "evidence"
    write(folder / "epqa.jsonl.gz", EPQA)
    write(folder / "semipqa_test.jsonl.gz", [{**row, "label": str(int(row["label"]) // 2)} for row in EPQA])
    write(folder / "stance.jsonl.gz", STANCE)
    write(folder / "rgb_fact_en.jsonl", RGB)
    for part in ("train", "dev"):
        write(folder / "subjqa" / f"grocery_{part}.jsonl.gz", SUBJQA)
    return Options(tmp_path / "data")


def test_every_set_is_measured_from_its_files(options: Options) -> None:
    judge = OverlapJudge()
    measured = {
        "epqa": measure_candidates("epqa", options, judge),
        "semipqa_test": measure_candidates("semipqa_test", options, judge),
        "stance": measure_stance(options, judge),
        "rgb_fact_en": measure_facts("rgb_fact_en", options, judge),
        "subjqa_grocery": measure_reviews("grocery", options, judge),
    }
    main = {
        "epqa": {"p@1": 1.0, "map": 1.0, "p@1:bm25": 1.0},
        "semipqa_test": {"p@1": 1.0, "map": 1.0},
        "stance": {"auroc": 1.0, "refute_f1": 1.0},
        "rgb_fact_en": {"robust:majority": 1.0},
        "subjqa_grocery": {"answerable_auroc": 1.0, "answerable_auroc:lexical": 1.0},
    }
    for name, rows in measured.items():
        found = {row.metric: row for row in rows}
        assert {(row.bench, row.set) for row in found.values()} == {("evidence", name)}
        assert "p50_ms" in found
        assert {metric: found[metric].value for metric in main[name]} == main[name]


def test_the_sets_are_named_after_their_files(options: Options) -> None:
    known = {"epqa", "semipqa", "stance", "rgb_fact_en", "rgb_fact_zh", "subjqa_electronics", "subjqa_grocery"}
    assert {each.name for each in TASK.sets(None)} == known
    sets = {each.name: each for each in TASK.sets(options.data)}
    assert sets.keys() == known | {"semipqa_test"}
    there = {name for name, each in sets.items() if not each.missing(options.data)}
    assert there == {"epqa", "semipqa_test", "stance", "rgb_fact_en", "subjqa_grocery"}
    assert [file.path for file in sets["subjqa_electronics"].missing(options.data)] == [
        "evidence/subjqa/electronics_train.jsonl.gz",
        "evidence/subjqa/electronics_dev.jsonl.gz",
    ]


def test_the_bench_is_found_by_its_word() -> None:
    assert TASK in TASKS


def test_an_endpoint_is_refused_with_the_remedy(options: Options) -> None:
    with pytest.raises(ConfigError, match="leave --model out"):
        shipped_judge(Options(options.data, "http://localhost:8000#m"))
    with pytest.raises(ConfigError, match="localhost"):
        list(measure_facts("rgb_fact_en", Options(options.data, "http://localhost:8000#m")))
