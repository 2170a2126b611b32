"""Whether a product is about certain words, or mentions what is not wanted. Whole words, plural and case folded."""

from __future__ import annotations

import re
from collections.abc import Sequence

from shopwright.catalog.vocabulary import fold, words
from shopwright.skills.rewrite.english import UNWANTED_KINDS
from shopwright.skills.rewrite.lexicon import tokenize
from shopwright.types import Filter, Product, Variant

_BELONGING = re.compile(r"accessor|spare|replacement|refill|\bparts\b|\bcare\b|repair", re.IGNORECASE)


def matches_words(product: Product, query: str, *, share: float = 0.0) -> bool:
    """Whether any word of the query, and this share of them, stands in title, brand, category, options, attributes."""
    wanted = {piece for piece in _pieces(query) if len(piece) > 1}
    if not wanted:
        return True
    there = {word for text in _texts(product) for word in _words(text)}
    return bool(wanted & there) and len(wanted & there) >= share * len(wanted)


def heads(filters: Sequence[Filter]) -> set[str]:
    """The head nouns of the categories that are asked for: "Trekking tents" -> tent."""
    names = [value for wanted in filters if wanted.field == "category" and wanted.op == "is" for value in wanted.values]
    return {head for name in names for head in _heads(name)}


def is_kind(product: Product, kinds: set[str], levels: Sequence[str] = ()) -> bool:
    """Whether a product is one of the kinds itself rather than something that belongs to it (a tent, not its pegs).

    Args:
        levels: the categories that were asked for; in one of several kinds ("Stoves & Cookware") the product must be
            named for the kind, by its title or by a narrower category.
    """
    if not kinds:
        return True
    if kinds & _pieces(product.title):
        return True
    depth = next((i for i, level in enumerate(product.category) if level in levels), len(product.category))
    several = depth < len(product.category) and len(_heads(product.category[depth])) > 1
    narrower = {head for level in product.category[depth + 1 :] for head in _heads(level)}
    if several:
        return bool(kinds & narrower)
    return not (product.category and _BELONGING.search(product.category[-1]))


def _heads(name: str) -> set[str]:
    pieces = (words(piece) for piece in re.split(r"\s*(?:&|,|/|\band\b)\s*", name))
    return {fold(piece[-1]) for piece in pieces if piece}


def is_named(product: Product, word: str) -> bool:
    """Whether a word stands in the product's title or its categories."""
    texts = (product.title, *product.category)
    return any(fold(word) in _words(text) for text in texts)


def match_variants(product: Product, text: str) -> tuple[Variant, ...]:
    """The variants whose options the text names best ("the 28 cm in ochre"); all of them when they tie, () for none."""
    said = {token.folded for token in tokenize(text)}
    scores = [
        (sum({token.folded for token in tokenize(value)} <= said for value in variant.options.values()), variant)
        for variant in product.variants
    ]
    best = max((score for score, _ in scores), default=0)
    return tuple(variant for score, variant in scores if score == best) if best else ()


def mentions(product: Product, unwanted: Sequence[str]) -> bool:
    """Whether a product is made of or is about something unwanted; "nickel-free" and "no leather" do not count."""
    for word in (kind for said in unwanted for kind in UNWANTED_KINDS.get(fold(said), (fold(said),))):
        pattern = re.compile(rf"\b{re.escape(word)}\w{{0,2}}\b(?![- ]free)", re.IGNORECASE)
        for text in (*_texts(product, categories=False), *product.category[-1:], *product.highlights):
            for match in pattern.finditer(text):
                if not re.search(
                    r"\b(?:no|not|without|free of|free from|never|non)[\s-]+(?:\w+\s+){0,2}$",
                    text[: match.start()],
                    re.I,
                ):
                    return True
    return False


def _pieces(text: str) -> set[str]:
    """The words of a text, folded, each cut at its hyphens and apostrophes."""
    return {fold(piece) for word in words(text) for piece in re.split(r"[-']", word)}


def _words(text: str) -> set[str]:
    """The words of a text, folded, both whole and in pieces."""
    return {fold(word) for word in words(text)} | _pieces(text)


def _texts(product: Product, *, categories: bool = True) -> list[str]:
    texts = [product.title, product.brand or "", *(product.category if categories else ())]
    for name, value in product.attributes.items():
        if isinstance(value, str):
            texts.append(value)
        elif isinstance(value, tuple):
            texts.extend(value)
        elif value is True:
            texts.append(name.replace("_", " "))
    texts += [option for variant in product.variants for option in variant.options.values()]
    return texts
