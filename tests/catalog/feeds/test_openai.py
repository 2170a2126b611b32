import gzip
import json
from decimal import Decimal

import pytest

from shopwright.types import Money, Quantity, Rating

NEW = {
    "is_eligible_search": True,
    "is_eligible_checkout": False,
    "item_id": "t-1",
    "title": "Tent",
    "description": "Dry",
    "url": "https://x.com/t",
    "brand": "Fellrunner",
    "price": "79.99 USD",
    "availability": "pre_order",
    "image_url": "https://x.com/1.jpg",
    "additional_image_urls": ["https://x.com/2.jpg"],
    "target_countries": ["US"],
    "length": "40",
    "dimensions_unit": "cm",
    "weight": 1.9,
    "item_weight_unit": "kg",
    "star_rating": "4.5",
    "review_count": 12,
    "product_category": "Camping > Tents",
    "related_product_id": "fp-1,fp-2",
    "relationship_type": "accessory",
    "seller_name": "Shop",
}
OLD = {
    "enable_search": "true",
    "enable_checkout": "false",
    "id": "t-1",
    "title": "Tent",
    "description": "Dry",
    "link": "https://x.com/t",
    "brand": "Fellrunner",
    "price": "79.99 USD",
    "availability": "in_stock",
    "image_link": "https://x.com/1.jpg",
    "inventory_quantity": 4,
    "product_category": "Camping > Tents",
    "product_review_rating": 4.5,
    "product_review_count": 12,
}


def test_the_generation_of_2026_as_json_lines(read):
    (tent,), _ = read(json.dumps(NEW))
    assert (tent.id, tent.url, tent.brand, tent.availability) == ("t-1", "https://x.com/t", "Fellrunner", "preorder")
    assert tent.price == Money(Decimal("79.99"), "USD")
    assert tent.images == ("https://x.com/1.jpg", "https://x.com/2.jpg")
    assert tent.attributes == {"length": Quantity(40, "cm"), "weight": Quantity(1.9, "kg")}
    assert tent.rating == Rating(4.5, 12)
    assert tent.related == {"accessory": ("fp-1", "fp-2")}


def test_the_generation_of_2025_as_packed_json_lines(read):
    (tent,), _ = read(gzip.compress(json.dumps(OLD).encode()))
    assert (tent.id, tent.url, tent.stock, tent.rating) == ("t-1", "https://x.com/t", 4, Rating(4.5, 12))
    assert tent.category == ("Camping", "Tents")


@pytest.mark.parametrize("row", [OLD, {key: value for key, value in NEW.items() if not isinstance(value, list)}])
def test_both_generations_as_csv(read, row):
    text = ",".join(row) + "\n" + ",".join(f'"{value}"' for value in row.values()) + "\n"
    (tent,), _ = read(text)
    assert (tent.id, tent.title, tent.url) == ("t-1", "Tent", "https://x.com/t")


def test_variants_of_a_group(read):
    rows = [
        NEW
        | {"item_id": f"t-{colour}", "group_id": "t", "item_group_title": "The tent", "variant_dict": {"color": colour}}
        for colour in ("red", "blue")
    ]
    (tent,), _ = read("\n".join(map(json.dumps, rows)))
    assert (tent.id, tent.title) == ("t", "The tent")
    assert [variant.options for variant in tent.variants] == [{"colour": "red"}, {"colour": "blue"}]
