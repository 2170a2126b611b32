"""What follows the judge's training: the logistic regressions and thresholds that decide, on what it did not learn.

Support by a text is fitted on claims of the written documents that were kept from training; support by a page on all of
WiCE's claims, which the judge mostly learned from and is no better on than on those that were kept (area under ROC .71
and .74), so that little is lost by it. Sufficiency is fitted on questions over
several passages: their own paragraph among others of its subject, or only the others. All of it goes to
`weights/verifier.json` (`skills/verify/calibrated.py`). No torch is needed here: the exported judge is what decides.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import orjson

from shopwright.models.protocols import Encoder, Judge
from shopwright.selective import auroc, balanced_accuracy
from shopwright.skills.evidence.cells import cell_text
from shopwright.skills.verify.calibrated import FILE, Calibrated
from shopwright.skills.verify.calibration import Logistic
from shopwright.skills.verify.exact import compare
from shopwright.skills.verify.packing import Pieces
from shopwright.skills.verify.sufficiency import beginning
from shopwright.skills.verify.sufficiency import features_of as sufficiency_features
from shopwright.skills.verify.verifier import PAGE_FEATURES, READ, Held, features_of
from shopwright.train.verify.examples import is_dev, records
from shopwright.train.verify.written import Written, marked

_PAGE = 4
_PASSAGES = 9
_RIDGE = 3.0
_GRID = np.linspace(0.2, 0.8, 25)
Features = dict[str, float]


@dataclass(frozen=True, slots=True)
class Case:
    """A claim over a page and whether it is supported, or a question over passages and whether they answer it."""

    text: str
    pieces: tuple[str, ...]
    holds: bool
    wrong: tuple[tuple[int, int], ...] | None = None


def claim_cases(texts: Sequence[Written], folder: Path | None, seed: int = 0) -> list[Case]:
    """Claims over their documents, and over pages: those of WiCE where they are at hand, else of several documents."""
    made = [
        Case(claim.claim, document.sentences, claim.label == "supported", marked(claim))
        for document in texts
        for claim in document.claims
    ]
    file = folder / "evidence" / "wice" / "claims.jsonl" if folder else None
    if file is not None and file.is_file():
        rows = list(records(file))
        return made + [Case(row["claim"], tuple(row["evidence"]), row["label"] == "supported") for row in rows]
    generator = random.Random(seed)
    for document in texts:
        others = generator.sample([each for each in texts if each is not document], min(_PAGE - 1, len(texts) - 1))
        page = tuple(sentence for each in [document, *others] for sentence in each.sentences)
        made += [Case(claim.claim, page, claim.label == "supported", marked(claim)) for claim in document.claims[::2]]
    return made


def question_cases(texts: Sequence[Written], folder: Path | None, seed: int = 0) -> list[Case]:
    """Questions over several passages, sentences or cells, of which some answers or none does."""
    generator = random.Random(seed)
    passages = {document.id: " ".join(document.sentences) for document in texts}
    made = []
    for document in texts:
        for place, asked in enumerate(document.questions):
            among = _among(asked.question, passages[document.id], passages.values(), generator)
            pieces = document.sentences if place % 2 else among
            made.append(Case(asked.question, pieces, asked.answer is not None))
    if folder is not None:
        made += _paragraph_cases(folder / "evidence" / "squad2.jsonl.gz", generator)
        made += _candidate_cases(folder / "evidence" / "epqa.jsonl.gz", "epqa", 2)
        made += _candidate_cases(folder / "evidence" / "semipqa.jsonl.gz", "semipqa", 1)
    return made


def _paragraph_cases(file: Path, generator: random.Random) -> list[Case]:
    """Questions of SQuAD that were kept: their paragraph among others of its article."""
    rows = list(records(file)) if file.is_file() else []
    articles: dict[str, list[str]] = {}
    for row in rows:
        articles.setdefault(row["title"], []).append(row["context"])
    return [
        Case(
            row["question"],
            _among(row["question"], row["context"], dict.fromkeys(articles[row["title"]]), generator),
            row["answerable"],
        )
        for row in rows
        if is_dev(f"squad:{row['context'][:80]}")
    ]


def _candidate_cases(file: Path, name: str, answers: int) -> list[Case]:
    """Product questions that were kept: all their candidates, of which one has the label that answers, or none."""
    groups: dict[str, list[dict[str, Any]]] = {}
    for row in records(file) if file.is_file() else ():
        if is_dev(f"{name}:{row['question']}"):
            groups.setdefault(row["question"], []).append(row)
    return [
        Case(
            question,
            tuple(cell_text(row["candidate"]) for row in rows),
            any(int(row["label"]) == answers for row in rows),
        )
        for question, rows in groups.items()
    ]


def _among(question: str, own: str, pool: Iterable[str], generator: random.Random) -> tuple[str, ...]:
    """A passage among the nearest others of its subject, in random order."""
    others = [text for text in pool if text != own]
    scores = Pieces(others).closeness(question)
    near = sorted(range(len(others)), key=lambda place: -scores[place])[: generator.randint(1, _PASSAGES)]
    passages = [own, *(others[place] for place in near)]
    generator.shuffle(passages)
    return tuple(passages)


def calibrate(
    judge: Judge, claims: Sequence[Case], questions: Sequence[Case], encoder: Encoder | None = None
) -> tuple[Calibrated, dict[str, float]]:
    """The fitted decisions, and how they do under five-fold cross-validation.

    Args:
        judge: the one that will run.
        claims, questions: that it was not trained on.
        encoder: of the passages; see `Sufficient`.
    """
    rows, marks, pages = _claim_features(judge, claims)
    truth = [case.holds for case in claims]
    fitted, measured = {}, {}
    for name, is_page in (("support", False), ("page", True)):
        places = [place for place, page in enumerate(pages) if page == is_page] or list(range(len(rows)))
        own = [_of(rows[place], is_page) for place in places]
        holds = [truth[place] for place in places]
        fitted[name] = Logistic.fit(*_balanced(own, holds), ridge=_RIDGE)
        measured[f"calibration_{name}_auroc"] = auroc(_crossed(own, holds), holds)
    question_rows, question_truth = _question_features(judge, questions, encoder), [case.holds for case in questions]
    answered = _crossed(question_rows, question_truth)
    calibrated = Calibrated(
        support=fitted["support"],
        page=fitted["page"],
        sufficiency=Logistic.fit(*_balanced(question_rows, question_truth)),
        marked=_best_mark(marks),
        scores=tuple(answered),
        correct=tuple(question_truth),
        judge=judge.fingerprint,
    )
    return calibrated, {
        "calibration_claims": float(len(claims)),
        "calibration_questions": float(len(questions)),
        **measured,
        "calibration_answered_auroc": auroc(answered, question_truth),
    }


def _of(row: Features, page: bool) -> Features:
    """The features that count for a text, or for a page."""
    return row if page else {name: value for name, value in row.items() if name not in PAGE_FEATURES}


def measure(
    judge: Judge,
    calibrated: Calibrated,
    claims: Sequence[Case],
    questions: Sequence[Case],
    encoder: Encoder | None = None,
) -> dict[str, float]:
    """Area under ROC and balanced accuracy of support and of sufficiency on cases that fitted nothing."""
    rows, _, pages = _claim_features(judge, claims)
    supported = [
        (calibrated.page if page else calibrated.support).probability(row)
        for row, page in zip(rows, pages, strict=True)
    ]
    answered = [calibrated.sufficiency.probability(row) for row in _question_features(judge, questions, encoder)]
    measured = {}
    for name, scores, cases in (("supported", supported, claims), ("answered", answered, questions)):
        truth = [case.holds for case in cases]
        measured[f"{name}_auroc"] = auroc(scores, truth)
        measured[f"{name}_balanced_accuracy"] = balanced_accuracy([score >= 0.5 for score in scores], truth)
    return measured


def _claim_features(judge: Judge, cases: Sequence[Case]) -> tuple[list[Features], list[tuple[float, bool]], list[bool]]:
    """What support rests on for every claim; the judge's mark of each word with the truth; which evidence is a page."""
    rows, marks, pages = [], [], []
    for case in cases:
        held = Held(case.pieces)
        places = held.pieces.chosen(case.text, READ)
        read = held.pieces.joined(places)
        judgement = judge.judge([(case.text, read)])[0]
        exact = compare(case.text, [held.pieces.texts[place] for place in places])
        rows.append(features_of(case.text, read, judgement, exact, held.pieces))
        pages.append(held.pieces.is_page)
        if case.wrong is not None:
            marks += [
                (probability, any(start < last and first < end for first, last in case.wrong))
                for start, end, probability in judgement.unsupported
            ]
    return rows, marks, pages


def _question_features(judge: Judge, cases: Sequence[Case], encoder: Encoder | None) -> list[Features]:
    """What sufficiency rests on for every question."""
    rows = []
    for case in cases:
        texts = [beginning(piece) for piece in case.pieces]
        judged = judge.judge([(case.text, text) for text in texts])
        rows.append(sufficiency_features(case.text, texts, judged, encoder))
    return rows


def write(calibrated: Calibrated, folder: Path) -> Path:
    """Write `verifier.json` whole."""
    folder.mkdir(parents=True, exist_ok=True)
    partial = folder / f"{FILE}.partial"
    partial.write_bytes(orjson.dumps(calibrated.record(), option=orjson.OPT_INDENT_2))
    return partial.replace(folder / FILE)


def _balanced(rows: Sequence[Features], truth: Sequence[bool]) -> tuple[list[Features], list[bool]]:
    """Rows of the rarer class repeated until both count about the same: a claim is as soon right as wrong."""
    right = [row for row, holds in zip(rows, truth, strict=True) if holds]
    wrong = [row for row, holds in zip(rows, truth, strict=True) if not holds]
    few, many = sorted((right, wrong), key=len)
    repeated = [few[place % len(few)] for place in range(len(many))] if few else []
    return [*repeated, *many], [few is right] * len(repeated) + [many is right] * len(many)


def _crossed(rows: Sequence[Features], truth: Sequence[bool], folds: int = 5) -> list[float]:
    """Each row's probability under a regression that was fitted without its fold."""
    scores = [0.0] * len(rows)
    for fold in range(folds):
        train = [place for place in range(len(rows)) if place % folds != fold]
        fitted = Logistic.fit(*_balanced([rows[place] for place in train], [truth[place] for place in train]))
        for place in range(fold, len(rows), folds):
            scores[place] = fitted.probability(rows[place])
    return scores


def _best_mark(marks: Sequence[tuple[float, bool]]) -> float:
    """The probability from which marking words gives the best F1."""
    values, truth = np.array([value for value, _ in marks]), np.array([wrong for _, wrong in marks])

    def f1(least: float) -> float:
        said = values >= least
        hit = float((said & truth).sum())
        return 2 * hit / max(float(said.sum() + truth.sum()), 1.0)

    return float(max(_GRID, key=f1)) if len(marks) else 0.5
