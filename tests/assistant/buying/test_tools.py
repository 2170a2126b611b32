"""The tools that add up, over a small store: ids in, sums and a cart out, nothing done twice."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest

from shopwright.assistant.buying.delivery import DeliveryRules
from shopwright.assistant.buying.tools import Buying
from shopwright.catalog.carts import CartLine
from shopwright.catalog.demo import FOLDER
from shopwright.catalog.ingest import ingest_items
from shopwright.catalog.store import Store
from shopwright.errors import NotFoundError, ToolError
from shopwright.types import Change, Money, Product, Variant


def euro(text: str) -> Money:
    return Money(Decimal(text), "EUR")


GOODS = [
    Product("kettle", "Kettle", price=euro("39.90"), availability="in_stock"),
    Product("teapot", "Teapot", price=euro("24.50"), availability="in_stock"),
    Product("urn", "Urn", price=euro("12.00"), availability="out_of_stock"),
    Product(
        "tea",
        "Tea",
        variants=(
            Variant("tea-100", {"size": "100 g"}, price=euro("6.00"), availability="in_stock"),
            Variant("tea-250", {"size": "250 g"}, price=euro("12.50"), availability="in_stock"),
        ),
    ),
]


@pytest.fixture
def buying(tmp_path: Path) -> Iterator[Buying]:
    store = Store.open(tmp_path / "store.db")
    ingest_items(store, GOODS, source="test")
    yield Buying(store, "talk", DeliveryRules.read(FOLDER / "delivery.toml"))
    store.close()


def test_a_basket_of_the_first_that_can_be_bought(buying: Buying) -> None:
    found = buying.basket([["urn", "kettle", "teapot"], ["tea"]], budget=50)
    assert found.ids == ("kettle", "tea")
    assert found.total == euro("45.90")
    assert buying.basket([["kettle", "teapot"], ["tea"]], budget=40).ids == ("teapot", "tea")
    assert buying.basket([["kettle"], ["tea"]], budget=40).over == euro("5.90")


def test_price_and_delivery(buying: Buying) -> None:
    assert buying.price(["tea-250", "kettle"], [2]).total == euro("64.90")
    assert buying.delivery(["kettle"], "NL").cost == euro("4.90")
    assert buying.delivery(["kettle"], "NL", total=Decimal(70)).cost == euro("0")
    with pytest.raises(ToolError, match="2 quantities for 1 products"):
        buying.price(["kettle"], [1, 2])
    with pytest.raises(ToolError, match="ask its documents"):
        Buying(buying.store, "talk").delivery(["kettle"], "NL")


def test_the_cart(buying: Buying) -> None:
    assert buying.cart_show().total is None
    buying.cart_add(["tea-250"], [2])
    view = buying.cart_add(["kettle", "tea-250"])
    assert view.cart == (CartLine("tea", 3, "tea-250"), CartLine("kettle", 1))
    assert view.total == euro("77.40")
    assert buying.cart_remove(["tea"]).cart == (CartLine("kettle", 1),)
    assert buying.cart_show().total == euro("39.90")
    assert Buying(buying.store, "another talk").cart_show().cart == ()


def test_the_change_is_told_before_it_is_made(buying: Buying) -> None:
    assert buying.cart_adds(["kettle"], [2]) == [Change("cart: Kettle, €39.90 each", "0", "2")]
    assert buying.cart_show().cart == ()
    buying.cart_add(["kettle"], [2])
    assert buying.cart_removes(["kettle"]) == [Change("cart: Kettle", "2", "0")]


def test_what_is_sold_out_or_not_there_is_refused(buying: Buying) -> None:
    with pytest.raises(ToolError, match="Urn: sold out"):
        buying.cart_add(["kettle", "urn"])
    assert buying.cart_show().cart == ()
    with pytest.raises(NotFoundError, match="'kettle': not in the cart"):
        buying.cart_remove(["kettle"])


def test_a_key_acts_once_however_often_and_by_whom_it_is_used(buying: Buying) -> None:
    threads = [
        threading.Thread(target=buying.cart_add, args=(["kettle"],), kwargs={"idempotency_key": "k1"}) for _ in range(6)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert buying.cart_show().cart == (CartLine("kettle", 1),)
    assert buying.cart_add(["kettle"], idempotency_key="k2").cart == (CartLine("kettle", 2),)
