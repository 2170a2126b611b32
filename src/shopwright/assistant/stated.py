"""What a product states: the attribute that some words mean, and its values."""

from __future__ import annotations

from collections.abc import Sequence

from shopwright.skills.rewrite.asks import attribute_names
from shopwright.types import AttributeValue, Product


def find_attribute(product: Product, stem: str) -> tuple[str, AttributeValue] | None:
    """The attribute of the product that the stem means, with its value."""
    names = attribute_names(stem, product.attributes)
    return (names[0], product.attributes[names[0]]) if names else None


def attribute_values(product: Product, stem: str) -> list[AttributeValue]:
    """All values of an attribute, the product's own and those of its variants."""
    found = find_attribute(product, stem)
    values = [found[1]] if found else []
    for variant in product.variants:
        values += [variant.attributes[name] for name in attribute_names(stem, variant.attributes)]
    return values


def states_asked(product: Product, asks: Sequence[str]) -> bool:
    """Whether the product has an attribute that is asked about, or variants that differ in it."""
    names = {*product.attributes, *(name for variant in product.variants for name in variant.options)}
    return any(attribute_names(ask.removeprefix("attr:"), names) for ask in asks if ask.startswith("attr:"))
