from __future__ import annotations

from decimal import Decimal

import pytest

from shopwright.assistant.render import availability_text, make_card, make_table, price_text
from shopwright.types import Money, Product, Quantity, Rating, Variant


def euros(amount: str) -> Money:
    return Money(Decimal(amount), "EUR")


def variant(key: str, price: str | None = None, sale: str | None = None, stock: int | None = 9) -> Variant:
    return Variant(
        key, {"size": key}, euros(price) if price else None, euros(sale) if sale else None,
        "unknown" if stock is None else "in_stock" if stock else "out_of_stock", stock,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("product", "text"),
    [
        (Product("a", "A", price=euros("1289.5")), "€1,289.50"),
        (Product("a", "A", price=euros("20"), sale_price=euros("15")), "€15.00"),
        (Product("a", "A", price=euros("15"), sale_price=euros("20")), "€15.00"),
        (Product("a", "A"), "price on request"),
        (Product("a", "A", variants=(variant("s", "10"), variant("m", "12"))), "from €10.00"),
        (Product("a", "A", variants=(variant("s", "10", stock=0), variant("m", "12"))), "€12.00"),
        (Product("a", "A", price=euros("10"), variants=(variant("s"), variant("m"))), "€10.00"),
        (Product("a", "A", variants=(variant("s", "10", "8"),)), "€8.00"),
    ],
)
def test_price(product: Product, text: str) -> None:
    assert price_text(product) == text


@pytest.mark.parametrize(
    ("product", "text"),
    [
        (Product("a", "A", availability="in_stock", stock=50), "in stock"),
        (Product("a", "A", availability="in_stock", stock=2), "only 2 left"),
        (Product("a", "A", availability="out_of_stock"), "sold out"),
        (Product("a", "A", availability="preorder"), "pre-order"),
        (Product("a", "A"), ""),
        (Product("a", "A", variants=(variant("s"), variant("m", stock=0))), "in stock (1 of 2 versions)"),
        (Product("a", "A", variants=(variant("s", stock=0), variant("m", stock=0))), "sold out"),
    ],
)
def test_availability(product: Product, text: str) -> None:
    assert availability_text(product) == text


def test_a_card_of_a_variant() -> None:
    product = Product("a", "A", price=euros("10"), variants=(variant("s", "10", "8"), variant("m", "12")))
    card = make_card(product, "s")
    assert (card.price, card.regular_price, card.options) == ("€8.00", "€10.00", "s")


def test_a_table_keeps_gaps() -> None:
    one = Product("a", "A", attributes={"weight": Quantity(2.5, "kg"), "vegan": True}, rating=Rating(4.25, 4))
    two = Product("b", "B", attributes={"weight": Quantity(900, "g")})
    rows = dict(make_table([one, two]).rows)
    assert rows["Weight"] == ("2.5 kg", "900 g")
    assert rows["Vegan"] == ("yes", None)
    assert rows["Rating"] == ("4.3 of 5 (4)", None)
    assert "Brand" not in rows
