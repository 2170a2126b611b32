"""What an act would change, in words and in figures that code has computed: the sentence before a yes."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from shopwright.assistant.desk.policy import Policy
from shopwright.assistant.desk.records import Act, Line, Order, Variant, World
from shopwright.assistant.desk.state import key_of
from shopwright.types import Approval, Change

TOOLS: Mapping[str, str] = {
    "cancel": "cancel_order",
    "return": "return_items",
    "exchange": "exchange_items",
    "modify": "exchange_items",
    "address": "change_address",
    "default_address": "change_address",
    "payment": "change_payment",
    "hand_over": "hand_over",
}
_VERBS: Mapping[str, str] = {
    "exchange": "exchange",
    "modify": "change",
}


def approval(world: World, policy: Policy, act: Act, done: int) -> Approval:
    """What a customer is asked before an act."""
    summary, changes = describe(world, policy, act)
    arguments = {
        "order_id": act.order,
        "items": list(act.items),
        "new_items": list(act.new_items),
        "method": act.method,
    }
    kept = {name: value for name, value in arguments.items() if value}
    if act.address:
        kept["address"] = act.address.words()
    if act.reason:
        kept["reason"] = act.reason
    return Approval(key_of(act, done), f"desk-{done}", TOOLS[act.kind], kept, summary, changes)


def describe(world: World, policy: Policy, act: Act) -> tuple[str, tuple[Change, ...]]:
    """The act in one sentence, and exactly what would be different afterwards."""
    if act.kind == "hand_over":
        return "hand you over to a colleague", ()
    if act.kind == "default_address" and act.address:
        before = world.customer(act.customer).address.words()
        return f"change your default address to {act.address.words()}", (
            Change("default address", before, act.address.words()),
        )
    order = world.order(act.order)
    paid_by = _method(world, act)
    status = Change(f"order {order.id}, status", order.status, policy.after.get(act.kind, order.status))
    match act.kind:
        case "cancel" if act.items:
            lines = _lines(order, act.items)
            back = sum((line.price for line in lines), Decimal(0))
            gone = tuple(Change(f"order {order.id}, item", _line(line), "cancelled") for line in lines)
            return f"cancel {_listed(lines)} of order {order.id}, worth {money(back, world)}", gone
        case "cancel":
            whole = (
                f"cancel the whole order {order.id} ({_listed(order.lines)}) and refund {money(order.charged, world)}"
            )
            reason = f", because it was {act.reason}" if act.reason == "ordered by mistake" else f" ({act.reason})"
            return whole + (reason if act.reason else ""), (status,)
        case "return":
            lines = _lines(order, act.items)
            back = sum((line.price for line in lines), Decimal(0))
            where = f" to your {paid_by}" if paid_by else ""
            return f"return {_listed(lines)} of order {order.id} and refund {money(back, world)}{where}", (
                status,
                *(Change(f"order {order.id}, item", _line(line), "to be sent back") for line in lines),
            )
        case "exchange" | "modify":
            return _swap(world, act, order, status, paid_by)
        case "address" if act.address:
            to = act.address.words()
            return f"send order {order.id} to {to}", (Change(f"order {order.id}, address", order.address.words(), to),)
        case _:
            before = _label(world, act.customer, order.methods[0] if order.methods else "")
            sentence = (
                f"let your {paid_by} pay {money(order.charged, world)} for order {order.id} and refund your {before}"
            )
            return sentence, (Change(f"order {order.id}, payment", before, paid_by),)


def _swap(world: World, act: Act, order: Order, status: Change, paid_by: str) -> tuple[str, tuple[Change, ...]]:
    changes = []
    difference = Decimal(0)
    for line, new in zip(_lines(order, act.items), act.new_items, strict=True):
        variant = next(variant for variant in world.variants(line.product) if variant.item == new)
        difference += variant.price - line.price
        changes.append(Change(f"order {order.id}, item", _line(line), _line(variant)))
    text = "; ".join(f"{change.before} for {change.after}" for change in changes)
    if difference > 0:
        settled = f"you pay {money(difference, world)}" + (f" with your {paid_by}" if paid_by else "")
    elif difference < 0:
        settled = f"you get back {money(-difference, world)}" + (f" to your {paid_by}" if paid_by else "")
    else:
        settled = "the price stays the same"
    return f"{_VERBS[act.kind]} in order {order.id}: {text}; {settled}", (status, *changes)


def money(amount: Decimal, world: World) -> str:
    """An amount with the world's currency sign."""
    return f"{getattr(world, 'currency', '$')}{amount:,.2f}"


def _lines(order: Order, items: tuple[str, ...]) -> list[Line]:
    left = list(order.lines)
    found = []
    for item in items:
        line = next(line for line in left if line.item == item)
        left.remove(line)
        found.append(line)
    return found


def _line(piece: Line | Variant) -> str:
    told = ", ".join(f"{key} {value}" for key, value in piece.options.items())
    return f"{piece.name} ({told})" if told else piece.name


def _listed(lines: tuple[Line, ...] | list[Line]) -> str:
    return ", ".join(_line(line) for line in lines)


def _method(world: World, act: Act) -> str:
    return _label(world, act.customer, act.method) if act.method else ""


def _label(world: World, customer: str, method: str) -> str:
    return next((m.label or m.id for m in world.customer(customer).methods if m.id == method), method)
