"""A small outdoor shop, made so that each reading has exactly one right answer."""

from __future__ import annotations

from decimal import Decimal

import pytest

from shopwright.catalog.vocabulary import Vocabulary, build_vocabulary
from shopwright.types import AttributeValue, Money, Product, Quantity, Rating, Variant


def product(
    key: str,
    title: str,
    brand: str,
    category: tuple[str, ...],
    price: str,
    rating: float = 4.0,
    colours: tuple[str, ...] = (),
    **attributes: AttributeValue,
) -> Product:
    money = Money(Decimal(price), "EUR")
    variants = tuple(Variant(f"{key}-{c}", {"colour": c}, money, availability="in_stock", stock=5) for c in colours)
    return Product(
        id=key, title=title, brand=brand, category=category, price=money, attributes=attributes,
        variants=variants, availability="in_stock", rating=Rating(rating, 10), released="2025-03",
    )  # fmt: skip


TENTS, BAGS, EARRINGS = ("Camping", "Tents"), ("Camping", "Sleeping bags"), ("Beauty", "Earrings")
PRODUCTS = (
    product("lark", "Lark 2 trekking tent", "Fellrunner", (*TENTS, "Trekking tents"), "289.00", 4.6, ("moss", "sky blue"),
            weight=Quantity(1.9, "kg"), capacity=Quantity(2, "persons"), waterproof=True),
    product("tarn", "Tarn 3 family tent", "Fellrunner", (*TENTS, "Family tents"), "199.00", 4.1, ("blue",),
            weight=Quantity(4.8, "kg"), capacity=Quantity(3, "persons"), waterproof=True),
    product("dune", "Dune beach shelter", "Kestrel & Co", (*TENTS, "Shelters"), "59.00", 3.2, ("sand",),
            weight=Quantity(1.2, "kg"), waterproof=False),
    product("down", "Eider sleeping bag", "Fellrunner", BAGS, "249.00", 4.8, (), weight=Quantity(0.9, "kg"), filling="down"),
    product("synth", "Brook sleeping bag", "Kestrel & Co", BAGS, "79.00", 4.0, (), weight=Quantity(1.6, "kg"), filling="synthetic"),
    product("studs", "Plover ear studs", "Saltmarsh", EARRINGS, "24.00", 4.4, (), nickel_free=True, material="steel"),
)  # fmt: skip


@pytest.fixture(scope="session")
def vocabulary() -> Vocabulary:
    return build_vocabulary(PRODUCTS)


@pytest.fixture(scope="session")
def products() -> dict[str, Product]:
    return {item.id: item for item in PRODUCTS}
