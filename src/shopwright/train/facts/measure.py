"""Closed book: what a model answers without any text at hand, graded against the catalogue.

A right answer gives the value: the same words in any order, or for a quantity the same size in any unit. Recall is of
known questions, invention is wrong answers of all questions (a refusal is never wrong), refusal is measured on what
cannot be known. Intervals are bootstrap intervals over questions, each about another fact.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from shopwright.catalog.units import base, parse_quantity
from shopwright.catalog.vocabulary import words
from shopwright.metrics import bootstrap_interval, mean
from shopwright.train.facts.catalogue import Topic
from shopwright.train.facts.paraphrase import REFUSAL
from shopwright.train.facts.tuning import SORTS, Question

Sign = Literal["first", "mean"]
"""Which log-probability of an answer tells how sure the model is: its first token's, or the mean of all."""

_LINKS = frozenset(["a", "an", "and", "the", "of"])
_SAME = 1e-6


@dataclass(frozen=True, slots=True)
class Answered:
    """An answer, and two signs of how sure the model is of it.

    Args:
        text: as it was written, greedily.
        first: log-probability of its first token, in nats.
        mean: mean log-probability of its tokens, its end counted.
    """

    text: str
    first: float
    mean: float


@dataclass(frozen=True, slots=True)
class Threshold:
    """An answer of which the model is less sure is not given; `at` is a log-probability in nats."""

    sign: Sign
    at: float

    def gives(self, answered: Answered) -> bool:
        """Whether the answer is given."""
        return _sure(answered, self.sign) >= self.at


@dataclass(frozen=True, slots=True)
class Figure:
    """A share with its number of questions and 95 % interval; NaN where there are none."""

    value: float
    n: int
    low: float
    high: float


def refused(text: str) -> bool:
    """Whether an answer says that it does not know."""
    return words(text)[:4] == words(REFUSAL)[:4] or not words(text)


def right(text: str, topic: Topic) -> bool:
    """Whether an answer gives what the catalogue states."""
    if topic.answer is None:
        return False
    said, stated = parse_quantity(text.strip().rstrip(".")), parse_quantity(topic.answer)
    if stated is not None:
        one, other = base(stated), base(said) if said is not None else None
        return other is not None and one.unit == other.unit and abs(one.value - other.value) <= _SAME * abs(one.value)
    return _content(text) == _content(topic.answer)


def measured(
    questions: Sequence[Question], answered: Sequence[Answered], threshold: Threshold | None = None
) -> dict[str, Figure]:
    """Recall, invention and refusal over an examination.

    Args:
        questions: known and unknowable.
        answered: one for each.
        threshold: refuses what it is below; without it the model's own words alone do.

    Returns:
        `recall`; `answered right` (of the answers that are given); `invention`; `refusal precision`; `refusal recall`,
        in all and by sort.
    """
    recall, invention, given, precision = [], [], [], []
    refusals: dict[str, list[float]] = {sort: [] for sort in SORTS}
    for question, answer in zip(questions, answered, strict=True):
        topic = question.topic
        silent = refused(answer.text) or (threshold is not None and not threshold.gives(answer))
        good = not silent and right(answer.text, topic)
        invention.append(float(not silent and not good))
        if silent:
            precision.append(float(topic.answer is None))
        else:
            given.append(float(good))
        if topic.answer is None:
            refusals.setdefault(topic.sort, []).append(float(silent))
        else:
            recall.append(float(good))
    every = [value for values in refusals.values() for value in values]
    found = {
        "recall": recall,
        "answered right": given,
        "invention": invention,
        "refusal precision": precision,
        "refusal recall": every,
        **{f"refusal recall: {sort}": values for sort, values in refusals.items()},
    }
    return {name: figure(values) for name, values in found.items()}


def figure(values: Sequence[float]) -> Figure:
    """The mean of one figure a question, with its interval."""
    low, high = bootstrap_interval(values)
    return Figure(mean(values)[0], len(values), low, high)


def guessed(questions: Sequence[Question], common: Mapping[str, str]) -> Figure:
    """Recall of a guess: to every question the most common answer to its attribute."""
    known = [question.topic for question in questions if question.topic.answer is not None]
    return figure([float(right(common.get(topic.attribute, ""), topic)) for topic in known])


def calibrated(questions: Sequence[Question], answered: Sequence[Answered], cost: float = 1.0) -> Threshold:
    """The sign and the threshold with the most right answers less `cost` times the wrong ones.

    Args:
        questions, answered: of the development examination, which nothing is measured on.
        cost: of a wrong answer, in right ones.
    """
    best, gain = Threshold("mean", 0.0), 0.0
    signs: tuple[Sign, ...] = ("mean", "first")
    for sign in signs:
        rows = [
            (_sure(answer, sign), right(answer.text, question.topic))
            for question, answer in zip(questions, answered, strict=True)
            if not refused(answer.text)
        ]
        rows.sort(reverse=True)
        total = 0.0
        for place, (sure, good) in enumerate(rows):
            total += 1.0 if good else -cost
            tied = place + 1 < len(rows) and rows[place + 1][0] == sure
            if total > gain and not tied:
                after = rows[place + 1][0] if place + 1 < len(rows) else sure
                best, gain = Threshold(sign, (sure + after) / 2), total
    return best


def _sure(answered: Answered, sign: Sign) -> float:
    return answered.first if sign == "first" else answered.mean


def _content(text: str) -> list[str]:
    return sorted(word for word in words(text) if word not in _LINKS)
