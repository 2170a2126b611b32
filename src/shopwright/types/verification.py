"""What is said of a claim: the claim, what a judge reads in one piece of evidence, and the verdict over all of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

VerdictLabel = Literal["supported", "partial", "refuted", "unsupported", "empty"]
"""What the evidence does to a claim: holds all of it, holds it but for the marked words, says otherwise, does not say
it; "empty" is a claim that states nothing ("Happy to help!")."""

MarkReason = Literal["number", "unit", "date", "name", "negation", "words"]
"""Why words of a claim are marked: what code compared, or "words" where the judge found no support."""


@dataclass(frozen=True, slots=True)
class Claim:
    """One statement of a text, with its place there: `answer[start:end]`."""

    text: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Mark:
    """Words of a claim that the evidence does not hold: character offsets in the claim, and why.

    Args:
        told: what the evidence says in their place, when that is known ("7.5 h").
        probability: that they are unsupported; 1 where code compared.
    """

    start: int
    end: int
    reason: MarkReason
    told: str = ""
    probability: float = 1.0


@dataclass(frozen=True, slots=True)
class Judgement:
    """What a judge reads when it reads a question or a claim together with one piece of evidence.

    Args:
        relevance: that the evidence answers the question, 0 (not) to 1 (fully); .5 is "in part".
        supports, refutes: probabilities that the evidence supports or contradicts the claim; the rest: it says nothing.
        answer: (start, end) of the words in the evidence that answer best; (0, 0) when there are none.
        answerable: probability that these words are the answer, against the evidence having none.
        unsupported: (start, end, probability) of each word of the claim: that the evidence does not hold it.
    """

    relevance: float
    supports: float
    refutes: float
    answer: tuple[int, int] = (0, 0)
    answerable: float = 0.0
    unsupported: tuple[tuple[int, int, float], ...] = ()


@dataclass(frozen=True, slots=True)
class Verdict:
    """What all the evidence together says of a claim.

    Args:
        probability: calibrated, that the claim is supported in every word.
        sources: places of the pieces of evidence that decided, best first; () when none bears on it.
        marks: the words that are not supported.
        reason: why, in one sentence for a person.
    """

    claim: Claim
    label: VerdictLabel
    probability: float
    sources: tuple[int, ...] = ()
    marks: tuple[Mark, ...] = ()
    reason: str = ""
