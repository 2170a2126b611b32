"""Words for a comparison: a table, and sentences for the differences that matter most."""

from __future__ import annotations

from collections.abc import Sequence

from shopwright.assistant.render import label, make_table, price_text
from shopwright.assistant.wording.draft import Draft, joined
from shopwright.catalog.offers import attribute_text, price_span
from shopwright.catalog.units import base
from shopwright.types import Product, Quantity


def compare_words(draft: Draft, products: Sequence[Product], decisive: Sequence[str] = ()) -> None:
    """A table, and sentences on price, rating and the measures that differ most.

    Args:
        decisive: attributes in the order in which they decide; the table begins with those.
    """
    if len(products) < 2:
        draft.say("I need two products to compare; tell me which ones, or search for some first.")
        for product in products:
            draft.show(product)
        return
    draft.table = make_table(products, decisive)
    draft.say(f"Side by side: {joined([product.title for product in products])}.", *map(draft.price, products))
    _prices(draft, products)
    rated = [product for product in products if product.rating and product.rating.count]
    if len(rated) > 1:
        best = max(rated, key=lambda product: product.rating.value if product.rating else 0.0)
        draft.say(f"Reviewers like the {best.title} best: {draft.rating_text(best)}.", draft.rating(best))
    _measures(draft, products)
    for product in products:
        draft.show(product)
    draft.options += ["Which is the cheapest?", "What do reviewers say about the first one?"]


def _prices(draft: Draft, products: Sequence[Product]) -> None:
    priced = [(span[0].amount, product) for product in products if (span := price_span(product))]
    if len({amount for amount, _ in priced}) > 1:
        low, high = min(priced, key=lambda row: row[0])[1], max(priced, key=lambda row: row[0])[1]
        words = f"The {low.title} costs least ({price_text(low)}), the {high.title} most ({price_text(high)})."
        draft.say(words, draft.price(low), draft.price(high))


def _measures(draft: Draft, products: Sequence[Product], most: int = 2) -> None:
    """The measured attributes that differ most between products that all state them."""
    shared = set.intersection(*(set(product.attributes) for product in products))
    gaps: list[tuple[float, str]] = []
    for name in sorted(shared):
        values = [value for product in products if (value := _base(product, name)) is not None]
        top = max((abs(value) for value in values), default=0.0)
        if len(values) == len(products) and top:
            gaps.append(((max(values) - min(values)) / top, name))
    for gap, name in sorted(gaps, reverse=True)[:most]:
        if gap > 0:
            rows = [f"{product.title} {attribute_text(product.attributes[name])}" for product in products]
            cites = [draft.attribute(product, name, product.attributes[name]) for product in products]
            draft.say(f"{label(name)}: {'; '.join(rows)}.", *cites)


def _base(product: Product, name: str) -> float | None:
    value = product.attributes[name]
    if isinstance(value, Quantity):
        return base(value).value
    return value if type(value) is float else None
