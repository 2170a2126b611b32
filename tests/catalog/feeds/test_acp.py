import json
from decimal import Decimal

from shopwright.types import Money

PRODUCT = {
    "id": "tent",
    "title": "Tent",
    "description": {"html": "<p>Dry</p>"},
    "url": "https://x.com/t",
    "media": [{"type": "video", "url": "https://x.com/v.mp4"}, {"type": "image", "url": "https://x.com/1.jpg"}],
    "variants": [
        {
            "id": "tent-moss",
            "title": "Tent moss",
            "price": {"amount": 24900, "currency": "EUR"},
            "list_price": {"amount": 28900, "currency": "EUR"},
            "availability": {"available": True, "status": "in_stock"},
            "categories": [{"value": "Camping > Tents", "taxonomy": "merchant"}],
            "variant_options": [{"name": "Colour", "value": "moss"}],
            "barcodes": [{"type": "sku", "value": "x"}, {"type": "ean", "value": "4006381333931"}],
            "condition": ["new"],
        },
        {"id": "tent-clay", "title": "Tent clay", "price": {"amount": 28900, "currency": "EUR"},
         "availability": {"available": False}, "variant_options": [{"name": "Colour", "value": "clay"}]},
    ],
}  # fmt: skip


def test_products_with_variants_in_minor_units(read):
    (tent,), _ = read(json.dumps(PRODUCT))
    assert (tent.id, tent.description, tent.images) == ("tent", "Dry", ("https://x.com/1.jpg",))
    assert tent.category == ("Camping", "Tents")
    moss, clay = tent.variants
    assert (moss.price, moss.sale_price) == (Money(Decimal("289.00"), "EUR"), Money(Decimal("249.00"), "EUR"))
    assert (moss.options, moss.gtin, moss.availability) == ({"colour": "moss"}, "4006381333931", "in_stock")
    assert (clay.price, clay.availability) == (Money(Decimal("289.00"), "EUR"), "out_of_stock")
    assert (tent.price, tent.sale_price) == (moss.price, moss.sale_price)


def test_a_yen_has_no_minor_unit(read):
    row = {
        "id": "x",
        "title": "X",
        "variants": [{"id": "y", "title": "Y", "price": {"amount": 500, "currency": "JPY"}}],
    }
    (product,), _ = read(json.dumps(row))
    assert product.price == Money(Decimal(500), "JPY")


def test_broken_variants_refuse_the_row(read):
    rows = [PRODUCT, {"id": "a", "title": "A", "variants": [{"id": "b", "price": {"amount": -1, "currency": "EUR"}}]}]
    products, refused = read("\n".join(map(json.dumps, rows)))
    assert len(products) == 1
    assert refused[0].line == 2
