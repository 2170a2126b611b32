"""Agreement of samples: whether several answers of a model to one question mean the same.

    semantic_entropy("How long may I return it?", ["30 days.", "Within 30 days.", "60 days."], judge).meanings    # 2

A model that knows says the same in other words; one that invents says something else each time. Answers are clustered
by meaning and the entropy of the clusters is the doubt (semantic entropy: Kuhn, Gal and Farquhar, ICLR 2023; in its
discrete version, which needs no token probabilities: Farquhar et al., Nature 630, 2024).

Two answers mean the same when the judge finds every claim of each in the other, read after the question, and code finds
no contradiction (`exact`): a figure or date in each that the other lacks, a negation turned round, "yes" against "no".
Refusals ("I don't know") and empty answers are one meaning of their own.

What not: as in the paper an answer is read against the first of a cluster only, so that the clusters can depend on the
order of the samples; contradictions are looked for in all of a cluster. An answer that tells more than another means
something else. A model that is wrong the same way each time agrees with itself.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass

from shopwright.models.protocols import Judge
from shopwright.skills.verify.claims import claims_of, states_something
from shopwright.skills.verify.exact import compare
from shopwright.skills.verify.numbers import stated
from shopwright.skills.verify.packing import terms

HOLDS = 0.5
"""Probability of support from which an answer holds a claim of another."""
LONGEST = 2_000
"""Characters of a sample, and of the question, that are read."""
_FIGURES = frozenset(("number", "unit", "date"))
_TOLD = r"(?:say|state|specify|mention|tell)"
_KNOWN = r"(?:information|details|data|answer)"
_REFUSAL = re.compile(
    rf"\b(?:i|we)\b[^.,;]{{0,20}}?(?:\bnot|n't|\bcannot|\bunable|\bno)(?: able)?(?: to)? (?:(?:know|sure|certain|say|"
    rf"tell|find|answer|confirm|determine|help|idea|way of knowing)\b|(?:have )?(?:\w+ ){{0,3}}{_KNOWN}\b)"
    r"|\b(?:is|are|was|were)(?: not|n't) (?:known|stated|specified|mentioned|given)\b"
    rf"|\bdo(?:es)?(?: not|n't) {_TOLD}\b|\b(?:no|not enough|insufficient) {_KNOWN}\b"
    r"|\b(?:cannot|can't) be (?:answered|determined)\b",
    re.IGNORECASE,
)
_REFUSED = frozenset(("unknown", "unanswerable", "n/a", "no answer", "not known", "not stated", "unclear"))
_OPENING = re.compile(r"\W*(yes|no)\b(?! (?:longer|more|less|one|doubt|matter)\b)(?=\W|$)", re.IGNORECASE)
_BLANKS = " \t\n.!…*_\"'"


@dataclass(frozen=True, slots=True)
class Agreement:
    """How far samples agree.

    Args:
        clusters: places of the samples that mean the same, largest first, else in the order of the samples.
        representative: place of the sample of the largest cluster that is closest to its others; -1 for no samples.
        entropy: of the clusters, 0 (all mean the same) to 1 (each means something else); of no samples 1.
    """

    clusters: tuple[tuple[int, ...], ...]
    representative: int
    entropy: float

    @property
    def samples(self) -> int:
        """How many samples there were."""
        return sum(len(cluster) for cluster in self.clusters)

    @property
    def meanings(self) -> int:
        """How many meanings they have."""
        return len(self.clusters)

    @property
    def share(self) -> float:
        """Share of the samples that are in the largest cluster; 0 for no samples."""
        return len(self.clusters[0]) / self.samples if self.clusters else 0.0


def semantic_entropy(question: str, samples: Sequence[str], judge: Judge) -> Agreement:
    """Cluster answers to one question by meaning, and how much they disagree.

    Raises:
        ModelError: the judge failed.
    """
    texts = [" ".join(sample[:LONGEST].replace("’", "'").split()) for sample in samples]
    reader = _Reader(question[:LONGEST].strip(), judge)
    clusters: list[list[int]] = []
    for place, text in enumerate(texts):
        same = next((each for each in clusters if reader.mean_the_same(text, [texts[other] for other in each])), None)
        if same is None:
            clusters.append([place])
        else:
            same.append(place)
    clusters.sort(key=len, reverse=True)
    representative = _closest(texts, clusters[0]) if clusters else -1
    return Agreement(tuple(map(tuple, clusters)), representative, _entropy([len(each) for each in clusters]))


def is_refusal(text: str) -> bool:
    """Whether an answer only says that there is none, or says nothing."""
    bare = text.replace("’", "'").strip(_BLANKS).lower()
    if not bare or bare in _REFUSED:
        return True
    said = claims_of(text.replace("’", "'"))
    refused = [_REFUSAL.search(claim.text) is not None for claim in said]
    return any(refused) and all(gone or not states_something(claim) for claim, gone in zip(said, refused, strict=True))


class _Reader:
    """Reads answers to one question against each other."""

    def __init__(self, question: str, judge: Judge) -> None:
        self._question = question
        self._judge = judge

    def mean_the_same(self, text: str, cluster: Sequence[str]) -> bool:
        """Whether an answer means what a cluster does."""
        if text in cluster:
            return True
        if is_refusal(text) or is_refusal(cluster[0]):
            return is_refusal(text) and is_refusal(cluster[0])
        if any(contradict(text, other) for other in cluster):
            return False
        return self._holds(text, cluster[0]) and self._holds(cluster[0], text)

    def _holds(self, text: str, other: str) -> bool:
        """Whether the other answer, read after the question, holds every claim of the text."""
        claims = [claim.text for claim in claims_of(text) if states_something(claim)] or [text]
        judged = self._judge.judge([(claim, f"{self._question} {other}") for claim in claims])
        return all(each.supports >= HOLDS and each.supports > each.refutes for each in judged)


def contradict(text: str, other: str) -> bool:
    """Whether code finds that two answers cannot both be right."""
    openings = {found[1].lower() for each in (text, other) if (found := _OPENING.match(each))}
    if len(openings) == 2:
        return True
    there, back = compare(text, [other]), compare(other, [text])
    if any((*there.contradicted, *back.contradicted)):
        return True
    marked = [any(mark.reason in _FIGURES for mark in exact.marks) for exact in (there, back)]
    alone = _has_own_figure(text, other), _has_own_figure(other, text)  # `compare` lets a figure be a sum of others
    return any(marked) and all(mark or own for mark, own in zip(marked, alone, strict=True))


def _has_own_figure(text: str, other: str) -> bool:
    """Whether a figure in digits of the one text stands nowhere in the other."""
    held = stated(other)
    return any(not any(figure.is_told_by(each) for each in held) for figure in stated(text) if not figure.spelled)


def _closest(texts: Sequence[str], cluster: Sequence[int]) -> int:
    """The sample that shares most words with the others of its cluster, the first of equals."""
    words = {place: frozenset(terms(texts[place])) for place in cluster}

    def shared(place: int) -> float:
        return sum(_dice(words[place], words[other]) for other in cluster if other != place)

    return max(cluster, key=shared)


def _dice(one: frozenset[str], other: frozenset[str]) -> float:
    return 2 * len(one & other) / (len(one) + len(other)) if one or other else 1.0


def _entropy(sizes: Sequence[int]) -> float:
    """Entropy of cluster sizes over its greatest, that of as many clusters as there are samples."""
    count = sum(sizes)
    if count < 2:
        return 0.0 if count else 1.0
    nats = sum(size / count * math.log(count / size) for size in sizes)
    return min(nats / math.log(count), 1.0)
