"""Sending orders somewhere else, and changing the address on file."""

from __future__ import annotations

import re
from collections.abc import Sequence

from shopwright.assistant.desk import addresses
from shopwright.assistant.desk.draft import Draft
from shopwright.assistant.desk.ground import strangers
from shopwright.assistant.desk.records import Address, Order
from shopwright.assistant.desk.requests import Request

_AS_DEFAULT = re.compile(
    r"\b(?:it|this|that|the new (?:one|address)) (?:as |to be )?(?:your|my|the) (?:new )?(?:default|user|profile"
    r"|account)\b"
)
_BACK = re.compile(r"\bback to (?:the|your|my|its|what) (?:original|old|previous|former|it was)\b")
_MOVED = re.compile(
    r"\b(?:new|wrong|incorrect|correct|different) (?:\w+ )?(?:address|street|home|house|place)\b|\bmoved\b|\bmoving\b"
    r"|\b(?:shipped|sent|delivered|ship|send|deliver) to\b|\baddress should\b|\bit should be\b"
)


def written_address(draft: Draft) -> None:
    """ "I moved; it should be 12 Elm St, ...": an address that is written out is meant for something."""
    asked = any(request.verb == "address" for request in draft.reading.requests)
    if asked or not draft.literal or draft.literal[-1] == draft.ground.customer.address:
        return
    if _MOVED.search(draft.reading.rest):
        numbers = re.findall(r"#[a-z0-9-]+", draft.reading.rest)
        request = Request("address", text=f"{draft.reading.rest} address of the order to", implied=True)
        request.orders = numbers[-1:]
        draft.reading.requests.append(request)


def move(draft: Draft, request: Request) -> bool:
    """Send orders to another address, or change the one on file; whether anything comes of it."""
    kept = draft.literal[-1:] or list(draft.addresses.values())[-1:]
    if kept and _AS_DEFAULT.search(request.text):
        draft.profile = kept[0]
        return True
    text = request.text if "address" in request.text else request.text[max(request.text.find(" to "), 0) :]
    start = text.find("address") if "address" in text else 0
    to = re.search(r"\b(?:ship|sen[dt]|deliver|redirect|go|come|forward)\w*\b[^.;]*?\bto\b (.*)", text) or re.search(
        r"\b(?:to|be|with|use)\b (?:be )?(?:the same as |match )?(.*)", text[start:]
    )
    to = to or re.search(r"\borders?\b[^;,.]*? to (.*)", text)  # "change my red order to my home address"
    goal = to[1] if to else text
    head = text[: text.find(goal)] if to else text
    sources = _sources(draft, goal if to else "")
    table = [found for t in draft.reading.tables if (found := addresses.of_table(t)) and _names_table(draft, text, t)]
    targets = _destinations(draft, request, [order.id for order in sources])
    if not request.orders:
        targets = [order for order in targets if addresses.named(order.address, head)] or targets
    if _BACK.search(text):
        return _leave(draft, head, targets)
    rest = " ".join(re.split(r"\band\b|,|\bas well as\b|;", goal)[1:])
    profile = (
        addresses.of_profile(head)
        or addresses.of_profile(rest)
        or bool(re.search(r"\b(?:your|my) (?:own )?address\b", head) and not addresses.of_orders(text))
    )
    now = targets[0].address if targets else draft.ground.customer.address
    address = addresses.wanted(
        goal,
        draft.reading.rest,
        draft.ground.customer,
        draft.ground.orders,
        [] if table else sources,
        table or draft.literal,
        now,
    )
    if address is None:
        draft.note("ask", "which address should it be?", "address")
        return False
    if profile and address != draft.ground.customer.address:
        draft.profile = address
    if profile and not addresses.of_orders(re.sub(r"\b(?:it|them)\b", " ", head)):
        return True
    if not request.orders and not re.search(r"\ball\b|\bboth\b|\borders\b|\bevery\b|\baddresses\b", head):
        away = [order for order in targets if order.address != address]
        targets = [order for order in away if order.id in draft.recent][-1:] or away[:1] or targets[:1]
    return _send(draft, request, targets, address) or profile


def _leave(draft: Draft, head: str, orders: Sequence[Order]) -> bool:
    """ "... then change it back to the original address": what was asked for before is not done."""
    profile = addresses.of_profile(head)
    if profile:
        draft.profile = None
    if not profile or addresses.of_orders(re.sub(r"\b(?:it|them)\b", " ", head)):
        for order in orders:
            draft.addresses.pop(order.id, None)
    return True


def _sources(draft: Draft, goal: str) -> list[Order]:
    """Orders whose address is the one that is wanted: named by number, or by what was sent there."""
    named = draft.ground.numbered(re.findall(r"#[a-z0-9-]+", goal))
    if named:
        return named
    there = re.search(
        r"\b(?:bought|ordered|got|have|had)\b([^.;]{0,60}?)\b(?:sent|shipped|delivered) "
        r"(?:there\b|to (?:there|it|(?:this|the|my|your) new)\b)",
        draft.reading.rest,
    )
    if there and re.search(r"\bnew\b", goal):
        return draft.ground.with_company(draft.names.find(there[1])[-1:], draft.statuses)
    told = re.search(
        r"\b(?:order|address) (?:with|of|for|containing) (?:the|your|my)\b(.*)|\bwhere (?:the|your|my)\b(.*)", goal
    )
    if told:
        found = draft.names.find(told[1] or told[2])
        return draft.ground.with_company(found[:1], draft.statuses) if found else []
    return []


def _names_table(draft: Draft, text: str, table: object) -> bool:
    return any(f"zdict{n}" in text.split() and known is table for n, known in enumerate(draft.reading.tables))


def _destinations(draft: Draft, request: Request, sources: Sequence[str]) -> list[Order]:
    """The orders that are to be sent somewhere else."""
    open_now = draft.policy.statuses.get("address", frozenset())
    named = [o for o in draft.ground.numbered(request.orders) if o.id not in sources]
    if named or (strangers(request.orders) and not sources):
        return named
    held = [t.mention for t in request.targets if t.mention]
    return [o for o in draft.ground.with_company(held, open_now) if o.id not in sources]


def _send(draft: Draft, request: Request, orders: Sequence[Order], address: Address) -> bool:
    if not orders:
        draft.note(
            "refused",
            "that order is not yours" if strangers(request.orders) else "none of your orders can be sent elsewhere now",
            "address",
        )
    done = False
    for order in orders:
        if not draft.policy.allows("address", order.status):
            draft.note("refused", f"order {order.id} is {order.status}", "address")
        elif draft.policy.same_country and address.country and order.address.country not in ("", address.country):
            draft.note("refused", "another country means cancelling and ordering again", "address")
        elif order.address != address:
            draft.addresses[order.id] = address
            draft.spoken(order.id)
            done = True
    return done
