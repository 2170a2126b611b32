"""The order tools as one conversation has them: over the orders of whoever has said who they are, and nobody else's.

`find_customer` identifies; until it has, every other tool refuses. A number of a customer in a request identifies
nobody, whoever writes it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypedDict

from shopwright.assistant.desk.order_tools import OrderTools
from shopwright.errors import ToolError
from shopwright.types import Change


class Found(TypedDict):
    """Who it is."""

    customer_id: str


class Numbers(TypedDict):
    """Numbers of orders, the oldest first."""

    order_ids: list[str]


class OrderView(TypedDict):
    """An order as it stands."""

    order: dict[str, Any]


class Ticket(TypedDict):
    """What a colleague will see to."""

    ticket: str


@dataclass(slots=True)
class OwnOrders:
    """The tools of one conversation.

    Args:
        customer: id of who was identified; "" before.
    """

    tools: OrderTools
    customer: str = ""

    def find_customer(self, email: str = "", order_id: str = "", name: str = "", postcode: str = "") -> Found:
        """Identify the customer, which every other order tool needs: by e-mail, or by full name with postcode.

        Args:
            email: the address of their account.
            order_id: a number of theirs, to be sure that it is.
            name: first and last name.
            postcode: or town.
        """
        self.customer = str(self.tools.find_customer(email, order_id, name, postcode)["customer_id"])
        return {"customer_id": self.customer}

    def customer_orders(self, customer_id: str = "") -> Numbers:
        """The numbers of the customer's orders, the oldest first.

        Args:
            customer_id: as `find_customer` gave it.
        """
        return {"order_ids": list(self.tools.customer_orders(self._identified(customer_id))["order_ids"])}

    def order_details(self, order_id: str) -> OrderView:
        """An order of the customer as it stands: status, items, address, tracking.

        Args:
            order_id: its number.
        """
        return {"order": self.tools.order_details(order_id, self._identified())}

    def cancel_order(self, order_id: str, reason: str = "", idempotency_key: str = "") -> OrderView:
        """Cancel a whole order that was not sent yet.

        Args:
            order_id: its number.
            reason: why, in the customer's words.
            idempotency_key: names this call, so that it is done once.
        """
        return {"order": self.tools.cancel_order(order_id, self._identified(), reason, idempotency_key)}

    def return_items(
        self, order_id: str, items: Sequence[str], reason: str = "", idempotency_key: str = ""
    ) -> OrderView:
        """Register items of a delivered order for return.

        Args:
            order_id: its number.
            items: ids of the items.
            reason: why, in the customer's words.
            idempotency_key: names this call, so that it is done once.
        """
        return {"order": self.tools.return_items(order_id, items, self._identified(), reason, idempotency_key)}

    def exchange_items(
        self, order_id: str, items: Sequence[str], new_items: Sequence[str], idempotency_key: str = ""
    ) -> OrderView:
        """Exchange items of a delivered order for other variants of the same products.

        Args:
            order_id: its number.
            items: ids of the items.
            new_items: ids of what is wanted in their place, in the same order.
            idempotency_key: names this call, so that it is done once.
        """
        return {"order": self.tools.exchange_items(order_id, items, new_items, self._identified(), idempotency_key)}

    def change_address(self, order_id: str, address: Mapping[str, str], idempotency_key: str = "") -> OrderView:
        """Send an order that was not sent yet somewhere else.

        Args:
            order_id: its number.
            address: address1, city, zip and country.
            idempotency_key: names this call, so that it is done once.
        """
        return {"order": self.tools.change_address(order_id, address, self._identified(), idempotency_key)}

    def hand_over(self, reason: str, idempotency_key: str = "") -> Ticket:
        """Leave it to a colleague, where nothing else can be done.

        Args:
            reason: what it is about.
            idempotency_key: names this call, so that it is done once.
        """
        return {"ticket": str(self.tools.hand_over(reason, self.customer, idempotency_key)["ticket"])}

    def preview(self, name: str, **arguments: Any) -> Sequence[Change]:
        """What a tool that writes would change.

        Raises:
            ToolError: where nobody was identified or the policy forbids it.
        """
        if name == "hand_over":
            return (Change("ticket for a colleague", "", str(arguments.get("reason", ""))),)
        arguments.pop("idempotency_key", None)
        return self.tools.preview(name, customer_id=self._identified(), **arguments).changes

    def _identified(self, customer_id: str = "") -> str:
        if not self.customer:
            raise ToolError("nobody is identified yet: find the customer by e-mail, or by name and postcode, first")
        if customer_id and customer_id != self.customer:
            raise ToolError(f"customer {customer_id}: it is another person, and nothing may be said of them")
        return self.customer
