"""The OpenAI product feed of one row an item: the words of both generations.

Source: the file-upload specification of 2026-08 (`item_id`, `url`, `is_eligible_search`) and that of 2025-09 (`id`,
`link`, `enable_search`). What concerns the seller, policies, shipping, advertising and eligibility is ignored: a
product that may not be shown elsewhere is still sold in the merchant's own shop. The nested ACP form is read by `acp`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

TELLING = frozenset(("is_eligible_search", "is_eligible_checkout", "enable_search", "enable_checkout"))

ALIASES: Mapping[str, str] = {
    "item_id": "id", "id": "id", "title": "title", "description": "description", "url": "url", "link": "url",
    "brand": "brand", "price": "price", "sale_price": "sale_price", "sale_price_start_date": "sale_start",
    "sale_price_end_date": "sale_end", "sale_price_effective_date": "sale_dates", "availability": "availability",
    "image_url": "images", "image_link": "images", "additional_image_urls": "images", "additional_image_link": "images",
    "additional_image_links": "images", "inventory_quantity": "stock", "gtin": "gtin", "mpn": "mpn",
    "condition": "condition", "product_category": "category", "group_id": "group_id", "item_group_id": "group_id",
    "item_group_title": "group_title", "variant_dict": "attributes", "custom_variant1_option": "ignored",
    "color": "attr:colour", "size": "attr:size", "size_system": "attr:size_system", "gender": "attr:gender",
    "age_group": "attr:age_group", "material": "attr:material", "dimensions": "attr:dimensions",
    "length": "attr:length", "width": "attr:width", "height": "attr:height", "weight": "attr:weight",
    "age_restriction": "attr:age_restriction", "warning": "attr:warning", "is_digital": "attr:is_digital",
    "star_rating": "rating", "product_review_rating": "rating", "review_count": "rating_count",
    "product_review_count": "rating_count", "related": "related", "currency": "currency",
    "unit_pricing_measure": "attr:unit_pricing_measure",
}  # fmt: skip

_IGNORED_LIST = """
is_eligible_search is_eligible_checkout enable_search enable_checkout listing_has_variations offer_id
marketplace_seller seller_name seller_url seller_privacy_policy seller_tos return_policy return_deadline_in_days
return_window accepts_returns accepts_exchanges shipping shipping_price delivery_estimate pickup_method pickup_sla
base_measure store_country target_countries geo_price geo_availability pricing_trend popularity_score return_rate
warning_url video_url video_link model_3d_url model_3d_link expiration_date availability_date store_review_count
store_star_rating q_and_a reviews raw_review_data is_ads_eligible ads_metadata dimensions_unit item_weight_unit
related_product_id relationship_type applicable_taxes_fees
"""
IGNORED = frozenset(_IGNORED_LIST.split())


def prepared(row: dict[str, Any]) -> dict[str, Any]:
    """A row with the units beside its measures and its relations by kind."""
    changed: dict[str, Any] = {}
    for names, unit in ((("length", "width", "height"), "dimensions_unit"), (("weight",), "item_weight_unit")):
        if row.get(unit):
            changed |= {name: f"{row[name]} {row[unit]}" for name in names if _is_number(row.get(name))}
    if ids := row.get("related_product_id"):
        changed["related"] = {str(row.get("relationship_type") or "often_bought_with"): ids}
    return {**row, **changed} if changed else row


def _is_number(value: object) -> bool:
    try:
        float(str(value))
    except ValueError:
        return False
    return True
