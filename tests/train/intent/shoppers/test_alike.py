from __future__ import annotations

from decimal import Decimal

import pytest

from shopwright.catalog.conditions import Condition, fits
from shopwright.train.intent.shoppers.alike import alike, is_told
from shopwright.train.intent.shoppers.sold import Sold
from shopwright.train.intent.shoppers.wants import Goods, Want
from shopwright.types import Money, Product

KIND = Condition("category", "=", "Lamps")


def lamp(key: str, price: int, **attributes: str | bool) -> Product:
    return Product(key, key, category=("Home", "Lamps"), price=Money(Decimal(price), "EUR"), attributes=attributes)


SOLD = Sold(
    (lamp("a", 20, colour="red", dimmable=True), lamp("b", 60, colour="blue"), lamp("c", 90, colour="green"))
)  # fmt: skip


def want(text: str, *conditions: Condition) -> Want:
    return Want("w", text, "find", (Goods("a lamp", (KIND, *conditions)),))


def test_the_first_is_the_written_one_and_what_is_hidden_differs() -> None:
    written = want("a lamp", Condition("attr:colour", "=", "red"), Condition("price", "<=", 25))
    found = alike(written, SOLD, n=20)
    assert found[0] is written
    assert {goods.where[1].value for one in found for goods in one.goods} == {"red", "blue", "green"}
    for one in found:
        assert one.text == "a lamp"
        assert any(fits(product, one.goods[0].where) for product in SOLD.fitting((KIND,)))


def test_what_is_told_stays() -> None:
    found = alike(want("a red lamp", Condition("attr:colour", "=", "red"), Condition("price", "<=", 25)), SOLD, n=20)
    assert {one.goods[0].where[1].value for one in found} == {"red"}


def test_the_same_want_has_the_same_company() -> None:
    written = want("a lamp", Condition("price", "<=", 25))
    assert alike(written, SOLD, seed=3) == alike(written, SOLD, seed=3)


def test_who_asks_about_the_shop_is_one() -> None:
    asked = Want("w", "when do you open", "shop", (), "hours")
    assert alike(asked, SOLD) == (asked,)


@pytest.mark.parametrize(
    ("text", "condition", "told"),
    [
        ("under 25 euros", Condition("price", "<=", 25), True),
        ("cheap", Condition("price", "<=", 25), False),
        ("one that is dimmable", Condition("attr:dimmable", "=", True), True),
        ("a lamp", Condition("attr:dimmable", "=", True), False),
        ("in red or blue please", Condition("attr:colour", "in", ("blue", "red")), True),
        ("a small tent of 2 kg", Condition("attr:weight", "<=", "2 kg"), True),
    ],
)
def test_what_a_message_tells(text: str, condition: Condition, told: bool) -> None:
    assert is_told(text, condition) is told


def test_only_what_meets_every_condition_is_sold_so() -> None:
    assert [product.id for product in SOLD.fitting((KIND, Condition("price", "<=", 60)))] == ["a", "b"]
    assert SOLD.fitting((Condition("category", "=", "Tents"),)) == ()
