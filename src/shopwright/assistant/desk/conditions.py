"""Whether the condition of a request holds: what the orders' status is, what was decided so far, what it comes to.

A condition that nothing here understands counts as true: the customer is asked before anything is done.
"""

from __future__ import annotations

import re
from decimal import Decimal

from shopwright.assistant.desk import pay
from shopwright.assistant.desk.draft import Draft
from shopwright.assistant.desk.lexicon import FAILS, LIMIT
from shopwright.assistant.desk.records import ActKind, Order
from shopwright.assistant.desk.requests import Request

_STATUS = re.compile(
    r"\b(?:is|are|has|have|was|were|still|already|been|not|status)\b[^,]{0,30}?"
    r"\b(pending|process(?:ed|ing)|shipped|delivered|arrived|cancell?ed)\b"
)
_MEANS: dict[str, tuple[str, ...]] = {
    "pending": ("pending", "processing"),
    "processing": ("pending", "processing"),
    "processed": ("processed", "packed"),
    "shipped": ("processed", "shipped", "delivered"),
    "delivered": ("delivered",),
    "arrived": ("delivered",),
}
_DONE = re.compile(r"\b(returned|exchanged|cancell?ed)\b")
_SUM = re.compile(r"\b(?:refund|total|get back|amount|cost|price|worth|order)\b")


def status_holds(draft: Draft, condition: str) -> bool | None:
    """Whether a condition about an order's status holds; None where it is about something else."""
    asked = _STATUS.search(condition)
    if asked is None or asked[1] not in _MEANS or not re.search(r"\b(?:orders?|it|they|package|parcel)\b|#", condition):
        return None
    orders = _orders(draft, condition)
    found = any(order.status.startswith(_MEANS[asked[1]]) for order in orders)
    return found != bool(re.search(r"\b(?:not|no longer|yet to)\b", condition))


def holds(draft: Draft, condition: str) -> bool:
    """Whether a condition that is no failure holds."""
    limit = LIMIT.search(condition)
    if limit and _SUM.search(condition):
        total = _sum(draft, condition)
        amount = Decimal(limit["amount"])
        return total > amount if limit["more"] else total < amount
    done = _DONE.search(condition)
    if done and not FAILS.search(condition):
        returned, swapped = any(draft.returns.values()), any(draft.swaps.values())
        return {"r": returned, "e": swapped, "c": bool(draft.cancels)}[done[1][0]]
    return True


def demand_fails(draft: Draft, request: Request) -> bool:
    """Whether the payment that was demanded just before is against the policy for what was decided so far."""
    if not request.demand or not pay.demands(request.demand):
        return False
    acts: list[tuple[ActKind, str, Decimal]] = [
        ("return", number, Decimal(0)) for number, p in draft.returns.items() if p
    ]
    acts += [("cancel", number, Decimal(0)) for number in [*draft.cancels, *draft.singles]]
    for number, swaps in draft.swaps.items():
        due = sum((variant.price - piece.line.price for piece, variant, _ in swaps), Decimal(0))
        acts += [("exchange", number, due)] if swaps else []
    for kind, number, due in acts:
        order = draft.ground.world.order(number)
        named = pay.named(request.demand, draft.ground.customer, order)
        if not named or not pay.allowed(kind, named[0], order, due, draft.policy):
            if request.verb == "human":
                draft.returns.clear()
            return True
    return False


def _sum(draft: Draft, condition: str) -> Decimal:
    """What the returns and cancellations decided so far come to; without any, what the order in question cost."""
    total = sum((piece.line.price for pieces in draft.returns.values() for piece, _ in pieces), Decimal(0))
    total += sum((order.charged for order in draft.ground.orders if order.id in draft.cancels), Decimal(0))
    return total or sum((order.charged for order in _orders(draft, condition)[:1]), Decimal(0))


def _orders(draft: Draft, condition: str) -> list[Order]:
    """The orders that a condition is about."""
    named = draft.ground.numbered(re.findall(r"#[a-z0-9-]+", condition))
    if named:
        return named
    held = draft.ground.with_company(draft.names.find(condition), draft.statuses)
    recent = [order for order in held if order.id in draft.recent[-1:]]
    numbers = draft.ground.numbered(re.findall(r"#[a-z0-9-]+", draft.reading.rest))
    return recent or numbers[:1] or held
