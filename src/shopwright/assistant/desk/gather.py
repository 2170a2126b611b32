"""A draft becomes acts: what concerns one order in one call, with the payment method and the reason that it needs."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

from shopwright.assistant.desk import pay
from shopwright.assistant.desk.draft import Draft
from shopwright.assistant.desk.ground import Piece
from shopwright.assistant.desk.lexicon import MISTAKE, NO_LONGER
from shopwright.assistant.desk.policy import BY_MISTAKE, NO_LONGER_NEEDED
from shopwright.assistant.desk.records import Act, ActKind, Method, Order, Variant
from shopwright.assistant.desk.requests import Request


def gather(draft: Draft) -> None:
    """Write the acts of a draft into its decision, order by order as they were spoken of."""
    customer = draft.ground.customer.id
    if draft.profile:
        draft.decision.acts.append(Act("default_address", customer, address=draft.profile))
    first = [order for number in draft.sequence for order in draft.ground.orders if order.id == number]
    for order in first:
        if order.id in draft.cancels:
            draft.decision.acts.append(
                Act("cancel", customer, order.id, reason=_reason(draft, draft.cancels[order.id], order.id))
            )
            continue
        if order.id in draft.singles:
            items = tuple(piece.line.item for piece, _ in draft.singles[order.id])
            reason = _reason(draft, draft.singles[order.id][0][1])
            draft.decision.acts.append(Act("cancel", customer, order.id, items, reason=reason))
        if order.id in draft.addresses:
            draft.decision.acts.append(Act("address", customer, order.id, address=draft.addresses[order.id]))
        if order.id in draft.payments:
            draft.decision.acts.append(Act("payment", customer, order.id, method=draft.payments[order.id]))
        swaps, back = draft.swaps.get(order.id), draft.returns.get(order.id)
        if swaps and back:
            draft.note("refused", f"order {order.id} can be exchanged or returned, not both", "exchange")
            paid = sum((piece.line.price for piece, _ in back), Decimal(0))
            saved = sum((piece.line.price - variant.price for piece, variant, _ in swaps), Decimal(0))
            rather = paid > saved if draft.reading.thrifty else draft.reading.prefers == "return"
            swaps = None if rather else swaps
        if swaps:
            _swap_act(draft, order, swaps)
        elif back:
            _return_act(draft, order, back)


def _swap_act(draft: Draft, order: Order, swaps: Sequence[tuple[Piece, Variant, str]]) -> None:
    kind: ActKind = "exchange" if draft.policy.allows("exchange", order.status) else "modify"
    due = sum((variant.price - piece.line.price for piece, variant, _ in swaps), Decimal(0))
    method = _method(draft, kind, [text for *_, text in swaps], order, due)
    if method is None:
        return
    draft.decision.acts.append(
        Act(
            kind,
            draft.ground.customer.id,
            order.id,
            tuple(piece.line.item for piece, *_ in swaps),
            tuple(variant.item for _, variant, _ in swaps),
            method.id,
        )
    )


def _return_act(draft: Draft, order: Order, back: Sequence[tuple[Piece, str]]) -> None:
    paid = sum((piece.line.price for piece, _ in back), Decimal(0))
    method = _method(draft, "return", [text for _, text in back], order, -paid)
    if method is None:
        return
    items = tuple(piece.line.item for piece, _ in back)
    draft.decision.acts.append(Act("return", draft.ground.customer.id, order.id, items, method=method.id))


def _method(draft: Draft, kind: ActKind, texts: Sequence[str], order: Order, due: Decimal) -> Method | None:
    if order.id in draft.payments:
        order = replace(order, methods=(draft.payments[order.id],))
    method = pay.choose(kind, [*reversed(texts), *draft.money()], draft.ground.customer, order, due, draft.policy)
    if method is None:
        draft.note("ask", f"which payment method should be used for order {order.id}?", "method")
    return method


def _reason(draft: Draft, text: str, number: str = "") -> str:
    own = re.search(rf"{re.escape(number.lower())}\b([^#]*)", text) if number else None
    if own and len(re.findall(r"#\w", text)) > 1 and (MISTAKE.search(own[1]) or NO_LONGER.search(own[1])):
        text = own[1]
        if MISTAKE.search(text) and BY_MISTAKE in draft.policy.reasons:
            return BY_MISTAKE
    if not draft.policy.reasons:
        return NO_LONGER_NEEDED
    if NO_LONGER.search(text) or not MISTAKE.search(" . ".join([text, *draft.reading.loose])):
        return NO_LONGER_NEEDED
    return BY_MISTAKE


def repay(draft: Draft, request: Request) -> bool:
    """Let another payment method pay for orders; whether anything comes of it."""
    open_now = draft.policy.statuses.get("payment", frozenset())
    named = draft.ground.numbered(request.orders)
    orders = [o for o in named if o.status in open_now]
    if not named:
        held = [t.mention for t in request.targets if t.mention]
        orders = draft.ground.with_company(held, open_now)
        if len(orders) > 1 and not re.search(r"\ball\b|\bboth\b|\borders\b", request.text):
            orders = [o for o in orders if o.id in draft.recent][-1:] or orders[:1]
    done = False
    for order in orders:
        to = re.split(r"\bto\b", request.text, maxsplit=1)[-1]
        method = pay.choose(
            "payment", [to, request.text, *draft.money()], draft.ground.customer, order, order.charged, draft.policy
        )
        if method is None:
            draft.note("refused", f"no such payment method can pay for order {order.id}", "payment")
            continue
        draft.payments[order.id] = method.id
        draft.spoken(order.id)
        done = True
    if not orders:
        draft.note("refused", "no order of yours can get another payment method", "payment")
    return done
