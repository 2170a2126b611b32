from __future__ import annotations

import gzip
from collections.abc import Callable, Sequence
from itertools import permutations
from pathlib import Path

import numpy as np
import orjson
import pytest

from shopwright.bench.evidence_ranking import (
    Candidates,
    Stances,
    expected_precision,
    f1,
    precision_at_1,
    ranking_rows,
    read_candidates,
    read_stances,
    refutes,
    stance_rows,
)
from shopwright.bench.task import Row
from shopwright.errors import CorpusError
from shopwright.models.scripted import HashingEncoder, OverlapJudge
from shopwright.selective import average_precision
from shopwright.train.verify.examples import is_dev
from shopwright.types import Judgement

THINGS = ("cups", "lids", "hooks", "bolts", "straps", "spoons")
QUESTIONS = [f"how many {thing} come with it?" for thing in THINGS]


class Told:
    """A judge that says what a function says."""

    fingerprint = "told"

    def __init__(self, tell: Callable[[str, str], Judgement]) -> None:
        self._tell = tell
        self.seen: list[tuple[str, str]] = []

    def judge(self, pairs: Sequence[tuple[str, str]]) -> list[Judgement]:
        self.seen += pairs
        return [self._tell(*pair) for pair in pairs]


def write(path: Path, rows: Sequence[dict[str, object]]) -> Path:
    path.write_bytes(gzip.compress(b"\n".join(orjson.dumps(row) for row in rows)))
    return path


def labelled(*labels: str) -> list[dict[str, object]]:
    return [
        {"question": question, "candidate": f"item_count: {{ value:{label} }}", "label": label}
        for question in QUESTIONS
        for label in labels
    ]


def values(rows: Sequence[Row]) -> dict[str, float]:
    return {row.metric: row.value for row in rows}


def test_a_fully_answering_candidate_is_right_in_epqa(tmp_path: Path) -> None:
    path = write(tmp_path / "epqa.jsonl.gz", labelled("0", "1", "2"))
    lists = read_candidates(path, "epqa")
    assert [one.right for one in lists] == [(False, False, True)] * 6
    assert read_candidates(path, "semipqa")[0].right == (False, True, False)


def test_cells_reach_the_judge_in_words(tmp_path: Path) -> None:
    lists = read_candidates(write(tmp_path / "semipqa.jsonl.gz", labelled("0", "1")), "semipqa")
    assert lists[0].texts == ("item count: 0", "item count: 1")
    judge = Told(lambda *_: Judgement(0.0, 0.0, 0.0))
    list(ranking_rows("semipqa", judge, HashingEncoder(), lists))
    assert judge.seen[:2] == [(QUESTIONS[0], "item count: 0"), (QUESTIONS[0], "item count: 1")]


def test_questions_without_a_right_candidate_are_left_out(tmp_path: Path) -> None:
    rows = [*labelled("0", "1"), {"question": "is it loud?", "candidate": "no", "label": "0"}]
    assert len(read_candidates(write(tmp_path / "semipqa.jsonl.gz", rows), "semipqa")) == 6


def test_the_split_is_that_of_training_also_for_later_files(tmp_path: Path) -> None:
    path = write(tmp_path / "semipqa_test.jsonl.gz", labelled("0", "1"))
    for name in ("semipqa", "semipqa_test"):
        assert [one.held for one in read_candidates(path, name)] == [is_dev(f"semipqa:{q}") for q in QUESTIONS]


def test_a_missing_key_is_named(tmp_path: Path) -> None:
    with pytest.raises(CorpusError, match="line 1 has no candidate"):
        read_candidates(write(tmp_path / "epqa.jsonl.gz", [{"question": "a", "label": "1"}]), "epqa")


LISTS = [
    Candidates("is it loud?", ("it is loud", "blue", "quiet at night", "12 h"), (True, False, True, False), False),
    Candidates("what colour is it?", ("it is loud", "colour: blue"), (False, True), True),
]
GOLD = {(one.question, text): right for one in LISTS for text, right in zip(one.texts, one.right, strict=True)}


def test_gold_scores_one_and_the_opposite_near_nothing() -> None:
    gold = Told(lambda asked, text: Judgement(float(GOLD[asked, text]), 0.0, 0.0))
    found = values(list(ranking_rows("epqa", gold, HashingEncoder(), LISTS)))
    assert {found[metric] for metric in ("p@1", "map", "p@1:held", "map:held")} == {1.0}
    wrong = Told(lambda asked, text: Judgement(float(not GOLD[asked, text]), 0.0, 0.0))
    assert values(list(ranking_rows("epqa", wrong, HashingEncoder(), LISTS)))["p@1"] == 0.0


def test_an_empty_judge_scores_as_chance() -> None:
    found = values(list(ranking_rows("epqa", Told(lambda *_: Judgement(0.0, 0.0, 0.0)), HashingEncoder(), LISTS)))
    assert found["p@1"] == 0.5


def test_ranking_rows_name_baselines_sizes_and_speed() -> None:
    rows = list(ranking_rows("epqa", OverlapJudge(), HashingEncoder(), LISTS))
    named = {row.metric: row for row in rows}
    for suffix in ("", ":bm25", ":encoder"):
        assert (named[f"p@1{suffix}"].n, named[f"map:held{suffix}"].n) == (2, 1)
        assert named[f"map{suffix}"].ci95 is not None
    assert named["p@1:bm25"].value == 1.0
    assert named["p50_ms"].n == 2
    assert all((row.bench, row.set) == ("evidence", "epqa") for row in rows)


def test_ties_count_with_the_mean_of_their_orders() -> None:
    scores, right = [0.9, 0.5, 0.5, 0.5, 0.1], [False, True, True, False, True]
    orders = [(0, *tied, 4) for tied in permutations((1, 2, 3))]
    mean = np.mean([average_precision([-p for p in range(5)], [right[p] for p in order]) for order in orders])
    assert expected_precision(scores, right) == pytest.approx(mean)
    assert expected_precision([3, 2, 1], [True, False, True]) == pytest.approx((1 + 2 / 3) / 2)
    assert precision_at_1([0.5, 0.5, 0.1], [True, False, True]) == 0.5


# ── stance ──────────────────────────────────────────────────────────────────────────────────────────────────────────

CLAIMS = [
    Stances(
        "It is waterproof.", ("not waterproof", "waterproof", "Blue."), ("refute", "completely-support", "x"), True
    ),
    Stances("It weighs 2 kg.", ("2 kg", "3 kg"), ("partially-support", "irrelevant"), False),
]
KINDS = {
    "refute": Judgement(0.9, 0.0, 0.9),
    "completely-support": Judgement(0.9, 0.9, 0.1),
    "partially-support": Judgement(0.8, 0.4, 0.2),
    "irrelevant": Judgement(0.1, 0.0, 0.1),
    "x": Judgement(0.8, 0.1, 0.4),
}
STANCES = {text: stance for one in CLAIMS for text, stance in zip(one.evidence, one.stances, strict=True)}


def test_gold_stances_score_one() -> None:
    judge = Told(lambda _, text: KINDS[STANCES[text]])
    found = values(list(stance_rows(judge, HashingEncoder(), CLAIMS)))
    assert (found["auroc"], found["refute_f1"], found["refute_ap"]) == (1.0, 1.0, 1.0)
    assert found["refute_f1:held"] == 1.0
    assert found["refute_f1:all"] == pytest.approx(2 / 6)


def test_a_judge_that_says_nothing_finds_no_refutation() -> None:
    found = values(list(stance_rows(Told(lambda *_: Judgement(0.0, 0.0, 0.0)), HashingEncoder(), CLAIMS)))
    assert (found["auroc"], found["refute_f1"]) == (0.5, 0.0)
    assert {"auroc:lexical", "refute_f1:lexical", "auroc:encoder", "p50_ms"} <= found.keys()
    assert "refute_f1:encoder" not in found


def test_evidence_refutes_where_that_is_likeliest() -> None:
    assert refutes(Judgement(1.0, 0.2, 0.5))
    assert not refutes(Judgement(1.0, 0.5, 0.4))
    assert not refutes(Judgement(1.0, 0.1, 0.4))
    assert np.isnan(f1(np.zeros(2, np.bool_), np.zeros(2, np.bool_)))


def test_claims_are_read_with_their_evidence(tmp_path: Path) -> None:
    rows = [
        {"claim": one.claim, "evidence": text, "stance": stance}
        for one in CLAIMS
        for text, stance in zip(one.evidence, one.stances, strict=True)
    ]
    read = read_stances(write(tmp_path / "stance.jsonl.gz", rows))
    assert [(one.claim, one.evidence, one.stances) for one in read] == [
        (one.claim, one.evidence, one.stances) for one in CLAIMS
    ]
    assert [one.held for one in read] == [is_dev(f"stance:{one.claim}") for one in CLAIMS]
