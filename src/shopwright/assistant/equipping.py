"""What a shop's assistant is equipped with beside search: rules of delivery, order tools, the desk, other servers."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from shopwright.assistant.buying.delivery import DeliveryRules
from shopwright.assistant.desk.desk import Desk
from shopwright.assistant.desk.order_tools import OrderTools
from shopwright.assistant.desk.policy import SHOP
from shopwright.assistant.desk.shop_world import ShopWorld
from shopwright.assistant.serving import Service
from shopwright.assistant.toolbox import Toolbox
from shopwright.assistant.tools import Tools
from shopwright.catalog.customers import has_customers
from shopwright.catalog.demo import DELIVERY
from shopwright.catalog.vocabulary import Vocabulary
from shopwright.skills.plan.tool import Tool

_CURRENCY = "EUR"


def equipment(
    tools: Tools, vocabulary: Vocabulary, rules: Path, others: Mapping[str, Tool], *, demo: bool
) -> tuple[Toolbox, Service | None]:
    """The toolbox, and the service desk where the shop has customers.

    Args:
        rules: file of the merchant's rules of delivery; the demo shop has its own where there is none.
        others: tools of other servers.

    Raises:
        ConfigError: the rules do not say what they must.
    """
    rules = rules if rules.is_file() or not demo else DELIVERY
    delivery = DeliveryRules.read(rules) if rules.is_file() else None
    currency = vocabulary.currency or _CURRENCY
    if not has_customers(tools.store):
        return Toolbox(tools, delivery, currency, others), None
    world = ShopWorld(tools.store)
    return Toolbox(tools, delivery, currency, others, OrderTools(world, SHOP)), Service(Desk(world, SHOP))
