"""What a customer asks about their orders without changing anything: status, tracking, address, price, choices.

Every figure is computed from the orders as they stand. Questions that nothing here answers give no sentence.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal

from shopwright.assistant.desk.ground import Ground
from shopwright.assistant.desk.names import Names
from shopwright.assistant.desk.preview import money
from shopwright.assistant.desk.records import Order

_TRACKING = re.compile(r"\btrack(?:ing)?\b|\bwhere is\b|\bin transit\b|\bwhen (?:will|does)\b.*\b(?:arrive|come)\b")
_STATUS = re.compile(r"\bstatus\b|\bwhere is\b|\bhas (?:it|my|your)\b.*\b(?:shipped|arrived)\b|\bin transit\b")
_PAID = re.compile(r"\bhow much\b.*\b(?:paid|pay|cost)\b|\btotal\b|\bwhat (?:did|have) (?:i|you) pa(?:y|id)\b")
_ADDRESS = re.compile(
    r"\b(?:which|what|to which|check the) address\b|\bwhere (?:was|is) (?:it|the order) (?:sent|going)\b"
)
_COUNT = re.compile(r"\bhow many\b[^.?]*\b(?:options?|variants?|kinds?|types?|available|versions?)\b")
_QUESTION = re.compile(
    r"\b(?:know|ask|check|find out|tell|what|where|which|how (?:many|much)|when|status|track|list|show)\b|\?"
)
_LIST = re.compile(r"\b(?:list|show|see|what are) (?:me )?(?:all )?(?:of )?(?:my|your|the) orders\b|\bmy orders\b")


def answers(text: str, ground: Ground, names: Names) -> list[tuple[str, str]]:
    """(sentence, number of the order or id of the product that it rests on), for a plain text."""
    if not _QUESTION.search(text):
        return []
    found: list[tuple[str, str]] = []
    for order in _meant(text, ground, names):
        told = []
        if _STATUS.search(text) or _TRACKING.search(text) or _LIST.search(text):
            told.append(f"is {order.status}")
        if _TRACKING.search(text):
            numbers = ", ".join(order.tracking)
            told.append(f"has the tracking number {numbers}" if numbers else "has no tracking number yet")
        if _ADDRESS.search(text):
            told.append(f"goes to {order.address.words()}")
        if _PAID.search(text):
            total = sum((line.price for line in order.lines), Decimal(0))
            told.append(f"cost {money(order.charged or total, ground.world)}")
        if told:
            found.append((f"Order {order.id} {' and '.join(told)}.", order.id))
    return found + _counted(text, ground, names)


def _meant(text: str, ground: Ground, names: Names) -> Sequence[Order]:
    """The orders that a question is about: by number, by product, by status; else all, four at most."""
    named = ground.numbered(re.findall(r"#[a-z0-9-]+", text))
    if named:
        return named
    held = names.find(text)
    orders = [o for o in ground.orders if any(line.product in m.scores for line in o.lines for m in held)]
    for status in {order.status for order in ground.orders}:
        if re.search(rf"\b{re.escape(status.split()[0])}\b", text):
            orders = [o for o in orders or ground.orders if o.status == status]
    return (orders or list(ground.orders))[-4:]


def _counted(text: str, ground: Ground, names: Names) -> list[tuple[str, str]]:
    asked = _COUNT.search(text)
    if not asked:
        return []
    found = []
    for mention in names.find(asked[0])[:1]:
        product = max(mention.scores, key=lambda key: mention.scores[key])
        variants = ground.world.variants(product)
        count = sum(variant.available for variant in variants)
        found.append((f"{variants[0].name}: {count} of {len(variants)} variants are available now.", product))
    return found
