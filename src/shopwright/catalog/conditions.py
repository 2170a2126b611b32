"""Conditions on products, as written conversations state them: `["attr:weight", "<=", "2 kg"]`.

Fields: `price` (the lowest price charged now among the items in stock, else the lowest), `brand`, `category` (any
level), `stock` (true when some item can be had), `attr:NAME` and `option:NAME` (of the product and of each of its
variants: one that fits is enough), `title`, `text` (title, description, highlights and attribute values).

Operators: `<=` `>=` `=` `!=` `in` `has` (a word or phrase is contained, a plural ending allowed) `lacks` (it is not; a
product without the field passes, as with `!=`). Measured values compare in the unit that is written.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache

from shopwright.catalog.offers import Offer, attribute_text, offers
from shopwright.catalog.units import convert, dimension, parse_quantity
from shopwright.types import AttributeValue, Filter, Product, Quantity

OPERATORS = ("<=", ">=", "=", "!=", "in", "has", "lacks")
FIELDS = ("price", "brand", "category", "stock", "title", "text", "attr:NAME", "option:NAME")
_FIELD = re.compile(r"price|brand|category|stock|title|text|(?:attr|option):[a-z0-9_]+")
_NUMBER = re.compile(r"[€$£]?\s*(\d+(?:\.\d+)?)\s*(?:EUR)?")

Value = str | bool | float | tuple[str | bool | float, ...]


@dataclass(frozen=True, slots=True)
class Condition:
    """A field, an operator and what it is compared with."""

    field: str
    op: str
    value: Value

    @classmethod
    def parse(cls, record: object) -> Condition:
        """Read `[field, op, value]`.

        Raises:
            ValueError: saying what is wrong with it and what is allowed.
        """
        if not isinstance(record, list) or len(record) != 3:
            raise ValueError(f"a condition is [field, op, value], not {record!r}")
        field, op, value = record
        if not isinstance(field, str) or not _FIELD.fullmatch(field):
            raise ValueError(f"field {field!r}: use one of {', '.join(FIELDS)}")
        if op not in OPERATORS:
            raise ValueError(f"operator {op!r}: use one of {', '.join(OPERATORS)}")
        if isinstance(value, list) != (op == "in") or not isinstance(value, list | str | bool | int | float):
            raise ValueError(f"value {value!r}: {op} takes {'a list' if op == 'in' else 'one text, number or yes/no'}")
        if op in ("<=", ">=") and _bound(value) is None:
            raise ValueError(f"value {value!r}: {op} takes a number or a quantity such as 2 kg")
        return cls(field, op, tuple(value) if isinstance(value, list) else value)

    def holds(self, product: Product) -> bool:
        """Whether the product fits."""
        values = field_values(product, self.field)
        match self.op:
            case "<=" | ">=":
                return any(_within(value, self.op, self.value) for value in values)
            case "=":
                return any(_equal(value, self.value) for value in values)
            case "!=":
                return not any(_equal(value, self.value) for value in values)
            case "in":
                return any(_equal(value, one) for value in values for one in _several(self.value))
            case _:
                found = any(contains(_text(value), str(self.value)) for value in values)
                return found if self.op == "has" else not found


def fits(product: Product, conditions: Iterable[Condition]) -> bool:
    """Whether the product meets every condition."""
    return all(condition.holds(product) for condition in conditions)


def contains(text: str, phrase: str) -> bool:
    """Whether the words stand in the text as whole words, in any case, the last one perhaps in the plural."""
    return _phrase(phrase).search(text) is not None


def field_values(product: Product, field: str) -> list[AttributeValue]:
    """Every value that a product has in a field; empty when the catalogue does not say."""
    name = field.partition(":")[2]
    match field.partition(":")[0]:
        case "price":
            price = lowest_price(product)
            return [] if price is None else [price]
        case "brand":
            return [product.brand] if product.brand else []
        case "category":
            return list(product.category)
        case "stock":
            return [any(in_stock(item) for item in offers(product))]
        case "title":
            return [product.title]
        case "text":
            told = " ".join(_text(value) for value in _attributes(product))
            return [" \n".join((product.title, product.description, *product.highlights, told))]
        case "option":
            options: list[AttributeValue] = [v.options[name] for v in product.variants if name in v.options]
            return options or _attribute(product, name)
        case _:
            options = [v.options[name] for v in product.variants if name in v.options]
            return _attribute(product, name) or options


def in_stock(item: Offer) -> bool:
    """Whether an item can be had now; one whose stock is not stated counts unless it is said to be out."""
    return item.availability != "out_of_stock" and item.stock != 0


def lowest_price(product: Product) -> float | None:
    """The lowest price charged now among the items in stock, else among all."""
    prices = current_prices(product)
    return min(prices) if prices else None


def current_prices(product: Product) -> list[float]:
    """The prices charged now of the items in stock, else of all."""
    every = [item for item in offers(product) if item.price]
    had = [item for item in every if in_stock(item)] or every
    return [float(item.price.amount) for item in had if item.price]


def filter_holds(product: Product, wanted: Filter) -> bool:
    """Whether a product meets a search filter, one item that does being enough. Looks at the product only."""
    if wanted.op == "not":
        return not any(_equal(value, one) for value in _filtered(product, wanted.field) for one in wanted.values)
    values = _filtered(product, wanted.field)
    if wanted.op == "is":
        if wanted.field == "category":
            values += [" > ".join(product.category[: i + 1]) for i in range(len(product.category))]
        return any(_equal(value, _typed(one)) for value in values for one in wanted.values)
    unit = f" {wanted.unit}" if wanted.unit and dimension(wanted.unit) else ""
    low = wanted.low is None or any(_within(value, ">=", f"{wanted.low}{unit}") for value in values)
    high = wanted.high is None or any(_within(value, "<=", f"{wanted.high}{unit}") for value in values)
    return low and high


def _filtered(product: Product, field: str) -> list[AttributeValue]:
    match field:
        case "price":
            return [float(item.price.amount) for item in offers(product) if item.price]
        case "rating":
            return [product.rating.value] if product.rating else []
        case "availability":
            return [item.availability for item in offers(product)]
        case "on_sale":
            return [any(item.regular for item in offers(product))]
        case _:
            return field_values(product, field)


def _attributes(product: Product) -> list[AttributeValue]:
    own = list(product.attributes.values())
    return own + [value for variant in product.variants for value in variant.attributes.values()]


def _attribute(product: Product, name: str) -> list[AttributeValue]:
    """The value of each item: a variant's own, else the product's."""
    own = [product.attributes[name]] if name in product.attributes else []
    overrides: list[AttributeValue] = [v.attributes[name] for v in product.variants if name in v.attributes]
    return overrides + (own if len(overrides) < len(product.variants) or not overrides else [])


def _within(value: AttributeValue, op: str, bound: object) -> bool:
    limit = _bound(bound)
    number = _in_unit(value, limit[1]) if limit else None
    if limit is None or number is None:
        return False
    return number <= limit[0] + 1e-9 if op == "<=" else number >= limit[0] - 1e-9


def _bound(value: object) -> tuple[float, str | None] | None:
    """A number and its unit; None when the value is neither a number nor a quantity."""
    if isinstance(value, bool):
        return None
    if isinstance(value, int | float):
        return float(value), None
    match = _NUMBER.fullmatch(str(value).strip())
    if match:
        return float(match[1]), None
    quantity = parse_quantity(str(value))
    return (quantity.value, quantity.unit) if quantity else None


def _in_unit(value: AttributeValue, unit: str | None) -> float | None:
    if isinstance(value, bool | tuple):
        return None
    if isinstance(value, str):
        quantity = parse_quantity(value)
        if quantity is None:
            plain = _NUMBER.fullmatch(value.strip())
            return float(plain[1]) if plain and unit is None else None
        value = quantity
    if isinstance(value, Quantity):
        if unit is None:
            return value.value
        return convert(value.value, value.unit, unit) if dimension(value.unit) == dimension(unit) else None
    return float(value) if unit is None else None


def _equal(value: AttributeValue, wanted: Value) -> bool:
    if isinstance(value, tuple):
        return any(_equal(one, wanted) for one in value)
    if isinstance(value, bool) or isinstance(wanted, bool):
        return _text(value).lower() == _text(wanted).lower()
    limit = _bound(wanted)
    number = _in_unit(value, limit[1]) if limit else None
    if limit and number is not None:
        return abs(number - limit[0]) <= 1e-6 * max(1.0, abs(limit[0]))
    return _text(value).strip().lower() == _text(wanted).strip().lower()


def _typed(text: str) -> Value:
    return {"true": True, "false": False}.get(text, text)


def _several(value: Value) -> tuple[str | bool | float, ...]:
    return value if isinstance(value, tuple) else (value,)


def _text(value: AttributeValue | Value) -> str:
    if isinstance(value, int) and not isinstance(value, bool):
        value = float(value)
    return attribute_text(value)  # type: ignore[arg-type]


@lru_cache(maxsize=4096)
def _phrase(phrase: str) -> re.Pattern[str]:
    words = r"[\s-]+".join(re.escape(word) for word in re.split(r"[\s-]+", phrase.strip()))
    return re.compile(rf"(?<!\w){words}(?:e?s)?(?!\w)", re.IGNORECASE)


def named_fields(conditions: Iterable[Condition], products: Mapping[str, Product]) -> Iterable[str]:
    """The fields of conditions that no product of the catalogue has: misspelt names."""
    for condition in conditions:
        if not any(field_values(product, condition.field) for product in products.values()):
            yield condition.field
