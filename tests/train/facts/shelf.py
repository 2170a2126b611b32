"""A catalogue of twenty products with facts of every kind, and a few texts beside them."""

from __future__ import annotations

from decimal import Decimal

from shopwright.types import AttributeValue, Money, Product, Quantity, Variant

_THINGS = ("tent", "stove", "kettle", "lantern", "hammock")
_MAKES = (("Corrie", "Fellrunner"), ("Ember", "Longmile"), ("Tarn", "Haverbrook"), ("Gorse", "Nordhell"))


def catalogue() -> list[Product]:
    """The products."""
    return [
        _product(place * len(_THINGS) + number, make, brand, thing)
        for place, (make, brand) in enumerate(_MAKES)
        for number, thing in enumerate(_THINGS)
    ]


TEXTS = [f"Orders leave on day {day} and returns are taken back for {day + 10} days." for day in range(24)]


def _product(number: int, make: str, brand: str, thing: str) -> Product:
    attributes: dict[str, AttributeValue] = {
        "weight": Quantity(1.5 + number / 4, "kg"),
        "material": ("steel", "oak") if number % 2 else "aluminium",
        "waterproof": number % 3 == 0,
        "made_in": "Norway" if number % 2 else "Portugal",
    }
    if number % 4 == 0:
        attributes["warranty"] = Quantity(2 + number, "years")
    if number % 5 == 0:
        attributes["pockets"] = 3.0
    return Product(
        f"{make}-{thing}".lower(),
        f"{make} {thing} for two",
        brand=brand,
        category=("Camping", f"{thing.capitalize()}s"),
        attributes=attributes,
        price=Money(Decimal("20"), "EUR"),
        stock=3,
        variants=(
            Variant("a", {"colour": "red", "size": "S"}, Money(Decimal("20"), "EUR")),
            Variant("b", {"colour": "green", "size": "S"}),
        ),
    )
