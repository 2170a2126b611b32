"""The shop's own store as a world: atomic, once for a key, under the shop's own policy."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from shopwright.assistant.desk.desk import Desk
from shopwright.assistant.desk.order_tools import OrderTools
from shopwright.assistant.desk.policy import SHOP
from shopwright.assistant.desk.records import Act
from shopwright.assistant.desk.shop_world import ShopWorld
from shopwright.assistant.desk.state import DeskState
from shopwright.catalog import customers
from shopwright.catalog.ingest import ingest_items
from shopwright.catalog.store import Store
from shopwright.errors import NotFoundError, ToolError
from shopwright.types import Money, Product, Variant


def _euro(amount: str) -> Money:
    return Money(Decimal(amount), "EUR")


SHIRT = Product(
    "fjord-shirt",
    "Linen shirt",
    price=_euro("40"),
    variants=(
        Variant("fjord-shirt-s", {"size": "S"}, availability="in_stock"),
        Variant("fjord-shirt-m", {"size": "M"}, availability="in_stock"),
        Variant("fjord-shirt-l", {"size": "L"}, availability="out_of_stock"),
    ),
)
MUG = Product("tidal-mug", "Stoneware mug", price=_euro("12"), variants=(Variant("tidal-mug-one", {}),))
CUSTOMERS = [
    {"id": "c-1", "name": "Ada Quist", "email": "ada@example.org", "city": "Ghent", "country": "BE"},
    {"id": "c-2", "name": "Ben Holm", "email": "ben@example.org", "city": "Lyon", "country": "FR"},
]


def _order(number: str, status: str, day: str, customer: str = "c-1") -> dict[str, object]:
    items = [
        {"product": "fjord-shirt", "variant": "fjord-shirt-s", "quantity": 1, "price": "40.00"},
        {"product": "tidal-mug", "variant": "tidal-mug-one", "quantity": 2, "price": "12.00"},
    ]
    return {"id": number, "customer_id": customer, "date": day, "status": status, "items": items, "total": "64.00"}


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = Store.open(tmp_path / "shop.db")
    ingest_items(opened, [SHIRT, MUG], source="test", full=True)
    opened.put_customers(
        CUSTOMERS,
        [
            _order("WH-100001", "processing", "2026-05-30"),
            _order("WH-100002", "delivered", "2026-05-10"),
            _order("WH-100003", "delivered", "2026-01-10"),
            _order("WH-100004", "shipped", "2026-05-28"),
            _order("WH-100005", "processing", "2026-05-30", "c-2"),
        ],
    )
    yield opened
    opened.close()


@pytest.fixture
def shop(store: Store) -> ShopWorld:
    return ShopWorld(store, today=lambda: date(2026, 6, 1))


def test_customers_are_found_by_address_or_by_name_and_town(shop):
    assert shop.find_email("ADA@example.org") == "c-1"
    assert shop.find_name("Ada", "Quist", "Ghent") == "c-1"
    assert shop.find_name("Ada", "Quist", "Lyon") is None
    assert shop.customer("c-1").orders == ("WH-100003", "WH-100002", "WH-100004", "WH-100001")


def test_an_act_is_done_once_for_a_key(shop, store):
    act = Act("cancel", "c-1", "WH-100001", ("tidal-mug-one",))
    first = shop.perform(act, "key-1")
    assert shop.perform(act, "key-1") == first
    assert customers.order(store, "WH-100001")["total"] == "52.00"
    shop.perform(act, "key-2")
    assert customers.order(store, "WH-100001")["total"] == "40.00"


def test_what_fails_leaves_the_order_as_it_was(shop, store):
    before = customers.order(store, "WH-100004")
    with pytest.raises(ToolError):
        shop.perform(Act("cancel", "c-1", "WH-100004"), "key")
    with pytest.raises(ToolError):
        shop.perform(Act("cancel", "c-2", "WH-100001"), "key")
    with pytest.raises(NotFoundError):
        shop.perform(Act("cancel", "c-1", "WH-999999"), "key")
    assert customers.order(store, "WH-100004") == before


def test_the_tools_refuse_what_is_another_persons(shop):
    tools = OrderTools(shop, SHOP)
    assert tools.find_customer(email="ada@example.org") == {"customer_id": "c-1"}
    assert tools.order_details("WH-100001", customer_id="c-1")["status"] == "processing"
    with pytest.raises(ToolError, match="another customer"):
        tools.order_details("WH-100005", customer_id="c-1")
    with pytest.raises(ToolError, match="another customer"):
        tools.cancel_order("WH-100005", customer_id="c-1")
    with pytest.raises(ToolError, match="another customer"):
        tools.find_customer(email="ada@example.org", order_id="WH-100005")


def test_the_policy_holds_for_the_tools(shop):
    tools = OrderTools(shop, SHOP)
    with pytest.raises(ToolError, match="shipped"):
        tools.cancel_order("WH-100004", customer_id="c-1")
    with pytest.raises(ToolError, match="45 days"):
        tools.return_items("WH-100003", ["tidal-mug-one"], customer_id="c-1")
    with pytest.raises(ToolError, match="named"):
        tools.return_items("WH-100002", [], customer_id="c-1")
    with pytest.raises(ToolError, match="address1"):
        tools.change_address("WH-100001", {"town": "Ghent"}, customer_id="c-1")
    approval = tools.preview("return_items", order_id="WH-100002", items=["tidal-mug-one"], customer_id="c-1")
    assert "€12.00" in approval.summary
    assert tools.return_items("WH-100002", ["tidal-mug-one"], customer_id="c-1")["status"] == "return requested"
    assert tools.hand_over("a question about an invoice", idempotency_key="t-1") == {"ticket": "t-1"}


def test_the_desk_works_over_the_shop(shop, store):
    desk = Desk(shop, SHOP)
    reply = desk.reply("Please cancel the mug in order WH-100001. I am ada@example.org", DeskState())
    assert reply.approval is not None
    assert reply.approval.changes[0].before == "Stoneware mug"
    desk.reply("yes", reply.state)
    assert customers.order(store, "WH-100001")["cancelled_items"] == ["tidal-mug-one"]


def test_what_came_too_long_ago_stays(shop):
    reply = Desk(shop, SHOP).reply("Return the shirt from WH-100003", DeskState(customer="c-1"))
    assert reply.approval is None
    assert "45 days" in reply.text


def test_presents_of_november_may_come_back_until_the_end_of_january(store):
    store.put_customers([], [_order("WH-100009", "delivered", "2025-11-03")])
    assert ShopWorld(store, today=lambda: date(2026, 1, 30)).order("WH-100009").age_days == 0
    assert ShopWorld(store, today=lambda: date(2026, 2, 1)).order("WH-100009").age_days == 79
