"""Google Merchant product data: the words of its XML, TSV and CSV feeds.

Source: the product data specification of Google Merchant Center. Attributes that concern advertising, tax, shipping and
destinations are ignored. `product_type`, the merchant's own path, beats `google_product_category`, which counts only
when it is a path and not a number.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

REQUIRED = frozenset(("id", "title"))
_TELLING_LIST = """
image_link google_product_category item_group_id identifier_exists additional_image_link sale_price_effective_date
custom_label_0 product_highlight product_detail mobile_link excluded_destination shipping_weight
"""
TELLING = frozenset(_TELLING_LIST.split())

ALIASES: Mapping[str, str] = {
    "id": "id", "title": "title", "description": "description", "summary": "description", "link": "url",
    "image_link": "images", "additional_image_link": "images", "additional_image_links": "images", "brand": "brand",
    "product_type": "category", "price": "price", "sale_price": "sale_price",
    "sale_price_effective_date": "sale_dates", "availability": "availability", "quantity": "stock",
    "sell_on_google_quantity": "stock", "inventory": "stock", "gtin": "gtin", "mpn": "mpn", "condition": "condition",
    "item_group_id": "group_id", "product_highlight": "highlights", "product_detail": "attributes",
    "color": "attr:colour", "size": "attr:size", "material": "attr:material", "pattern": "attr:pattern",
    "gender": "attr:gender", "age_group": "attr:age_group", "size_type": "attr:size_type",
    "size_system": "attr:size_system", "product_weight": "attr:weight", "product_length": "attr:length",
    "product_width": "attr:width", "product_height": "attr:height", "multipack": "attr:multipack",
    "energy_efficiency_class": "attr:energy_efficiency_class", "unit_pricing_measure": "attr:unit_pricing_measure",
    "google_product_category": "ignored", "updated": "ignored", "published": "ignored", "pubdate": "ignored",
    "guid": "ignored", "author": "ignored", "adult": "ignored", "is_bundle": "ignored", "identifier_exists": "ignored",
    "availability_date": "ignored", "expiration_date": "ignored", "cost_of_goods_sold": "ignored",
    "installment": "ignored", "subscription_cost": "ignored", "loyalty_points": "ignored", "tax": "ignored",
    "tax_category": "ignored", "shipping": "ignored", "shipping_weight": "ignored", "shipping_length": "ignored",
    "shipping_width": "ignored", "shipping_height": "ignored", "shipping_label": "ignored",
    "min_handling_time": "ignored", "max_handling_time": "ignored", "transit_time_label": "ignored",
    "mobile_link": "ignored", "canonical_link": "ignored", "ads_redirect": "ignored", "promotion_id": "ignored",
    "included_destination": "ignored", "excluded_destination": "ignored", "structured_title": "ignored",
    "structured_description": "ignored", "short_title": "ignored", "certification": "ignored", "pause": "ignored",
    "min_energy_efficiency_class": "ignored", "max_energy_efficiency_class": "ignored", "virtual_model_link": "ignored",
    "auto_pricing_min_price": "ignored", "external_seller_id": "ignored", "unit_pricing_base_measure": "ignored",
    "lifestyle_image_link": "ignored", "video_link": "ignored", "category": "ignored", "content": "ignored",
}  # fmt: skip


def prepared(row: dict[str, Any]) -> dict[str, Any]:
    """A row with its category chosen and its product details as named values."""
    changed: dict[str, Any] = {}
    category = row.get("google_product_category") or row.get("google product category")
    has_own = row.get("product_type") or row.get("product type")
    if not has_own and isinstance(category, str) and not category.strip().isdigit():
        changed["product_type"] = category
    if isinstance(has_own, list):
        changed["product_type"] = has_own[0]
    if details := row.get("product_detail") or row.get("product detail"):
        changed["product_detail"] = _details(details)
    return {**row, **changed} if changed else row


def _details(details: object) -> list[dict[str, Any]]:
    """`section:name:value` texts and elements with those three parts, as names and values."""
    found: list[dict[str, Any]] = []
    for detail in details if isinstance(details, list) else [details]:
        if isinstance(detail, Mapping):
            found.append({"name": detail.get("attribute_name"), "value": detail.get("attribute_value")})
        elif isinstance(detail, str):
            for part in detail.split(","):
                pieces = [piece.strip() for piece in part.split(":", 2)]
                if len(pieces) >= 2:
                    found.append({"name": pieces[-2], "value": pieces[-1]})
    return found
