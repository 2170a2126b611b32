"""Words for a shown product that cannot be bought: that it is gone, and what is close to it, with the store's prices.

Written last, whatever the rest of the answer is about. Says nothing where nothing is close.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from shopwright.assistant.render import price_text
from shopwright.assistant.wording.draft import Draft, Lookup, joined
from shopwright.catalog.offers import offers
from shopwright.types import Product

Instead = Callable[[Product], Sequence[str]]
"""Gives the ids of what can be bought in place of a product, nearest first."""

_PRODUCTS, _EACH = 2, 2
"""Products that are spoken of, and how many are named for each."""


def instead_words(draft: Draft, instead: Instead, lookup: Lookup) -> None:
    """For the first shown products that are gone, name and show the nearest that can be bought."""
    shown = lookup([card.product_id for card in draft.cards])
    gone = [product for product in shown.values() if not any(item.buyable for item in offers(product))]
    for product in sorted(gone, key=lambda one: _place(draft, one))[:_PRODUCTS]:
        ids = list(instead(product))[:_EACH]
        found = lookup(ids)
        near = [found[key] for key in ids if key in found]
        if not near:
            continue
        named = joined([f"{other.title} ({price_text(other)})" for other in near])
        words = f"The {product.title} is out of stock. Close to it, and to be had: {named}."
        draft.say(words, draft.stock(product), *map(draft.price, near))
        for other in near:
            if other.id not in shown:
                draft.show(other, reason=f"in place of the {product.title}")


def _place(draft: Draft, product: Product) -> int:
    return next(place for place, card in enumerate(draft.cards) if card.product_id == product.id)
