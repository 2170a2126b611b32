"""Whether a product is about certain words, or mentions what is not wanted. Whole words, plural and case folded."""

from __future__ import annotations

import re
from collections.abc import Sequence

from shopwright.catalog.vocabulary import fold, words
from shopwright.types import Product


def matches_words(product: Product, query: str, *, every: bool = False) -> bool:
    """Whether any (or every) word of the query stands in the product's title, brand, category, options or attributes."""
    wanted = {fold(part) for word in words(query) for part in re.split(r"[-']", word) if len(part) > 1}
    if not wanted:
        return True
    there = {
        fold(part) for text in _texts(product) for word in words(text) for part in (word, *re.split(r"[-']", word))
    }
    return wanted <= there if every else bool(wanted & there)


def mentions(product: Product, unwanted: Sequence[str]) -> bool:
    """Whether a product is made of or is about something unwanted; "nickel-free" and "no leather" do not count."""
    for word in unwanted:
        pattern = re.compile(rf"\b{re.escape(fold(word))}\w{{0,2}}\b(?![- ]free)", re.IGNORECASE)
        for text in (*_texts(product), *product.highlights):
            for match in pattern.finditer(text):
                if not re.search(
                    r"\b(?:no|not|without|free of|free from|never|non)[\s-]+(?:\w+\s+){0,2}$",
                    text[: match.start()],
                    re.I,
                ):
                    return True
    return False


def _texts(product: Product) -> list[str]:
    texts = [product.title, product.brand or "", *product.category]
    for name, value in product.attributes.items():
        if isinstance(value, str):
            texts.append(value)
        elif isinstance(value, tuple):
            texts.extend(value)
        elif value is True:
            texts.append(name.replace("_", " "))
    texts += [option for variant in product.variants for option in variant.options.values()]
    return texts
