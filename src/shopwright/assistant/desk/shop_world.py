"""The shop's own store as a world of the desk: its customers, its orders, its products with their variants.

What: reading records as `Store.put_customers` keeps them, and the acts that the shop's policy knows. What not: money
(the shop's payment system refunds; an order only remembers that it is due), parcels.

Simplifications: an order holds no street address, so a written one is kept beside the town; payment methods are not on
file, so "original" stands for the one that was used; when a parcel arrived is not recorded, so its age counts from the
latest day of standard delivery. Dates of the Christmas rule: orders of 1 November to 24 December may come back until
31 January.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import asdict
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from shopwright.assistant.desk.policy import SHOP, Policy
from shopwright.assistant.desk.records import Act, Address, Customer, Line, Method, Order, Variant
from shopwright.catalog import customers
from shopwright.catalog.customers import Record
from shopwright.catalog.offers import offer
from shopwright.catalog.store import Store
from shopwright.errors import NotFoundError, ToolError
from shopwright.types import Product

ORIGINAL = "original"
_DELIVERED_WITHIN = timedelta(days=11)


class ShopWorld:
    """Customers and orders of a store.

    Args:
        today: what counts as today; a test sets it.
    """

    currency = "€"

    def __init__(self, store: Store, policy: Policy = SHOP, today: Callable[[], date] = date.today) -> None:
        self._store = store
        self._policy = policy
        self._today = today

    def find_email(self, email: str) -> str | None:
        """See `World`."""
        found = customers.customer_by_email(self._store, email)
        return str(found["id"]) if found else None

    def find_name(self, first: str, last: str, zip: str) -> str | None:
        """See `World`; the town stands in for a postcode."""
        fits = [
            one
            for one in customers.customers_named(self._store, f"{first} {last}")
            if zip.casefold() in (str(one.get("city", "")).casefold(), str(one.get("postcode", "")).casefold())
        ]
        return str(fits[0]["id"]) if len(fits) == 1 else None

    def customer(self, customer_id: str) -> Customer:
        """See `World`."""
        record = customers.customer(self._store, customer_id)
        placed = tuple(str(one["id"]) for one in customers.orders_of(self._store, customer_id))
        used = Method(ORIGINAL, "other", None, "original payment method")
        return Customer(customer_id, str(record["name"]), str(record["email"]), _address(record), (used,), placed)

    def order(self, order_id: str) -> Order:
        """See `World`."""
        record = customers.order(self._store, order_id)
        lines = []
        for item in record["items"]:
            product = self._product(str(item["product"]))
            name = product.title if product else str(item["product"])
            line = Line(
                str(item["variant"]),
                str(item["product"]),
                name,
                Decimal(item["price"]),
                _options(product, item["variant"]),
            )
            lines += [line] * int(item.get("quantity", 1))
        return Order(
            order_id,
            str(record["customer_id"]),
            str(record["status"]),
            tuple(lines),
            _address(record),
            (ORIGINAL,),
            tuple(record.get("tracking", ())),
            self._age(str(record["date"])),
            Decimal(record["total"]),
        )

    def variants(self, product_id: str) -> tuple[Variant, ...]:
        """See `World`."""
        product = self._product(product_id)
        if product is None:
            return ()
        found = []
        for variant in product.variants:
            offered = offer(product, variant.id)
            if offered.price is not None:
                sold = Variant(
                    variant.id, product_id, product.title, offered.price.amount, dict(variant.options), offered.buyable
                )
                found.append(sold)
        return tuple(found)

    def product_names(self) -> Mapping[str, str]:
        """See `World`: too many to read, so a desk takes those of the customer's own orders."""
        return {}

    def perform(self, act: Act, key: str) -> Mapping[str, Any]:
        """See `World`: one transaction, remembered under its key."""
        match act.kind:
            case "hand_over":
                return self._ticket(act, key)
            case "default_address":
                return customers.change_customer(self._store, act.customer, key, lambda record: _moved(record, act))
            case _:
                return customers.change_order(self._store, act.order, key, lambda record: self._changed(record, act))

    def _changed(self, record: Record, act: Act) -> Record:
        if record["customer_id"] != act.customer:
            raise ToolError(f"order {act.order}: it is another customer's")
        if not self._policy.allows(act.kind, record["status"]):
            allowed = ", ".join(sorted(self._policy.statuses.get(act.kind, ()))) or "none"
            raise ToolError(f"order {act.order}: it is {record['status']}; this needs one of: {allowed}")
        match act.kind:
            case "cancel" if act.items:
                return _without(record, act)
            case "cancel":
                return record | {"status": self._policy.after["cancel"], "cancel_reason": act.reason}
            case "address":
                return _moved(record, act)
            case "return":
                return record | {"status": self._policy.after["return"], "returned_items": sorted(act.items)}
            case _:
                pairs = [list(pair) for pair in sorted(zip(act.items, act.new_items, strict=True))]
                return record | {"status": self._policy.after["exchange"], "exchanged_items": pairs}

    def _ticket(self, act: Act, key: str) -> Mapping[str, Any]:
        name = f"ticket:{key}"
        if self._store.meta(name) is None:
            self._store.set_meta(name, act.reason.encode())
        return {"ticket": key}

    def _product(self, product_id: str) -> Product | None:
        try:
            return self._store.product(product_id)
        except NotFoundError:
            return None

    def _age(self, placed: str) -> int | None:
        if not re.fullmatch(r"\d{4}-\d\d-\d\d", placed):
            return None
        day, now = date.fromisoformat(placed), self._today()
        christmas = date(day.year, 11, 1) <= day <= date(day.year, 12, 24)
        if christmas and now <= date(day.year + 1, 1, 31):
            return 0
        return max((now - day - _DELIVERED_WITHIN).days, 0)


def _address(record: Record) -> Address:
    if "address" in record:
        return Address(**record["address"])
    return Address(
        city=str(record.get("address_city") or record.get("city") or ""), country=str(record.get("country", ""))
    )


def _options(product: Product | None, variant_id: str) -> Mapping[str, str]:
    for variant in product.variants if product else ():
        if variant.id == variant_id:
            return dict(variant.options)
    return {}


def _moved(record: Record, act: Act) -> Record:
    if act.address is None:
        raise ToolError("address: none was given; name street, town and postcode")
    where = {"address": asdict(act.address)}
    return (
        record
        | where
        | ({"address_city": act.address.city} if "address_city" in record else {"city": act.address.city})
    )


def _without(record: Record, act: Act) -> Record:
    """The order without single items; the last one takes the order with it."""
    items = [dict(item) for item in record["items"]]
    total = Decimal(record["total"])
    for gone in act.items:
        item = next((item for item in items if item["variant"] == gone and int(item.get("quantity", 1)) > 0), None)
        if item is None:
            raise ToolError(f"item {gone}: order {act.order} does not hold it that often")
        item["quantity"] = int(item.get("quantity", 1)) - 1
        total -= Decimal(item["price"])
    left = [item for item in items if item["quantity"] > 0]
    if not left:
        return record | {"status": "cancelled", "cancel_reason": act.reason}
    cancelled = sorted([*record.get("cancelled_items", ()), *act.items])
    return record | {"items": left, "total": str(total), "cancelled_items": cancelled}
