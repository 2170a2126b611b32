"""Gold scores 1 and empty near 0; tiny files in the layout of the sets."""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import partial
from pathlib import Path

import pytest

from shopwright.bench import verify as bench
from shopwright.bench.task import Options, Row
from shopwright.models.protocols import Judge
from shopwright.models.scripted import OverlapJudge
from shopwright.skills.verify import sufficiency, verifier
from shopwright.skills.verify.calibrated import read_calibrated
from shopwright.types import Judgement
from skills.verify.hand_made import write_calibration
from train.verify.made import write_lines

PAGE = ["The mug holds two cups.", "It is red.", "Ann made it in Leeds."]
CLAIMS = [
    ("Two cups fit into the mug.", True),
    ("Its colour is red.", True),
    ("The mug has a lid.", False),
    ("It floats well.", False),
]
QUESTIONS = [("what colour is the mug", "The mug is red.", "red"), ("who made the mug", "Returns are free.", "")]
ANSWERS = {question: answer for question, _, answer in QUESTIONS}


class Gold:
    """Knows which claims are supported and where the answers stand."""

    fingerprint = "gold-1"

    def judge(self, pairs: Sequence[tuple[str, str]]) -> list[Judgement]:
        return [self._read(asked, evidence) for asked, evidence in pairs]

    def _read(self, asked: str, evidence: str) -> Judgement:
        answer = ANSWERS.get(asked, "")
        there = bool(answer) and answer in evidence
        start = evidence.find(answer) if there else 0
        supported = float(dict(CLAIMS).get(asked, False))
        spans = ((asked.index("big"), asked.index("big") + 3, 1.0),) if "big" in asked else ()
        return Judgement(there, supported, 0.0, (start, start + len(answer)) if there else (0, 0), there, spans)


class Empty:
    """Finds nothing in anything."""

    fingerprint = "empty-1"

    def judge(self, pairs: Sequence[tuple[str, str]]) -> list[Judgement]:
        return [Judgement(0.0, 0.0, 0.0) for _ in pairs]


@pytest.fixture(autouse=True)
def made_by_hand(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    read = partial(read_calibrated, write_calibration(tmp_path))
    for module in (verifier, sufficiency):
        monkeypatch.setattr(module, "read_calibrated", lambda _: read())


@pytest.fixture
def data(tmp_path: Path) -> Path:
    place = tmp_path / "evidence"
    labels = {True: "supported", False: "not_supported"}
    rows = [{"claim": claim, "evidence": PAGE, "label": labels[holds]} for claim, holds in CLAIMS]
    write_lines(place / "wice" / "claims.jsonl", rows)
    tokens = ["The", "mug", "absent", "holds", "big", "cups", "."]
    flags = [False, False, False, False, True, False, False]
    row = {"claim": "The mug holds big cups.", "evidence": PAGE, "claim_tokens": tokens, "non_supported_spans": flags}
    write_lines(place / "wice" / "unsupported_tokens.jsonl", [row])
    peers = {"knows": "Yes, answer is present.", "refuses": "I don't know."}
    rows = [
        {"question": question, "passages": [text, "Hats are sold too."], "answerable": bool(answer), "peers": peers}
        for question, text, answer in QUESTIONS
    ]
    write_lines(place / "nomiracl" / "en.jsonl.gz", rows)
    rows = [
        {"question": question, "candidate": candidate, "label": str(2 * (bool(answer) and candidate == text))}
        for question, text, answer in QUESTIONS
        for candidate in ("We open at nine.", text)
    ]
    write_lines(place / "epqa.jsonl.gz", rows)
    rows = [
        {"title": "Mugs", "context": text, "question": question, "answers": [answer] if answer else [], "answerable": bool(answer)}
        for question, text, answer in QUESTIONS
    ]  # fmt: skip
    write_lines(place / "squad2.jsonl.gz", rows)
    return tmp_path


def measured(name: str, data: Path, judge: type[Judge]) -> dict[str, float]:
    rows: list[Row] = list(bench._run(name, Options(data), judge))
    assert {(row.bench, row.set) for row in rows} == {("verify", name)}
    assert len({row.metric for row in rows}) == len(rows)
    return {row.metric: row.value for row in rows}


def test_gold_scores_one_and_empty_nothing_on_claims(data: Path) -> None:
    gold, empty = measured("wice", data, Gold), measured("wice", data, Empty)
    assert gold["balanced_accuracy"] == gold["auroc"] == gold["unsupported_token_f1"] == 1.0
    assert empty["balanced_accuracy"] == empty["auroc"] == 0.5
    assert gold["ms_per_claim"] > 0
    assert 0.0 <= gold["unsupported_token_f1:overlap"] <= 1.0
    assert gold["balanced_accuracy:overlap"] == empty["balanced_accuracy:overlap"]


def test_words_that_are_not_found_do_not_shift_the_others(data: Path) -> None:
    (case,) = [case for case in bench.wice_cases(data / "evidence" / "wice") if case.words]
    assert [case.claim[start:end] for (start, end), unsupported in case.words or () if unsupported] == ["big"]
    assert len(case.words or ()) == 6


def test_gold_scores_one_and_empty_refuses_all_questions(data: Path) -> None:
    gold, empty = measured("nomiracl_en", data, Gold), measured("nomiracl_en", data, Empty)
    assert gold["balanced_accuracy"] == gold["auroc"] == 1.0
    assert empty["balanced_accuracy"] == empty["auroc"] == 0.5
    assert {"balanced_accuracy:knows", "mcnemar_p:refuses"} <= set(gold)


@pytest.mark.parametrize("name", ["epqa", "squad2"])
@pytest.mark.filterwarnings("ignore")
def test_gold_answers_what_can_be_and_empty_nothing(name: str, data: Path) -> None:
    gold, empty = measured(name, data, Gold), measured(name, data, Empty)
    assert gold["auroc"] == 1.0
    assert gold["coverage@risk5"] == 0.5
    assert empty["coverage@risk5"] == 0.0
    assert "auroc:bm25" in gold


def test_an_answer_is_right_by_its_words(data: Path) -> None:
    rows = [{"context": "The mug is red.", "question": QUESTIONS[0][0], "answers": [said], "answerable": True} for said in ("red", "blue")]  # fmt: skip
    rows = list(bench.paragraph_rows("squad2", Gold(), rows, lambda _: True))
    by_name = {row.metric: row.value for row in rows}
    assert by_name["aurc"] == pytest.approx(0.5, abs=0.26)
    assert math.isfinite(by_name["aurc"])


def test_the_packaged_documents_are_measured_without_data() -> None:
    cases = bench.written_cases()
    assert {case.supported for case in cases} == {True, False}
    assert all(case.words is None or any(flag for _, flag in case.words) for case in cases)
    rows = {row.metric: row.value for row in bench.claim_rows("written", OverlapJudge(), cases[:24])}
    assert 0.5 < rows["auroc"] <= 1.0
    assert "balanced_accuracy:held" not in rows


def test_figures_over_what_was_kept_stand_beside_the_others() -> None:
    cases = [
        bench.ClaimCase(claim, tuple(PAGE), holds, held=place % 2 == 0)
        for place, (claim, holds) in enumerate(CLAIMS * 2)
    ]
    found = {row.metric: row for row in bench.claim_rows("made", Gold(), cases)}
    assert found["balanced_accuracy:held"].n == 4
    assert found["balanced_accuracy"].n == 8
    assert found["auroc:held"].value == 1.0


def test_every_set_names_its_files() -> None:
    sets = {each.name: each for each in bench.TASK.sets(None)}
    assert set(sets) == {"wice", "nomiracl_en", "nomiracl_zh", "epqa", "squad2", "written"}
    assert sets["written"].files == ()
    assert [file.path for file in sets["nomiracl_zh"].files] == ["evidence/nomiracl/zh.jsonl.gz"]
