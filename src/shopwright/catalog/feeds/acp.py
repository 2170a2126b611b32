"""The product feed of the Agentic Commerce Protocol: one product a line, its variants inside, prices in minor units.

Source: `schema.feed.json` of the specification dated 2026-04-17. Sellers, marketplaces and unit prices are ignored.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

COLUMNS: Mapping[str, str] = {
    "id": "id", "title": "title", "description": "description", "url": "url", "media": "images", "variants": "variants",
    "variants[].price": "price", "variants[].list_price": "list_price", "variants[].availability": "availability",
    "variants[].barcodes": "gtin", "variants[].categories": "category", "variants[].condition": "condition",
    "variants[].variant_options": "options", "variants[].seller": "ignored", "variants[].unit_price": "ignored",
}  # fmt: skip
_GTINS_LIST = """
gtin gtin8 gtin12 gtin13 gtin14 ean ean13 upc upca isbn isbn13
"""
_GTINS = frozenset(_GTINS_LIST.split())


def matches(row: Mapping[str, Any]) -> bool:
    """Whether a row is of this form: variants whose price is an amount in minor units, or with named options."""
    variants = row.get("variants")
    if not isinstance(variants, list) or not variants or not isinstance(variants[0], Mapping):
        return False
    first = variants[0]
    price = first.get("price")
    return (isinstance(price, Mapping) and "amount" in price) or "variant_options" in first or "barcodes" in first


def record(row: Mapping[str, Any]) -> dict[str, Any]:
    """A row as a record."""
    variants = row.get("variants")
    inner = [item for item in variants if isinstance(item, Mapping)] if isinstance(variants, list) else []
    first = inner[0] if inner else {}
    return {
        "id": row.get("id"),
        "title": row.get("title") or first.get("title"),
        "description": _text(row.get("description")) or _text(first.get("description")),
        "brand": row.get("brand"),
        "url": row.get("url") or first.get("url"),
        "images": _images(row.get("media")) or _images(first.get("media")),
        "category": _category(row.get("categories") or first.get("categories")),
        "condition": _condition(row.get("condition") or first.get("condition")),
        "attributes": row.get("attributes"),
        "variants": [_variant(item) for item in inner],
    }


def _variant(item: Mapping[str, Any]) -> dict[str, Any]:
    price, listed = item.get("price"), item.get("list_price")
    availability = item.get("availability")
    images = _images(item.get("media"))
    return {
        "id": item.get("id"),
        "title": item.get("title"),
        "url": item.get("url"),
        "currency": price.get("currency") if isinstance(price, Mapping) else None,
        "price_minor": price.get("amount") if isinstance(price, Mapping) else price,
        "list_price_minor": listed.get("amount") if isinstance(listed, Mapping) else listed,
        "availability": _availability(availability),
        "gtin": _gtin(item.get("barcodes")),
        "image": images[0] if images else None,
        "options": _options(item.get("variant_options")),
    }


def _availability(value: object) -> object:
    if isinstance(value, Mapping):
        return value.get("status") or value.get("available")
    return value


def _text(value: object) -> object:
    if isinstance(value, Mapping):
        return value.get("plain") or value.get("html") or value.get("markdown")
    return value


def _images(media: object) -> list[Any]:
    items = [item for item in media if isinstance(item, Mapping)] if isinstance(media, list) else []
    return [item.get("url") for item in items if item.get("type", "image") == "image"]


def _category(categories: object) -> object:
    if isinstance(categories, list):
        own = [item for item in categories if isinstance(item, Mapping) and item.get("value")]
        best = next((item for item in own if item.get("taxonomy") in (None, "merchant")), own[0] if own else {})
        value = best.get("value") if own else next((item for item in categories if isinstance(item, str)), None)
        return None if isinstance(value, str) and value.isdigit() else value
    return categories


def _condition(value: object) -> object:
    return value[0] if isinstance(value, list) and value else value


def _gtin(barcodes: object) -> list[Any]:
    items = [item for item in barcodes if isinstance(item, Mapping)] if isinstance(barcodes, list) else []
    return [item.get("value") for item in items if str(item.get("type", "gtin")).lower().replace("-", "") in _GTINS]


def _options(options: object) -> dict[str, Any]:
    items = [item for item in options if isinstance(item, Mapping)] if isinstance(options, list) else []
    return {str(item.get("name")): item.get("value") for item in items if item.get("name")}
