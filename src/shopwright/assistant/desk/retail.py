"""A world in one JSON database (customers, products with variants, orders), and its sixteen tools.

What: `RetailWorld`, whose tools have the names, arguments and effects of the published customer-service environment
(statuses, refunds, balances, sorted ids), so that a list of reference calls and a desk can be compared by the database
that they leave behind. What not: time, delivery, stock that falls.

Simplifications: `calculate` knows + - * / and parentheses; the database is changed in place, by one thread at a time.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any, cast

from shopwright.assistant.desk.arithmetic import value_of
from shopwright.assistant.desk.records import Act, Address, Customer, Line, Method, MethodKind, Order, Variant
from shopwright.errors import NotFoundError, ToolError

REASONS = ("no longer needed", "ordered by mistake")
_PARTS = ("address1", "address2", "city", "state", "country", "zip")


class RetailWorld:
    """The database and its tools.

    Args:
        database: `users`, `products`, `orders`, each by id; it is changed in place.
    """

    def __init__(self, database: dict[str, Any]) -> None:
        self.database = database
        self._done: dict[str, Mapping[str, Any]] = {}

    def call(self, tool: str, arguments: Mapping[str, Any]) -> Any:
        """Run a declared tool.

        Raises:
            ToolError: no such tool, an argument that is missing, or a call that the world refuses.
        """
        if tool.startswith("_") or tool not in TOOLS:
            raise ToolError(f"tool {tool!r}: there is none of this name; there are {', '.join(TOOLS)}")
        try:
            return getattr(self, tool)(**arguments)
        except TypeError as error:
            raise ToolError(f"tool {tool!r}: {error}") from error

    # ── tools that read ──

    def calculate(self, expression: str) -> str:
        """The value of an arithmetic expression, with two decimals."""
        return f"{value_of(expression):.2f}"

    def find_user_id_by_email(self, email: str) -> str:
        """The id of the customer with an e-mail address."""
        for key, user in self.database["users"].items():
            if user["email"].casefold() == email.casefold():
                return str(key)
        raise ToolError(f"email {email!r}: no customer has it; try name and zip code")

    def find_user_id_by_name_zip(self, first_name: str, last_name: str, zip: str) -> str:
        """The id of the customer with a name and a zip code."""
        wanted = (first_name.casefold(), last_name.casefold(), zip)
        for key, user in self.database["users"].items():
            name = user["name"]
            if (name["first_name"].casefold(), name["last_name"].casefold(), user["address"]["zip"]) == wanted:
                return str(key)
        raise ToolError(f"{first_name} {last_name}, {zip}: no customer has this name and zip code")

    def get_order_details(self, order_id: str) -> dict[str, Any]:
        """An order as it stands."""
        return self._order(order_id)

    def get_product_details(self, product_id: str) -> dict[str, Any]:
        """A product with its variants."""
        return self._product(product_id)

    def get_item_details(self, item_id: str) -> dict[str, Any]:
        """A variant, by its own id."""
        for product in self.database["products"].values():
            if item_id in product["variants"]:
                return cast(dict[str, Any], product["variants"][item_id])
        raise ToolError(f"item {item_id!r}: no product has it")

    def get_user_details(self, user_id: str) -> dict[str, Any]:
        """A customer as on file."""
        return self._user(user_id)

    def list_all_product_types(self) -> dict[str, str]:
        """Name -> id of every product, by name."""
        return dict(sorted((product["name"], str(key)) for key, product in self.database["products"].items()))

    # ── tools that write ──

    def cancel_pending_order(self, order_id: str, reason: str) -> dict[str, Any]:
        """Cancel an order and refund what was paid, to where it came from."""
        order = self._in(order_id, "pending")
        if reason not in REASONS:
            raise ToolError(f"reason {reason!r}: only {' and '.join(map(repr, REASONS))} are accepted")
        refunds = []
        for payment in order["payment_history"]:
            amount, method = payment["amount"], payment["payment_method_id"]
            refunds.append({"transaction_type": "refund", "amount": amount, "payment_method_id": method})
            self._pay(order["user_id"], method, -amount)
        order["status"] = "cancelled"
        order["cancel_reason"] = reason
        order["payment_history"].extend(refunds)
        return order

    def modify_pending_order_address(
        self, order_id: str, address1: str, address2: str, city: str, state: str, country: str, zip: str
    ) -> dict[str, Any]:
        """Send a pending order somewhere else; also one whose items were changed."""
        order = self._order(order_id)
        if "pending" not in order["status"]:
            raise ToolError(f"order {order_id}: it is {order['status']}; only a pending order can be changed")
        order["address"] = dict(zip_parts(address1, address2, city, state, country, zip))
        return order

    def modify_user_address(
        self, user_id: str, address1: str, address2: str, city: str, state: str, country: str, zip: str
    ) -> dict[str, Any]:
        """Change a customer's default address."""
        user = self._user(user_id)
        user["address"] = dict(zip_parts(address1, address2, city, state, country, zip))
        return user

    def modify_pending_order_payment(self, order_id: str, payment_method_id: str) -> dict[str, Any]:
        """Let another payment method pay, and refund the one that did."""
        order = self._order(order_id)
        if "pending" not in order["status"]:
            raise ToolError(f"order {order_id}: it is {order['status']}; only a pending order can be changed")
        method = self._method(order["user_id"], payment_method_id)
        history = order["payment_history"]
        if len(history) != 1 or history[0]["transaction_type"] != "payment":
            raise ToolError(f"order {order_id}: its payment was changed before; that can be done once")
        amount, old = history[0]["amount"], history[0]["payment_method_id"]
        if old == payment_method_id:
            raise ToolError(f"order {order_id}: {old} pays for it already; name a different payment method")
        if method["source"] == "gift_card" and method["balance"] < amount:
            raise ToolError(f"{payment_method_id}: its balance does not cover {amount}; name another payment method")
        history.append({"transaction_type": "payment", "amount": amount, "payment_method_id": payment_method_id})
        history.append({"transaction_type": "refund", "amount": amount, "payment_method_id": old})
        self._pay(order["user_id"], payment_method_id, amount)
        self._pay(order["user_id"], old, -amount)
        return order

    def modify_pending_order_items(
        self, order_id: str, item_ids: Sequence[str], new_item_ids: Sequence[str], payment_method_id: str
    ) -> dict[str, Any]:
        """Replace items of a pending order by variants of the same products; once."""
        order = self._in(order_id, "pending")
        swaps = self._swaps(order, item_ids, new_item_ids)
        for line, variant in swaps:
            if line["item_id"] == variant["item_id"]:
                raise ToolError(f"item {line['item_id']}: the new item is the old one; name a different variant")
        difference = round(sum(variant["price"] - line["price"] for line, variant in swaps), 2)
        self._covers(order["user_id"], payment_method_id, difference)
        order["payment_history"].append(
            {
                "transaction_type": "payment" if difference > 0 else "refund",
                "amount": abs(difference),
                "payment_method_id": payment_method_id,
            }
        )
        self._pay(order["user_id"], payment_method_id, difference)
        for line, variant in swaps:
            line.update(item_id=variant["item_id"], price=variant["price"], options=variant["options"])
        order["status"] = "pending (item modified)"
        return order

    def return_delivered_order_items(
        self, order_id: str, item_ids: Sequence[str], payment_method_id: str
    ) -> dict[str, Any]:
        """Ask for the return of items; the refund goes to the original payment method or to a gift card."""
        order = self._in(order_id, "delivered")
        method = self._method(order["user_id"], payment_method_id)
        original = order["payment_history"][0]["payment_method_id"]
        if method["source"] != "gift_card" and payment_method_id != original:
            raise ToolError(f"{payment_method_id}: the refund goes to {original}, which paid, or to a gift card")
        self._pick(order, item_ids)
        order["status"] = "return requested"
        order["return_items"] = sorted(item_ids)
        order["return_payment_method_id"] = payment_method_id
        return order

    def exchange_delivered_order_items(
        self, order_id: str, item_ids: Sequence[str], new_item_ids: Sequence[str], payment_method_id: str
    ) -> dict[str, Any]:
        """Ask for other variants in place of items that arrived."""
        order = self._in(order_id, "delivered")
        swaps = self._swaps(order, item_ids, new_item_ids)
        difference = round(sum(variant["price"] - line["price"] for line, variant in swaps), 2)
        self._covers(order["user_id"], payment_method_id, difference)
        order["status"] = "exchange requested"
        order["exchange_items"] = sorted(item_ids)
        order["exchange_new_items"] = sorted(new_item_ids)
        order["exchange_payment_method_id"] = payment_method_id
        order["exchange_price_difference"] = difference
        return order

    def transfer_to_human_agents(self, summary: str) -> str:
        """Hand the conversation over to a person; the database stays as it is."""
        return f"Transfer successful: {summary}"

    # ── the world of a desk ──

    def find_email(self, email: str) -> str | None:
        """See `World`."""
        try:
            return self.find_user_id_by_email(email)
        except ToolError:
            return None

    def find_name(self, first: str, last: str, zip: str) -> str | None:
        """See `World`."""
        try:
            return self.find_user_id_by_name_zip(first, last, zip)
        except ToolError:
            return None

    def customer(self, customer_id: str) -> Customer:
        """See `World`."""
        if customer_id not in self.database["users"]:
            raise NotFoundError(f"customer {customer_id!r}: nobody has this id")
        user = self.database["users"][customer_id]
        name = f"{user['name']['first_name']} {user['name']['last_name']}"
        methods = tuple(_method(method) for method in user["payment_methods"].values())
        orders = tuple(user["orders"])
        return Customer(customer_id, name, user["email"], Address(**user["address"]), methods, orders)

    def order(self, order_id: str) -> Order:
        """See `World`."""
        if order_id not in self.database["orders"]:
            raise NotFoundError(f"order {order_id!r}: there is none of this number")
        order = self.database["orders"][order_id]
        paid = [entry for entry in order["payment_history"] if entry["transaction_type"] == "payment"]
        tracking = tuple(number for sent in order["fulfillments"] for number in sent["tracking_id"])
        lines = tuple(
            Line(line["item_id"], line["product_id"], line["name"], Decimal(str(line["price"])), line["options"])
            for line in order["items"]
        )
        return Order(
            order_id,
            order["user_id"],
            order["status"],
            lines,
            Address(**order["address"]),
            tuple(entry["payment_method_id"] for entry in paid),
            tracking,
            charged=sum((Decimal(str(entry["amount"])) for entry in paid), Decimal(0)),
        )

    def variants(self, product_id: str) -> tuple[Variant, ...]:
        """See `World`."""
        product = self._product(product_id)
        return tuple(
            Variant(
                key, product_id, product["name"], Decimal(str(one["price"])), one["options"], bool(one["available"])
            )
            for key, one in product["variants"].items()
        )

    def product_names(self) -> Mapping[str, str]:
        """See `World`."""
        return {str(key): product["name"] for key, product in self.database["products"].items()}

    def perform(self, act: Act, key: str) -> Mapping[str, Any]:
        """See `World`."""
        if key not in self._done:
            tool, arguments = tool_call(act)
            value = self.call(tool, arguments)
            self._done[key] = value if isinstance(value, Mapping) else {"text": value}
        return self._done[key]

    # ── within ──

    def _order(self, order_id: str) -> dict[str, Any]:
        if order_id not in self.database["orders"]:
            raise ToolError(f"order {order_id!r}: there is none of this number; numbers look like #W0000000")
        return cast(dict[str, Any], self.database["orders"][order_id])

    def _in(self, order_id: str, status: str) -> dict[str, Any]:
        order = self._order(order_id)
        if order["status"] != status:
            raise ToolError(f"order {order_id}: it is {order['status']}, and has to be {status} for this")
        return order

    def _product(self, product_id: str) -> dict[str, Any]:
        if product_id not in self.database["products"]:
            raise ToolError(f"product {product_id!r}: there is none of this id")
        return cast(dict[str, Any], self.database["products"][product_id])

    def _user(self, user_id: str) -> dict[str, Any]:
        if user_id not in self.database["users"]:
            raise ToolError(f"customer {user_id!r}: nobody has this id")
        return cast(dict[str, Any], self.database["users"][user_id])

    def _method(self, user_id: str, method_id: str) -> dict[str, Any]:
        methods = self._user(user_id)["payment_methods"]
        if method_id not in methods:
            raise ToolError(f"payment method {method_id!r}: on file are {', '.join(methods)}")
        return cast(dict[str, Any], methods[method_id])

    def _covers(self, user_id: str, method_id: str, amount: float) -> None:
        method = self._method(user_id, method_id)
        if method["source"] == "gift_card" and method["balance"] < amount:
            raise ToolError(f"{method_id}: its balance does not cover {amount}; name another payment method")

    def _pay(self, user_id: str, method_id: str, amount: float) -> None:
        """Take an amount from a gift card; other methods keep no balance."""
        method = self._method(user_id, method_id)
        if method["source"] == "gift_card":
            method["balance"] = round(method["balance"] - amount, 2)

    def _pick(self, order: Mapping[str, Any], item_ids: Sequence[str]) -> list[dict[str, Any]]:
        """The lines of an order with these items, one for each time an item is named."""
        left = list(order["items"])
        picked = []
        for item in item_ids:
            found = next((line for line in left if line["item_id"] == item), None)
            if found is None:
                raise ToolError(f"item {item}: order {order['order_id']} does not hold it that often")
            left.remove(found)
            picked.append(found)
        return picked

    def _swaps(
        self, order: Mapping[str, Any], item_ids: Sequence[str], new_item_ids: Sequence[str]
    ) -> list[tuple[dict[str, Any], dict[str, Any]]]:
        if len(item_ids) != len(new_item_ids):
            raise ToolError(f"{len(item_ids)} items for {len(new_item_ids)} new ones: name one for each")
        swaps = []
        for line, new in zip(self._pick(order, item_ids), new_item_ids, strict=True):
            variant = self._product(line["product_id"])["variants"].get(new)
            if variant is None or not variant["available"]:
                raise ToolError(f"item {new}: it is no available variant of {line['name']}")
            swaps.append((line, variant))
        return swaps


def zip_parts(*parts: str) -> list[tuple[str, str]]:
    """The parts of an address under their names."""
    return list(zip(_PARTS, parts, strict=True))


def tool_call(act: Act) -> tuple[str, dict[str, Any]]:
    """The tool that does an act, and its arguments."""
    where = {name: getattr(act.address, name) for name in _PARTS} if act.address else {}
    match act.kind:
        case "cancel":
            return "cancel_pending_order", {"order_id": act.order, "reason": act.reason}
        case "address":
            return "modify_pending_order_address", {"order_id": act.order, **where}
        case "default_address":
            return "modify_user_address", {"user_id": act.customer, **where}
        case "payment":
            return "modify_pending_order_payment", {"order_id": act.order, "payment_method_id": act.method}
        case "hand_over":
            return "transfer_to_human_agents", {"summary": act.reason}
        case "return":
            arguments = {"order_id": act.order, "item_ids": list(act.items), "payment_method_id": act.method}
            return "return_delivered_order_items", arguments
        case "exchange" | "modify":
            arguments = {"order_id": act.order, "item_ids": list(act.items), "new_item_ids": list(act.new_items)}
            name = "exchange_delivered_order_items" if act.kind == "exchange" else "modify_pending_order_items"
            return name, arguments | {"payment_method_id": act.method}


def _method(method: Mapping[str, Any]) -> Method:
    kind = cast(MethodKind, method["source"])
    balance = Decimal(str(method["balance"])) if "balance" in method else None
    label = f"{method.get('brand', '')} {kind.replace('_', ' ')}".strip()
    label += f" ending in {method['last_four']}" if "last_four" in method else ""
    return Method(method["id"], kind, balance, label)


READING = (
    "calculate",
    "find_user_id_by_email",
    "find_user_id_by_name_zip",
    "get_order_details",
    "get_product_details",
    "get_item_details",
    "get_user_details",
    "list_all_product_types",
)
WRITING = (
    "cancel_pending_order",
    "exchange_delivered_order_items",
    "modify_pending_order_address",
    "modify_pending_order_items",
    "modify_pending_order_payment",
    "modify_user_address",
    "return_delivered_order_items",
    "transfer_to_human_agents",
)
TOOLS = READING + WRITING
