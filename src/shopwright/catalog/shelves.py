"""What a shop holds, read by id: the part of the library (`shop.py`) that needs the store and nothing else."""

from __future__ import annotations

from collections.abc import Sequence

from shopwright.catalog.store import Store
from shopwright.types import Document, Product, Review


class Shelves:
    """Products, reviews and documents of a store."""

    def __init__(self, store: Store) -> None:
        self.store = store

    def product(self, product_id: str) -> Product:
        """A product by its id or by that of one of its variants.

        Raises:
            NotFoundError: when there is none.
        """
        return self.store.product(product_id)

    def products(self, ids: Sequence[str]) -> dict[str, Product]:
        """Products by id; unknown ids are left out."""
        return self.store.products(ids)

    def reviews(self, product_id: str, limit: int = 20) -> list[Review]:
        """The latest reviews of a product."""
        return self.store.reviews(product_id, limit)

    def documents(self, kind: str | None = None) -> list[Document]:
        """The shop's policies, answers and guides."""
        return self.store.documents(kind)

    def document(self, document_id: str) -> Document:
        """One document.

        Raises:
            NotFoundError: when there is none.
        """
        return self.store.document(document_id)
