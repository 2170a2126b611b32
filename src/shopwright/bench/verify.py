"""The benchmark `verify`: whether what is false is found, and whether silence comes where nothing is known.

    wice                 balanced_accuracy (a claim over a whole page: supported or not), unsupported_token_f1 (words
                         that people marked), auroc, ms_per_claim; baseline ":overlap": the share of the claim's words
                         on the page
    nomiracl_en, _zh     balanced_accuracy (ten passages: answer or refuse; ":hindsight" at the best threshold), with
                         the figures of eleven language models on the same questions and McNemar's p (`verify_peers`)
    epqa, squad2         answer or refuse: aurc, coverage@risk5, coverage@risk10, ece, violations (`verify_selective`);
                         baseline ":bm25". ePQA: the best candidate, right when it answers fully. SQuAD 2: the words of
                         the paragraph, right at a token F1 of .5 or more; the baseline gives the nearest sentence,
                         right when it holds the answer
    written              the project's own documents of the test split: the figures of wice

Parts of wice, epqa and squad2 are what the shipped judge learned from; figures with ":held" are over what was kept
from it (`train/verify/examples.py`). NoMIRACL was not seen.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from shopwright.bench.task import BenchSet, NeededFile, Options, Row, Task, mean_row
from shopwright.bench.verify_peers import peer_rows
from shopwright.bench.verify_selective import Scored, selective_rows
from shopwright.metrics import token_f1
from shopwright.models.embedded import EmbeddedEncoder
from shopwright.models.judge import EmbeddedJudge
from shopwright.models.protocols import Judge
from shopwright.selective import auroc, balanced_accuracy
from shopwright.skills.evidence.cells import cell_text
from shopwright.skills.verify.claims import sentences_of
from shopwright.skills.verify.packing import Pieces
from shopwright.skills.verify.sufficiency import Sufficient
from shopwright.skills.verify.verifier import Held, Verifier
from shopwright.train.verify.examples import is_dev, records, spans_of
from shopwright.train.verify.written import documents, marked
from shopwright.types import Claim

BENCH = "verify"
_OVERLAP = 0.8
"""Share of the words from which the baseline calls a claim supported."""
_RIGHT = 0.5
Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class ClaimCase:
    """A claim over a page.

    Args:
        supported: whether the page holds it; None where only words are judged.
        words: characters of its words, and whether each is unsupported; None where that is not known.
        held: whether the shipped judge was kept from it.
    """

    claim: str
    page: tuple[str, ...]
    supported: bool | None
    words: tuple[tuple[Span, bool], ...] | None = None
    held: bool = True


def claim_rows(name: str, judge: Judge, cases: Sequence[ClaimCase]) -> Iterator[Row]:
    """The figures of claims over pages."""
    verifier = Verifier(judge)
    started = time.perf_counter()
    seconds, verdicts = [], []
    for case in cases:
        begun = time.perf_counter()
        verdicts.append(verifier.judged(Claim(case.claim, 0, len(case.claim)), Held(case.page)))
        seconds.append(time.perf_counter() - begun)
    overlap = [Pieces(case.page).coverage(case.claim, " ".join(case.page)) for case in cases]
    took = time.perf_counter() - started
    for suffix, chosen in (("", [True] * len(cases)), (":held", [case.held for case in cases])):
        rows = [place for place, take in enumerate(chosen) if take and cases[place].supported is not None]
        if not rows or (suffix and all(chosen)):
            continue
        truth = [bool(cases[place].supported) for place in rows]
        said = [verdicts[place].label == "supported" for place in rows]
        scores = [verdicts[place].probability for place in rows]
        yield Row(BENCH, name, f"balanced_accuracy{suffix}", balanced_accuracy(said, truth), len(rows), None, took)
        yield Row(BENCH, name, f"auroc{suffix}", auroc(scores, truth), len(rows))
        plain = [overlap[place] >= _OVERLAP for place in rows]
        yield Row(BENCH, name, f"balanced_accuracy:overlap{suffix}", balanced_accuracy(plain, truth), len(rows))
        yield Row(BENCH, name, f"auroc:overlap{suffix}", auroc([overlap[place] for place in rows], truth), len(rows))
    for suffix, only_held in (("", False), (":held", True)):
        judged = [
            (case, verdict)
            for case, verdict in zip(cases, verdicts, strict=True)
            if case.words and (case.held or not only_held)
        ]
        if judged and not (only_held and all(case.held for case in cases)):
            marks = [[(mark.start, mark.end) for mark in verdict.marks] for _, verdict in judged]
            yield _token_row(name, f"unsupported_token_f1{suffix}", [case for case, _ in judged], marks)
            absent = [_absent(case) for case, _ in judged]
            yield _token_row(name, f"unsupported_token_f1:overlap{suffix}", [case for case, _ in judged], absent)
    yield mean_row(BENCH, name, "ms_per_claim", [1_000 * each for each in seconds], took)


def _token_row(name: str, metric: str, cases: Sequence[ClaimCase], marks: Sequence[Sequence[Span]]) -> Row:
    """F1 of the unsupported words over all claims together."""
    hit = said = wrong = 0
    for case, spans in zip(cases, marks, strict=True):
        for (start, end), unsupported in case.words or ():
            found = any(first < end and start < last for first, last in spans)
            hit, said, wrong = hit + (found and unsupported), said + found, wrong + unsupported
    return Row(BENCH, name, metric, 2 * hit / (said + wrong) if said + wrong else float("nan"), len(cases))


def _absent(case: ClaimCase) -> list[Span]:
    """The baseline's marks: words that are not on the page."""
    page = {word.lower()[:6] for piece in case.page for word in piece.split()}
    return [(start, end) for (start, end), _ in case.words or () if case.claim[start:end].lower()[:6] not in page]


def wice_cases(folder: Path) -> list[ClaimCase]:
    """WiCE's claims over their pages, and the claims of which people marked the words."""
    made = [
        ClaimCase(
            row["claim"], tuple(row["evidence"]), row["label"] == "supported", held=is_dev(f"wice:{row['claim']}")
        )
        for row in records(folder / "claims.jsonl")
    ]
    for row in records(folder / "unsupported_tokens.jsonl"):
        flags = row["non_supported_spans"]
        unsupported = spans_of(row["claim"], row["claim_tokens"], flags)
        every = spans_of(row["claim"], row["claim_tokens"], [True] * len(flags))
        words = tuple((span, span in unsupported) for span in every)
        made.append(ClaimCase(row["claim"], tuple(row["evidence"]), None, words, is_dev(f"wice:{row['claim']}")))
    return made


def written_cases() -> list[ClaimCase]:
    """Claims of the packaged documents that neither train nor calibrate."""
    made = []
    for document in documents("test"):
        for claim in document.claims:
            wrong = marked(claim)
            words = tuple(
                (span, any(span[0] < end and start < span[1] for start, end in wrong))
                for span in _word_spans(claim.claim)
            )
            made.append(
                ClaimCase(claim.claim, document.sentences, claim.label == "supported", words if wrong else None)
            )
    return made


def _word_spans(text: str) -> list[Span]:
    spans, place = [], 0
    for word in text.split():
        start = text.index(word, place)
        place = start + len(word)
        spans.append((start, place))
    return spans


def sufficiency_rows(name: str, judge: Judge, rows: Sequence[dict[str, Any]]) -> Iterator[Row]:
    """Answer or refuse over ten passages, and the language models on the same questions."""
    started = time.perf_counter()
    sufficient = Sufficient(judge, encoder=EmbeddedEncoder())
    scores = [sufficient.weigh(row["question"], row["passages"]).probability for row in rows]
    truth = [bool(row["answerable"]) for row in rows]
    decided = [score >= _RIGHT for score in scores]
    yield Row(
        BENCH,
        name,
        "balanced_accuracy",
        balanced_accuracy(decided, truth),
        len(rows),
        None,
        time.perf_counter() - started,
    )
    yield Row(BENCH, name, "auroc", auroc(scores, truth), len(rows))
    best = max(balanced_accuracy([score >= least for score in scores], truth) for least in set(scores))
    yield Row(BENCH, name, "balanced_accuracy:hindsight", best, len(rows))
    yield from peer_rows(name, rows, decided)


def product_rows(name: str, judge: Judge, rows: Sequence[dict[str, Any]], held: Callable[[str], bool]) -> Iterator[Row]:
    """ePQA: the best candidate of each question, or silence."""
    started = time.perf_counter()
    by_question: dict[str, list[dict[str, Any]]] = {}
    for row in rows:
        by_question.setdefault(row["question"], []).append(row)
    sufficient = Sufficient(judge, encoder=EmbeddedEncoder())
    system, baseline, kept = [], [], []
    for question, candidates in by_question.items():
        texts = [cell_text(row["candidate"]) for row in candidates]
        right = [int(row["label"]) == 2 for row in candidates]
        found = sufficient.weigh(question, texts)
        system.append((found.probability, right[found.best]))
        closeness = Pieces(texts).closeness(question)
        best = max(range(len(texts)), key=closeness.__getitem__)
        baseline.append((closeness[best], right[best]))
        kept.append(held(question))
    yield from _selective(name, system, baseline, kept, time.perf_counter() - started)


def paragraph_rows(
    name: str, judge: Judge, rows: Sequence[dict[str, Any]], held: Callable[[str], bool]
) -> Iterator[Row]:
    """SQuAD 2: the words of the paragraph that answer, or silence."""
    started = time.perf_counter()
    sufficient = Sufficient(judge, encoder=EmbeddedEncoder())
    system, baseline, kept = [], [], []
    for row in rows:
        question, context, gold = row["question"], row["context"], row["answers"] if row["answerable"] else []
        found = sufficient.weigh(question, [context])
        words = context[slice(*found.answer)]
        system.append((found.probability, max((token_f1(words, each) for each in gold), default=0.0) >= _RIGHT))
        sentences = [context[start:end] for start, end in sentences_of(context)]
        closeness = Pieces(sentences).closeness(question)
        best = max(range(len(sentences)), key=closeness.__getitem__)
        baseline.append((closeness[best], any(each in sentences[best] for each in gold)))
        kept.append(held(context))
    yield from _selective(name, system, baseline, kept, time.perf_counter() - started)


def _selective(
    name: str,
    system: Sequence[tuple[float, bool]],
    baseline: Sequence[tuple[float, bool]],
    kept: Sequence[bool],
    seconds: float,
) -> Iterator[Row]:
    yield from selective_rows(name, _scored(system), {"bm25": _scored(baseline)}, seconds=seconds)
    held = [pair for pair, keep in zip(system, kept, strict=True) if keep]
    if len({right for _, right in held}) == 2:
        scored = _scored(held)
        yield Row(BENCH, name, "auroc:held", auroc(scored.scores, scored.correct), len(held))


def _scored(pairs: Sequence[tuple[float, bool]]) -> Scored:
    return Scored([score for score, _ in pairs], [right for _, right in pairs])


def _run(name: str, options: Options, judge: Callable[[], Judge] = EmbeddedJudge) -> Iterator[Row]:
    folder = (options.data or Path()) / "evidence"
    if name == "wice":
        yield from claim_rows(name, judge(), wice_cases(folder / "wice"))
    elif name == "written":
        yield from claim_rows(name, judge(), written_cases())
    elif name.startswith("nomiracl_"):
        file = folder / "nomiracl" / f"{name.removeprefix('nomiracl_')}.jsonl.gz"
        yield from sufficiency_rows(name, judge(), list(records(file)))
    elif name == "epqa":
        rows = list(records(folder / "epqa.jsonl.gz"))
        yield from product_rows(name, judge(), rows, lambda question: is_dev(f"epqa:{question}"))
    else:
        rows = list(records(folder / "squad2.jsonl.gz"))
        yield from paragraph_rows(name, judge(), rows, lambda context: is_dev(f"squad:{context[:80]}"))


def _sets(_: Path | None) -> tuple[BenchSet, ...]:
    needed = {
        "wice": ("wice/claims.jsonl", "wice/unsupported_tokens.jsonl"),
        "nomiracl_en": ("nomiracl/en.jsonl.gz",),
        "nomiracl_zh": ("nomiracl/zh.jsonl.gz",),
        "epqa": ("epqa.jsonl.gz",),
        "squad2": ("squad2.jsonl.gz",),
        "written": (),
    }
    return tuple(
        BenchSet(name, partial(_run, name), tuple(NeededFile(f"evidence/{file}", _HOLDS[name]) for file in files))
        for name, files in needed.items()
    )


_HOLDS = {
    "wice": "WiCE: claims with pages",
    "nomiracl_en": "NoMIRACL: English questions with ten passages and peers",
    "nomiracl_zh": "NoMIRACL: Chinese questions with ten passages and peers",
    "epqa": "product questions with labelled candidates",
    "squad2": "SQuAD 2.0: questions over paragraphs",
    "written": "",
}

TASK = Task(BENCH, _sets)
