"""A constraint to the paths of a lattice: at each place of a text some words may stand, and some span several places.

    lattice = Lattice(vocabulary, [[(1, "power")], [(2, "dprayer"), (2, "sprayer"), (2, "drawer")]])
    model.beams(prompt, constraint=lattice.matcher())       # "power sprayer" ...

An arc leads from its place to a later one and writes some words, or none. The tokens of an arc begin with a space, and
byte-level BPE never merges across one, so that arcs can be told apart token by token; a text may be on several arcs at
once ("door" of "door mat" and of "doormat" in two tokens), which is why a matcher holds a set of places. It is a
`beam.Grammar` that costs some look-ups a token; a general grammar costs a compilation a query.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from shopwright.models.language.vocabulary import Vocabulary

Allowed = NDArray[np.bool_]
Arc = tuple[int, str]
"""The place that it leads to, and the words that it writes."""

_At = tuple[int, int, int]
"""Place, arc from there, tokens of it that are written; the arc is -1 between two arcs."""


class Lattice:
    """Arcs by the place that they start from.

    Args:
        vocabulary: of the model.
        arcs: those from each place; they lead to later places, and the text ends at place `len(arcs)`.
    """

    def __init__(self, vocabulary: Vocabulary, arcs: Sequence[Sequence[Arc]]) -> None:
        self.vocabulary = vocabulary
        self.end = len(arcs)
        self.arcs = [
            [(end, tuple(vocabulary.encode(f" {words}")) if words else ()) for end, words in own] for own in arcs
        ]

    @property
    def longest(self) -> int:
        """As many tokens as any path can have, its end counted."""
        return 1 + sum(max((len(tokens) for _, tokens in own), default=0) for own in self.arcs)

    def matcher(self) -> LatticeMatcher:
        """A matcher at the start."""
        return LatticeMatcher(self, _between(self, {(0, -1, 0)}))


class LatticeMatcher:
    """How far a text has come."""

    def __init__(self, lattice: Lattice, at: frozenset[_At]) -> None:
        self._lattice, self._at = lattice, at

    @property
    def accepting(self) -> bool:
        """The text may end here."""
        return (self._lattice.end, -1, 0) in self._at

    @property
    def finished(self) -> bool:
        """Nothing may follow."""
        return self._at == {(self._lattice.end, -1, 0)}

    def allowed(self) -> Allowed:
        """Which tokens may come next, shape (V,)."""
        found = np.zeros(self._lattice.vocabulary.size, np.bool_)
        found[[token for token, _ in self._next()]] = True
        found[self._lattice.vocabulary.end] = self.accepting
        return found

    def accept(self, token: int) -> None:
        """Go on with a token that is allowed."""
        self._at = _between(self._lattice, {after for each, after in self._next() if each == token})

    def copy(self) -> LatticeMatcher:
        """One of the same state that goes its own way."""
        return LatticeMatcher(self._lattice, self._at)

    def _next(self) -> list[tuple[int, _At]]:
        """Each token that may come, and where it leads."""
        found: list[tuple[int, _At]] = []
        for place, arc, written in self._at:
            for number, (_, tokens) in enumerate(self._lattice.arcs[place] if place < self._lattice.end else ()):
                if arc in (-1, number) and written < len(tokens):
                    found.append((tokens[written], (place, number, written + 1)))
        return found


def _between(lattice: Lattice, at: set[_At]) -> frozenset[_At]:
    """With the places that are reached where an arc is written, or writes nothing."""
    found: set[_At] = set()
    waiting = list(at)
    while waiting:
        place, arc, written = each = waiting.pop()
        if arc >= 0:
            end, tokens = lattice.arcs[place][arc]
            if written == len(tokens):
                waiting.append((end, -1, 0))
            else:
                found.add(each)
        elif each not in found:
            found.add(each)
            empty = [end for end, tokens in lattice.arcs[place] if not tokens] if place < lattice.end else []
            waiting += [(end, -1, 0) for end in empty]
    return frozenset(found)
