"""Facets: by what a list of products can be narrowed, with counts of products and bounds.

Category (the next level below what all products share), brand, availability, price with ranges, and the attributes that
tell the products apart best: known for many of them, with few values, none of which holds nearly all. A field that is
already filtered by "is" is counted without that filter, so that a second brand can be added to the first.

Counts are of products, not of variants, and among variants only of those that meet the other filters.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from shopwright.catalog.units import convert, dimension
from shopwright.search.columns import AVAILABILITIES, Columns, Facts, Integers, Masks
from shopwright.search.filters import Selection
from shopwright.search.strings import PATH
from shopwright.types import Facet, FacetValue, Filter

_MOST_VALUES = 12
_MOST_ATTRIBUTES = 8
_LEAST_COVERAGE = 0.2
_RANGES = 4
_STEPS = (1.0, 2.0, 2.5, 5.0, 10.0)

Narrow = Callable[[str], Selection]
"""Gives what passes the filters other than the "is" filters on a field, within the matching products."""


def facets(columns: Columns, narrow: Narrow, filtered: Sequence[str]) -> tuple[Facet, ...]:
    """The facets of a result list.

    Args:
        columns: of the index.
        narrow: see `Narrow`; `narrow("")` is what passes all filters.
        filtered: fields that have an "is" filter; these facets are always shown.
    """
    whole = narrow("")
    found = [
        _category(columns, whole.products),
        _brand(columns, narrow("brand").products if "brand" in filtered else whole.products),
        _price(columns, whole.offers),
        _availability(columns, narrow("availability").offers if "availability" in filtered else whole.offers),
        *_attributes(columns, narrow, whole, filtered),
    ]
    return tuple(facet for facet in found if facet is not None)


def _category(columns: Columns, products: Masks) -> Facet | None:
    """The first level at which the products differ, below the levels that they share."""
    codes, counts = _counted(columns.category[products])
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


def _brand(columns: Columns, products: Masks) -> Facet | None:
    codes, counts = _counted(columns.brand[products])
    values = _text_values("brand", [columns.tables.brands.values[code] for code in codes], counts)
    return Facet("brand", "Brand", values) if values else None


def _availability(columns: Columns, offers: Masks) -> Facet | None:
    values = []
    for code, name in enumerate(AVAILABILITIES):
        count = int(np.count_nonzero(columns.any_offer(offers & (columns.availability == code))))
        if count and name != "unknown":
            values.append(FacetValue(name.replace("_", " "), count, Filter("availability", values=(name,))))
    return Facet("availability", "Availability", tuple(values)) if values else None


def _price(columns: Columns, offers: Masks) -> Facet | None:
    """Bounds and ranges in the currency that most offers have."""
    priced = np.flatnonzero(offers & ~np.isnan(columns.price))
    if not len(priced):
        return None
    codes, counts = _counted(columns.currency[priced])
    currency = columns.tables.currencies.values[codes[int(np.argmax(counts))]] if codes else None
    if currency is not None:
        priced = priced[columns.currency[priced] == codes[int(np.argmax(counts))]]
    prices = columns.price[priced]
    return _numeric("price", "Price", prices, columns.offer_owner[priced], currency, 0.01)


def _attributes(columns: Columns, narrow: Narrow, whole: Selection, filtered: Sequence[str]) -> list[Facet]:
    """Facets of the filtered attributes, then of those that tell the products apart best."""
    wanted = [name for field in filtered for name in columns.tables.names.matching(field.removeprefix("attr:"))]
    scores = _usefulness(columns, whole)
    best = [int(name) for name in np.argsort(-scores, kind="stable")[:_MOST_ATTRIBUTES] if scores[name] > 0]
    found = []
    for name in dict.fromkeys([*wanted, *best]):
        field = f"attr:{columns.tables.names.values[name]}"
        facet = _attribute(columns, narrow(field) if field in filtered else whole, name)
        if facet is not None:
            found.append(facet)
    return found


def _usefulness(columns: Columns, whole: Selection) -> NDArray[np.float64]:
    """For each attribute name: share of products that have it, less the share of its commonest value; 0 = useless."""
    names, values = len(columns.tables.names), len(columns.tables.values)
    total = max(whole.count, 1)
    known, top = np.zeros(names), np.zeros(names)
    for facts, mask in ((columns.product_facts, whole.products), (columns.offer_facts, whole.offers)):
        kept = mask[facts.owner]
        name, text = facts.name[kept], facts.text[kept]
        known += np.bincount(name, minlength=names)
        pairs, counts = np.unique(name[text >= 0].astype(np.int64) * (values + 1) + text[text >= 0], return_counts=True)
        np.maximum.at(top, pairs // (values + 1), counts)
    coverage = np.minimum(known / total, 1.0)
    commonest = np.divide(top, known, out=np.zeros(names), where=known > 0)
    scores = coverage * np.minimum(1.0 - commonest, 0.8) * np.where((top > 0) & (top <= 1), 0.0, 1.0)
    scores[coverage < _LEAST_COVERAGE] = 0.0
    return scores


def _attribute(columns: Columns, selection: Selection, name: int) -> Facet | None:
    field = f"attr:{columns.tables.names.values[name]}"
    label = columns.tables.names.values[name].replace("_", " ").strip().capitalize()
    owner, text, value, unit = _facts_of(columns, selection, name)
    if not len(owner):
        return None
    if np.count_nonzero(text >= 0) * 2 >= len(text):
        pairs = np.unique(np.stack([text[text >= 0].astype(np.int64), owner[text >= 0]]), axis=1)
        codes, counts = _counted(pairs[0])
        values = _text_values(field, [columns.tables.values.values[code] for code in codes], counts)
        return Facet(field, label, values) if len(values) > 1 or selection.count == 0 else None
    return _numbers(columns, field, label, owner[text < 0], value[text < 0], unit[text < 0])


def _facts_of(
    columns: Columns, selection: Selection, name: int
) -> tuple[Integers, NDArray[np.int32], NDArray[np.float64], NDArray[np.int32]]:
    """Product row, text, number and unit of the facts of one name among the selected."""
    parts = []
    for facts, mask, owners in (
        (columns.product_facts, selection.products, None),
        (columns.offer_facts, selection.offers, columns.offer_owner),
    ):
        part = facts.named(name)
        kept = np.flatnonzero(mask[facts.owner[part]]) + part.start
        owner = facts.owner[kept].astype(np.int64)
        parts.append((owner if owners is None else owners[owner], *_values(facts, kept)))
    first, second = parts
    owner, text, value, unit = (np.concatenate(pair) for pair in zip(first, second, strict=True))
    return owner, text, value, unit


def _values(facts: Facts, rows: Integers) -> tuple[NDArray[np.int32], NDArray[np.float64], NDArray[np.int32]]:
    return facts.text[rows], facts.value[rows], facts.unit[rows]


def _numbers(
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
    field: str,
    label: str,
    numbers: NDArray[np.float64],
    owner: Integers,
    unit: str | None,
    gap: float,
) -> Facet | None:
    """Bounds, and ranges of about equally many products; `gap` keeps the end of one from the start of the next."""
    low, high = float(numbers.min()), float(numbers.max())
    if low == high and field != "price":
        return None
    edges = _edges(numbers)
    values = []
    for left, right in zip([None, *edges], [*edges, None], strict=True):
        inside = np.ones(len(numbers), np.bool_)
        if left is not None:
            inside &= numbers >= left
        if right is not None:
            inside &= numbers < right if gap or right != edges[-1] else numbers <= right
        upper = None if right is None else round(right - gap, 6)
        count = len(np.unique(owner[inside & (numbers <= (np.inf if upper is None else upper))]))
        if count and edges:
            values.append(FacetValue(_range_label(left, right), count, Filter(field, "range", (), left, upper, unit)))
    return Facet(field, label, tuple(values), low, high, unit)


def _edges(numbers: NDArray[np.float64]) -> list[float]:
    """Round numbers near the quantiles, ascending and distinct; none when there is too little to divide."""
    if len(np.unique(numbers)) < _RANGES:
        return []
    quantiles = np.quantile(numbers, np.arange(1, _RANGES) / _RANGES)
    rounded = sorted({_rounded(float(quantile)) for quantile in quantiles})
    return [edge for edge in rounded if numbers.min() < edge <= numbers.max()]


def _rounded(number: float) -> float:
    """The nearest number of the form (1, 2, 2.5, 5, 10) x 10^n, or with two digits when that is far off."""
    if number == 0:
        return 0.0
    power = 10.0 ** np.floor(np.log10(abs(number)))
    step = min(_STEPS, key=lambda candidate: abs(candidate - abs(number) / power))
    close = step if abs(step - abs(number) / power) < 0.15 * step else round(abs(number) / power, 1)
    return float(f"{np.sign(number) * close * power:.6g}")


def _range_label(low: float | None, high: float | None) -> str:
    if low is None:
        return f"under {high:g}"
    return f"{low:g} and more" if high is None else f"{low:g} to {high:g}"


def _text_values(field: str, labels: Sequence[str], counts: Sequence[int]) -> tuple[FacetValue, ...]:
    """The commonest texts; spellings that differ in case only are one value."""
    totals: dict[str, tuple[int, str]] = {}
    for label, count in sorted(zip(labels, counts, strict=True), key=lambda pair: -pair[1]):
        total, shown = totals.get(label.casefold(), (0, label))
        totals[label.casefold()] = (total + count, shown)
    ordered = sorted(totals.values(), key=lambda item: (-item[0], item[1]))[:_MOST_VALUES]
    return tuple(FacetValue(label, count, Filter(field, values=(label,))) for count, label in ordered)


def _counted(codes: NDArray[np.integer]) -> tuple[list[int], list[int]]:
    """Distinct numbers that are not -1, and how often each occurs."""
    values, counts = np.unique(codes[codes >= 0], return_counts=True)
    return values.tolist(), counts.tolist()
