"""Words for what was added up: a basket under a budget, a total, delivery, the cart, and what waits for a yes."""

from __future__ import annotations

from collections.abc import Sequence

from shopwright.assistant.buying.basket import Basket
from shopwright.assistant.buying.delivery import Delivery
from shopwright.assistant.buying.totals import Line, Total
from shopwright.assistant.results import CartView
from shopwright.assistant.wording.draft import Draft, Lookup, joined
from shopwright.catalog.money import format_money
from shopwright.catalog.offers import offer
from shopwright.types import Approval, Bill, Money, Product

_SHOP = "catalogue"


def basket_words(draft: Draft, basket: Basket, lookup: Lookup, budget: Money | None) -> None:
    """One product of each part with the sum; where the budget is impossible, the nearest that is possible."""
    found = lookup(basket.ids)
    lines = [Line(found[key], count) for key, count in zip(basket.ids, basket.quantities, strict=True) if key in found]
    draft.bill = _bill("Basket", lines, basket.total, budget, basket.over)
    named = joined([_piece(line) for line in lines])
    told = f"{named}; {format_money(basket.total)} together"
    sources = [draft.price(line.product) for line in lines]
    if basket.fits:
        limit = f", within your {format_money(budget)}" if budget else ""
        source = draft.cite("shop", _SHOP, f"basket: {told}{_of(budget)}", "basket")
        draft.say(f"As a basket: {told}{limit}.", source, *sources)
        return
    over = format_money(basket.over)
    source = draft.cite("shop", _SHOP, f"cheapest basket: {told}, {over} over{_of(budget)}", "basket")
    limit = format_money(budget) if budget else ""
    draft.say(f"One of each cannot be had for {limit}: the nearest possible basket costs {over} more.", source)
    draft.say(f"It is {told}.", source, *sources)
    draft.unknown.append(f"all of it for {limit}")


def total_words(draft: Draft, products: Sequence[Product], total: Total, delivery: Delivery | None = None) -> None:
    """What some products cost together, with delivery where a country was named."""
    lines = [Line(product) for product in products if product.id not in total.unpriced]
    sources = [draft.price(line.product) for line in lines]
    rows = [("Voucher", f"-{format_money(total.off)}")] if total.off.amount else []
    whole = total.total
    if delivery:
        rows.append((f"{delivery.method.capitalize()} delivery to {delivery.country}", format_money(delivery.cost)))
        whole = Money(whole.amount + delivery.cost.amount, whole.currency)
    draft.bill = _bill("Total", lines, whole, rows=rows)
    said = f"{joined([_piece(line) for line in lines])}: {format_money(total.goods)}"
    if total.off.amount:
        said += f", less {format_money(total.off)} with your voucher: {format_money(total.total)}"
    source = draft.cite("shop", _SHOP, f"total: {said}", "price")
    draft.say(f"{said}.", source, *sources)
    if delivery:
        delivery_words(draft, delivery)
        source = draft.cite("shop", _SHOP, f"with delivery: {format_money(whole)}", "price")
        draft.say(f"With delivery that is {format_money(whole)}.", source)
    for line in lines:
        draft.show(line.product)


def delivery_words(draft: Draft, delivery: Delivery) -> None:
    """What it costs to send it, and how long it takes."""
    days = f"{delivery.earliest} to {delivery.latest}" if delivery.earliest != delivery.latest else f"{delivery.latest}"
    cost = format_money(delivery.cost) if delivery.cost.amount else "nothing"
    told = f"{delivery.method} delivery to {delivery.country}: {cost}, {days} working days"
    if delivery.free_from:
        told += f", free from {format_money(delivery.free_from)}"
    source = draft.cite("shop", "delivery", told, "delivery")
    when = "1 working day" if days == "1" else f"{days} working days"
    draft.say(f"{delivery.method.capitalize()} delivery to {delivery.country} costs {cost} and takes {when}.", source)
    if delivery.free_from:
        draft.say(f"From {format_money(delivery.free_from)} on it is free.", source)


def cart_words(draft: Draft, view: CartView, lookup: Lookup) -> None:
    """What lies in the cart and what it costs now."""
    if not view.cart:
        draft.say("Your cart is empty.")
        return
    found = lookup([line.product_id for line in view.cart])
    lines = [Line(found[one.product_id], one.quantity, one.variant_id) for one in view.cart if one.product_id in found]
    draft.bill = _bill("Your cart", lines, view.total)
    sum_text = format_money(view.total) if view.total else "no price stated"
    named = joined([_piece(line) for line in lines])
    source = draft.cite("shop", "cart", f"cart: {named}; {sum_text}", "cart")
    draft.say(f"In your cart: {named}. Together {sum_text}.", source)
    for line in lines:
        draft.show(line.product, line.variant_id)


def approval_words(draft: Draft, approval: Approval) -> None:
    """What waits for a yes: exactly what will change."""
    draft.approval = approval
    changes = [
        f"{one.what}: {one.before} → {one.after}" if one.before else f"{one.what}: {one.after}"
        for one in approval.changes
    ]
    source = draft.cite("shop", approval.tool, "; ".join(changes) or approval.summary, "approval")
    draft.say(f"This will change: {'; '.join(changes) or approval.summary}.", source)
    draft.say("Shall I do it?")
    draft.options += ["Yes", "No"]


def _bill(
    title: str,
    lines: Sequence[Line],
    total: Money | None,
    budget: Money | None = None,
    over: Money | None = None,
    rows: Sequence[tuple[str, str]] = (),
) -> Bill:
    parts = tuple(
        (line.product.id, _title(line), line.quantity, format_money(line.sum) if line.sum else "") for line in lines
    )
    return Bill(
        title,
        parts,
        tuple(rows),
        format_money(total) if total else "",
        format_money(budget) if budget else "",
        format_money(over) if over and over.amount else "",
    )


def _piece(line: Line) -> str:
    count = f"{line.quantity} x " if line.quantity != 1 else ""
    return f"{count}{_title(line)}" + (f" ({format_money(line.sum)})" if line.sum else "")


def _title(line: Line) -> str:
    version = ", ".join(value for _, value in offer(line.product, line.variant_id).options) if line.variant_id else ""
    return f"{line.product.title}, {version}" if version else line.product.title


def _of(budget: Money | None) -> str:
    return f"; budget {format_money(budget)}" if budget else ""
