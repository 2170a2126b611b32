from __future__ import annotations

import math
from pathlib import Path

import pytest

from shopwright.models.scripted import OverlapJudge
from shopwright.skills.verify.calibrated import read_calibrated
from shopwright.train.verify.calibrating import (
    Case,
    calibrate,
    claim_cases,
    measure,
    question_cases,
    write,
)
from shopwright.train.verify.written import Written, read_documents


@pytest.fixture(scope="module")
def texts(own_file: Path) -> list[Written]:
    return read_documents(own_file)


@pytest.fixture(scope="module")
def claims(texts: list[Written]) -> list[Case]:
    return claim_cases(texts, None)


@pytest.fixture(scope="module")
def questions(texts: list[Written]) -> list[Case]:
    return question_cases(texts, None)


def test_claims_are_read_over_their_document_and_over_pages_of_several(
    texts: list[Written], claims: list[Case]
) -> None:
    own, pages = claims[: 5 * len(texts)], claims[5 * len(texts) :]
    assert {len(case.pieces) for case in own} == {4}
    assert {len(case.pieces) for case in pages} == {16}
    assert len(pages) == 3 * len(texts)
    assert [case.holds for case in own[:5]] == [True, True, False, False, False]
    assert [case.text[slice(*span)] for case in own[:5] for span in case.wrong or ()] == [
        "York",
        "do not fit",
        "floats",
    ]
    assert own[0].pieces == texts[0].sentences


def test_a_question_is_asked_of_its_own_passage_among_others(texts: list[Written], questions: list[Case]) -> None:
    assert len(questions) == 3 * len(texts)
    for case, document in zip(questions[::3], texts, strict=True):
        assert " ".join(document.sentences) in case.pieces
    assert all(case.pieces == document.sentences for case, document in zip(questions[1::3], texts, strict=True))
    for case in questions[::3]:
        assert 2 <= len(case.pieces) <= 10
        assert len(set(case.pieces)) == len(case.pieces)
    assert (
        len({case.pieces.index(" ".join(each.sentences)) for case, each in zip(questions[::3], texts, strict=True)}) > 1
    )


def test_one_document_alone_is_no_error(texts: list[Written]) -> None:
    assert len(claim_cases(texts[:1], None)) == 5 + 3
    assert {len(case.pieces) for case in question_cases(texts[:1], None)} == {1, 4}


def test_public_sets_add_what_was_kept(texts: list[Written], sets: Path) -> None:
    claims, questions = claim_cases(texts, sets), question_cases(texts, sets)
    pages = [case for case in claims if case.wrong is None]
    assert len(pages) == 36
    assert all(case.text.startswith("The mug") for case in pages)
    assert all(case.pieces for case in questions)
    assert claim_cases(texts, sets / "nothing here") == claim_cases(texts, None)


def test_what_is_fitted_parts_true_from_false(claims: list[Case], questions: list[Case]) -> None:
    calibrated, crossed = calibrate(OverlapJudge(), claims, questions)
    assert crossed["calibration_claims"] == len(claims)
    assert crossed["calibration_support_auroc"] > 0.8
    assert crossed["calibration_answered_auroc"] > 0.7
    assert calibrated.judge == "overlap-1"
    assert len(calibrated.scores) == len(calibrated.correct) == len(questions)
    assert 0.2 <= calibrated.marked <= 0.8
    measured = measure(OverlapJudge(), calibrated, claims, questions)
    assert set(measured) == {
        f"{name}_{metric}" for name in ("supported", "answered") for metric in ("auroc", "balanced_accuracy")
    }
    assert measured["supported_auroc"] > 0.8
    assert measured["supported_balanced_accuracy"] > 0.7


def test_what_was_written_is_what_runs(claims: list[Case], questions: list[Case], tmp_path: Path) -> None:
    calibrated, _ = calibrate(OverlapJudge(), claims, questions)
    assert write(calibrated, tmp_path / "new") == tmp_path / "new" / "verifier.json"
    assert [path.name for path in (tmp_path / "new").iterdir()] == ["verifier.json"]
    read = read_calibrated(tmp_path / "new")
    features = {"supports": 0.8, "coverage": 0.5}
    assert read.support.probability(features) == pytest.approx(calibrated.support.probability(features))
    assert read.correct == calibrated.correct


def test_the_same_seed_gives_the_same_cases(texts: list[Written]) -> None:
    assert claim_cases(texts, None, 3) == claim_cases(texts, None, 3) != claim_cases(texts, None, 4)
    assert question_cases(texts, None, 3) == question_cases(texts, None, 3) != question_cases(texts, None, 4)


def test_cases_of_one_kind_have_no_area() -> None:
    calibrated, _ = calibrate(
        OverlapJudge(),
        [Case("red mug", ("red mug",), place % 2 == 0, ()) for place in range(20)],
        [Case("red mug", ("red mug",), place % 3 == 0) for place in range(20)],
    )
    one = [Case("red mug", ("red mug",), True)]
    assert math.isnan(measure(OverlapJudge(), calibrated, one, one)["supported_auroc"])
