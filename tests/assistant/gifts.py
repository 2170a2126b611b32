"""A little of everything, as a shop whose shoppers tell stories."""

from __future__ import annotations

from decimal import Decimal

from shopwright.types import Money, Product


def euro(amount: str) -> Money:
    return Money(Decimal(amount), "EUR")


def good(key: str, title: str, price: str, *category: str) -> Product:
    return Product(key, title, category=category, price=euro(price), availability="in_stock", stock=9)


GOODS = (
    good("rod", "Heron fishing rod", "49.00", "Sports", "Fishing", "Rods"),
    good("net", "Otter landing net", "19.00", "Sports", "Fishing", "Landing nets"),
    good("light", "Finch reading light", "29.00", "Home", "Lamps", "Reading lights"),
    good("coat", "Gale rain jacket", "99.00", "Clothing", "Rainwear"),
    good("clock", "Swift mantel clock", "39.00", "Home", "Clocks"),
    good("tent", "Lark trekking tent", "289.00", "Camping", "Tents"),
    good("bag", "Eider sleeping bag", "79.00", "Camping", "Sleeping bags"),
    good("tea", "Larch gift box of tea", "15.00", "Food", "Tea"),
    good("board", "Wren board game", "25.00", "Toys", "Board games"),
)
