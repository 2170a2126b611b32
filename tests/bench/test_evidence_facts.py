from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import orjson
import pytest

from shopwright.bench.evidence_facts import Disputed, disputed_rows, facts, holds, majority, read_disputed, robust
from shopwright.errors import CorpusError
from shopwright.types import Judgement

ROW = {
    "query": "When was the Ryde kettle released?",
    "answer": [["July 21 2017", "Jul 21, 2017", "21 July 2017"]],
    "fakeanswer": "May 2, 2019",
    "positive": ["The Ryde kettle was released on 21 July 2017.", "Kettle news: the Ryde came out Jul 21, 2017."],
    "positive_wrong": ["The Ryde kettle was released on May 2, 2019."],
    "negative": ["Kettles boil water.", "The Stoutmoor pan is made of iron."],
}


@pytest.fixture
def one(tmp_path: Path) -> Disputed:
    (tmp_path / "rgb.jsonl").write_bytes(orjson.dumps(ROW))
    return read_disputed(tmp_path / "rgb.jsonl")[0]


class Reads:
    """A judge that finds an answer where there is one of these texts, and nothing elsewhere."""

    fingerprint = "reads"

    def __init__(self, *answers: str) -> None:
        self._answers = answers

    def judge(self, pairs: Sequence[tuple[str, str]]) -> list[Judgement]:
        return [self._read(text) for _, text in pairs]

    def _read(self, text: str) -> Judgement:
        for answer in self._answers:
            if (place := text.find(answer)) >= 0:
                return Judgement(0.9, 0.0, 0.0, (place, place + len(answer)), 0.9)
        return Judgement(0.0, 0.0, 0.0)


def test_passages_come_together_in_an_order_that_stays(one: Disputed, tmp_path: Path) -> None:
    assert sorted(one.passages) == sorted([*ROW["positive"], *ROW["positive_wrong"], *ROW["negative"]])
    assert one.passages == read_disputed(tmp_path / "rgb.jsonl")[0].passages
    shown = facts(one)
    assert [fact.text for fact in shown] == list(one.passages)
    assert len({fact.source for fact in shown}) == len({fact.id for fact in shown}) == 5


def test_gold_scores_one_and_nobody_nothing(one: Disputed) -> None:
    gold = {row.metric: row for row in disputed_rows("rgb_fact_en", Reads("21 July 2017", "Jul 21, 2017"), [one])}
    assert (gold["robust"].value, gold["misled"].value, gold["silent"].value) == (1.0, 0.0, 0.0)
    assert gold["robust:reader"].value == 1.0
    assert (gold["robust"].n, gold["p50_ms"].n) == (1, 1)
    assert gold["robust"].ci95 == (1.0, 1.0)
    blind = Disputed(one.question, ROW["negative"], one.true, one.false)
    none = {row.metric: row.value for row in disputed_rows("rgb_fact_en", Reads(), [blind])}
    assert (none["robust"], none["silent"], none["robust:reader"]) == (0.0, 1.0, 0.0)


def test_who_believes_the_edited_passage_is_misled(one: Disputed) -> None:
    edited = Disputed(one.question, (*ROW["positive_wrong"], *ROW["negative"]), one.true, one.false)
    rows = {row.metric: row.value for row in disputed_rows("rgb_fact_en", Reads("May 2, 2019"), [edited])}
    assert (rows["robust"], rows["misled"]) == (0.0, 1.0)


def test_an_answer_with_both_values_is_wrong(one: Disputed) -> None:
    assert robust("released july 21, 2017", one) == 1.0
    assert robust("July 21 2017, others say May 2 2019", one) == 0.0
    assert robust("", one) == 0.0


def test_values_that_belong_together_must_all_be_held() -> None:
    both = Disputed("2000年奥运会在哪举办", (), (("澳大利亚",), ("悉尼",)), (("中国",), ("北京",)))
    assert robust("澳大利亚悉尼", both) == 1.0
    assert robust("悉尼", both) == 0.0
    assert robust("澳大利亚悉尼和北京", both) == 0.0


@pytest.mark.parametrize(
    ("text", "value", "held"),
    [
        ("新增就业1361万人", "161万", False),
        ("新增就业 161 万人", "161万", True),
        ("won by Chloe Zhao.", "Chloé Zhao", True),
        ("$6.04 billion", "$6.04 billion", True),
        ("16.04 billion", "6.04 billion", False),
        ("10.48", "10.4", False),
        ("the U.S. team", "US", True),
        ("Netherlands", "nether", False),
        ("July 21, 2017", "July 2", False),
        ("Version 2.", "2", True),
        ("anything", "", False),
    ],
)
def test_a_value_is_held_whole(text: str, value: str, held: bool) -> None:
    assert holds(text, value) is held


def test_the_majority_is_told_the_two_values(one: Disputed) -> None:
    assert majority(one) == 1.0
    even = Disputed(one.question, (ROW["positive"][0], *ROW["positive_wrong"]), one.true, one.false)
    assert majority(even) == 0.5
    assert majority(Disputed(one.question, tuple(ROW["positive_wrong"]), one.true, one.false)) == 0.0


def test_a_question_without_passages_is_named(tmp_path: Path) -> None:
    (tmp_path / "rgb.jsonl").write_bytes(orjson.dumps({"query": "a", "answer": "b", "fakeanswer": "c"}))
    with pytest.raises(CorpusError, match="line 1 has no positive, positive_wrong, negative"):
        read_disputed(tmp_path / "rgb.jsonl")
