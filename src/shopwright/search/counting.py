"""Counting attribute values among some products without touching the others.

`FactIndex` holds the facts of columns once more in the order of their owners, and numbers each (name, value) pair, so
that counting all values of all attributes of n products is one gather and one `bincount` over their facts. Built when
the first facet of a commit is asked for (0.05 s for 633,000 facts), never stored.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from shopwright.search.columns import Columns, Facts, Integers
from shopwright.search.strings import ranges


class FactIndex:
    """The facts of one kind of owner (products, or offers).

    Args:
        facts: F of them.
        owners: how many owners there are.
    """

    def __init__(self, facts: Facts, owners: int) -> None:
        self._facts = facts
        self._order = np.argsort(facts.owner, kind="stable")
        self._starts = np.searchsorted(facts.owner[self._order], np.arange(owners + 1))
        texts = np.flatnonzero(facts.text >= 0)
        width = int(facts.text.max(initial=0)) + 1
        codes, pairs = np.unique(facts.name[texts].astype(np.int64) * width + facts.text[texts], return_inverse=True)
        self.pair_name: Integers = codes // width
        self.pair_text: Integers = codes % width
        self._pair = np.full(len(facts), -1, np.int64)
        self._pair[texts] = pairs

    def of(self, owners: Integers) -> FactView:
        """The facts of some owners."""
        starts = self._starts[owners]
        places = self._order[ranges(starts, self._starts[owners + 1] - starts)]
        facts = self._facts
        return FactView(
            facts.name[places], facts.owner[places], self._pair[places], facts.value[places], facts.unit[places]
        )


@dataclass(frozen=True, slots=True)
class FactView:
    """Facts of some owners; all arrays have shape (V,). `pair` numbers (name, text), -1 for numbers."""

    name: NDArray[np.int32]
    owner: NDArray[np.int32]
    pair: Integers
    value: NDArray[np.float64]
    unit: NDArray[np.int32]


@dataclass(frozen=True, slots=True)
class Counted:
    """The values of all attributes among selected products.

    Args:
        known: how many of the products have each attribute, by name, shape (names,).
        name, text, count: number of products for each pair of a name and a text.
        number_name, number_owner, number, unit: the numeric values, with their product's row.
    """

    known: Integers
    name: Integers
    text: Integers
    count: Integers
    number_name: NDArray[np.int32]
    number_owner: Integers
    number: NDArray[np.float64]
    unit: NDArray[np.int32]


class Counter:
    """Counts values over the facts of products and of their offers."""

    def __init__(self, columns: Columns) -> None:
        self._columns = columns
        self._products = FactIndex(columns.product_facts, columns.products)
        self._offers = FactIndex(columns.offer_facts, columns.offers)

    def count(self, products: Integers, offers: Integers) -> Counted:
        """Count among product rows and, for what their variants differ in, among offer rows."""
        columns, names = self._columns, len(self._columns.tables.names)
        own, varying = self._products.of(products), self._offers.of(offers)
        owner = columns.owners(varying.owner.astype(np.int64))
        pairs = len(self._products.pair_name)
        shared = np.bincount(own.pair[own.pair >= 0], minlength=pairs)
        by_offer = _distinct(varying.pair, owner, columns.products)
        differing = np.bincount(by_offer[by_offer >= 0], minlength=len(self._offers.pair_name))
        named = _distinct(varying.name.astype(np.int64), owner, columns.products)
        numbers, other = own.pair < 0, varying.pair < 0
        return Counted(
            known=np.bincount(own.name, minlength=names) + np.bincount(named, minlength=names),
            name=np.concatenate([self._products.pair_name, self._offers.pair_name]),
            text=np.concatenate([self._products.pair_text, self._offers.pair_text]),
            count=np.concatenate([shared, differing]),
            number_name=np.concatenate([own.name[numbers], varying.name[other]]),
            number_owner=np.concatenate([own.owner[numbers].astype(np.int64), owner[other]]),
            number=np.concatenate([own.value[numbers], varying.value[other]]),
            unit=np.concatenate([own.unit[numbers], varying.unit[other]]),
        )


def _distinct(values: Integers, owner: Integers, owners: int) -> Integers:
    """The values, each once for an owner."""
    if not len(values):
        return values
    both = np.unique((values + 1) * max(owners, 1) + owner)
    return both // max(owners, 1) - 1
