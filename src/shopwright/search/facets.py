"""Facets: by what a list of products can be narrowed, with counts of products and bounds.

Category (the next level below what all products share), brand, availability, price with ranges, and the attributes that
tell the products apart best: known for many of them, with few values, none of which holds nearly all; those that the
query is about come first (`facet_order`). A field that is already filtered by "is" is counted without that filter, so
that a second brand can be added to the first.

Counts are of products, not of variants, and among variants only of those that meet the other filters.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from shopwright.catalog.units import convert, dimension
from shopwright.search.columns import AVAILABILITIES, Columns, Integers
from shopwright.search.counting import Counted, Counter
from shopwright.search.facet_order import MEANING, FacetOrder
from shopwright.search.intervals import edges, range_label
from shopwright.search.strings import PATH
from shopwright.types import Facet, FacetValue, Filter

_MOST_VALUES = 12
_MOST_ATTRIBUTES = 8
_LEAST_COVERAGE, _LEAST_COVERAGE_NEAR = 0.2, 0.1
_MOST_EVEN = 0.8
_CENT = 0.01


@dataclass(frozen=True)
class Narrowed:
    """The products, and their offers, that facets are counted over: rows, ascending."""

    columns: Columns
    counter: Counter
    products: Integers
    offers: Integers

    @cached_property
    def counted(self) -> Counted:
        """Their attribute values."""
        return self.counter.count(self.products, self.offers)


Narrow = Callable[[str], Narrowed]
"""Gives what passes the filters other than the "is" filters on a field; with "" what passes all of them."""


def facets(narrow: Narrow, filtered: Sequence[str], order: FacetOrder | None = None) -> tuple[Facet, ...]:
    """The facets of a result list.

    Args:
        narrow: see `Narrow`.
        filtered: fields that have an "is" filter; these facets are always shown.
        order: how near the query is to each attribute; None to go by what tells the products apart alone.
    """
    whole = narrow("")

    def over(field: str) -> Narrowed:
        return narrow(field) if field in filtered else whole

    found = [_category(whole), _brand(over("brand")), _price(whole), _availability(over("availability"))]
    tables = whole.columns.tables
    wanted = [name for field in filtered for name in tables.names.matching(field.removeprefix("attr:"))]
    names = dict.fromkeys([*wanted, *_most_useful(whole, order)])
    found += [_attribute(over(f"attr:{tables.names.values[name]}"), name, order) for name in names]
    return tuple(facet for facet in found if facet is not None)


def _category(narrowed: Narrowed) -> Facet | None:
    """The first level at which the products differ, below the levels that they share."""
    columns = narrowed.columns
    codes, counts = _counted(columns.category[narrowed.products])
    paths = [columns.tables.categories.values[code].split(PATH) for code in codes]
    depth = 0
    while paths and all(len(path) > depth for path in paths) and len({path[depth] for path in paths}) == 1:
        depth += 1
    totals: dict[tuple[str, ...], int] = {}
    for path, count in zip(paths, counts, strict=True):
        if len(path) > depth:
            level = tuple(path[: depth + 1])
            totals[level] = totals.get(level, 0) + count
    ordered = sorted(totals.items(), key=lambda item: (-item[1], item[0]))[:_MOST_VALUES]
    values = tuple(
        FacetValue(path[-1], count, Filter("category", values=(PATH.join(path),))) for path, count in ordered
    )
    return Facet("category", "Category", values) if values else None


def _brand(narrowed: Narrowed) -> Facet | None:
    codes, counts = _counted(narrowed.columns.brand[narrowed.products])
    names = [narrowed.columns.tables.brands.values[code] for code in codes]
    values = _text_values("brand", names, counts)
    return Facet("brand", "Brand", values) if values else None


def _availability(narrowed: Narrowed) -> Facet | None:
    columns, offers = narrowed.columns, narrowed.offers
    values = []
    for code, name in enumerate(AVAILABILITIES):
        count = _products(columns, offers[columns.availability[offers] == code])
        if count and name != "unknown":
            values.append(FacetValue(name.replace("_", " "), count, Filter("availability", values=(name,))))
    return Facet("availability", "Availability", tuple(values)) if values else None


def _price(narrowed: Narrowed) -> Facet | None:
    """Bounds and ranges in the currency that most offers have."""
    columns = narrowed.columns
    priced = narrowed.offers[~np.isnan(columns.price[narrowed.offers])]
    if not len(priced):
        return None
    codes, counts = _counted(columns.currency[priced])
    currency = None
    if codes:
        code = codes[int(np.argmax(counts))]
        currency = columns.tables.currencies.values[code]
        priced = priced[columns.currency[priced] == code]
    return _numeric("price", "Price", columns.price[priced], columns.owners(priced), currency, _CENT)


def _most_useful(narrowed: Narrowed, order: FacetOrder | None) -> list[int]:
    """The attributes that tell the products apart: how many have it, times how little its commonest value holds.

    What the query is about goes before, and may be known for fewer products.
    """
    counted, names = narrowed.counted, len(narrowed.columns.tables.names)
    top = np.zeros(names)
    np.maximum.at(top, counted.name, counted.count)
    coverage = np.minimum(counted.known / max(len(narrowed.products), 1), 1.0)
    commonest = np.divide(top, counted.known, out=np.zeros(names), where=counted.known > 0)
    scores = coverage * np.minimum(1.0 - commonest, _MOST_EVEN)
    if order is None:
        scores[(coverage < _LEAST_COVERAGE) | (top == 1)] = 0.0
        weights = scores
    else:
        scores[coverage < _LEAST_COVERAGE_NEAR] = 0.0
        weights = np.where(scores > 0, scores + MEANING * order.names, -np.inf)
    best = np.argsort(-weights, kind="stable")[:_MOST_ATTRIBUTES]
    return [name for name in best.tolist() if scores[name] > 0]


def _attribute(narrowed: Narrowed, name: int, order: FacetOrder | None) -> Facet | None:
    tables, counted = narrowed.columns.tables, narrowed.counted
    field = f"attr:{tables.names.values[name]}"
    label = tables.names.values[name].replace("_", " ").strip().capitalize()
    texts = np.flatnonzero((counted.name == name) & (counted.count > 0))
    numbers = np.flatnonzero(counted.number_name == name)
    if counted.count[texts].sum() >= len(numbers):
        labels = [tables.values.values[code] for code in counted.text[texts].tolist()]
        values = _text_values(field, labels, counted.count[texts].tolist())
        if order is not None:
            values = tuple(values[place] for place in order.nearest_first(name, [value.label for value in values]))
        return Facet(field, label, values) if values else None
    value, unit = counted.number[numbers], counted.unit[numbers]
    return _quantities(narrowed.columns, field, label, counted.number_owner[numbers], value, unit)


def _quantities(
    columns: Columns, field: str, label: str, owner: Integers, value: NDArray[np.float64], unit: NDArray[np.int32]
) -> Facet | None:
    """Numbers in the unit that most of them have; those of another dimension are left out."""
    codes, counts = np.unique(unit, return_counts=True)
    main = int(codes[int(np.argmax(counts))])
    symbol = columns.tables.units.values[main] if main >= 0 else None
    numbers, kept = value.copy(), unit == main
    for code in codes.tolist():
        other = columns.tables.units.values[code] if code >= 0 else None
        if code != main and other and symbol and dimension(other) and dimension(other) == dimension(symbol):
            rows = unit == code
            numbers[rows] = [convert(number, other, symbol) for number in value[rows].tolist()]
            kept |= rows
    return _numeric(field, label, numbers[kept], owner[kept], symbol, 0.0)


def _numeric(
    field: str, label: str, numbers: NDArray[np.float64], owner: Integers, unit: str | None, gap: float
) -> Facet | None:
    """Bounds, and ranges of about equally many products that do not overlap.

    A range ends `gap` below the start of the next, or with the largest number below it when `gap` is 0.
    """
    low, high = float(numbers.min()), float(numbers.max())
    if low == high and field != "price":
        return None
    limits = edges(numbers)
    values = []
    for left, right in zip([None, *limits], [*limits, None], strict=True):
        upper = None if right is None else round(right - gap, 6) if gap else float(numbers[numbers < right].max())
        inside = np.ones(len(numbers), np.bool_) if left is None else numbers >= left
        if upper is not None:
            inside &= numbers <= upper
        count = len(np.unique(owner[inside]))
        if count and limits:
            values.append(FacetValue(range_label(left, right), count, Filter(field, "range", (), left, upper, unit)))
    return Facet(field, label, tuple(values), low, high, unit)


def _text_values(field: str, labels: Sequence[str], counts: Sequence[int]) -> tuple[FacetValue, ...]:
    """The commonest texts; spellings that differ in case only are one value."""
    totals: dict[str, tuple[int, str]] = {}
    for label, count in sorted(zip(labels, counts, strict=True), key=lambda pair: -pair[1]):
        total, shown = totals.get(label.casefold(), (0, label))
        totals[label.casefold()] = (total + count, shown)
    ordered = sorted(totals.values(), key=lambda item: (-item[0], item[1]))[:_MOST_VALUES]
    return tuple(FacetValue(label, count, Filter(field, values=(label,))) for count, label in ordered)


def _counted(codes: NDArray[np.int32]) -> tuple[list[int], list[int]]:
    """Distinct numbers that are not -1, and how often each occurs."""
    counts = np.bincount(codes[codes >= 0])
    found = np.flatnonzero(counts)
    return found.tolist(), counts[found].tolist()


def _products(columns: Columns, offers: Integers) -> int:
    """How many products the offers belong to."""
    return len(offers) if columns.products == columns.offers else len(np.unique(columns.owners(offers)))
