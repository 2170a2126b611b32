"""The sentences of an answer, and whom each word of them is about.

A word is about the product that is named nearest before it in its sentence; before the first name, about that one, or
about the product that a pronoun stands for: what the sentence before was about first. "The other" and "both" are read
as people mean them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache

from shopwright.train.align.world.case import Case, Focus
from shopwright.train.align.world.wording import cues
from shopwright.train.align.world.words import Phrases, is_sign, longest, words

_READ = 240


@dataclass(frozen=True, slots=True)
class Claim:
    """Something that can be checked.

    Args:
        focus: places of the products that it is about; () where that is open.
        fact: what it is about, as the prompt names it; "" where no fact fits.
        holds: whether the evidence bears it.
        said: what tells it from the other claims on the same products.
        named: whether a number came with its unit or term.
        order: whether it compares two products.
    """

    focus: Focus
    fact: str
    holds: bool
    said: str
    named: bool = True
    order: bool = False


@dataclass(slots=True)
class Sentence:
    """A sentence as read: words as written and in small letters, whom each word is about, what is claimed."""

    written: list[str]
    small: list[str]
    focuses: list[Focus]
    names: list[tuple[int, int, Focus]]
    claims: list[Claim] = field(default_factory=list)

    @property
    def products(self) -> set[int]:
        """Places of the products that it names."""
        return {product for _, _, focus in self.names for product in focus}


def sentences(case: Case, text: str) -> list[Sentence]:
    """The sentences of an answer in order, without claims; an answer is read up to some 200 words."""
    found: list[Sentence] = []
    carried: Focus = ()
    for written in _split(words(text[:4000])[:_READ]):
        sentence, carried = _sentence(case, written, carried)
        found.append(sentence)
    return found


def _split(written: Sequence[str]) -> list[list[str]]:
    found: list[list[str]] = [[]]
    for word in written:
        if word == "\n":
            found.append([])
            continue
        found[-1].append(word)
        if word[0] in ".!?":
            found.append([])
    return [sentence for sentence in found if any(not is_sign(word) for word in sentence)]


def _sentence(case: Case, written: list[str], carried: Focus) -> tuple[Sentence, Focus]:
    small = [word.lower() for word in written]
    named = [
        (start, end, (product,))
        for start, end, (product, length) in longest(case.names.find(small))
        if length > 1 or written[start][:1].isupper()
    ]
    subject = named[0][2] if named else carried
    places: list[tuple[int, int, Focus]] = list(named)
    inside = {at for start, end, _ in named for at in range(start, end)}
    for start, end, kind in _references().find(small):
        if not inside.isdisjoint(range(start, end)):
            continue
        if kind == "both":
            places.append((start, end, case.all))
        else:
            before = [focus for at, _, focus in named if at < start]
            last = before[-1] if before else carried
            others = tuple(product for product in case.all if product not in last)
            if len(last) == 1 and others:
                places.append((start, end, others))
    places = longest(sorted(places, key=lambda place: (place[0], -place[1])))
    first = places[0][0] if places else len(small)
    pronoun = next((at for at, word in enumerate(small[:first]) if word in _pronouns()), -1) if carried else -1
    focuses = [places[0][2] if places else carried] * len(small)
    if pronoun >= 0:
        focuses = [carried] * len(small)
    for start, _, focus in places:
        focuses[start:] = [focus] * (len(small) - start)
    return Sentence(written, small, focuses, places), (carried if pronoun >= 0 else subject)


@cache
def _references() -> Phrases[str]:
    return Phrases((text, kind) for kind in ("both", "other") for text in cues()[kind])


@cache
def _pronouns() -> frozenset[str]:
    return frozenset(cues()["pronoun"])
