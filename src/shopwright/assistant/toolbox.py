"""Every tool of a shop, declared: what a plan may call, by name.

    Toolbox(tools, rules, currency).of(session_id)     name -> Tool

Declarations are read from the functions once in a process; a conversation gets the same ones bound to its own cart.
Tools of other servers (`skills.plan.servers`) are added as they are, under "SERVER.NAME".
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

from shopwright.assistant.buying.delivery import DeliveryRules
from shopwright.assistant.buying.tools import Buying
from shopwright.assistant.desk.order_tools import OrderTools
from shopwright.assistant.desk.own_orders import OwnOrders
from shopwright.assistant.tools import Tools
from shopwright.skills.plan.tool import Tool, tool
from shopwright.types import Change, ToolSpec

_WRITES: Mapping[str, str] = {"cart_add": "cart_adds", "cart_remove": "cart_removes"}
"""Tools of `Buying` that write -> the method that shows what they would change."""
_READS = ("basket", "price", "delivery", "cart_show")
_LOOKS = ("find_customer", "customer_orders", "order_details")
_CHANGES = ("cancel_order", "return_items", "exchange_items", "change_address", "hand_over")
"""The order tools that read, and those that write."""
_SECONDS = 5.0
_DECLARED: dict[tuple[str, bool], Tool] = {}
"""What was read of the methods, which are the same for every shop and conversation."""


@dataclass(frozen=True, slots=True)
class Toolbox:
    """The tools of one shop.

    Args:
        tools: over the catalogue.
        rules: of delivery; None where the merchant wrote none down.
        currency: of the shop.
        others: tools of other servers, by name.
        orders: the order tools; None in a shop without customers.
    """

    tools: Tools
    rules: DeliveryRules | None = None
    currency: str = "EUR"
    others: Mapping[str, Tool] = field(default_factory=dict)
    orders: OrderTools | None = None

    def of(self, session: str, customer: str = "", hidden: frozenset[str] = frozenset()) -> dict[str, Tool]:
        """The tools as one conversation has them.

        Args:
            customer: id of who was identified in it.
            hidden: products that were turned down in it.
        """
        buying = Buying(self.tools.store, session, self.rules, self.currency)
        tools = replace(self.tools, hidden=hidden) if hidden else self.tools
        found = {name: _bound(name, function) for name, function in tools.all().items()}
        found |= {name: _bound(name, getattr(buying, name)) for name in _READS if name != "delivery" or self.rules}
        for name, preview in _WRITES.items():
            found[name] = _bound(name, getattr(buying, name), getattr(buying, preview))
        if self.orders is not None:
            own = OwnOrders(self.orders, customer)
            found |= {name: _bound(name, getattr(own, name)) for name in _LOOKS}
            found |= {name: _bound(name, getattr(own, name), partial(own.preview, name)) for name in _CHANGES}
        return found | dict(self.others)

    def specs(self) -> tuple[ToolSpec, ...]:
        """The declarations, in the order of the names."""
        found = self.of("")
        return tuple(found[name].spec for name in sorted(found))


def _bound(name: str, function: Callable[..., Any], preview: Callable[..., Sequence[Change]] | None = None) -> Tool:
    """The tool of a method, bound to the object that this method is of."""
    place = (name, preview is not None)
    if place not in _DECLARED:
        _DECLARED[place] = tool(function, name=name, writes=preview is not None, preview=preview, timeout_s=_SECONDS)
    return _DECLARED[place].bound(function, preview)
