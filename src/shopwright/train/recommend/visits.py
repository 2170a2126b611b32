"""What is learned from: visits as the products that somebody chose, in order; and what is asked of a model of them.

A choice is a product that was looked at, put into the basket or bought; the same product in a row is one choice, so
that a purchase counts where it is not of what was just looked at. Visits that look like bots or poison do not count
(`catalog.events.doubts`). The visits of one shopper who is known are one sequence. What is asked are the products that
a held-out visit went on to, after what its shopper chose before.

Simplification: of a visit without end only its last `LONGEST` choices count.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

import numpy as np
from numpy.typing import NDArray

from shopwright.catalog.events.kept import LEARNED, Events
from shopwright.catalog.learned import sources_of
from shopwright.search.commits import State
from shopwright.search.strings import PATH
from shopwright.sequences.encoder import Vectors
from shopwright.skills.recommend.sequence.sequence_model import LONGEST

Sources = NDArray[np.uint64]
HISTORY = 200
"""Choices before a question that are handed to a model, the latest."""


@dataclass(frozen=True, slots=True)
class Visit:
    """What somebody chose in one visit.

    Args:
        source: number of the visit (`catalog.learned`).
        shopper: who; "" for nobody that is known.
        items: ids of products, in order; none twice in a row.
    """

    source: int
    shopper: str
    items: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Read:
    """The visits of a shop, oldest first, and how many choices were of products that the catalogue does not have."""

    visits: tuple[Visit, ...]
    unknown: int


@dataclass(frozen=True, slots=True)
class Sequences:
    """What is learned from: ids in the order in which somebody chose them, and the source of each."""

    items: Sequence[Sequence[str]]
    sources: Sequence[Sources]


@dataclass(frozen=True, slots=True)
class Question:
    """What somebody went on to, after what they had chosen; `visit` is the source of the visit."""

    visit: int
    history: tuple[str, ...]
    goal: str


@dataclass(frozen=True, slots=True)
class Catalogue:
    """The products of a shop.

    Args:
        ids: N of them.
        vectors: of their texts, N x D; zero where there is none.
        attributes: brand, and the parts of the category's path.
        product_of: the product of each id of a product or of a variant.
    """

    ids: tuple[str, ...]
    vectors: Vectors
    attributes: tuple[tuple[str, ...], ...]
    product_of: Mapping[str, str]

    @classmethod
    def of(cls, state: State) -> Catalogue:
        """The products as the index has them; nothing is encoded."""
        columns = state.columns
        ids = columns.id.unpack()
        owners = columns.owners(np.arange(columns.offers)).tolist()
        variants = {name: ids[row] for name, row in zip(columns.variant.unpack(), owners, strict=True) if name}
        brands, categories = columns.tables.brands.values, columns.tables.categories.values
        attributes = tuple(
            _attributes(brands[brand] if brand >= 0 else "", categories[category] if category >= 0 else "")
            for brand, category in zip(columns.brand.tolist(), columns.category.tolist(), strict=True)
        )
        return cls(tuple(ids), state.dense.gathered(columns.key), attributes, variants | {each: each for each in ids})


def read_visits(events: Events, product_of: Mapping[str, str]) -> Read:
    """The undoubted visits of a shop in which something was chosen, in the order in which they began.

    Args:
        product_of: see `Catalogue`; choices of other ids are left out.
    """
    read: list[tuple[float, str, str, tuple[str, ...]]] = []
    unknown = 0
    for session in events.sessions():
        chosen = [item for one in session if one.name in LEARNED for item in one.items]
        items = [product_of[item] for item in chosen if item in product_of]
        unknown += len(chosen) - len(items)
        if items:
            first = session[0]
            read.append((first.time, first.session_id, first.shopper_id or "", _without_repetitions(items)))
    read.sort(key=lambda one: one[:2])
    sources = sources_of(events.store, (session for _, session, _, _ in read)).tolist()
    visits = (Visit(source, shopper, items) for source, (_, _, shopper, items) in zip(sources, read, strict=True))
    return Read(tuple(visits), unknown)


def joined(visits: Iterable[Visit]) -> Sequences:
    """What is learned from: a sequence a shopper, and one for each visit of nobody known, by their last visits."""
    of_whom: dict[str | int, list[Visit]] = {}
    for number, visit in enumerate(visits):
        key = visit.shopper or number
        own = of_whom.pop(key, [])
        own.append(visit)
        of_whom[key] = own
    items = [[item for visit in own for item in visit.items] for own in of_whom.values()]
    sources = [np.repeat(_numbers(own), [len(visit.items) for visit in own]) for own in of_whom.values()]
    return Sequences(items, sources)


def learnable(sequences: Sequences) -> int:
    """How many sequences hold two different products."""
    return sum(len({*islice(items, LONGEST)}) > 1 for items in sequences.items)


def questions(early: Iterable[Visit], late: Iterable[Visit], known: Collection[str]) -> list[Question]:
    """What is asked of the late visits: each product that is new to its shopper, after all that came before.

    Args:
        early: visits that came before.
        known: ids that may be an answer.
    """
    before: defaultdict[str, list[str]] = defaultdict(list)
    for visit in early:
        if visit.shopper:
            before[visit.shopper] += visit.items
    found = []
    for visit in late:
        history = list(before[visit.shopper]) if visit.shopper else []
        chosen = {*history}
        for item in visit.items:
            if history and item not in chosen and item in known:
                found.append(Question(visit.source, tuple(history[-HISTORY:]), item))
            history.append(item)
            chosen.add(item)
        if visit.shopper:
            before[visit.shopper] = history
    return found


def _attributes(brand: str, category: str) -> tuple[str, ...]:
    parts = category.split(PATH) if category else []
    paths = [f"category {PATH.join(parts[: depth + 1])}" for depth in range(len(parts))]
    return (*([f"brand {brand}"] if brand else []), *paths)


def _without_repetitions(items: Sequence[str]) -> tuple[str, ...]:
    kept = [item for place, item in enumerate(items) if not place or item != items[place - 1]]
    return tuple(kept[-LONGEST:])


def _numbers(visits: Sequence[Visit]) -> Sources:
    return np.array([visit.source for visit in visits], np.uint64)
