"""A tiny world of its own for the desk: four products, two customers, six orders."""

from __future__ import annotations

from typing import Any

from shopwright.assistant.desk import decide as deciding
from shopwright.assistant.desk.draft import Decision
from shopwright.assistant.desk.ground import Ground
from shopwright.assistant.desk.names import Names
from shopwright.assistant.desk.plain import plain
from shopwright.assistant.desk.policy import RETAIL
from shopwright.assistant.desk.reader import read
from shopwright.assistant.desk.retail import RetailWorld

ME = "ines_holt_1"
HOME = {
    "address1": "12 Quay Street",
    "address2": "Suite 4",
    "city": "Duluth",
    "country": "USA",
    "state": "MN",
    "zip": "55802",
}
WORK = {
    "address1": "7 Mill Road",
    "address2": "Suite 9",
    "city": "Boise",
    "country": "USA",
    "state": "ID",
    "zip": "83702",
}
OLD = {
    "address1": "3 Birch Lane",
    "address2": "Suite 1",
    "city": "Duluth",
    "country": "USA",
    "state": "MN",
    "zip": "55803",
}


def _product(key: str, name: str, rows: dict[str, tuple[dict[str, str], float, bool]]) -> dict[str, Any]:
    variants = {
        item: {"item_id": item, "options": options, "available": available, "price": price}
        for item, (options, price, available) in rows.items()
    }
    return {"name": name, "product_id": key, "variants": variants}


def _lantern(colour: str, brightness: str, power: str) -> dict[str, str]:
    return {"color": colour, "brightness": brightness, "power source": power}


PRODUCTS = {
    "p1": _product(
        "p1",
        "Camping Lantern",
        {
            "l1": (_lantern("black", "low", "battery"), 20.0, True),
            "l2": (_lantern("black", "high", "USB"), 35.0, True),
            "l3": (_lantern("black", "high", "battery"), 38.0, True),
            "l4": (_lantern("white", "medium", "solar"), 30.0, True),
            "l5": (_lantern("green", "high", "solar"), 45.0, False),
            "l6": (_lantern("white", "low", "battery"), 18.0, True),
        },
    ),
    "p2": _product(
        "p2",
        "T-Shirt",
        {
            "t1": ({"size": "S", "color": "blue", "material": "cotton"}, 25.0, True),
            "t2": ({"size": "M", "color": "blue", "material": "cotton"}, 26.0, True),
            "t3": ({"size": "L", "color": "blue", "material": "linen"}, 31.0, True),
            "t4": ({"size": "M", "color": "red", "material": "linen"}, 29.0, True),
            "t5": ({"size": "S", "color": "red", "material": "cotton"}, 27.0, False),
            "t6": ({"size": "L", "color": "blue", "material": "cotton"}, 27.5, True),
        },
    ),
    "p3": _product(
        "p3",
        "Thermos Flask",
        {
            "f1": ({"capacity": "500ml", "material": "steel"}, 22.0, True),
            "f2": ({"capacity": "750ml", "material": "steel"}, 28.0, True),
            "f3": ({"capacity": "1000ml", "material": "steel"}, 33.0, True),
            "f4": ({"capacity": "1000ml", "material": "glass"}, 40.0, True),
        },
    ),
    "p4": _product(
        "p4",
        "Hiking Poles",
        {
            "h1": ({"length": "110cm", "grip": "cork"}, 60.0, True),
            "h2": ({"length": "120cm", "grip": "cork"}, 62.0, True),
            "h3": ({"length": "120cm", "grip": "foam"}, 55.0, True),
        },
    ),
}


def _order(
    key: str, status: str, items: list[str], method: str, address: dict[str, str], user: str = ME
) -> dict[str, Any]:
    lines = []
    for item in items:
        product = next(one for one in PRODUCTS.values() if item in one["variants"])
        variant = product["variants"][item]
        lines.append(
            {
                "name": product["name"],
                "product_id": product["product_id"],
                "item_id": item,
                "price": variant["price"],
                "options": dict(variant["options"]),
            }
        )
    total = round(sum(line["price"] for line in lines), 2)
    return {
        "order_id": key,
        "user_id": user,
        "address": dict(address),
        "items": lines,
        "status": status,
        "fulfillments": [],
        "payment_history": [{"transaction_type": "payment", "amount": total, "payment_method_id": method}],
    }


def database() -> dict[str, Any]:
    """The database, fresh."""
    orders = [
        _order("#W1000001", "delivered", ["l1", "f1"], "credit_card_1", HOME),
        _order("#W1000002", "pending", ["t1", "h1"], "paypal_2", WORK),
        _order("#W1000003", "delivered", ["t2", "h3"], "gift_card_3", HOME),
        _order("#W1000004", "pending", ["l4"], "credit_card_1", OLD),
        _order("#W1000005", "processed", ["f3"], "credit_card_1", HOME),
        _order("#W1000006", "pending", ["f2"], "credit_card_8", WORK, "otto_berg_2"),
    ]
    users = {
        ME: {
            "user_id": ME,
            "name": {"first_name": "Ines", "last_name": "Holt"},
            "address": dict(HOME),
            "email": "ines.holt@example.com",
            "payment_methods": {
                "credit_card_1": {"source": "credit_card", "id": "credit_card_1", "brand": "visa", "last_four": "1111"},
                "paypal_2": {"source": "paypal", "id": "paypal_2"},
                "gift_card_3": {"source": "gift_card", "id": "gift_card_3", "balance": 10.0},
            },
            "orders": [order["order_id"] for order in orders if order["user_id"] == ME],
        },
        "otto_berg_2": {
            "user_id": "otto_berg_2",
            "name": {"first_name": "Otto", "last_name": "Berg"},
            "address": dict(WORK),
            "email": "otto.berg@example.com",
            "payment_methods": {"credit_card_8": {"source": "credit_card", "id": "credit_card_8", "last_four": "8888"}},
            "orders": ["#W1000006"],
        },
    }
    return {"products": PRODUCTS, "users": users, "orders": {order["order_id"]: order for order in orders}}


def world() -> RetailWorld:
    """The world, fresh."""
    return RetailWorld(database())


def decide(message: str) -> Decision:
    """What is decided about a message of Ines Holt."""
    here = world()
    names = Names(here.product_names())
    reading = read(plain(message), names)
    return deciding.decide(Ground(here, here.customer(ME), reading.tables), reading, RETAIL, names, message)


def acts(message: str) -> list[str]:
    """The acts in short: "exchange 1 l1>l2 credit_card_1", sorted."""
    found = []
    for act in decide(message).acts:
        swaps = (
            [f"{old}>{new}" for old, new in zip(act.items, act.new_items, strict=True)] if act.new_items else act.items
        )
        reason = {"ordered by mistake": "mistake"}.get(act.reason, "") if act.kind == "cancel" else ""
        town = act.address.address1.split()[0] if act.address else ""
        parts = [act.kind, act.order[-1:], ",".join(sorted(swaps)), town, act.method.split("_")[0], reason]
        found.append(" ".join(part for part in parts if part))
    return sorted(found)
