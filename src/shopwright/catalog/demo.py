"""The demo shop, Wren & Harbour: its data files as products, reviews, documents, customers and orders.

The files in `demo_shop/` are the product; this module only reads them (see `demo_shop/DATASHEET.md`). Ratings are
counted from the reviews, pictures are served under `/pictures/`.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import orjson

from shopwright.catalog.documents import read_documents
from shopwright.catalog.feeds import open_feed
from shopwright.errors import RowError
from shopwright.types import Document, Product, Rating, Review

NAME = "Wren & Harbour"
CURRENCY = "EUR"
FOLDER = Path(__file__).parent / "demo_shop"
PICTURES = FOLDER / "pictures"
DELIVERY = FOLDER / "delivery.toml"


def fingerprint() -> str:
    """A digest of the data files, without the pictures: it changes when the packaged demo does."""
    mark = hashlib.sha256()
    for path in sorted(FOLDER.rglob("*")):
        if path.is_file() and PICTURES not in path.parents:
            mark.update(f"{path.relative_to(FOLDER).as_posix()}\n{path.stat().st_size}\n".encode())
            mark.update(path.read_bytes())
    return mark.hexdigest()


def demo_products() -> Iterator[Product | RowError]:
    """The families of all departments as products with variants."""
    stars: dict[str, list[int]] = defaultdict(list)
    for review in demo_reviews():
        stars[review.product_id].append(review.rating)
    for path in sorted((FOLDER / "families").glob("*.jsonl")):
        for item in open_feed(path, currency=CURRENCY):
            yield _complete(item, stars[item.id]) if isinstance(item, Product) else item


def demo_reviews() -> Iterator[Review]:
    """All reviews; the id is the department and the line."""
    for path in sorted((FOLDER / "reviews").glob("*.jsonl")):
        for line, record in enumerate(_records(path), 1):
            yield Review(
                id=f"{path.stem}-{line}",
                product_id=record["product"],
                rating=record["rating"],
                text=record["text"],
                title=record["title"],
                author=record["author"],
                date=record["date"],
                variant_id=record.get("variant"),
            )


def demo_documents() -> Iterator[Document]:
    """Policies, answers and buying guides."""
    return read_documents(FOLDER / "documents")


def demo_customers() -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Invented customers and their orders."""
    return list(_records(FOLDER / "customers.jsonl")), list(_records(FOLDER / "orders.jsonl"))


def _complete(product: Product, stars: list[int]) -> Product:
    rating = Rating(round(sum(stars) / len(stars), 2), len(stars)) if stars else None
    return replace(product, rating=rating, images=(f"/pictures/{product.id}.svg",), url=f"/?product={product.id}")


def _records(path: Path) -> Iterator[dict[str, Any]]:
    with path.open("rb") as lines:
        for line in lines:
            if line.strip():
                yield orjson.loads(line)
