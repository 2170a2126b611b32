"""Passages that are copies of one another but for a value: found by alignment, with the words that differ.

One of two such twins was edited, or both are versions of one text. Who is right is decided elsewhere (`sifting`).
Texts are compared by their words (signs, in Chinese); a twin has at least six, of which six in ten are the other's, in
order. Facts of different products are never twins: two products' texts differ in a value because the products do.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

import numpy as np

from shopwright.skills.evidence.terms import Word, bag, incidence, words
from shopwright.skills.evidence.trust import source_kind
from shopwright.skills.evidence.values import Value, value_of
from shopwright.types import Evidence

_SHORTEST = 6
_ALIKE = 0.6
_MOST_PARTNERS = 3
_MOST_WORDS = 400
_LONGEST_NAME = 10
_MOST_VALUES = 3
"""Different values that may differ: copies that differ in more are other versions of a text."""


@dataclass(frozen=True, slots=True)
class Twins:
    """Two facts, by place, and the values in which they differ: (that of the one, that of the other)."""

    one: int
    other: int
    swaps: tuple[tuple[Value, Value], ...]


def twins(facts: Sequence[Evidence]) -> list[Twins]:
    """All pairs of twins; each fact with at most three others, those that share most words."""
    usable = [
        place for place, fact in enumerate(facts) if source_kind(fact) != "specification" and len(bag(fact.text)) > 3
    ]
    if len(usable) < 2:
        return []
    found_NV = incidence([bag(facts[place].text) for place in usable])
    sizes_N = found_NV.sum(1)
    shared_NN = found_NV @ found_NV.T
    alike_NN = shared_NN / np.maximum(sizes_N[:, None], sizes_N[None, :])
    np.fill_diagonal(alike_NN, 0.0)
    found: dict[tuple[int, int], Twins] = {}
    for row in np.flatnonzero((alike_NN >= _ALIKE - 0.15).any(1)).tolist():
        for column in np.argsort(-alike_NN[row], kind="stable")[:_MOST_PARTNERS].tolist():
            pair = (min(usable[row], usable[column]), max(usable[row], usable[column]))
            if (
                alike_NN[row, column] < _ALIKE - 0.15
                or pair in found
                or not _comparable(facts[pair[0]], facts[pair[1]])
            ):
                continue
            swaps = _swaps(facts[pair[0]].text, facts[pair[1]].text)
            if swaps:
                found[pair] = Twins(*pair, swaps)
    return list(found.values())


def _comparable(one: Evidence, other: Evidence) -> bool:
    return "product" not in (one.kind, other.kind) or one.source == other.source


def _swaps(one: str, other: str) -> tuple[tuple[Value, Value], ...]:
    """The values that differ, when the texts are copies but for them."""
    mine, its = words(one)[:_MOST_WORDS], words(other)[:_MOST_WORDS]
    if min(len(mine), len(its)) < _SHORTEST:
        return ()
    matcher = SequenceMatcher(None, [word.folded for word in mine], [word.folded for word in its], autojunk=False)
    blocks = matcher.get_opcodes()
    kept = sum(block[2] - block[1] for block in blocks if block[0] == "equal")
    if kept < _ALIKE * max(len(mine), len(its)):
        return ()
    swaps: list[tuple[Value, Value]] = []
    for name, i1, i2, j1, j2 in blocks:
        if name != "equal":
            pair = _value(one, mine, i1, i2), _value(other, its, j1, j2)
            if pair[0].text.strip() and pair[1].text.strip() and not _again(pair, swaps):
                swaps.append(pair)
    if not all(_is_value(one) and _is_value(other) and one.dimension == other.dimension for one, other in swaps):
        return ()
    different = {(_key(one), _key(other)) for one, other in swaps}
    return tuple(swaps) if len(different) <= _MOST_VALUES else ()


def _value(text: str, tokens: list[Word], first: int, last: int) -> Value:
    """The value that a stretch of words is or lies in; for no words, that which stands around their place."""
    if first < last:
        return value_of(text, tokens[first].start, tokens[last - 1].end)
    before = tokens[first - 1].end if first else 0
    after = tokens[first].start if first < len(tokens) else len(text)
    value = value_of(text, max(0, before - 1), min(len(text), after + 1))
    return value if value.kind != "name" else value_of(text, before, before)


def _again(pair: tuple[Value, Value], swaps: list[tuple[Value, Value]]) -> bool:
    return any(pair[0].start == old[0].start or pair[1].start == old[1].start for old in swaps)


def _is_value(value: Value) -> bool:
    """Dates and amounts are; a name is short and has a capital, a digit or signs without case ("Soul", 德国)."""
    if value.kind != "name":
        return True
    letters = [sign for sign in value.text if sign.isalpha()]
    return len(value.name) <= _LONGEST_NAME and any(not sign.islower() for sign in letters or "0")


def _key(value: Value) -> tuple[object, ...]:
    return (value.dimension, value.low, value.date, value.name)
