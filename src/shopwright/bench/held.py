"""Numbers in texts, and the numbers that a product, a document or a review of the store holds.

A number that was said is right when the place that it is taken from holds it: `held_by(product, catalogue, field)`
gives the numbers of one field of a product - "price", "rating", "availability", an attribute - so that a price is
compared with prices and a weight with the weight, not with whatever number the product happens to have.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from shopwright.bench.catalogue import Catalogue
from shopwright.catalog.conditions import field_values, in_stock
from shopwright.catalog.offers import offers
from shopwright.catalog.units import convert, dimension, unit_symbol
from shopwright.types import AttributeValue, Product, Quantity

_NUMBER = re.compile(
    r"(?P<sign>[€$£]\s?)?(?:(?<![\w)\]])(?P<minus>[-−]))?(?<![\w.])(?P<digits>\d{1,3}(?:,\d{3})+|\d+)(?P<part>\.\d+)?"
    r"(?:(?P<after>\s?(?:€|EUR\b))|[\s-]?(?P<unit>[a-zA-Zµ°%²³/]+))?"
)
_PREPOSITION = re.compile(r"\s+\w")
_ITEM = re.compile(r"^\s*\d+[.)]\s+", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Said:
    """A number in a text: its value, how many decimals were written, whether it is a price, and the word after it."""

    value: float
    decimals: int = 0
    price: bool = False
    unit: str = ""

    def near(self, other: float) -> bool:
        """Whether it is the other number, rounded to the decimals that were written."""
        return abs(self.value - other) <= 0.5 * 10.0**-self.decimals + 1e-9

    def measures(self, quantity: Quantity) -> bool:
        """Whether it is this quantity: to the digit in the same unit, rounded by at most 1 % when converted."""
        unit = measuring_unit(self.unit)
        if unit is None or dimension(unit) != dimension(quantity.unit):
            return False
        if unit == quantity.unit:
            return self.is_one_of([quantity.value])
        value = convert(quantity.value, quantity.unit, unit)
        return self.near(value) and abs(self.value - value) <= 0.01 * abs(value)

    def is_one_of(self, numbers: Iterable[float]) -> bool:
        """Whether it is one of the numbers, exactly."""
        return any(abs(self.value - other) <= 1e-9 * max(1.0, abs(other)) for other in numbers)


@dataclass(slots=True)
class Held:
    """The numbers that sources hold.

    Args:
        prices: amounts of money.
        means: ratings, which may be rounded.
        quantities: numbers with a unit.
        plain: numbers that are stated without a unit.
        counts: of items, reviews, pieces in stock.
    """

    prices: set[float] = field(default_factory=set)
    means: set[float] = field(default_factory=set)
    quantities: list[Quantity] = field(default_factory=list)
    plain: set[float] = field(default_factory=set)
    counts: set[float] = field(default_factory=set)

    def add(self, other: Held) -> None:
        """Take another source in."""
        self.prices |= other.prices
        self.means |= other.means
        self.quantities += other.quantities
        self.plain |= other.plain
        self.counts |= other.counts

    def with_(self, *others: Held) -> Held:
        """This and the others together."""
        for other in others:
            self.add(other)
        return self

    def has(self, said: Said) -> bool:
        """Whether a number that was said stands there."""
        if said.price:
            return said.is_one_of(self.prices)
        if said.is_one_of(self.plain) or any(said.measures(quantity) for quantity in self.quantities):
            return True
        if measuring_unit(said.unit):
            return False
        values = {quantity.value for quantity in self.quantities}
        return said.is_one_of(values | self.prices | self.counts) or any(said.near(mean) for mean in self.means)


def measuring_unit(word: str) -> str | None:
    """The unit that a word after a number stands for; None for other words and for units of counting ("pieces")."""
    unit = unit_symbol(word) if word else None
    return unit if unit and dimension(unit) not in ("count", "people", "paper") else None


def numbers(text: str) -> list[Said]:
    """The numbers in a text; digits that are part of a word ("E27") or number a list are not among them."""
    found = []
    for match in _NUMBER.finditer(_ITEM.sub(" ", text)):
        part = match["part"] or ""
        value = float(match["digits"].replace(",", "") + part) * (-1.0 if match["minus"] else 1.0)
        unit = match["unit"] or ""
        if unit == "in" and _PREPOSITION.match(match.string, match.end()):
            unit = ""
        found.append(Said(value, max(0, len(part) - 1), bool(match["sign"] or match["after"]), unit))
    return found


def held_by(product: Product, catalogue: Catalogue, field: str = "") -> Held:
    """The numbers that the store holds of a product in one field, or in any when the field is none that we know.

    Args:
        field: "price", "rating", "availability", "attributes" (and texts: no prices, no counts), an attribute's name or
            its label ("Battery life"). The names of versions ("256 GB") belong to every field.
    """
    key = re.sub(r"[\s-]+", "_", field.strip().lower())
    held = Held()
    for variant in product.variants:
        for text in (*variant.options.values(), variant.title or ""):
            held.add(held_in_text(text))
    if key == "price":
        return held.with_(_prices(product))
    if key in ("rating", "reviews"):
        return held.with_(_opinions(product, catalogue))
    if key in ("availability", "stock"):
        return held.with_(_supply(product))
    if key in product.attributes or any(key in variant.attributes for variant in product.variants):
        return held.with_(_attribute(product, key))
    held.add(_texts(product))
    if key == "attributes":
        return held
    return held.with_(_prices(product), _supply(product), _opinions(product, catalogue))


def _prices(product: Product) -> Held:
    money = (amount for item in offers(product) for amount in (item.price, item.regular) if amount)
    return Held(prices={float(one.amount) for one in money})


def _supply(product: Product) -> Held:
    """Pieces in stock, how many versions there are, and how many of these can be had."""
    items = offers(product)
    counts = {float(item.stock) for item in items if item.stock is not None}
    return Held(counts=counts | {float(len(items)), float(sum(map(in_stock, items)))})


def _opinions(product: Product, catalogue: Catalogue) -> Held:
    """The rating, the mean of the reviews, how many there are, and how many of each number of stars."""
    held = Held(counts={5.0})
    if product.rating:
        held.means.add(product.rating.value)
        held.counts.add(float(product.rating.count))
    stars = catalogue.stars.get(product.id, ())
    if stars:
        held.means.add(sum(stars) / len(stars))
        held.counts.add(float(len(stars)))
        for some in ({1}, {2}, {3}, {4}, {5}, {1, 2}, {4, 5}):
            held.counts.add(float(sum(star in some for star in stars)))
    return held


def _attribute(product: Product, key: str) -> Held:
    held = Held()
    own = [product.attributes[key]] if key in product.attributes else []
    for value in (*own, *field_values(product, f"attr:{key}")):
        held.add(held_in_value(value))
    return held


def _texts(product: Product) -> Held:
    """Attributes, description, highlights; of the title only measures: "27 in" is a fact, "Lark 2" is a name."""
    held = Held(quantities=held_in_text(product.title).quantities)
    variants = (value for variant in product.variants for value in variant.attributes.values())
    texts = (product.description, *product.highlights, product.released or "", product.brand or "")
    for value in (*product.attributes.values(), *variants, *texts):
        held.add(held_in_value(value))
    return held


def held_in_value(value: AttributeValue) -> Held:
    """The numbers of a typed value."""
    if isinstance(value, bool):
        return Held()
    if isinstance(value, Quantity):
        return Held(quantities=[value])
    if isinstance(value, float):
        return Held(plain={value})
    return held_in_text(value if isinstance(value, str) else " ; ".join(value))


def held_in_text(text: str) -> Held:
    """The numbers of a text, with their units where we know them."""
    held = Held()
    for said in numbers(text):
        if said.price:
            held.prices.add(said.value)
        elif unit := unit_symbol(said.unit) if said.unit else None:
            held.quantities.append(Quantity(said.value, unit))
        else:
            held.plain.add(said.value)
    return held
