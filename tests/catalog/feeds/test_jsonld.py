import json
from decimal import Decimal

import pytest

from shopwright.catalog.feeds.jsonld import nodes
from shopwright.errors import FeedError
from shopwright.types import Money, Quantity, Rating

KETTLE = {
    "@context": "https://schema.org",
    "@type": "Product",
    "sku": "K1",
    "name": "Kettle",
    "description": "Quiet &amp; quick",
    "brand": {"@type": "Brand", "name": "Brigade"},
    "category": "Kitchen > Kettles",
    "image": ["https://x.com/1.jpg", {"@type": "ImageObject", "url": "https://x.com/2.jpg"}],
    "gtin13": "4006381333931",
    "offers": {"@type": "Offer", "price": 29.9, "priceCurrency": "EUR", "availability": "https://schema.org/InStock",
               "itemCondition": "https://schema.org/NewCondition", "inventoryLevel": {"value": 4}},
    "aggregateRating": {"ratingValue": "8.6", "bestRating": 10, "reviewCount": 12},
    "weight": {"@type": "QuantitativeValue", "value": 1.2, "unitCode": "KGM"},
    "additionalProperty": [{"@type": "PropertyValue", "name": "Power", "value": "2200", "unitText": "W"}],
}  # fmt: skip


def page(*blocks):
    scripts = "".join(f'<script type="application/ld+json">{json.dumps(block)}</script>' for block in blocks)
    return f"<!DOCTYPE html><html><head>{scripts}</head><body>Hello</body></html>"


def test_a_page_with_a_product(read):
    (kettle,), _ = read(page({"@type": "BreadcrumbList"}, KETTLE))
    assert (kettle.id, kettle.title, kettle.brand, kettle.description) == ("K1", "Kettle", "Brigade", "Quiet & quick")
    assert kettle.price == Money(Decimal("29.9"), "EUR")
    assert (kettle.availability, kettle.stock, kettle.condition) == ("in_stock", 4, "New")
    assert kettle.images == ("https://x.com/1.jpg", "https://x.com/2.jpg")
    assert kettle.rating == Rating(4.3, 12)
    assert kettle.attributes == {"weight": Quantity(1.2, "kg"), "power": Quantity(2200, "W")}
    assert (kettle.gtin, kettle.category) == ("4006381333931", ("Kitchen", "Kettles"))


def test_a_product_group_with_its_variants(read):
    group = {
        "@context": "https://schema.org",
        "@type": "ProductGroup",
        "productGroupID": "mug",
        "name": "Mug",
        "variesBy": ["https://schema.org/color"],
        "hasVariant": [
            {"@type": "Product", "sku": "m-r", "color": "red", "offers": {"price": "12", "priceCurrency": "EUR"}},
            {"@type": "Product", "sku": "m-b", "color": "blue", "offers": {"price": "11", "priceCurrency": "EUR"}},
        ],
    }
    (mug,), _ = read(json.dumps(group, indent=2))
    assert [(variant.id, dict(variant.options)) for variant in mug.variants] == [
        ("m-r", {"colour": "red"}),
        ("m-b", {"colour": "blue"}),
    ]
    assert (mug.id, mug.price) == ("mug", Money(Decimal(11), "EUR"))


def test_a_graph_with_references(read):
    graph = {
        "@graph": [
            {"@id": "#p", "@type": "Product", "sku": "P", "name": "Pan", "offers": {"@id": "#o"}},
            {"@id": "#o", "@type": "Offer", "price": "5", "priceCurrency": "EUR"},
            {"@id": "#g", "@type": "ProductGroup", "productGroupID": "G", "name": "Group"},
            {"@type": "Product", "sku": "G1", "name": "One", "isVariantOf": {"@id": "#g"}, "size": "S"},
        ]
    }
    (pan, group), _ = read(json.dumps(graph, indent=1))
    assert pan.price == Money(Decimal(5), "EUR")
    assert [variant.options for variant in group.variants] == [{"size": "S"}]


@pytest.mark.parametrize("form", [json.dumps, lambda value: "\n".join(map(json.dumps, value["itemListElement"]))])
def test_lists_and_lines_of_products(read, form):
    entries = [{"@type": "ListItem", "item": KETTLE | {"sku": f"K{number}"}} for number in range(3)]
    products, _ = read(form({"@type": "ItemList", "itemListElement": entries}))
    assert [product.id for product in products] == ["K0", "K1", "K2"]


def test_the_cheapest_offer_counts_and_list_prices_are_struck_out(read):
    offers = {
        "@type": "AggregateOffer",
        "lowPrice": "9",
        "priceCurrency": "EUR",
        "offers": [{"price": "12"}, {"price": "9"}],
    }
    specified = {"@type": "Offer", "priceCurrency": "EUR", "priceSpecification": [
        {"price": 20, "priceType": "https://schema.org/StrikethroughPrice"}, {"price": 15}]}  # fmt: skip
    (one, two), _ = read(page(KETTLE | {"offers": offers}, KETTLE | {"sku": "K2", "offers": specified}))
    assert one.price.amount == 9
    assert (two.price.amount, two.sale_price.amount) == (20, 15)


def test_broken_scripts_are_refused_and_the_others_read(read):
    text = page(KETTLE).replace("<body>", '<body><script type="application/ld+json">{"@type": </script>')
    products, refused = read(text)
    assert len(products) == len(refused) == 1


def test_pages_without_products_are_refused(read):
    with pytest.raises(FeedError, match="holds no JSON-LD"):
        read("<html><body>Hello</body></html>")
    with pytest.raises(FeedError, match="holds no products"):
        read(page({"@type": "WebSite", "name": "x"}))


def test_circles_end():
    circle = {"@id": "#a", "@type": "WebPage"}
    circle["mainEntity"] = circle
    assert list(nodes(circle)) == []
