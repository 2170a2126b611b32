"""Which payment method a customer means, and which of them a policy and a balance allow.

"PayPal, otherwise credit card", "the gift card", "my other card", "the original method", ids and last digits. Methods
are taken in the order in which they are named; what is refused ("not the gift card") is left out.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal

from shopwright.assistant.desk.policy import Policy
from shopwright.assistant.desk.records import ActKind, Customer, Method, Order

_KINDS = (
    ("gift_card", re.compile(r"\bgift ?cards?\b|\bgc\b|\b(?:store|website|shop) credit\b")),
    ("paypal", re.compile(r"\bpay ?pal\b")),
    (
        "credit_card",
        re.compile(
            r"(?<!gift )\b(?:(?:credit|debit) ?)?cards?\b|\bvisa\b|\bmaster ?card\b|\bamex\b|\bamerican express\b"
        ),
    ),
)
_BRAND = re.compile(r"\b(?:visa|master ?card|amex|american express)(?: (?:credit|debit))?(?: card)?$")
_ORIGINAL = re.compile(
    r"\boriginal (?:payment|method|form|card|one)\b|\bsame (?:payment|method|card|way)\b"
    r"|\b(?:method|card|account) (?:you|i|that was|we) (?:originally )?(?:used|paid)\b|\bhow (?:you|i) paid\b"
)
_OTHER = re.compile(
    r"\b(?:other|another|different|second) (?:order )?(?:payment method|credit card|card|method|account)\b"
)
_ID = re.compile(r"\b(?:gift_card|paypal|credit_card)_\d+\b")
_ENDING = re.compile(r"\bending (?:in|with) (\d{4})\b")
_REFUSED = re.compile(
    r"\b(?:not|except|instead of|rather than|than|do not (?:want|have))\s+(?:to |the |your |my |a |use |via |with )*$"
)


def named(text: str, customer: Customer, order: Order | None) -> list[Method]:
    """Methods on file that a plain text names, the preferred one first."""
    original = order.methods[0] if order and order.methods else ""
    known = customer.methods
    hits = [(match.start(), [m for m in known if m.id == match[0]]) for match in _ID.finditer(text)]
    for kind, pattern in _KINDS:
        for match in pattern.finditer(text):
            fits = [m for m in customer.methods if m.kind == kind]
            brand = _BRAND.search(text[max(match.start() - 20, 0) : match.end()])
            if brand and kind == "credit_card":
                fits = [m for m in fits if brand[0].replace(" ", "") in m.label.lower()] or fits
            if not _REFUSED.search(text[: match.start()]):
                hits.append((match.start(), sorted(fits, key=lambda m: m.id != original)))
    hits += [(at.start() - 20, [m for m in known if m.label.endswith(at[1])]) for at in _ENDING.finditer(text)]
    hits += [(match.start(), [m for m in known if m.id == original]) for match in _ORIGINAL.finditer(text)]
    for match in _OTHER.finditer(text):
        others = [m for m in customer.methods if m.id != original]
        cards = [m for m in others if m.kind == "credit_card"] if "card" in match[0] else others
        hits.append((match.start() - 1, cards or others))
    found: list[Method] = []
    for _, methods in sorted(hits, key=lambda hit: hit[0]):
        found += [method for method in methods if method not in found]
    return found


def demands(text: str) -> bool:
    """Whether a plain text names any kind of payment method, whether or not the customer has one."""
    return bool(_ORIGINAL.search(text) or _OTHER.search(text) or any(pattern.search(text) for _, pattern in _KINDS))


def allowed(kind: ActKind, method: Method, order: Order, due: Decimal, policy: Policy) -> bool:
    """Whether a method may pay for or be refunded by an act; `due` is what is to be paid, negative for a refund."""
    if kind == "cancel":
        return method.id in order.methods[:1]
    if kind == "return":
        return method.id in order.methods[:1] or method.kind in policy.refund_to
    if kind == "payment" and method.id in order.methods[:1]:
        return False
    if method.kind == "gift_card" and method.balance is not None and policy.cover_with_gift_card:
        return method.balance >= due
    return True


def choose(
    kind: ActKind, texts: Sequence[str], customer: Customer, order: Order, due: Decimal, policy: Policy
) -> Method | None:
    """The first method that is named and allowed, looking at one text after the other; else the original one.

    None where the original one is not allowed either: the customer has to name one.
    """
    for text in texts:
        for method in named(text, customer, order):
            if allowed(kind, method, order, due, policy):
                return method
    if kind == "payment":
        return None
    for method in customer.methods:
        if method.id in order.methods[:1] and allowed(kind, method, order, due, policy):
            return method
    return None
