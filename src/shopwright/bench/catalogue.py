"""The catalogue as a judge sees it: everything that the shop's store holds, in memory, read once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache

from shopwright.catalog.conditions import Condition, fits
from shopwright.catalog.store import Store
from shopwright.knowledge.beyond import FOLDER as TIPS
from shopwright.knowledge.graph import FOLDER
from shopwright.train.reason.situations import FOLDER as SITUATIONS
from shopwright.types import Document, Evidence, Product, Review

_MANY = 10_000


@dataclass(frozen=True, slots=True)
class Catalogue:
    """Products, documents and reviews by id, the product of each variant, and the stars that reviews give a product."""

    products: Mapping[str, Product]
    documents: Mapping[str, Document] = field(default_factory=dict)
    reviews: Mapping[str, Review] = field(default_factory=dict)
    owners: Mapping[str, str] = field(default_factory=dict)
    stars: Mapping[str, tuple[int, ...]] = field(default_factory=dict)

    @classmethod
    def of(
        cls, products: Iterable[Product], documents: Iterable[Document] = (), reviews: Iterable[Review] = ()
    ) -> Catalogue:
        """The catalogue of these things."""
        by_id = {product.id: product for product in products}
        owners = {variant.id: product.id for product in by_id.values() for variant in product.variants}
        texts, opinions = {text.id: text for text in documents}, {review.id: review for review in reviews}
        stars: dict[str, tuple[int, ...]] = {}
        for review in opinions.values():
            stars[review.product_id] = (*stars.get(review.product_id, ()), review.rating)
        return cls(by_id, texts, opinions, owners, stars)

    @classmethod
    def read(cls, store: Store) -> Catalogue:
        """The catalogue that a store holds."""
        products = list(store.all_products())
        reviews = (review for product in products for review in store.reviews(product.id, _MANY))
        return cls.of(products, store.documents(), reviews)

    def product(self, key: str) -> Product | None:
        """The product with this id, or the one that has a variant with it."""
        return self.products.get(self.owners.get(key, key)) or self.products.get(key)

    def where(self, conditions: Iterable[Condition]) -> list[Product]:
        """The products that meet every condition."""
        wanted = tuple(conditions)
        return [product for product in self.products.values() if fits(product, wanted)]

    def document(self, key: str) -> Document | None:
        """The document with this id, or the one whose id is it after a folder ("returns" of "policies-returns")."""
        if key in self.documents:
            return self.documents[key]
        return next((text for name, text in self.documents.items() if name.endswith(f"-{key}")), None)

    def holds(self, fact: Evidence) -> bool:
        """Whether the source that a fact names exists."""
        match fact.kind:
            case "product":
                return self.product(fact.source) is not None
            case "document":
                return fact.source in self.documents
            case "review":
                return fact.source in self.reviews
            case "sense":
                return bool(sense_line(fact.source))
            case _:
                return True


@lru_cache(maxsize=1024)
def sense_line(place: str) -> str:
    """A line of the packaged common sense by "FILE:NUMBER", or a whole file by its name; "" where there is none."""
    name, _, number = place.partition(":")
    path = next(
        (folder / name for folder in (FOLDER, FOLDER.parent, SITUATIONS, TIPS) if (folder / name).is_file()),
        FOLDER / name,
    )
    if not number and path.is_file():
        return path.read_text("utf-8")
    if not (number.isdigit() and path.is_file()):
        return ""
    return next((line for at, line in enumerate(path.read_text("utf-8").splitlines(), 1) if at == int(number)), "")
