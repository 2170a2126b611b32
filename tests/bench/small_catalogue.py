"""A catalogue of a few products, written so that every check has one right and one wrong answer."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from shopwright.bench.catalogue import Catalogue
from shopwright.types import Document, Money, Product, Quantity, Rating, Review, Variant

TENTS, PANS = ("Camping", "Tents"), ("Kitchen", "Frying pans")


def euros(text: str) -> Money:
    return Money(Decimal(text), "EUR")


def product(key: str, title: str, brand: str, category: tuple[str, ...], price: str, **more: Any) -> Product:
    return Product(
        id=key,
        title=title,
        brand=brand,
        category=category,
        price=euros(price),
        **{"availability": "in_stock", "stock": 5, **more},
    )


LARK = product(
    "lark",
    "Lark 2 trekking tent",
    "Fellrunner",
    TENTS,
    "289.00",
    description="Sleeps two. Packs to 46 cm, and no leather anywhere.",
    attributes={"weight": Quantity(1.9, "kg"), "capacity": Quantity(2, "persons"), "freestanding": True},
    variants=(
        Variant("lark-moss", {"colour": "moss green"}, euros("289.00"), availability="in_stock", stock=7),
        Variant("lark-clay", {"colour": "clay"}, euros("289.00"), euros("249.00"), availability="in_stock", stock=2),
        Variant("lark-blue", {"colour": "sky blue"}, euros("199.00"), availability="out_of_stock", stock=0),
    ),
    rating=Rating(4.67, 3),
)
TARN = product(
    "tarn",
    "Tarn 3 family tent",
    "Kestrel",
    TENTS,
    "319.00",
    attributes={"weight": Quantity(4800, "g"), "capacity": Quantity(3, "persons"), "freestanding": False},
    rating=Rating(5.0, 1),
)
SKILLET = product(
    "skillet",
    "Stoutmoor skillet",
    "Stoutmoor",
    PANS,
    "45.50",
    attributes={"material": "cast iron", "diameter": Quantity(28, "cm"), "handles": ("iron", "leather sleeve")},
)
WOK = product("wok", "Brigade wok", "Brigade", PANS, "79.00", attributes={"material": "steel"}, stock=0)
PRODUCTS = (LARK, TARN, SKILLET, WOK)

RETURNS = Document("policies-returns", "Returns", "Send anything back within 45 days. Delivery costs €4.90.", "policy")
REVIEWS = tuple(
    Review(f"camping-{i}", "lark", stars, text)
    for i, (stars, text) in enumerate(((5, "Dry for 12 days."), (5, "Good."), (4, "Roomy.")), 1)
)


def small_catalogue() -> Catalogue:
    return Catalogue.of(PRODUCTS, (RETURNS,), REVIEWS)
