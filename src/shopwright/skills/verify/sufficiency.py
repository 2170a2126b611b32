"""Whether passages answer a question: the probability by which an answer is given or refused.

The signals: how far the best passage answers and how sure the judge is of words that do, how much the second best adds
(agreement), the margin between them, and the shares of the question's words and of its names that the best passage has.
A logistic regression over them is fitted on questions of known answerability (`weights/verifier.json`).
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from shopwright.models.onnx_files import WEIGHTS
from shopwright.models.protocols import Encoder, Judge
from shopwright.skills.verify.calibrated import read_calibrated
from shopwright.skills.verify.calibration import Logistic
from shopwright.skills.verify.packing import Pieces
from shopwright.types import Judgement

_WORD = re.compile(r"[^\W_]+")
_NAMELESS = 0.4
"""What a passage without any of the question's names keeps of its worth."""
_LONGEST, _LONGEST_CHARACTERS = 180, 4_000
"""Words of a passage that are read, and characters where it has no blanks."""


@dataclass(frozen=True, slots=True)
class Sufficiency:
    """What the passages are worth to a question.

    Args:
        probability: that they answer it.
        best: place of the passage that answers best; -1 when there is none.
        answer: (start, end) of the words that answer, in that passage.
        features: what the probability rests on.
    """

    probability: float
    best: int
    answer: tuple[int, int]
    features: dict[str, float]


class Sufficient:
    """Tells whether passages answer a question.

    Args:
        judge: reads the question with each passage.
        model: probability from `features_of`; the shipped one when None.
        folder: where `verifier.json` is.
        encoder: adds how close the closest passage is; without it that signal counts as its mean.
    """

    def __init__(
        self, judge: Judge, model: Logistic | None = None, folder: Path = WEIGHTS, encoder: Encoder | None = None
    ) -> None:
        self.judge = judge
        self.encoder = encoder
        self.model = model or read_calibrated(folder).sufficiency

    def weigh(self, question: str, passages: Sequence[str]) -> Sufficiency:
        """The probability that the passages answer the question, and where."""
        texts = [beginning(passage) for passage in passages]
        judged = self.judge.judge([(question, text) for text in texts])
        features = features_of(question, texts, judged, self.encoder)
        best = best_of(question, texts, judged)
        answer = judged[best].answer if judged else (0, 0)
        probability = self.model.probability(features) if judged else 0.0
        return Sufficiency(probability, best, answer, features)


def beginning(passage: str) -> str:
    """What is read of a passage; characters keep their places."""
    return " ".join(passage[:_LONGEST_CHARACTERS].split(" ")[:_LONGEST])


def features_of(
    question: str, passages: Sequence[str], judged: Sequence[Judgement], encoder: Encoder | None = None
) -> dict[str, float]:
    """The signals, all finite; those of no passages are the lowest, the closeness needs an encoder."""
    relevance = [*sorted((each.relevance for each in judged), reverse=True), 0.0, 0.0]
    best = best_of(question, passages, judged)
    return _closeness(question, passages, encoder) | {
        "relevance": _logit(relevance[0]),
        "answerable": _logit(max((each.answerable for each in judged), default=0.0)),
        "both": _logit(_both(judged[best]) if judged else 0.0),
        "second": relevance[1],
        "margin": relevance[0] - relevance[1],
        "coverage": Pieces(passages).coverage(question, passages[best]) if passages else 0.0,
        "names": names_held(question, passages[best]) if passages else 0.0,
        "passages": math.log1p(len(passages)),
    }


def _closeness(question: str, passages: Sequence[str], encoder: Encoder | None) -> dict[str, float]:
    """The cosine of the closest passage and how far it is ahead of the mean: the margin of retrieval."""
    if encoder is None or not passages:
        return {}
    vectors = encoder.encode([question, *passages])
    cosines = vectors[1:] @ vectors[0]
    return {"closest": float(cosines.max()), "ahead": float(cosines.max() - cosines.mean())}


def best_of(question: str, passages: Sequence[str], judged: Sequence[Judgement]) -> int:
    """Place of the passage that answers best, one that lacks a name of the question counting less; -1 for none."""
    worth = [
        _both(each) * (_NAMELESS + (1 - _NAMELESS) * names_held(question, passage))
        for passage, each in zip(passages, judged, strict=True)
    ]
    return max(range(len(worth)), key=worth.__getitem__, default=-1)


def names_held(question: str, passage: str) -> float:
    """Share of the question's names and numbers that the passage has; 1 for a question without any."""
    words = _WORD.findall(question)
    named = [word for place, word in enumerate(words) if word[0].isdigit() or (place and word[0].isupper())]
    there = {word.lower().removesuffix("s") for word in _WORD.findall(passage)}
    return sum(word.lower().removesuffix("s") in there for word in named) / len(named) if named else 1.0


def _both(judgement: Judgement) -> float:
    return judgement.relevance * judgement.answerable


def _logit(probability: float) -> float:
    kept = min(max(probability, 1e-4), 1 - 1e-4)
    return math.log(kept / (1 - kept))
