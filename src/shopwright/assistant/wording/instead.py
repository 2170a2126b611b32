"""Words for products beside another one: in place of one that is gone, like one that was pointed at, or made to go
with it. Prices are the store's.

`instead_words` is written last, whatever the rest of the answer is about, and says nothing where nothing is close.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from shopwright.assistant.render import price_text
from shopwright.assistant.wording.draft import Draft, Lookup, joined
from shopwright.catalog.offers import offers
from shopwright.types import Product

Instead = Callable[[Product], Sequence[str]]
"""Gives the ids of what can be bought in place of a product, nearest first."""

_PRODUCTS, _EACH, _NAMED = 2, 2, 4
"""Products that are spoken of, how many are named for each, and how many beside one that was pointed at."""


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


def beside_words(draft: Draft, product: Product, found: Sequence[Product], fits: bool) -> None:
    """What works with a product, or what can be bought in its place."""
    how = "What works with" if fits else "Close to"
    if not found:
        source = draft.cite("shop", "catalogue", f"{how.lower()} the {product.title}: nothing", "search")
        nothing = "that is known to work with" if fits else "close to"
        draft.say(f"I found nothing in the catalogue {nothing} the {product.title}.", source, draft.price(product))
        draft.unknown.append(f"{how.lower()} the {product.title}")
        return
    named = joined([f"{other.title} ({price_text(other)})" for other in found[:_NAMED]])
    draft.say(f"{how} the {product.title}: {named}.", draft.price(product), *map(draft.price, found[:_NAMED]))
    for other in found:
        draft.show(other)


def _place(draft: Draft, product: Product) -> int:
    return next(place for place, card in enumerate(draft.cards) if card.product_id == product.id)
