from __future__ import annotations

import re
from collections import Counter
from importlib.resources import files
from itertools import pairwise
from pathlib import Path

import orjson
import pytest

from shopwright.errors import ConfigError
from shopwright.train.verify.examples import NOT_SUPPORTED, REFUTES, SILENT, SUPPORTS
from shopwright.train.verify.written import (
    Written,
    documents,
    marked,
    problem,
    read_documents,
    written_examples,
)
from train.verify.made import row, write_lines

FOLDER = files("shopwright.train.verify").joinpath("written")
NAMES = sorted(each.name for each in FOLDER.iterdir() if each.name.endswith(".jsonl"))


@pytest.fixture(scope="module")
def packaged() -> list[Written]:
    return list(documents())


# ── the packaged documents ──


def test_all_of_it_can_be_learned_from(packaged: list[Written]) -> None:
    assert len(packaged) == 488
    assert [(each.id, problem(each)) for each in packaged if problem(each)] == []


@pytest.mark.parametrize("name", NAMES)
def test_every_line_has_the_form_of_the_datasheet(name: str) -> None:
    for line in FOLDER.joinpath(name).read_text(encoding="utf-8").splitlines():
        read = orjson.loads(line)
        assert list(read) == ["id", "domain", "kind", "title", "date", "sentences", "questions", "claims"]
        assert re.fullmatch(r"[a-z]{2}-\d{3}", read["id"])
        assert read["date"] is None or isinstance(read["date"], str)
        assert all(set(each) == {"question", "answer", "sentence"} for each in read["questions"])
        assert all(set(each) == {"claim", "label", "wrong", "because"} for each in read["claims"])


def test_wrong_words_can_be_found_in_one_place_only(packaged: list[Written]) -> None:
    for document in packaged:
        for claim in document.claims:
            assert [words for words in claim.wrong if claim.claim.count(words) > 1] == [], claim.claim
            spans = sorted(marked(claim))
            assert all(first[1] <= second[0] for first, second in pairwise(spans)), claim.claim


def test_what_decides_is_named_unless_nothing_does(packaged: list[Written]) -> None:
    undecided = [claim for document in packaged for claim in document.claims if not claim.because]
    assert {claim.label for claim in undecided} == {"unsupported"}


@pytest.mark.parametrize("name", NAMES)
def test_labels_are_balanced_in_every_file(name: str) -> None:
    rows = [orjson.loads(line) for line in FOLDER.joinpath(name).read_text(encoding="utf-8").splitlines()]
    for read in rows:
        labels = Counter(claim["label"] for claim in read["claims"])
        assert labels == {"supported": 2, "partially": 2, "refuted": 1, "unsupported": 1}, read["id"]
        assert [asked["answer"] is None for asked in read["questions"]].count(True) == 2, read["id"]
        assert len(read["questions"]) == 5, read["id"]


def test_no_document_stands_there_twice(packaged: list[Written]) -> None:
    for part in (
        [each.id for each in packaged],
        [each.title for each in packaged],
        [" ".join(each.sentences) for each in packaged],
        [(each.id, claim.claim) for each in packaged for claim in each.claims],
        [(each.id, asked.question) for each in packaged for asked in each.questions],
    ):
        assert [twice for twice, count in Counter(part).items() if count > 1] == []


def test_no_two_documents_tell_the_same(packaged: list[Written]) -> None:
    """By sentences of six words or more: hardly any stands in two documents."""
    homes = Counter(sentence for each in packaged for sentence in set(each.sentences) if len(sentence.split()) > 5)
    assert [sentence for sentence, count in homes.items() if count > 1] == []


def test_eight_in_ten_train_one_calibrates_one_tests(packaged: list[Written]) -> None:
    counts = Counter(each.split for each in packaged)
    assert counts["train"] / len(packaged) == pytest.approx(0.8, abs=0.03)
    assert counts["dev"] / len(packaged) == pytest.approx(0.1, abs=0.03)
    assert counts["test"] / len(packaged) == pytest.approx(0.1, abs=0.03)
    assert [each.id for each in documents("test")] == [each.id for each in packaged if each.split == "test"]


def test_the_datasheet_counts_what_is_there(packaged: list[Written]) -> None:
    sheet = FOLDER.joinpath("README.md").read_text(encoding="utf-8")
    for name in NAMES:
        count = len(FOLDER.joinpath(name).read_text(encoding="utf-8").splitlines())
        assert re.search(rf"\| `{re.escape(name)}` \| {count} \|", sheet), name
    for split, count in Counter(each.split for each in packaged).items():
        assert re.search(rf"\b{split} {count}\b", sheet), split


# ── examples of documents ──


def test_answers_and_marks_stand_where_they_are_said_to(packaged: list[Written]) -> None:
    by_group = {f"written:{each.id}": each for each in packaged}
    for example in written_examples(packaged, 1):
        if example.source != "written":
            continue
        document = by_group[example.group]
        if example.answer not in (None, (0, 0)):
            answers = {asked.answer for asked in document.questions if asked.question == example.asked}
            assert example.evidence[slice(*example.answer)] in answers, example
        if example.marks is not None:
            (claim,) = [claim for claim in document.claims if claim.claim == example.asked]
            assert {example.asked[start:end] for start, end in example.marks} == set(claim.wrong)


def test_a_document_gives_questions_rankings_and_claims(tmp_path: Path) -> None:
    read = read_documents(write_lines(tmp_path / "own.jsonl", [row()]))
    made = written_examples(read)
    asked = [each for each in made if each.answer is not None]
    ranked = [each for each in made if each.source == "written_sentences"]
    claims = [each for each in made if each.stance is not None]
    assert [each.relevance for each in asked] == [2, 2, 0]
    assert [each.relevance for each in ranked] == [2, 0, 0, 0] * 2
    assert len({each.group for each in ranked}) == 2
    assert [each.stance for each in claims] == [SUPPORTS, SUPPORTS, NOT_SUPPORTED, REFUTES, SILENT]
    assert [each.relevance for each in claims] == [2, 2, 1, 2, 0]
    assert claims[0].marks == ()
    assert "Leeds" in claims[2].evidence


# ── a merchant's own ──


def test_own_documents_are_read(tmp_path: Path) -> None:
    read = read_documents(write_lines(tmp_path / "own.jsonl", [row(0), row(1)]))
    assert [each.id for each in read] == ["made-000", "made-001"]
    assert {each.split for each in read} <= {"train", "dev", "test"}


def changed(**values: object) -> dict[str, object]:
    return {**row(), **values}


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ({"id": "a"}, "KeyError"),
        ([], "a document has id, kind, title"),
        (changed(id=7), "id, kind, title and each sentence are text"),
        (changed(sentences=[]), "at least one sentence"),
        (changed(sentences=["two  blanks"]), "several in a row"),
        (changed(sentences=["tea " * 121]), "120 words"),
        (changed(questions=[{"question": "a", "answer": "red", "sentence": 9}]), "sentence 9, there are 0 to 3"),
        (changed(questions=[{"question": "a", "answer": "blue", "sentence": 0}]), "'blue' does not stand in"),
        (changed(questions=[{"question": "a", "answer": "red", "sentence": None}]), "both given"),
        (changed(claims=[{"claim": "a", "label": "true", "wrong": [], "because": []}]), "label 'true', there are"),
        (changed(claims=[{"claim": "a", "label": "refuted", "wrong": [], "because": []}]), "no wrong words"),
        (changed(claims=[{"claim": "a", "label": "refuted", "wrong": ["b"], "because": []}]), "'b' do not stand"),
        (changed(claims=[{"claim": "a", "label": "refuted", "wrong": ["a"], "because": [4]}]), "sentence 4"),
        (changed(id="hg-001"), "'hg-001' is taken"),
        (row(0), "'made-000' is taken"),
    ],
)
def test_a_line_that_cannot_be_learned_from_is_named(line: dict[str, object], said: str, tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=re.escape(said)) as raised:
        read_documents(write_lines(tmp_path / "own.jsonl", [row(0), line]))
    assert "own.jsonl, line 2: " in str(raised.value)
    assert "docs/training.md" in str(raised.value)


def test_a_file_that_is_missing_or_holds_nothing_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="there is no such file"):
        read_documents(tmp_path / "none.jsonl")
    (tmp_path / "empty.jsonl").write_bytes(b"\n\n")
    with pytest.raises(ConfigError, match="holds no document"):
        read_documents(tmp_path / "empty.jsonl")
    (tmp_path / "broken.jsonl").write_bytes(b'{"id": ')
    with pytest.raises(ConfigError, match="line 1: JSONDecodeError"):
        read_documents(tmp_path / "broken.jsonl")
