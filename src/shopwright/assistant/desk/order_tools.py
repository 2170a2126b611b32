"""The order tools of the shop as plain functions: for a list of tools, a planner, or another program.

    tools = OrderTools(world, policy)
    tools.find_customer(email="me@example.com")     # {"customer_id": "c-1"}
    tools.preview("cancel_order", order_id="WH-1", customer_id="c-1")    # an Approval: exactly what would change
    tools.cancel_order("WH-1", customer_id="c-1")

Each checks the policy before it acts, and refuses another person's order in words (`ToolError`). A tool that writes
takes an `idempotency_key`: the same call under the same key is done once. Without one, the call's own words are the
key.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from decimal import Decimal
from typing import Any

from shopwright.assistant.desk import pay
from shopwright.assistant.desk.identify import identify
from shopwright.assistant.desk.policy import NO_LONGER_NEEDED, Policy
from shopwright.assistant.desk.preview import approval
from shopwright.assistant.desk.records import Act, ActKind, Address, Line, Order, World
from shopwright.assistant.desk.state import key_of
from shopwright.errors import NotFoundError, ToolError
from shopwright.types import Approval


class OrderTools:
    """The tools over one world under one policy."""

    def __init__(self, world: World, policy: Policy) -> None:
        self.world = world
        self.policy = policy

    # ── reading ──

    def find_customer(self, email: str = "", order_id: str = "", name: str = "", postcode: str = "") -> dict[str, Any]:
        """The customer with an e-mail address, or with a name and postcode; an order number alone shows nobody."""
        found = identify(self.world, f"{email} {name} {postcode}".strip())
        if found is None:
            raise ToolError("customer: nobody fits; give the e-mail address, or the full name with the postcode")
        if order_id and self.world.order(order_id).customer != found:
            raise ToolError(f"order {order_id}: it is another customer's")
        return {"customer_id": found}

    def customer_orders(self, customer_id: str) -> dict[str, Any]:
        """The numbers of a customer's orders, the oldest first."""
        return {"order_ids": list(self.world.customer(customer_id).orders)}

    def order_details(self, order_id: str, customer_id: str) -> dict[str, Any]:
        """An order of this customer as it stands."""
        return _told(self._own(order_id, customer_id))

    # ── writing ──

    def cancel_order(
        self, order_id: str, customer_id: str, reason: str = "", idempotency_key: str = ""
    ) -> dict[str, Any]:
        """Cancel a whole order."""
        return self._do(
            self.act("cancel_order", order_id=order_id, customer_id=customer_id, reason=reason), idempotency_key
        )

    def return_items(
        self, order_id: str, items: Sequence[str], customer_id: str, reason: str = "", idempotency_key: str = ""
    ) -> dict[str, Any]:
        """Register items for return."""
        act = self.act("return_items", order_id=order_id, items=items, customer_id=customer_id, reason=reason)
        return self._do(act, idempotency_key)

    def exchange_items(
        self, order_id: str, items: Sequence[str], new_items: Sequence[str], customer_id: str, idempotency_key: str = ""
    ) -> dict[str, Any]:
        """Exchange items for other variants of the same products."""
        act = self.act("exchange_items", order_id=order_id, items=items, new_items=new_items, customer_id=customer_id)
        return self._do(act, idempotency_key)

    def change_address(
        self, order_id: str, address: Mapping[str, str], customer_id: str, idempotency_key: str = ""
    ) -> dict[str, Any]:
        """Send an order somewhere else."""
        act = self.act("change_address", order_id=order_id, address=address, customer_id=customer_id)
        return self._do(act, idempotency_key)

    def hand_over(self, reason: str, customer_id: str = "", idempotency_key: str = "") -> dict[str, Any]:
        """Leave it to a colleague; returns the ticket."""
        act = Act("hand_over", customer_id, reason=reason)
        return {
            "ticket": str(
                self.world.perform(act, idempotency_key or key_of(act)).get("ticket", idempotency_key or key_of(act))
            )
        }

    # ── before writing ──

    def preview(self, tool: str, **arguments: Any) -> Approval:
        """What a tool that writes would change; nothing is done.

        Raises:
            ToolError: where the policy forbids it.
        """
        return approval(self.world, self.policy, self.act(tool, **arguments), 0)

    def act(
        self,
        tool: str,
        *,
        order_id: str,
        customer_id: str,
        items: Sequence[str] = (),
        new_items: Sequence[str] = (),
        address: Mapping[str, str] | None = None,
        reason: str = "",
    ) -> Act:
        """The act of a call, checked against the policy.

        Raises:
            ToolError: where it is forbidden, with the rule.
        """
        order = self._own(order_id, customer_id)
        match tool:
            case "cancel_order":
                self._may("cancel", order)
                wanted = reason or NO_LONGER_NEEDED
                if self.policy.reasons and wanted not in self.policy.reasons:
                    raise ToolError(f"reason {reason!r}: accepted are {', '.join(self.policy.reasons)}")
                return Act("cancel", customer_id, order_id, reason=wanted)
            case "return_items":
                self._may("return", order)
                lines = _pick(order, items)
                due = -sum((line.price for line in lines), Decimal(0))
                return Act("return", customer_id, order_id, tuple(items), method=self._method("return", order, due))
            case "exchange_items":
                kind: ActKind = "modify" if self.policy.allows("modify", order.status) else "exchange"
                self._may(kind, order)
                due = self._difference(order, items, new_items)
                method = self._method(kind, order, due)
                return Act(kind, customer_id, order_id, tuple(items), tuple(new_items), method)
            case "change_address":
                self._may("address", order)
                return Act("address", customer_id, order_id, address=_written(address))
            case _:
                raise ToolError(f"tool {tool!r}: it changes no order")

    # ── within ──

    def _own(self, order_id: str, customer_id: str) -> Order:
        try:
            order = self.world.order(order_id)
        except NotFoundError as error:
            raise ToolError(f"{error}; list the customer's orders for their numbers") from error
        if order.customer != customer_id:
            raise ToolError(f"order {order_id}: it is another customer's, and nothing may be said of it")
        return order

    def _may(self, kind: ActKind, order: Order) -> None:
        if not self.policy.allows(kind, order.status):
            raise ToolError(f"order {order.id}: it is {order.status}. {self.policy.why.get(kind, '')}".strip())
        late = self.policy.days is not None and (order.age_days or 0) > self.policy.days
        if late and kind in ("return", "exchange"):
            raise ToolError(
                f"order {order.id}: it arrived more than {self.policy.days} days ago. {self.policy.why[kind]}"
            )

    def _difference(self, order: Order, items: Sequence[str], new_items: Sequence[str]) -> Decimal:
        if len(items) != len(new_items):
            raise ToolError(f"{len(items)} items for {len(new_items)} new ones: name one for each")
        due = Decimal(0)
        for line, new in zip(_pick(order, items), new_items, strict=True):
            variants = {variant.item: variant for variant in self.world.variants(line.product)}
            if new not in variants or not variants[new].available or new == line.item:
                raise ToolError(f"item {new}: it is no other variant of {line.name} that can be had")
            due += variants[new].price - line.price
        return due

    def _method(self, kind: ActKind, order: Order, due: Decimal) -> str:
        method = pay.choose(kind, (), self.world.customer(order.customer), order, due, self.policy)
        if method is None:
            raise ToolError(f"order {order.id}: its payment method does not cover {due}; ask for another one")
        return method.id

    def _do(self, act: Act, idempotency_key: str) -> dict[str, Any]:
        self.world.perform(act, idempotency_key or key_of(act))
        return _told(self.world.order(act.order))


def _pick(order: Order, items: Sequence[str]) -> list[Line]:
    left = list(order.lines)
    found = []
    for item in items:
        line = next((line for line in left if line.item == item), None)
        if line is None:
            raise ToolError(f"item {item}: order {order.id} does not hold it that often")
        left.remove(line)
        found.append(line)
    if not found:
        raise ToolError(
            f"order {order.id}: no items were named; it holds {', '.join(line.item for line in order.lines)}"
        )
    return found


def _written(address: Mapping[str, str] | None) -> Address:
    known = set(asdict(Address()))
    given = {name: str(value) for name, value in (address or {}).items() if name in known}
    if not given.get("address1") or not given.get("city"):
        raise ToolError(
            f"address {dict(address or {})}: address1 and city are needed; allowed are {', '.join(sorted(known))}"
        )
    return Address(**given)


def _told(order: Order) -> dict[str, Any]:
    lines = [
        {
            "item": line.item,
            "product": line.product,
            "name": line.name,
            "price": str(line.price),
            "options": dict(line.options),
        }
        for line in order.lines
    ]
    return {
        "order_id": order.id,
        "status": order.status,
        "items": lines,
        "address": asdict(order.address),
        "tracking": list(order.tracking),
        "total": str(order.charged),
    }
