"""`bench evidence`, which evidence: candidates of a product question in order, and the stance of evidence to a claim.

epqa, semipqa, semipqa_*    p@1, map over questions that have a right candidate; p50_ms of one question's list
stance                      auroc (relevant or not), refute_f1, refute_ap; p50_ms of one claim's evidence

A candidate of ePQA is right when it answers fully (label 2), one of semiPQA when its label is 1; candidates of a
question are one list, whichever product they come from. Both readings are those of the published figures. Candidates
of equal score count with the mean over their orders.

Every candidate and its question go to the judge as one pair; cells are put into words before (`cells.cell_text`).
Evidence is relevant to a claim unless it is labelled irrelevant, and it is taken to refute the claim when the judge
finds that likelier than both other readings.

    :bm25       over all candidates of the file, stemmed
    :encoder    cosine of the shipped encoder, which was trained to find products
    :lexical    share of the claim's words; refuted: what `OverlapJudge` takes for it, words and a negation
    :all        refute_f1 of calling everything refuted
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from shopwright.bench.baselines import Bm25
from shopwright.bench.evidence_rows import BENCH, Words, measured_row, p50_row, parts, read_rows, timed
from shopwright.bench.task import Row, mean_row
from shopwright.models.protocols import Encoder, Judge
from shopwright.models.scripted import OverlapJudge
from shopwright.selective import auroc, average_precision
from shopwright.skills.evidence.cells import cell_text
from shopwright.train.verify.examples import is_dev
from shopwright.types import Judgement

_RIGHT = {"epqa": 2}
"""The label of a right candidate, by the first part of a set's name; 1 elsewhere."""
_SEED = 0

Scores = Sequence[float] | NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Candidates:
    """A question with its candidates in words, which of them are right, and whether it was kept from training."""

    question: str
    texts: tuple[str, ...]
    right: tuple[bool, ...]
    held: bool


def read_candidates(path: Path, name: str) -> list[Candidates]:
    """The questions that have a right candidate.

    Args:
        name: of the set; its part before "_" names the set that was trained on, and the label that is right.

    Raises:
        CorpusError: see `read_rows`.
    """
    family = name.partition("_")[0]
    lists: dict[str, list[tuple[str, bool]]] = {}
    for row in read_rows(path, "question", "candidate", "label"):
        right = int(row["label"]) == _RIGHT.get(family, 1)
        lists.setdefault(row["question"], []).append((cell_text(row["candidate"]), right))
    return [
        Candidates(
            question, tuple(t for t, _ in rows), tuple(right for _, right in rows), is_dev(f"{family}:{question}")
        )
        for question, rows in lists.items()
        if any(right for _, right in rows)
    ]


def ranking_rows(name: str, judge: Judge, encoder: Encoder, lists: Sequence[Candidates]) -> Iterator[Row]:
    """The figures of the judge and of the baselines over the same lists."""
    times: list[float] = []

    def judged(one: Candidates) -> Scores:
        pairs = [(one.question, text) for text in one.texts]
        return [found.relevance for found in timed(partial(judge.judge, pairs), times)]

    def cosines(one: Candidates) -> Scores:
        vectors = encoder.encode([one.question, *one.texts])
        return np.asarray(vectors[1:] @ vectors[0], np.float64)

    yield from _ordered_rows(name, "", judged, lists)
    yield p50_row(name, times)
    yield from _ordered_rows(name, ":bm25", _bm25(lists), lists)
    yield from _ordered_rows(name, ":encoder", cosines, lists)


def _ordered_rows(
    name: str, suffix: str, scores_of: Callable[[Candidates], Scores], lists: Sequence[Candidates]
) -> Iterator[Row]:
    started = time.perf_counter()
    scored = [np.asarray(scores_of(one), np.float64) for one in lists]
    seconds = time.perf_counter() - started
    first = [precision_at_1(scores, one.right) for scores, one in zip(scored, lists, strict=True)]
    average = [expected_precision(scores, one.right) for scores, one in zip(scored, lists, strict=True)]
    for part, places in parts([one.held for one in lists]):
        yield mean_row(BENCH, name, f"p@1{part}{suffix}", [first[place] for place in places], seconds)
        yield mean_row(BENCH, name, f"map{part}{suffix}", [average[place] for place in places], seconds)


def precision_at_1(scores: Scores, right: Sequence[bool]) -> float:
    """The share of right ones among the candidates with the highest score."""
    values = np.asarray(scores, np.float64)
    return float(np.asarray(right, np.float64)[values == values.max()].mean())


def expected_precision(scores: Scores, right: Sequence[bool]) -> float:
    """Average precision, the mean over all orders of candidates with equal scores (McSherry and Najork, 2008).

    Args:
        scores: one a candidate.
        right: at least one of them.
    """
    values, true = np.asarray(scores, np.float64), np.asarray(right, np.bool_)
    total, before, found = 0.0, 0, 0
    for value in np.unique(values)[::-1]:
        tied = true[values == value]
        size, hits = len(tied), int(tied.sum())
        for place in range(size):
            others = place * (hits - 1) / (size - 1) if place else 0.0
            total += hits / size * (found + others + 1.0) / (before + place + 1)
        before, found = before + size, found + hits
    return total / found


def _bm25(lists: Sequence[Candidates]) -> Callable[[Candidates], Scores]:
    """Ranks among all candidates of the file, as scores; the file's order does not tell equals apart."""
    texts = list(dict.fromkeys(text for one in lists for text in one.texts))
    texts = [texts[place] for place in np.random.default_rng(_SEED).permutation(len(texts))]
    engine = Bm25(texts)

    def scores(one: Candidates) -> Scores:
        ranks = {texts[place]: rank for rank, place in enumerate(engine.search(one.question, len(texts)))}
        return [-float(ranks.get(text, len(texts))) for text in one.texts]

    return scores


# ── stance ──────────────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Stances:
    """A claim with its evidence and what each piece does to it, and whether it was kept from training."""

    claim: str
    evidence: tuple[str, ...]
    stances: tuple[str, ...]
    held: bool


def read_stances(path: Path) -> list[Stances]:
    """The claims.

    Raises:
        CorpusError: see `read_rows`.
    """
    claims: dict[str, list[tuple[str, str]]] = {}
    for row in read_rows(path, "claim", "evidence", "stance"):
        claims.setdefault(row["claim"], []).append((row["evidence"], row["stance"]))
    return [
        Stances(claim, tuple(text for text, _ in rows), tuple(stance for _, stance in rows), is_dev(f"stance:{claim}"))
        for claim, rows in claims.items()
    ]


def stance_rows(judge: Judge, encoder: Encoder, claims: Sequence[Stances], name: str = "stance") -> Iterator[Row]:
    """The figures of the judge and of the baselines over the same claims."""
    times: list[float] = []
    judged: list[Judgement] = []
    for one in claims:
        pairs = [(one.claim, text) for text in one.evidence]
        judged += timed(partial(judge.judge, pairs), times)
    yield from _stance_rows(name, "", claims, [one.relevance for one in judged], sum(times), judged)
    yield p50_row(name, times)
    started, words, overlap = time.perf_counter(), Words(), OverlapJudge()
    shared = [words.share(one.claim, text) for one in claims for text in one.evidence]
    judged = overlap.judge([(one.claim, text) for one in claims for text in one.evidence])
    yield from _stance_rows(name, ":lexical", claims, shared, time.perf_counter() - started, judged)
    started = time.perf_counter()
    vectors = [encoder.encode([one.claim, *one.evidence]) for one in claims]
    cosines = [float(cosine) for rows in vectors for cosine in rows[1:] @ rows[0]]
    yield from _stance_rows(name, ":encoder", claims, cosines, time.perf_counter() - started)
    everything = Judgement(1.0, 0.0, 1.0)
    yield from _stance_rows(name, ":all", claims, [], 0.0, [everything] * len(cosines))


def refutes(judgement: Judgement) -> bool:
    """Whether a judge finds it likelier that the evidence contradicts than that it supports or says nothing."""
    return judgement.refutes > max(judgement.supports, 1.0 - judgement.supports - judgement.refutes)


def f1(said: NDArray[np.bool_], true: NDArray[np.bool_]) -> float:
    """F1 of a class; NaN where it is neither said nor true."""
    total = int(said.sum() + true.sum())
    return 2 * int((said & true).sum()) / total if total else float("nan")


def _stance_rows(
    name: str,
    suffix: str,
    claims: Sequence[Stances],
    relevance: Sequence[float],
    seconds: float,
    judged: Sequence[Judgement] = (),
) -> Iterator[Row]:
    """AUROC where there are scores of relevance, and the figures of refuting where there are judgements."""
    stances = np.array([stance for one in claims for stance in one.stances])
    relevant, refuting = stances != "irrelevant", stances == "refute"
    scores = np.array(relevance)
    said = np.array([refutes(one) for one in judged])
    strength = np.array([one.refutes for one in judged])
    ends = np.cumsum([len(one.evidence) for one in claims])
    units = [range(end - len(one.evidence), end) for one, end in zip(claims, ends.tolist(), strict=True)]
    for part, chosen in parts([one.held for one in claims]):
        kept = [units[place] for place in chosen]
        if len(scores):
            yield measured_row(name, f"auroc{part}{suffix}", lambda p: auroc(scores[p], relevant[p]), kept, seconds)
        if not len(said):
            continue
        yield measured_row(name, f"refute_f1{part}{suffix}", lambda p: f1(said[p], refuting[p]), kept, seconds)
        yield measured_row(
            name, f"refute_ap{part}{suffix}", lambda p: average_precision(strength[p], refuting[p]), kept, seconds
        )
