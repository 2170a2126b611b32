"""Facts of a product and of its reviews, one piece of evidence each; which of them bear on a question says `ranking`.

Prices and stock are given as text by the caller, who alone may render them.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from shopwright.catalog.offers import attribute_text
from shopwright.types import Evidence, Product, Review

_SENTENCE = re.compile(r"(?<=[.!?])\s+(?=[A-Z0-9\"'“(])|\n+")


def sentences(text: str) -> list[str]:
    """The sentences of a text; table rows are left out, headings and marks taken off."""
    parts = (part.replace("**", "").strip().lstrip("#*-• ").strip() for part in _SENTENCE.split(text))
    return [part for part in parts if part and not part.startswith("|")]


def attribute_facts(product: Product) -> list[Evidence]:
    """The attributes of a product."""
    return [
        Evidence("", "product", product.id, f"{name.replace('_', ' ')}: {attribute_text(value)}", name, product.title)
        for name, value in product.attributes.items()
    ]


def text_facts(product: Product) -> list[Evidence]:
    """The sentences of a product's highlights and description."""
    found = [
        Evidence("", "product", product.id, text, field="highlights", title=product.title)
        for text in product.highlights
    ]
    found += [
        Evidence("", "product", product.id, text, field="description", title=product.title)
        for text in sentences(product.description)
    ]
    return found


def review_facts(reviews: Sequence[Review]) -> list[Evidence]:
    """The sentences of reviews; `source` is the review's id."""
    return [
        Evidence("", "review", review.id, text, field="text", title=f"review by {review.author}", date=review.date)
        for review in reviews
        for text in sentences(review.text)
    ]
