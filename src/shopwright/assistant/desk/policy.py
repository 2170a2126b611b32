"""What a desk may do, as data: which status allows which act, which reasons are accepted, where refunds may go.

Nothing here looks at a database. A new shop writes one more `Policy`; `decide.py` applies it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from shopwright.assistant.desk.records import ActKind

NO_LONGER_NEEDED = "no longer needed"
BY_MISTAKE = "ordered by mistake"


@dataclass(frozen=True, slots=True)
class Policy:
    """The rules of one shop.

    Args:
        name: of the shop's policy, as a source of what is said.
        statuses: the statuses of an order in which an act is allowed; an act that is missing is never allowed.
        reasons: of a cancellation that are accepted; empty accepts any, also none.
        cancel_single_items: whether one item of an order may be cancelled.
        refund_to: kinds of payment methods that a refund may go to besides the original one.
        same_product: whether an exchange must stay within one product.
        cover_with_gift_card: whether a gift card must cover the whole of what is due.
        days: how many days after its arrival an order may be returned or exchanged; None for no limit.
        same_country: whether a changed delivery address must stay in the country of the old one.
        after: the status that an act leaves behind, where it changes it.
        why: an act -> the sentence of the policy that a refusal cites.
        sources: an act -> the document that holds that sentence.
    """

    name: str
    statuses: Mapping[ActKind, frozenset[str]]
    reasons: tuple[str, ...] = ()
    cancel_single_items: bool = False
    refund_to: frozenset[str] = frozenset()
    same_product: bool = True
    cover_with_gift_card: bool = True
    days: int | None = None
    same_country: bool = False
    after: Mapping[ActKind, str] = field(default_factory=dict)
    why: Mapping[str, str] = field(default_factory=dict)
    sources: Mapping[str, str] = field(default_factory=dict)

    def allows(self, act: ActKind, status: str) -> bool:
        """Whether an order of this status may be acted upon like this."""
        return status in self.statuses.get(act, frozenset())


RETAIL = Policy(
    name="policy",
    statuses={
        "cancel": frozenset({"pending"}),
        "modify": frozenset({"pending"}),
        "payment": frozenset({"pending"}),
        "address": frozenset({"pending"}),
        "return": frozenset({"delivered"}),
        "exchange": frozenset({"delivered"}),
        "default_address": frozenset({""}),
        "hand_over": frozenset({""}),
    },
    reasons=(NO_LONGER_NEEDED, BY_MISTAKE),
    refund_to=frozenset({"gift_card"}),
    after={
        "cancel": "cancelled",
        "modify": "pending (item modified)",
        "return": "return requested",
        "exchange": "exchange requested",
    },
    why={
        "cancel": "Only a pending order can be cancelled, and only as a whole.",
        "modify": "Only a pending order can be changed, and its items only once.",
        "payment": "Only a pending order can get another payment method, and it has to be a different one.",
        "address": "Only a pending order can get another address.",
        "return": "Only a delivered order can be returned.",
        "exchange": "Only a delivered order can be exchanged, and only for another variant of the same product.",
        "refund": "A refund goes to the original payment method or to a gift card.",
    },
)
"""A shop of which an order is pending, processed, delivered or cancelled."""

SHOP = Policy(
    name="policies-order-changes-and-cancellations",
    statuses={
        "cancel": frozenset({"processing"}),
        "address": frozenset({"processing"}),
        "return": frozenset({"delivered"}),
        "exchange": frozenset({"delivered"}),
        "default_address": frozenset({""}),
        "hand_over": frozenset({""}),
    },
    cancel_single_items=True,
    cover_with_gift_card=False,
    days=45,
    same_country=True,
    after={"cancel": "cancelled", "return": "return requested", "exchange": "exchange requested"},
    why={
        "cancel": 'An order can be cancelled as long as its status is "processing"; after that refuse the parcel or '
        "return it within 45 days.",
        "modify": "Size and colour of an order that was not sent yet can be changed by cancelling the item and "
        "ordering it again.",
        "payment": "The payment method of an order that was placed cannot be changed.",
        "address": 'The delivery address can be changed while the order\'s status is "processing", and a new country '
        "means cancelling and ordering again.",
        "return": "Most items can be returned within 45 days of delivery.",
        "exchange": "An item can be exchanged for another size or colour of the same product within 45 days of "
        "delivery.",
        "refund": "Refunds go to the payment method that was used for the order.",
    },
    sources={
        "cancel": "policies-order-changes-and-cancellations",
        "modify": "policies-order-changes-and-cancellations",
        "address": "policies-order-changes-and-cancellations",
        "payment": "policies-payment-methods",
        "return": "policies-returns",
        "exchange": "policies-exchanges",
        "refund": "policies-refunds",
    },
)
"""The demo shop: statuses processing, packed, shipped, delivered, returned, cancelled."""
