"""Near-duplicates among facts: those that say the same become one, told by the best-trusted source.

Two facts say the same when they have the same words (case, order and punctuation aside), when one holds all words of
the other, or when their vectors nearly agree; and always only when they state the same numbers and the same yes or no.
"Battery life: 12 h" and "The battery life is 12 h" become one; 12 h and 10 h never do.

Simplification: merging is transitive through the best-trusted fact of a group only, so that a long text cannot chain
two different short ones together.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, fields
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from shopwright.models.protocols import Vectors
from shopwright.skills.evidence.sources import source_key
from shopwright.skills.evidence.terms import LONGEST, bag, content, incidence
from shopwright.skills.evidence.trust import together, trusts
from shopwright.types import Evidence

_NEAR = 0.95
_CONTAINED = 3
"""Content words that the shorter of two facts must have to be taken as part of the longer."""
_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")
_NEGATION = re.compile(r"\b(?:not|no|never|without|cannot|nor|hardly|isn't|\w+n['’]t)\b|不|没|无", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Weighed(Evidence):
    """Evidence after merging: who else says it, and how far it is to be believed.

    Args:
        sources: keys of the independent sources that say it, the kept one first.
        trust: 0 to 1, of all of them together.
    """

    sources: tuple[str, ...] = ()
    trust: float = 0.0

    @property
    def said_by(self) -> int:
        """How many independent sources say it."""
        return len(self.sources)


def merged(facts: Sequence[Evidence], vectors: Vectors | None = None) -> list[Weighed]:
    """The facts without near-duplicates, in the order in which each was first said.

    Args:
        vectors: of the facts, shape (N, D), unit length; without them words alone decide.
    """
    if not facts:
        return []
    trust = trusts(facts)
    same_NN = _same(facts, vectors)
    order = sorted(range(len(facts)), key=lambda place: (-trust[place], -facts[place].score, place))
    free = np.ones(len(facts), bool)
    groups: list[list[int]] = []
    for place in order:
        if free[place]:
            others = [other for other in np.flatnonzero(same_NN[place] & free).tolist() if other != place]
            free[[place, *others]] = False
            groups.append([place, *others])
    return [_one([facts[i] for i in group], [trust[i] for i in group]) for group in sorted(groups, key=min)]


def _one(group: list[Evidence], trust: list[float]) -> Weighed:
    said: dict[str, float] = {}
    heard: set[tuple[str, frozenset[str]]] = set()
    for fact, one in zip(group, trust, strict=True):
        copy = (fact.kind, bag(fact.text))
        if source_key(fact) not in said and (fact.kind != "review" or len(copy[1]) < _COPY or copy not in heard):
            said[source_key(fact)] = one
        heard.add(copy)
    return Weighed(
        **{f.name: getattr(group[0], f.name) for f in fields(Evidence)},
        sources=tuple(said),
        trust=together(said.values()),
    )


_COPY = 8
"""Words from which on the same text in two reviews is a copy and not an agreement ("Great battery!" may be both's)."""


def _same(facts: Sequence[Evidence], vectors: Vectors | None) -> NDArray[np.bool_]:
    """Which facts say the same, shape (N, N)."""
    keys = [_key(fact.text[:LONGEST]) for fact in facts]
    codes: dict[tuple[frozenset[str], bool], int] = {}
    stated_N = np.array([codes.setdefault(key, len(codes)) for key in keys])
    found_NV = incidence([content(fact.text) for fact in facts])
    sizes_N = found_NV.sum(1)
    shared_NN = found_NV @ found_NV.T
    smaller_NN = np.minimum(sizes_N[:, None], sizes_N[None, :])
    larger_NN = np.maximum(sizes_N[:, None], sizes_N[None, :])
    same_NN = (shared_NN == larger_NN) & (larger_NN > 0)
    same_NN |= (shared_NN == smaller_NN) & (smaller_NN >= _CONTAINED)
    if vectors is not None:
        same_NN |= (vectors @ vectors.T) >= _NEAR
    same_NN &= stated_N[:, None] == stated_N[None, :]
    return np.asarray(same_NN, bool)


@lru_cache(maxsize=4096)
def _key(text: str) -> tuple[frozenset[str], bool]:
    """The numbers that a text states, and whether it denies."""
    return frozenset(number.rstrip(".,") for number in _NUMBER.findall(text)), bool(_NEGATION.search(text))
