"""`bench evidence`, reviews: whether a customer's text answers a question, and where (SubjQA).

subjqa_electronics, subjqa_grocery    answerable_auroc: reviews that answer score above those that do not;
                                      span_f1: word F1 of the words found, over pairs that can be answered;
                                      p50_ms of one review

The train and the dev file of a domain together. A pair of question and review was marked by about two people, a row
each: it is one item here. It can be answered when one of them marked words, and the best of their F1s counts, as SQuAD
counts several answers; `answerable_auroc:agreed` is over the pairs of which all say the same. The marker
"ANSWERNOTFOUND", which stands at the end of every review, is taken off. The words of an answer are those of the review
at the marked place (the marked text is a tokenised copy of them).

    :lexical    the sentence with most of the question's words, and their share
    :human      span_f1 of the words of one person against the other's, over pairs where both marked some
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import permutations
from pathlib import Path
from typing import Any

import numpy as np

from shopwright.bench.evidence_rows import BENCH, Words, measured_row, p50_row, read_rows, timed
from shopwright.bench.task import Row, mean_row
from shopwright.metrics import token_f1
from shopwright.models.protocols import Judge
from shopwright.selective import auroc
from shopwright.skills.evidence.facts import sentences
from shopwright.skills.evidence.reading import review_answers

MARKER = "ANSWERNOTFOUND"
_KEYS = ("question", "review_id", "review", "human_ans_spans", "human_ans_indices")
_PLACE = re.compile(r"\((\d+), (\d+)\)")
Found = tuple[float, str]
"""How probable it is that a review answers, and the words."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A question over a review, and what each person marked: "" for nothing."""

    question: str
    review: str
    marked: tuple[str, ...]

    @property
    def answerable(self) -> bool:
        """Whether somebody marked an answer."""
        return any(self.marked)

    @property
    def agreed(self) -> bool:
        """Whether all say the same of that."""
        return all(self.marked) or not any(self.marked)


def read_asked(paths: Iterable[Path]) -> list[Asked]:
    """The pairs of question and review, each once.

    Raises:
        CorpusError: see `read_rows`.
    """
    pairs: dict[tuple[str, str], list[dict[str, Any]]] = {}
    for path in paths:
        for row in read_rows(path, *_KEYS):
            pairs.setdefault((row["question"], row["review_id"]), []).append(row)
    return [
        Asked(rows[0]["question"], without_marker(rows[0]["review"]), tuple(marked_words(row) for row in rows))
        for rows in pairs.values()
    ]


def without_marker(review: str) -> str:
    """A review as it was written; places in it stay as they are."""
    return review.rstrip().removesuffix(MARKER).rstrip()


def marked_words(row: Mapping[str, Any]) -> str:
    """The words that a person marked, as they stand in the review; "" where there was no answer."""
    span = str(row["human_ans_spans"])
    if span == MARKER:
        return ""
    place = _PLACE.fullmatch(str(row["human_ans_indices"]))
    words = str(row["review"])[int(place[1]) : int(place[2])] if place else ""
    return words if re.sub(r"\W", "", words) == re.sub(r"\W", "", span) else span


def review_rows(name: str, judge: Judge, asked: Sequence[Asked]) -> Iterator[Row]:
    """The figures of reading reviews and of the baseline."""
    times: list[float] = []

    def found(one: Asked) -> Found:
        probability, (start, end) = timed(lambda: review_answers(one.question, one.review, judge), times)
        return probability, one.review[start:end]

    yield from _found_rows(name, "", asked, found)
    yield p50_row(name, times)
    words = Words()
    yield from _found_rows(name, ":lexical", asked, lambda one: nearest(one, words))
    both = [[mark for mark in one.marked if mark] for one in asked]
    agreement = [
        float(np.mean([token_f1(a, b) for a, b in permutations(marks, 2)])) for marks in both if len(marks) > 1
    ]
    yield mean_row(BENCH, name, "span_f1:human", agreement, 0.0)


def nearest(one: Asked, words: Words) -> Found:
    """The sentence of a review with most of the question's words."""
    said = sentences(one.review) or [""]
    return max(((words.share(one.question, sentence), sentence) for sentence in said), key=lambda found: found[0])


def _found_rows(name: str, suffix: str, asked: Sequence[Asked], find: Callable[[Asked], Found]) -> Iterator[Row]:
    started = time.perf_counter()
    found = [find(one) for one in asked]
    seconds = time.perf_counter() - started
    scores, labels = np.array([score for score, _ in found]), np.array([one.answerable for one in asked], np.bool_)
    for part, kept in (("", [True] * len(asked)), (":agreed", [one.agreed for one in asked])):
        units = [[place] for place, take in enumerate(kept) if take]
        metric = f"answerable_auroc{part}{suffix}"
        yield measured_row(name, metric, lambda places: auroc(scores[places], labels[places].tolist()), units, seconds)
    spans = [
        max(token_f1(words, gold) for gold in one.marked if gold)
        for one, (_, words) in zip(asked, found, strict=True)
        if one.answerable
    ]
    yield mean_row(BENCH, name, f"span_f1{suffix}", spans, seconds)
