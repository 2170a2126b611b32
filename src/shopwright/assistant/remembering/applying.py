"""What a shopper told once, put into what they look for now: sizes, allergies, diets and dislikes.

A wish that names the thing itself stands over what is known ("a wool hat" of somebody who dislikes wool). A size or a
diet becomes a condition only where the shop has such goods in it, the least certain one, so that it is the first that a
search gives up. What was added is told to the shopper with each answer.

Simplifications: which size a thing takes (shoes, clothes, trousers, a ring, gloves) is told by the encoder from the
names of its category; an allergy leaves out what mentions the word, which no label replaces, and the note says so.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Protocol

from shopwright.assistant.matching import mentions
from shopwright.catalog.vocabulary import Vocabulary, fold, words
from shopwright.models.protocols import Encoder
from shopwright.types import Constraint, Filter, Need, Preference, Product


class Goods(Protocol):
    """The first products for a need under more conditions."""

    def __call__(self, need: Need, *conditions: Filter) -> Sequence[Product]:
        """The products, best first."""
        ...


WORN = ("shoes", "clothes", "trousers", "ring", "gloves", "hat")
_ALIKE = 0.28
"""Cosine of a category's name to the word of what is worn, from which it is such goods."""
_UNSURE = 0.3
_SIZE = re.compile(r"^(?:.*\s)?(?P<value>[a-z]{1,4}|\d+(?:[.,/]\d+)?)$", re.IGNORECASE)
_LEVELS = 2


def applied(
    need: Need,
    known: Iterable[Preference],
    path: Sequence[str],
    vocabulary: Vocabulary,
    encoder: Encoder,
    goods: Goods,
) -> tuple[Need, list[str]]:
    """The need with what is known of the shopper, and a sentence for each thing that was added.

    Args:
        path: the category of what is looked for, from the department down; () where it is not known.
        goods: asked before a condition is added: a size, whether there is something in it; a word that is to be left
            out, whether anything has it.
    """
    notes: list[str] = []
    said = {fold(word) for word in words(need.text)}
    for each in known:
        if each.kind in ("allergy", "dislike"):
            word = each.value.lower()
            named = word in need.negations or {fold(part) for part in words(word)} & said
            if not named and any(mentions(product, (word,)) for product in goods(need)):
                need = replace(need, negations=(*need.negations, word))
                notes.append(_left_out(each))
        elif each.kind in ("size", "diet"):
            condition = _size(each, path, vocabulary, encoder) if each.kind == "size" else _diet(each, vocabulary)
            taken = condition and any(held.field == condition.field for held in need.filters)
            if condition and not taken and goods(need, condition):
                need = replace(need, constraints=(*need.constraints, Constraint(condition, confidence=_UNSURE)))
                notes.append(f"I kept to what you told me: {each.value}.")
    return need, notes


def _left_out(each: Preference) -> str:
    if each.kind == "allergy":
        return f"I left out what mentions {each.value}, because of your allergy; please check the label all the same."
    return f"I left out {each.value}, as you told me."


def _size(each: Preference, path: Sequence[str], vocabulary: Vocabulary, encoder: Encoder) -> Filter | None:
    """The condition of a size on goods that take this kind of size."""
    match = _SIZE.match(each.value.strip())
    worn = next((name for name in WORN if name.rstrip("s") in each.value.lower()), None)
    if not match or worn is None or not path or worn != _worn(path, encoder):
        return None
    value = match["value"]
    for name, attribute in vocabulary.attributes.items():
        if (
            "size" in name.split("_")
            and attribute.option
            and any(value.lower() == known.lower() for known in attribute.values)
        ):
            return Filter(f"attr:{name}", "is", (value,))
    return None


def _worn(path: Sequence[str], encoder: Encoder) -> str | None:
    """Which of `WORN` a category is about."""
    levels = list(path[-_LEVELS:])
    alike_LW = encoder.encode(levels) @ encoder.encode(WORN).T
    best_W = alike_LW.max(axis=0)
    place = int(best_W.argmax())
    return WORN[place] if best_W[place] >= _ALIKE else None


def _diet(each: Preference, vocabulary: Vocabulary) -> Filter | None:
    """The condition of a diet that some attribute of the catalogue names."""
    wanted = each.value.lower()
    for name, attribute in vocabulary.attributes.items():
        if any(wanted == known.lower() for known in attribute.values):
            return Filter(f"attr:{name}", "is", (each.value,))
    return None
