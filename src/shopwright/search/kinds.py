"""What kind of thing a product is, in one or two nouns, and whether another product's texts name that kind.

"Tarn 2 two-person trekking tent" in "Trekking tents" is a tent; a footprint "for two-person tents" names it. Read from
titles, categories and descriptions alone: no list of products, and nothing is learned.
Simplification: English word order, where the last word before "for", "with", "in" or a comma is the head of the name.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property

from shopwright.catalog.vocabulary import fold, words
from shopwright.types import Product

_ENDS = re.compile(
    r"\s+(?:for|with|without|in|from|at|by|of|up|to|and|on|per|under|over)\s+|[,;:(|/–—]|\s-\s", re.IGNORECASE
)
_NAME = re.compile(r"(?:[A-Z0-9][\w’'-]*\s+)+")
_FITTING = re.compile(r"compatib|suitable_for|fits|works_with|goes_with")
_SEVERAL = re.compile(r"\s*(?:&|,|/|\band\b)\s*")
GENERIC = frozenset(
    {
        "accessory", "accessorie", "set", "kit", "pack", "piece", "thing", "other", "part", "care", "tool", "toy",
        "gift", "box", "machine", "aid", "system", "bag", "cup", "light", "training", "sport", "one", "home", "small",
        "large", "adult", "child",
    }
)  # fmt: skip
"""Heads that say too little by themselves to tell that another product belongs to this one."""


@dataclass(frozen=True)
class Kind:
    """The nouns that name a product's kind, and how its own name begins."""

    product: Product

    @cached_property
    def head(self) -> str:
        """The noun of the title: "tent"."""
        return head(self.product.title)

    @cached_property
    def heads(self) -> frozenset[str]:
        """Nouns that mean it: the title's, and the category's where it names one kind only ("skillet", "pan")."""
        shelf = [fold(found[-1]) for name in self._shelves if (found := words(name))]
        alike = [noun for noun in shelf if self.head.endswith(noun)]
        return frozenset({self.head, *(alike or (shelf if len(shelf) == 1 else ()))} - GENERIC - {""})

    @cached_property
    def name(self) -> str:
        """What its maker calls it: the capitals and numbers that begin its title after the brand, "Tarn 2"; or ""."""
        found = _NAME.match(self.product.title)
        brand = set(words(self.product.brand or ""))
        own = [word for word in (found[0].split() if found else []) if word.lower() not in brand]
        return " ".join(own) if any(word[0].isupper() for word in own) else ""

    @property
    def _shelves(self) -> list[str]:
        return _SEVERAL.split(self.product.category[-1]) if self.product.category else []


def calls(text: str, name: str) -> bool:
    """Whether a text uses a name as a name: with its capitals, and not just because a sentence begins there."""
    if not name:
        return False
    places = [found.start() for found in re.finditer(rf"(?<!\w){re.escape(name)}(?!\w)", text)]
    before = (text[max(0, place - 2) : place].strip(" “(") for place in places)
    return any(" " in name or mark not in ("", ".", "!", "?", ":") for mark in before)


def head(title: str) -> str:
    """The noun at the end of a name: "Shoal cotton terry towel, 50 x 100 cm" -> towel."""
    start = next((piece for piece in _ENDS.split(title) if piece.strip()), "")
    nouns = [word for word in words(start) if not any(letter.isdigit() for letter in word)]
    return fold(nouns[-1].rpartition("-")[2]) if nouns else ""


def texts(product: Product) -> Iterator[str]:
    """The sentences in which a product may say what it is for: title, highlights, description."""
    yield product.title
    yield from product.highlights
    yield from re.split(r"(?<=[.!?;:])\s+", product.description)


def fitting(product: Product) -> tuple[str, ...]:
    """What the product's attributes say that it goes with, as the merchant wrote it."""
    stated: list[str] = []
    for name, value in product.attributes.items():
        if _FITTING.search(name):
            stated += [value] if isinstance(value, str) else list(value) if isinstance(value, tuple) else []
    return tuple(stated)


def fit(stated: Iterable[str], heads: frozenset[str]) -> bool:
    """Whether one of the things that a product goes with is of the kind: "laptops up to 14 in" are laptops."""
    return any(head(entry) in heads for entry in stated)


def named_for(title: str, heads: frozenset[str]) -> bool:
    """Whether a name says that something is FOR a kind: "Groundsheet for trekking tents"."""
    _, mark, what = title.partition(" for ")
    return bool(mark) and head(what) in heads


def mentions(text: str, heads: frozenset[str]) -> bool:
    """Whether a word of the text is one of the heads."""
    return any(fold(word) in heads or fold(word.rpartition("-")[2]) in heads for word in words(text))
