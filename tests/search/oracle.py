"""A plain index over Python objects: slow, obvious, written apart from the engine, so that tests can compare them.

It walks over all products for every request. Its filters read `Product`, not columns, and its nearest vectors come from
one matrix product. It knows no spelling, compounds or phrases, and ranks by cosine alone.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

import numpy as np

from shopwright.catalog.offers import Offer, offers
from shopwright.catalog.units import base, dimension, parse_quantity
from shopwright.models.protocols import Encoder
from shopwright.search.lexical import FUNCTION_WORDS, stem
from shopwright.search.texts import encoder_text, facts_text, weighted_text
from shopwright.types import AttributeValue, Filter, Product, Quantity, Variant


class OracleIndex:
    def __init__(self, products: Sequence[Product], encoder: Encoder) -> None:
        self.products = {product.id: product for product in products}
        self._encoder = encoder
        self._vectors = encoder.encode([encoder_text(product) for product in self.products.values()])

    def passing(self, filters: Sequence[Filter]) -> set[str]:
        return {id_ for id_, product in self.products.items() if any(self.offers_met(product, filters))}

    def offers_met(self, product: Product, filters: Sequence[Filter]) -> list[Offer]:
        variants: Sequence[Variant | None] = product.variants or (None,)
        pairs = zip(offers(product), variants, strict=True)
        return [offer for offer, variant in pairs if all(meets(product, variant, offer, each) for each in filters)]

    def matching(self, query: str) -> set[str]:
        words = [word for word in re.findall(r"[^\W_]+", query.lower()) if word not in FUNCTION_WORDS]
        held = {}
        for id_, product in self.products.items():
            text = f"{weighted_text(product)} {facts_text(product)}".lower()
            there = {stem(word) for word in re.findall(r"[^\W_]+", text)}
            held[id_] = len({word for word in words if stem(word) in there})
        distinct = len(set(words))
        demanded = distinct if distinct <= 2 else distinct - int(0.3 * distinct)
        demanded = max(min(demanded, max(held.values(), default=0)), 1)
        return {id_ for id_, number in held.items() if number >= demanded}

    def nearest(self, query: str) -> list[tuple[str, float]]:
        cosines = self._vectors @ self._encoder.encode([query])[0]
        ids = list(self.products)
        return [(ids[row], float(cosines[row])) for row in np.argsort(-cosines, kind="stable")]


def meets(product: Product, variant: Variant | None, offer: Offer, condition: Filter) -> bool:
    found = _values(product, variant, offer, condition.field)
    if condition.op == "range":
        return any(_within(value, condition) for value in found)
    wanted = {value.casefold().strip() for value in condition.values}
    met = any(isinstance(value, str) and value.casefold().strip() in wanted for value in found)
    return met != (condition.op == "not")


def _values(product: Product, variant: Variant | None, offer: Offer, field: str) -> list[str | float | Quantity]:
    if field == "price":
        return [Quantity(float(offer.price.amount), offer.price.currency)] if offer.price else []
    if field == "brand":
        return [product.brand] if product.brand else []
    if field == "category":
        levels = product.category
        return [" > ".join(levels[i:j]) for i in range(len(levels)) for j in range(i + 1, len(levels) + 1)]
    if field == "availability":
        return [offer.availability]
    if field == "on_sale":
        return ["true" if offer.regular else "false"]
    if field == "rating":
        return [product.rating.value] if product.rating else []
    name = field.removeprefix("attr:").casefold()
    own = _named(variant.attributes, name) if variant else []
    option = _named(variant.options, name) if variant else []
    measured = [quantity for text in option if isinstance(text, str) and (quantity := parse_quantity(text))]
    return own + option + (measured if not own else []) or _named(product.attributes, name)


def _named(attributes: Mapping[str, AttributeValue], name: str) -> list[str | float | Quantity]:
    value = next((value for key, value in attributes.items() if key.casefold() == name), None)
    if value is None:
        return []
    if isinstance(value, bool):
        return ["true" if value else "false"]
    return list(value) if isinstance(value, tuple) else [value]


def _within(value: str | float | Quantity, condition: Filter) -> bool:
    if isinstance(value, str):
        return False
    number = value.value if isinstance(value, Quantity) else value
    low, high = condition.low, condition.high
    if condition.unit is not None:
        if not isinstance(value, Quantity):
            return False
        if dimension(value.unit) is None or dimension(condition.unit) is None:
            if value.unit != condition.unit:
                return False
        elif dimension(value.unit) != dimension(condition.unit):
            return False
        else:
            number = base(value).value
            low = None if low is None else base(Quantity(low, condition.unit)).value
            high = None if high is None else base(Quantity(high, condition.unit)).value
    slack = 1e-7 * max(abs(number), 1e-9)
    return (low is None or number >= low - slack) and (high is None or number <= high + slack)
