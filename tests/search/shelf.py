"""A small shop for the tests of search, written out so that every expectation can be read off."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

from shopwright.models.scripted import HashingEncoder
from shopwright.search.embedded import EmbeddedIndex
from shopwright.types import Filter, Money, Product, Quantity, Rating, SearchRequest, Variant


def euro(amount: str) -> Money:
    return Money(Decimal(amount), "EUR")


TENT = Product(
    "tent",
    "Tarn two-person trekking tent",
    description="A light tent for two hikers. It stands without pegs and keeps out a week of rain.",
    brand="Fellrunner",
    category=("Camping", "Tents"),
    attributes={"weight": Quantity(1900.0, "g"), "seasons": 3.0, "freestanding": True, "material": "ripstop nylon"},
    price=euro("289.00"),
    availability="in_stock",
    rating=Rating(4.5, 31),
    released="2025-03",
)
BIG_TENT = Product(
    "big-tent",
    "Saltmarsh family tent",
    description="Room for six and for their boots.",
    brand="Haverbrook",
    category=("Camping", "Tents"),
    attributes={"weight": Quantity(12.8, "kg"), "seasons": 2.0, "freestanding": False, "material": "polyester"},
    price=euro("379.00"),
    sale_price=euro("299.00"),
    availability="in_stock",
    rating=Rating(4.0, 8),
    released="2024-11-05",
)
SHIRT = Product(
    "shirt",
    "Linen shirt",
    description="Washed linen with shell buttons.",
    brand="Chandlery",
    category=("Clothing", "Shirts"),
    attributes={"material": "linen", "care": ("wash at 40", "iron warm")},
    price=euro("40.00"),
    variants=(
        Variant("shirt-red-s", {"colour": "red", "size": "S"}, euro("49.00"), availability="in_stock"),
        Variant("shirt-red-m", {"colour": "red", "size": "M"}, euro("49.00"), availability="out_of_stock"),
        Variant("shirt-blue-m", {"colour": "blue", "size": "M"}, euro("40.00"), availability="in_stock"),
    ),
    rating=Rating(4.7, 3),
)
HEADSET = Product(
    "headset",
    "Aria wireless headset",
    description="Twenty hours of music, and calls without noise.",
    brand="Pelham",
    category=("Electronics", "Audio"),
    attributes={"weight": Quantity(0.25, "kg"), "battery": Quantity(20.0, "h"), "colour": "Black"},
    price=euro("99.90"),
    availability="out_of_stock",
)
KETTLE = Product(
    "kettle",
    "Glass kettle with thermostat",
    description="Boils a litre in three minutes.",
    brand="Morrow",
    category=("Kitchen",),
    attributes={"volume": Quantity(1.0, "l"), "power": Quantity(2.2, "kW"), "dishwasher_safe": True},
    price=Money(Decimal("35.00"), "USD"),
    availability="preorder",
    released="2026",
)
PRODUCTS = (TENT, BIG_TENT, SHIRT, HEADSET, KETTLE)
BY_ID = {product.id: product for product in PRODUCTS}


def load(ids: object) -> dict[str, Product]:
    return {product_id: BY_ID[product_id] for product_id in ids if product_id in BY_ID}


def shop(folder: Path, *products: Product, filled: bool = True) -> EmbeddedIndex:
    index = EmbeddedIndex(folder, HashingEncoder())
    every = products or PRODUCTS
    index.apply(((product.id, product) for product in every), sequence=1)
    if filled:
        index.fill(lambda ids: {product.id: product for product in every if product.id in set(ids)})
    return index


def ids(index: EmbeddedIndex, query: str = "", *filters: Filter, **options: object) -> list[str]:
    page = index.search(SearchRequest(query, filters, **options))
    return [hit.id for hit in page.hits]
