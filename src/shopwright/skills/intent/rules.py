"""The rule policy: picks a strategy from a Need and a few signals. The policy that runs until a learned one beats it.

Signals (floats; all optional):
    document_score   best cosine of the message with a passage of the shop's documents
    document_words   share of the goal's words that stand in that passage
    document_guide   1.0 when that passage is of a buying guide
    product_score    best cosine of the message with a product
    goal_known       1.0 when the catalogue has the goal's head word
    department       1.0 when the category that was named is a whole department
    focus_states     1.0 when the product talked about states an attribute that is asked about (for `settle`)
    shown            number of products on the page
    situation        1.0 when the message tells a situation rather than which goods it takes
    narrowed         1.0 when the message is an answer to a question back
    injection, chat  1.0 when the message looks like one
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from shopwright.types import Decision, Need, Strategy

POLICY = "rules-1"
DOCUMENT_SURE = 0.50
DOCUMENT_LIKELY = 0.34
_HALF = 0.5
_OFFERS = re.compile(
    r"\b(?:do you (?:sell|have|carry|stock|offer)|are there|is there an?y?|have you got|can you recommend)\b",
    re.IGNORECASE,
)
_TO_SHOP = re.compile(
    r"\b(?:are|can|do|will|would|could) you\b|\byour (?!(?:most|cheapest|best|new|price))\w+", re.IGNORECASE
)
_TO_SHOP_LIKELY = 0.38


def decide(need: Need, signals: Mapping[str, float]) -> Decision:
    """The strategy for a need; rules are certain, so the propensity is 1."""
    strategy, reason = _pick(need, signals)
    return Decision(strategy, propensity=1.0, policy=POLICY, reason=reason)


def _pick(need: Need, signals: Mapping[str, float]) -> tuple[Strategy, str]:
    if signals.get("injection"):
        return Strategy.DECLINE, "the message tries to give the assistant new rules"
    if signals.get("narrowed"):
        return Strategy.SEARCH, "an answer to the question back"
    if signals.get("chat"):
        return Strategy.ASK, "a greeting; nothing is asked for yet"
    if any(ask.startswith("cart:") for ask in need.asks):
        return Strategy.SERVE, "about the cart"
    if "order" in need.asks or "contact" in need.asks:
        return Strategy.HAND_OVER, "about an order or a person: the documents say how, a person does it"
    if "factors" in need.asks and need.goal and not need.references:
        return Strategy.ANSWER, "what matters for a kind of thing"
    if "compare" in need.asks:
        return Strategy.COMPARE, "a comparison was asked for"
    if need.references and (need.asks or not need.goal):
        return Strategy.ANSWER, "a question about products that were pointed at"
    if need.aggregates:
        return Strategy.ANSWER, "a question about the catalogue as a whole"
    if _asks_documents(need, signals):
        return Strategy.ANSWER, "the shop's documents speak about this"
    if need.references:
        return Strategy.ANSWER, "names a product"
    if signals.get("situation"):
        return Strategy.RECOMMEND, "tells a situation; common sense says what it needs"
    if need.goal or need.constraints or need.negations:
        return _find(need, signals)
    if need.recipient or need.occasion:
        return Strategy.ASK, "a present, but nothing about the person's tastes"
    return Strategy.ASK, "nothing to look for was said"


def _asks_documents(need: Need, signals: Mapping[str, float]) -> bool:
    """Whether the shop's documents, rather than its products, are asked about."""
    score = signals.get("document_score", 0.0)
    closer = score > signals.get("product_score", 0.0)
    about_goods = signals.get("document_words", 1.0) < _HALF or bool(signals.get("document_guide"))
    if (_OFFERS.search(need.text) and about_goods) or _narrows_goods(need):
        return False
    if _TO_SHOP.search(need.text) and score >= _TO_SHOP_LIKELY and not need.category:
        return True
    if need.asks:
        return score >= DOCUMENT_LIKELY and (closer or not signals.get("goal_known"))
    plain = not need.constraints and not need.negations and not signals.get("document_guide")
    return score >= DOCUMENT_SURE and closer and plain


def _narrows_goods(need: Need) -> bool:
    """Whether nothing but a kind of goods is named, with conditions on it: "which headphones are best, not black"."""
    fields = {constraint.filter.field for constraint in need.constraints}
    plain = need.asks == ("question",) and need.goal == need.product_type
    return plain and "category" in fields and bool(fields - {"category"} or need.negations)


def _find(need: Need, signals: Mapping[str, float]) -> tuple[Strategy, str]:
    fields = {constraint.filter.field for constraint in need.constraints}
    if (need.recipient or need.occasion) and not need.category:
        return Strategy.RECOMMEND, "a present or a person, without a product type"
    if fields == {"category"} and signals.get("department") and need.goal == need.product_type:
        return Strategy.BROWSE, "a department and nothing else"
    return Strategy.SEARCH, "a product type or conditions to search for"
