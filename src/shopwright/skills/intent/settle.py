"""A reading settled by what was retrieved: what the words alone leave open.

- "points" are no goods: a count of something that the catalogue does not know is a question to the documents.
- "decaf coffee?" is no question: goods with a question mark and no verb are searched for.
- "how long is the warranty?" after a product was talked about is about that product, where it states a warranty.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace

from shopwright.types import Context, Need, Product

_OF_SHOP = re.compile(
    r"\b(?:you|your|yours|order|delivery|deliver|return|refund|pay|voucher|shop|store)\b", re.IGNORECASE
)
_SHORT = 9
"""Words of a message that may name nothing but a version."""
_SMALL = {"a", "in", "the", "and", "for", "of", "with", "to", "it", "i", "one", "s"}
_KNOWN_DOCUMENT = 0.45
_CERTAIN_DOCUMENT, _SURE_DOCUMENT = 0.62, 0.85
"""Score of a passage from which a question is left to the documents: any one, and one that the product can answer."""


def settle(need: Need, context: Context, signals: Mapping[str, float]) -> Need:
    """The need with its questions pointed at the catalogue, a product, or the documents."""
    if need.references:
        return need
    if version := _of_version(need, context):
        return version
    if not need.asks:
        return need
    category = any(c.filter.field == "category" and c.span != (0, 0) for c in need.constraints)
    category = category and not (context.focus and _is_of(context.focus[0], need.product_type))
    documents = signals.get("document_score", 0.0)
    if need.aggregates:
        foreign = not signals.get("goal_known") and not category and documents >= _KNOWN_DOCUMENT
        return replace(need, asks=("question",)) if foreign and need.goal else need
    if need.asks == ("question",) and not need.interrogative and (category or need.constraints):
        return replace(need, asks=())
    return _anchored(need, context, signals) if context.focus and not category else need


def _of_version(need: Need, context: Context) -> Need | None:
    """ "And in navy?", "L in pine, how much": a short message that names a version of the product talked about."""
    if len(context.focus) != 1 or len(need.text.split()) > _SHORT:
        return None
    said = {word.lower() for word in re.findall(r"[^\W_]+", need.text)}
    named = {
        word
        for variant in context.focus[0].variants
        for value in variant.options.values()
        for word in re.findall(r"[^\W_]+", value.lower())
    }
    names_goods = any(c.filter.field == "category" and c.span != (0, 0) for c in need.constraints)
    if names_goods or not said & named - _SMALL or (need.product_type and not set(need.product_type.split()) & named):
        return None
    asks = tuple(dict.fromkeys((*(ask for ask in need.asks if ask != "question"), "price", "stock")))
    return replace(need, references=(context.focus[0].id,), asks=asks, follow_up=True)


def _anchored(need: Need, context: Context, signals: Mapping[str, float]) -> Need:
    """A question without an object is about the product last talked about, unless the shop itself is asked."""
    of_product = signals.get("focus_states") or {"price", "stock", "reviews"} & set(need.asks)
    sure = _SURE_DOCUMENT if of_product else _CERTAIN_DOCUMENT
    if signals.get("document_score", 0.0) < sure and not _OF_SHOP.search(need.text):
        return replace(need, references=(context.focus[0].id,), follow_up=True)
    return need


def _is_of(product: Product, kind: str) -> bool:
    """Whether the words of a kind are those of the product: "the whole beans" after a coffee that comes as such."""
    texts = [product.title, *product.category, *(value for v in product.variants for value in v.options.values())]
    there = " ".join(texts).lower()
    return bool(kind) and all(word in there for word in kind.lower().split())
