"""Sub-goals: a need that names several things ("a tent and a sleeping bag under 300") becomes one need for each.

Simplification: only things joined by "and", "plus" or a comma, each of which the shop has a category for; constraints
stated once hold for each, a budget is for all of them together and so bounds each.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import replace

from shopwright.types import Constraint, Need

_DOES = re.compile(r"\b(?:he|she|they|who)\s+(?:also\s+|often\s+)?(\w+s)\b", re.IGNORECASE)
_NUMBER_FIRST = re.compile(r"\W*\d")
_FEW = 7
_SENTENCES = re.compile(
    r"(?<=[.!?])\s+|,?\s+and\s+(?=(?:how|what|when|where|can|could|do|does|is|are|will)\b)", re.IGNORECASE
)
_CLAUSES = re.compile(r"[.?!;]+\s*|,?\s+and\s+")
_CLAUSE = 3
"""Words from which a part of a question can be asked by itself."""
_JOINT = re.compile(r"\s*(?:,|;|:|\+|[.!?]\s|\balso\b|\band\b|\bplus\b|\bas well as\b|&)\s*", re.IGNORECASE)


def _nothing(_words: str) -> bool:
    return False


def split(
    need: Need,
    read: Callable[[str], Need],
    knows: Callable[[str], bool] = _nothing,
    most: int = 4,
) -> tuple[Need, ...]:
    """The sub-goals of a need, or the need alone.

    Args:
        read: reads a piece of the message by itself.
        knows: whether the catalogue has the last of some words.
        most: no more sub-goals than this.
    """
    if need.references or need.asks:
        return (need,)
    pieces = [read(piece) for piece in _JOINT.split(need.text) if piece.strip()]
    goods = [piece for piece in pieces if not _measured(piece) and (piece.category or _short(piece, knows))]
    kinds = {piece.category or (piece.product_type,) for piece in goods}
    if len(kinds) < 2 or not any(piece.category for piece in goods):
        return _interests(need, pieces, most) if need.recipient or need.occasion else (need,)
    rest = [piece for piece in pieces if piece not in goods]
    common = [c for piece in rest for c in piece.constraints if c.filter.field != "category"]
    common += [c for c in need.constraints if c.filter.field in ("price", "availability", "on_sale")]
    return tuple(_goal(need, piece, common) for piece in goods[:most])


def asides(need: Need, read: Callable[[str], Need], most: int = 3) -> tuple[Need, ...]:
    """The goods that are wished for beside a question: "a moka pot please. Do you wrap presents?" -> the moka pot."""
    if need.references:
        return ()
    parts = [part for part in _SENTENCES.split(need.text) if part.strip()]
    wishes = [part for part in parts if not read(part).interrogative]
    pieces = [read(piece) for wish in wishes for piece in _JOINT.split(wish) if piece.strip()]
    goods = [piece for piece in pieces if piece.category and not piece.asks]
    return tuple({piece.category: piece for piece in goods}.values())[:most]


def clauses(question: str) -> list[str]:
    """The parts of a question that can be asked by themselves; [] when it is too short to have any."""
    return [part for part in _CLAUSES.split(question) if len(part.split()) >= _CLAUSE]


def _goal(need: Need, piece: Need, common: Sequence[Constraint]) -> Need:
    """One sub-goal with its own conditions, and those that were stated for all."""
    own = [c for c in piece.constraints if c.filter.field != "price"]
    fields = {c.filter.field for c in own}
    shared = {c.filter.field: c for c in common if c.filter.field not in fields}
    negations = tuple(dict.fromkeys((*piece.negations, *(need.negations if not piece.negations else ()))))
    return replace(piece, constraints=(*own, *shared.values()), negations=negations, budget=need.budget)


def _interests(need: Need, pieces: Sequence[Need], most: int) -> tuple[Need, ...]:
    """One need for each thing that a person likes: "he fishes and reads" -> fishes, reads."""
    whom = {need.recipient, *(need.recipient or "").split(), need.occasion}
    goals = [" ".join(word for word in piece.goal.split() if word.removesuffix("'s") not in whom) for piece in pieces]
    interests = [_gerund(goal, piece.text) for goal, piece in zip(goals, pieces, strict=True) if goal]
    interests = list(dict.fromkeys(interests))
    return tuple(replace(need, goal=goal) for goal in interests[:most]) or (need,)


def _gerund(goal: str, said: str) -> str:
    """ "he fishes" -> fishing: what somebody does becomes the name of the activity."""
    match = _DOES.search(said)
    if not match or match[1].lower() not in goal.split():
        return goal
    verb = match[1].lower()
    stem = re.sub(r"(?<=[shx])es$|s$", "", verb) if not verb.endswith("ss") else verb
    activity = re.sub(r"e$", "", stem) + (stem[-1] if re.search(r"[^aeiou][aeiou][bdgmnpt]$", stem) else "") + "ing"
    return goal.replace(verb, activity)


def _measured(need: Need) -> bool:
    """Whether a piece begins with a measure, and so describes the thing before it ("15 m water column")."""
    measured = any(c.filter.op == "range" and c.filter.field.startswith("attr:") for c in need.constraints)
    return measured and bool(_NUMBER_FIRST.match(need.text))


def _short(need: Need, knows: Callable[[str], bool]) -> bool:
    """Whether a piece is little more than the name of a thing that the catalogue has."""
    return bool(need.product_type) and len(need.text.split()) <= _FEW and knows(need.product_type)
