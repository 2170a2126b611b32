from __future__ import annotations

import gzip
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import orjson
import pytest

from shopwright.bench.evidence_reviews import (
    MARKER,
    Asked,
    marked_words,
    nearest,
    read_asked,
    review_rows,
    without_marker,
)
from shopwright.bench.evidence_rows import Words
from shopwright.types import Judgement

REVIEW = "I bought two. The pre-popped kernels are large and fluffy. Shipping was slow."
QUESTION = "How are the kernels?"


def row(span: str, place: tuple[int, int], review: str = REVIEW, review_id: str = "r1") -> dict[str, Any]:
    return {
        "question": QUESTION,
        "review_id": review_id,
        "review": f"{review} {MARKER}",
        "human_ans_spans": span,
        "human_ans_indices": str(place),
    }


ROWS = [
    row("large and fluffy", (41, 57)),
    row("The pre - popped kernels are large and fluffy", (14, 57)),
    row(MARKER, (78, 92), "Shipping was slow.", "r2"),
]


class Knows:
    """A judge that finds "large and fluffy" where it stands."""

    fingerprint = "knows"

    def judge(self, pairs: Sequence[tuple[str, str]]) -> list[Judgement]:
        return [self._read(text) for _, text in pairs]

    def _read(self, text: str) -> Judgement:
        place = text.find("large and fluffy")
        return Judgement(1.0, 0.0, 0.0, (place, place + 16), 1.0) if place >= 0 else Judgement(0.0, 0.0, 0.0)


class Silent(Knows):
    """A judge that finds nothing."""

    def _read(self, text: str) -> Judgement:
        del text
        return Judgement(0.0, 0.0, 0.0)


@pytest.fixture
def asked(tmp_path: Path) -> list[Asked]:
    paths = [tmp_path / "grocery_train.jsonl.gz", tmp_path / "grocery_dev.jsonl.gz"]
    for path, rows in zip(paths, (ROWS[:1], ROWS[1:]), strict=True):
        path.write_bytes(gzip.compress(b"\n".join(orjson.dumps(one) for one in rows)))
    return read_asked(paths)


def test_a_pair_is_one_item_over_both_files(asked: list[Asked]) -> None:
    assert [one.review for one in asked] == [REVIEW, "Shipping was slow."]
    assert asked[0].marked == ("large and fluffy", "The pre-popped kernels are large and fluffy")
    assert [one.answerable for one in asked] == [True, False]


def test_the_marker_is_taken_off_at_the_end_alone() -> None:
    assert without_marker(f"  Good. {MARKER}") == "  Good."
    assert without_marker(f"{MARKER}, it said.") == f"{MARKER}, it said."


def test_words_are_those_at_the_place_or_the_copy_of_them() -> None:
    assert marked_words(ROWS[1]) == "The pre-popped kernels are large and fluffy"
    assert marked_words(row("large and fluffy", (0, 4))) == "large and fluffy"
    assert marked_words({**ROWS[0], "human_ans_indices": "odd"}) == "large and fluffy"
    assert marked_words(ROWS[2]) == ""


def test_people_may_disagree() -> None:
    mixed = Asked(QUESTION, REVIEW, ("large", ""))
    assert (mixed.answerable, mixed.agreed) == (True, False)
    assert Asked(QUESTION, REVIEW, ("", "")).agreed


def test_gold_scores_one_and_nothing_is_nothing(asked: list[Asked]) -> None:
    gold = {one.metric: one for one in review_rows("subjqa_grocery", Knows(), asked)}
    assert (gold["answerable_auroc"].value, gold["span_f1"].value) == (1.0, 1.0)
    assert (gold["answerable_auroc"].n, gold["span_f1"].n, gold["p50_ms"].n) == (2, 1, 2)
    assert gold["answerable_auroc:agreed"].value == 1.0
    assert gold["span_f1"].ci95 == (1.0, 1.0)
    assert gold["span_f1:human"].value == pytest.approx(2 * 3 / (3 + 6))
    silent = {one.metric: one.value for one in review_rows("subjqa_grocery", Silent(), asked)}
    assert (silent["answerable_auroc"], silent["span_f1"]) == (0.5, 0.0)


def test_the_baseline_is_the_sentence_with_most_of_the_words(asked: list[Asked]) -> None:
    assert nearest(asked[0], Words()) == (0.5, "The pre-popped kernels are large and fluffy.")
    assert nearest(Asked(QUESTION, "", ("",)), Words()) == (0.0, "")
    rows = {one.metric: one.value for one in review_rows("subjqa_grocery", Silent(), asked)}
    assert rows["answerable_auroc:lexical"] == 1.0
    assert rows["span_f1:lexical"] == 1.0
