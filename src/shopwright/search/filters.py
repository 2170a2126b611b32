"""Filters as masks over columns: which products have an offer that meets every condition.

Conditions on price, availability, sale and attributes hold together on one offer; brand, category and rating belong to
the product. A quantity is compared in the filter's unit after conversion of the bounds, so "under 2 kg" knows 1,999 g;
a value whose unit the merchant did not write does not meet a bound with a unit, because nobody knows.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from shopwright.catalog.units import convert, dimension, parse_quantity
from shopwright.errors import ConfigError
from shopwright.search.columns import AVAILABILITIES, Columns, Facts, Masks
from shopwright.search.strings import fold
from shopwright.types import Filter

_PRODUCT_FIELDS = ("brand", "category", "rating")
_OFFER_FIELDS = ("price", "availability", "on_sale")
_RANGES = ("price", "rating")
_WORDS: dict[str, tuple[str, ...]] = {"availability": AVAILABILITIES, "on_sale": ("true", "false")}


@dataclass(frozen=True, slots=True)
class Selection:
    """What passes: products, shape (P,), and their passing offers, shape (O,)."""

    products: Masks
    offers: Masks

    @property
    def count(self) -> int:
        """How many products pass."""
        return int(np.count_nonzero(self.products))


def select(columns: Columns, filters: Sequence[Filter]) -> Selection:
    """The products with an offer that meets all filters, and those offers.

    Raises:
        ConfigError: an unknown field, an impossible range, or a unit that does not fit.
    """
    offers = np.ones(columns.offers, np.bool_)
    for condition in filters:
        check(condition)
        offers &= _mask(columns, condition)
    return Selection(columns.any_offer(offers), offers)


def check(condition: Filter) -> None:
    """Refuse a filter that can mean nothing.

    Raises:
        ConfigError: with the value, what is allowed and the remedy.
    """
    known = condition.field in (*_PRODUCT_FIELDS, *_OFFER_FIELDS) or (
        condition.field.startswith("attr:") and len(condition.field) > 5
    )
    if not known:
        allowed = ", ".join((*_PRODUCT_FIELDS, *_OFFER_FIELDS))
        raise ConfigError(f"filter field {condition.field!r}: expected one of {allowed}, or attr:NAME")
    if condition.op not in ("is", "not", "range"):
        raise ConfigError(f"filter op {condition.op!r} on {condition.field}: expected is, not or range")
    if condition.op == "range":
        if condition.field not in _RANGES and not condition.field.startswith("attr:"):
            raise ConfigError(f"a range on {condition.field}: only price, rating and attr:NAME have one; use op is")
        if condition.low is None and condition.high is None:
            raise ConfigError(f"a range on {condition.field} without bounds: give low, high or both")
        if condition.low is not None and condition.high is not None and condition.low > condition.high:
            raise ConfigError(f"range {condition.low:g} to {condition.high:g} on {condition.field}: low is above high")
    elif condition.field in _WORDS:
        unknown = [value for value in condition.values if _word(value) not in _WORDS[condition.field]]
        if unknown:
            raise ConfigError(f"{condition.field} {unknown[0]!r}: expected one of {', '.join(_WORDS[condition.field])}")
    elif condition.field == "rating":
        raise ConfigError("a rating is filtered by op range: give low, e.g. 4")


def _mask(columns: Columns, condition: Filter) -> Masks:
    """The offers that meet one condition, shape (O,)."""
    if condition.field in _PRODUCT_FIELDS:
        return columns.to_offers(_product_mask(columns, condition))
    if condition.field == "price":
        return _price_mask(columns, condition)
    words = [_word(value) for value in condition.values]
    if condition.field == "availability":
        return _polarity(condition, _among(columns.availability, [AVAILABILITIES.index(word) for word in words]))
    if condition.field == "on_sale":
        return _polarity(condition, _among(columns.on_sale.astype(np.int8), [int(word == "true") for word in words]))
    return _attribute_mask(columns, condition)


def _product_mask(columns: Columns, condition: Filter) -> Masks:
    if condition.field == "rating":
        return _between(columns.rating, condition.low, condition.high)
    if condition.field == "brand":
        codes = [code for value in condition.values for code in columns.tables.brands.matching(value)]
        return _polarity(condition, _among(columns.brand, codes))
    codes = [code for value in condition.values for code in columns.tables.categories.containing(value)]
    return _polarity(condition, _among(columns.category, codes))


def _price_mask(columns: Columns, condition: Filter) -> Masks:
    if condition.op != "range":
        prices = [float(value) for value in condition.values if _is_number(value)]
        return _polarity(condition, np.isin(columns.price, prices))
    mask = _between(columns.price, condition.low, condition.high)
    if condition.unit is not None:
        mask &= np.isin(columns.currency, columns.tables.currencies.matching(condition.unit))
    return mask


def _attribute_mask(columns: Columns, condition: Filter) -> Masks:
    products = np.zeros(columns.products, np.bool_)
    offers = np.zeros(columns.offers, np.bool_)
    for name in columns.tables.names.matching(condition.field.removeprefix("attr:")):
        for facts, met in ((columns.product_facts, products), (columns.offer_facts, offers)):
            part = facts.named(name)
            if part.stop > part.start:
                met[facts.owner[part][_facts_mask(columns, facts, part, condition)]] = True
    return _polarity(condition, offers | columns.to_offers(products))


def _facts_mask(columns: Columns, facts: Facts, part: slice, condition: Filter) -> Masks:
    """Which facts of one name meet the condition."""
    units, values = facts.unit[part], facts.value[part]
    if condition.op == "range":
        return _range_mask(columns, units, values, condition)
    codes = [code for value in condition.values for code in columns.tables.values.matching(value)]
    mask = _among(facts.text[part], codes)
    for value in condition.values:
        quantity = parse_quantity(value)
        if quantity is not None:
            same = Filter(condition.field, "range", low=quantity.value, high=quantity.value, unit=quantity.unit)
            mask |= _range_mask(columns, units, values, same)
        elif _is_number(value):
            mask |= _between(values, float(value), float(value))
    return mask


def _range_mask(
    columns: Columns, units: NDArray[np.int32], values: NDArray[np.float64], condition: Filter
) -> NDArray[np.bool_]:
    """Numbers within the bounds, converted for each unit that occurs."""
    if condition.unit is None:
        return _between(values, condition.low, condition.high)
    mask = np.zeros(len(values), np.bool_)
    for code in np.unique(units).tolist():
        unit = columns.tables.units.values[code] if code >= 0 else None
        if unit is None:
            continue
        if unit == condition.unit:
            low, high = condition.low, condition.high
        elif dimension(unit) is not None and dimension(unit) == dimension(condition.unit):
            low = None if condition.low is None else convert(condition.low, condition.unit, unit)
            high = None if condition.high is None else convert(condition.high, condition.unit, unit)
        elif dimension(condition.unit) is None:
            raise ConfigError(f"unit {condition.unit!r} on {condition.field}: not known; the shop uses {unit!r}")
        else:
            continue
        mask |= (units == code) & _between(values, low, high)
    return mask


def _between(values: NDArray[np.floating], low: float | None, high: float | None) -> Masks:
    """low <= value <= high with the tolerance of a conversion (one part in 10^9); NaN is never between."""
    mask: Masks = ~np.isnan(values)
    if low is not None:
        mask &= values >= low - abs(low) * 1e-9
    if high is not None:
        mask &= values <= high + abs(high) * 1e-9
    return mask


def _among(values: NDArray[Any], wanted: Sequence[int]) -> Masks:
    """Which small numbers are among the wanted ones; -1 never is. One lookup each, whatever the number of wanted."""
    table = np.zeros(int(max(values.max(initial=0), max(wanted, default=0))) + 2, np.bool_)
    table[list(wanted)] = True
    table[-1] = False
    mask: Masks = table[values]
    return mask


def _polarity(condition: Filter, mask: Masks) -> Masks:
    return ~mask if condition.op == "not" else mask


def _word(value: str) -> str:
    return fold(value).replace(" ", "_")


def _is_number(text: str) -> bool:
    return text.strip().replace(".", "", 1).removeprefix("-").isdecimal()
