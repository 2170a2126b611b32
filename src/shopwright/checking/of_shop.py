"""What a shop can say to a sentence: records of the products that it names, their reviews, passages of documents.

A product is named when half of its title's words stand in the sentence, or else in the sentence before ("It weighs
..."); where none is named, the first ones that the shop's search finds are taken. A record is text: the title, then a
line for price, stock, rating, brand, options and each attribute, as code renders them from the store, then what the
feed says in its own words.

Simplification: of a product that nobody names in words of its title nothing is known to be asked.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Protocol

from shopwright.assistant.render import make_card, make_table, options_text
from shopwright.catalog.offers import offers
from shopwright.checking.pieces import Piece
from shopwright.search.passages import PassageIndex
from shopwright.skills.verify.packing import terms
from shopwright.types import Product, Review, SearchPage

_READ = 300
"""Characters of a sentence that are searched for."""
_FOUND, _NAMED, _UNNAMED, _PASSAGES, _REVIEWS, _VERSIONS = 8, 3, 2, 4, 20, 40
_IS_NAMED = 0.5
_NEAR = 0.2
"""Score of a passage below which it is about something else."""


class SearchedShop(Protocol):
    """What is asked of a shop; `shop.Shop` is one."""

    @property
    def passages(self) -> PassageIndex:
        """The shop's documents."""
        ...

    def search(self, query: str = "", *, limit: int = 20, literal: bool = False) -> SearchPage:
        """Products by words."""
        ...

    def products(self, ids: Sequence[str]) -> dict[str, Product]:
        """Products by id."""
        ...

    def reviews(self, product_id: str, limit: int = 20) -> list[Review]:
        """The latest reviews of a product."""
        ...


class ShopEvidence:
    """The evidence of one text, sentence by sentence in order: it remembers which products were named last."""

    def __init__(self, shop: SearchedShop) -> None:
        self._shop = shop
        self._last: list[Product] = []

    def of(self, sentence: str) -> list[Piece]:
        """The pieces that bear on a sentence."""
        asked = " ".join(sentence.split())[:_READ]
        if not asked:
            return []
        found = self._products(asked)
        pieces = [Piece(record(product), product.title, "product") for product in found]
        pieces += [
            Piece(review.text, f"review by {review.author or 'a customer'}", "review", review.date)
            for product in found
            for review in self._shop.reviews(product.id, _REVIEWS)
        ]
        hits = self._shop.passages.search(asked, _PASSAGES)
        return pieces + [
            Piece(f"{hit.title}\n{hit.heading}\n{hit.text}", hit.title) for hit in hits if hit.score >= _NEAR
        ]

    def _products(self, asked: str) -> list[Product]:
        hits = self._shop.search(asked, limit=_FOUND, literal=True).hits
        known = self._shop.products([hit.id for hit in hits])
        found = [known[hit.id] for hit in hits if hit.id in known]
        named = _named(set(terms(asked)), found)
        if named:
            self._last = named[:_NAMED]
        return self._last or found[:_UNNAMED]


def _named(said: set[str], products: Sequence[Product]) -> list[Product]:
    """Products with half of their title's words among those said, but for those that better named ones explain."""
    titles = {product.id: set(terms(product.title)) for product in products}
    named: list[Product] = []
    explained: list[set[str]] = []
    for product in sorted(products, key=lambda one: -len(titles[one.id] & said)):
        title = titles[product.id]
        words = title & said
        new = words - set().union(*explained)
        if len(words) >= _IS_NAMED * len(title) and words and (new or words in explained):
            named.append(product)
            explained.append(words)
    return named


def record(product: Product) -> str:
    """What the store holds of a product, as text: a line a fact."""
    return "\n".join(_lines(product))


def _lines(product: Product) -> Iterator[str]:
    yield product.title
    for label, (value,) in make_table([product]).rows:
        yield f"{label}: {value}"
    if product.category:
        yield f"Category: {' > '.join(product.category)}"
    regular = make_card(product).regular_price
    if regular:
        yield f"Regular price: {regular}"
    every = offers(product)
    for item in every[:_VERSIONS] if len(every) > 1 else ():
        card = make_card(product, item.variant_id)
        was = f", regular price {card.regular_price}" if card.regular_price else ""
        yield f"{options_text(item) or item.variant_id}: {card.price}{was}{f', {card.stock}' if card.stock else ''}"
    yield from product.highlights
    if product.description:
        yield product.description
