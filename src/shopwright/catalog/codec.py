"""Products, documents and reviews as compact JSON bytes, and back without loss.

Empty fields are left out, money is `["12.50", "EUR"]`, a quantity `{"value": 2.4, "unit": "kg"}`, tuples are arrays.
The bytes of equal products are equal, so `digest` tells whether a product changed.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from hashlib import blake2b
from typing import Any

import orjson

from shopwright.types import AttributeValue, Document, Money, Product, Quantity, Rating, Review, Variant

_PLAIN_PRODUCT = ("description", "brand", "availability", "stock", "url", "gtin", "mpn", "condition")
_PLAIN_VARIANT = ("id", "availability", "stock", "title", "gtin", "image", "url")


def dump_product(product: Product) -> bytes:
    """The product as JSON bytes."""
    record: dict[str, Any] = {"id": product.id, "title": product.title}
    record |= {key: value for key in _PLAIN_PRODUCT if (value := getattr(product, key)) not in (None, "")}
    if product.released:
        record["released"] = product.released
    for key in ("highlights", "category", "images"):
        if value := getattr(product, key):
            record[key] = value
    if product.attributes:
        record["attributes"] = dict(product.attributes)
    if product.price:
        record["price"] = _money(product.price)
    if product.sale_price:
        record["sale_price"] = _money(product.sale_price)
    if product.variants:
        record["variants"] = [_dump_variant(variant) for variant in product.variants]
    if product.rating:
        record["rating"] = [product.rating.value, product.rating.count]
    if product.related:
        record["related"] = dict(product.related)
    return orjson.dumps(record)


def load_product(data: bytes) -> Product:
    """The product that `dump_product` wrote."""
    record = orjson.loads(data)
    rating = record.get("rating")
    return Product(
        id=record["id"],
        title=record["title"],
        description=record.get("description", ""),
        highlights=tuple(record.get("highlights", ())),
        brand=record.get("brand"),
        category=tuple(record.get("category", ())),
        attributes=_attributes(record.get("attributes")),
        price=_load_money(record.get("price")),
        sale_price=_load_money(record.get("sale_price")),
        availability=record.get("availability", "unknown"),
        stock=record.get("stock"),
        variants=tuple(_load_variant(variant) for variant in record.get("variants", ())),
        images=tuple(record.get("images", ())),
        url=record.get("url"),
        rating=Rating(rating[0], rating[1]) if rating else None,
        gtin=record.get("gtin"),
        mpn=record.get("mpn"),
        condition=record.get("condition"),
        related={kind: tuple(ids) for kind, ids in record.get("related", {}).items()},
        released=record.get("released"),
    )


def load_heading(data: bytes) -> Product:
    """Id, title, description and category of the product that `dump_product` wrote; variants are the dear part."""
    record = orjson.loads(data)
    return Product(
        id=record["id"],
        title=record["title"],
        description=record.get("description", ""),
        category=tuple(record.get("category", ())),
    )


def dump_plain(value: Document | Review) -> bytes:
    """A document or a review as JSON bytes; every field is plain."""
    return orjson.dumps(value)


def load_document(data: bytes) -> Document:
    """The document that `dump_plain` wrote."""
    record = orjson.loads(data)
    record["category"] = tuple(record["category"])
    return Document(**record)


def load_review(data: bytes) -> Review:
    """The review that `dump_plain` wrote."""
    return Review(**orjson.loads(data))


def digest(data: bytes) -> bytes:
    """16 bytes that change when the data change (BLAKE2b)."""
    return blake2b(data, digest_size=16).digest()


def _money(money: Money) -> list[str]:
    return [str(money.amount), money.currency]


def _load_money(pair: list[str] | None) -> Money | None:
    return Money(Decimal(pair[0]), pair[1]) if pair else None


def _attributes(record: Mapping[str, Any] | None) -> dict[str, AttributeValue]:
    return {name: _attribute(value) for name, value in record.items()} if record else {}


def _attribute(value: Any) -> AttributeValue:
    if isinstance(value, dict):
        return Quantity(value["value"], value["unit"])
    if isinstance(value, list):
        return tuple(value)
    return float(value) if isinstance(value, int) and not isinstance(value, bool) else value


def _dump_variant(variant: Variant) -> dict[str, Any]:
    record: dict[str, Any] = {key: value for key in _PLAIN_VARIANT if (value := getattr(variant, key)) is not None}
    if variant.options:
        record["options"] = dict(variant.options)
    if variant.price:
        record["price"] = _money(variant.price)
    if variant.sale_price:
        record["sale_price"] = _money(variant.sale_price)
    if variant.attributes:
        record["attributes"] = dict(variant.attributes)
    return record


def _load_variant(record: Mapping[str, Any]) -> Variant:
    return Variant(
        id=record["id"],
        options=record.get("options", {}),
        price=_load_money(record.get("price")),
        sale_price=_load_money(record.get("sale_price")),
        availability=record.get("availability", "unknown"),
        stock=record.get("stock"),
        attributes=_attributes(record.get("attributes")),
        title=record.get("title"),
        gtin=record.get("gtin"),
        image=record.get("image"),
        url=record.get("url"),
    )
