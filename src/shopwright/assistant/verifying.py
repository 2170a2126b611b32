"""The verify step: what is said about sentences before a shopper sees them, and what is done with those that fail.

The built-in wording is compared by code alone: numbers, units, dates and names with the evidence that a sentence cites.
An endpoint's sentences are read by the verifier, each with what it cites, or with all evidence where it cites none; an
unsupported one is corrected from the evidence where code knows how, else left out. What the shopper typed is never
evidence.

Where an endpoint is asked several times, its answers must agree before one of them is read.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from shopwright.models.protocols import Judge
from shopwright.skills.verify.check import check
from shopwright.skills.verify.entropy import Agreement, semantic_entropy
from shopwright.skills.verify.exact import compare
from shopwright.skills.verify.repair import repaired
from shopwright.skills.verify.verifier import Verifier
from shopwright.types import Claim, Evidence, Mark, Sentence, Verdict

AGREED = 0.45
"""Semantic entropy up to which answers agree: 2 of 2, 3 of 3, 3 of 4, or two meanings in 5."""
_COMPARED = frozenset(("number", "unit", "date", "name"))


@dataclass(frozen=True, slots=True)
class Verified:
    """Sentences that may be said, the texts of those that may not, and the verdicts on which that rests.

    Args:
        corrected: how many of those kept were corrected from the evidence.
    """

    kept: tuple[Sentence, ...]
    removed: tuple[str, ...]
    verdicts: tuple[Verdict, ...]
    corrected: int = 0


@dataclass(frozen=True, slots=True)
class Sampled:
    """What an endpoint says most, of several answers to one question, and whether they agree enough to say it."""

    sentences: tuple[Sentence, ...]
    agreement: Agreement

    @property
    def agrees(self) -> bool:
        """Whether it may be said, as far as agreement goes."""
        return self.agreement.entropy <= AGREED

    @property
    def meanings(self) -> str:
        """How many meanings in how many answers: "3 meanings in 5"."""
        count = self.agreement.meanings
        return f"{count} {'meaning' if count == 1 else 'meanings'} in {self.agreement.samples}"


def sampled(question: str, wordings: Sequence[tuple[Sentence, ...]], judge: Judge) -> Sampled:
    """The wording that stands for most of an endpoint's answers to a question; there must be one or more.

    Raises:
        ModelError: the judge failed.
    """
    texts = [" ".join(sentence.text for sentence in wording) for wording in wordings]
    agreement = semantic_entropy(question, texts, judge)
    return Sampled(wordings[agreement.representative], agreement)


def compared(sentences: Sequence[Sentence], evidence: Mapping[str, Evidence]) -> Verified:
    """The built-in wording, compared by code; the verdicts are those on what was removed."""
    passing, removed = check(sentences, evidence)
    verdicts = [_verdict(text, (), "its numbers do not stand in the evidence that it cites") for text in removed]
    kept: list[Sentence] = []
    for sentence in passing:
        marks = _marks(sentence, evidence)
        if marks:
            verdicts.append(_verdict(sentence.text, marks, "the evidence does not hold the marked words"))
        else:
            kept.append(sentence)
    held = {sentence.text for sentence in kept}
    return Verified(tuple(kept), tuple(s.text for s in sentences if s.text not in held), tuple(verdicts))


def verified(sentences: Sequence[Sentence], evidence: Mapping[str, Evidence], verifier: Verifier) -> Verified:
    """An endpoint's sentences, read by the verifier; the verdicts are on all their claims."""
    kept: list[Sentence] = []
    removed: list[str] = []
    verdicts: list[Verdict] = []
    corrected = 0
    for sentence in sentences:
        keys = tuple(key for key in sentence.citations if key in evidence) or tuple(evidence)
        texts = [_told(evidence[key]) for key in keys]
        found = verifier.verify(sentence.text, texts)
        verdicts += found
        repair = repaired(sentence.text, found, partial(verifier.verify, evidence=texts))
        if not repair.text.strip():
            removed.append(sentence.text)
            continue
        corrected += bool(repair.changes)
        cited = tuple(dict.fromkeys(keys[place] for verdict in found for place in verdict.sources))
        kept.append(Sentence(repair.text, keys if sentence.citations else cited))
    return Verified(tuple(kept), tuple(removed), tuple(verdicts), corrected)


def _marks(sentence: Sentence, evidence: Mapping[str, Evidence]) -> tuple[Mark, ...]:
    """The numbers, dates and names of a sentence that the evidence it cites does not hold."""
    if not sentence.citations:
        return ()
    found = compare(sentence.text, [_told(evidence[key]) for key in sentence.citations])
    return tuple(mark for mark in found.marks if mark.reason in _COMPARED)


def _verdict(text: str, marks: tuple[Mark, ...], reason: str) -> Verdict:
    return Verdict(Claim(text, 0, len(text)), "unsupported", 0.0, marks=marks, reason=reason)


def _told(fact: Evidence) -> str:
    """A fact with the name of its source, which says what it is a fact of."""
    return f"{fact.title}: {fact.text}" if fact.title else fact.text


def changes(found: Verified) -> list[str]:
    """What was done to an endpoint's sentences, for the shopper to know."""
    notes = []
    if found.removed:
        count = len(found.removed)
        told = f"{count} unsupported {'sentence' if count == 1 else 'sentences'} of the language model"
        notes.append(f"{told} {'was' if count == 1 else 'were'} removed.")
    if found.corrected:
        told = f"{found.corrected} {'sentence' if found.corrected == 1 else 'sentences'} of the language model"
        notes.append(f"{told} {'was' if found.corrected == 1 else 'were'} corrected from the evidence.")
    return notes
