from decimal import Decimal

import pytest

from shopwright.types import Money, Quantity

OLD = """Handle,Title,Body (HTML),Vendor,Product Category,Type,Tags,Published,Option1 Name,Option1 Value,Option2 Name,Option2 Value,Variant SKU,Variant Grams,Variant Inventory Tracker,Variant Inventory Qty,Variant Inventory Policy,Variant Price,Variant Compare At Price,Variant Barcode,Image Src,Variant Image,Variant Weight Unit,Status,Fabric (product.metafields.shopify.fabric),Related (product.metafields.shopify--discovery--product_recommendation.related_products),Size (product.metafields.shopify.size)
top,SOPHIE TOP,<p>Sporty.<br>Dry.</p>,BILALI,Apparel > Swimwear,Bikini tops,"basic, swim",true,Color,BLACK,Size,S,K1,340.0,shopify,3,deny,79.00,89.00,,https://x.com/1.jpg,,kg,active,lycra; wool,bottom; hat,s; m
top,,,,,,,,,BLACK,,M,K1,380.0,shopify,-2,deny,89.00,,'4006381333931,https://x.com/2.jpg,https://x.com/m.jpg,kg,,,,
top,,,,,,,,,BLACK,,L,K1,380.0,shopify,0,continue,call us,,,,,kg,,,,
top,,,,,,,,,,,,,,,,,,,,https://x.com/3.jpg,,,,,,
card,Gift card,,BILALI,,Cards,,true,Title,Default Title,,,,0.0,,,deny,25.00,,,,,kg,active,,,
old,Old thing,,BILALI,,,,true,Title,Default Title,,,,0.0,,,deny,25.00,,,,,kg,draft,,,
"""
NEW = """Title,URL handle,Description,Vendor,Product category,Type,Published on online store,Status,SKU,Barcode,Option1 name,Option1 value,Price,Compare-at price,Inventory tracker,Inventory quantity,Continue selling when out of stock,Weight value (grams),Weight unit for display,Product image URL,Variant image URL
Mug,mug,Big,Harbour,Home > Mugs,,TRUE,Active,M1,,Colour,red,12.00,,shopify,5,FALSE,350,g,https://x.com/1.jpg,
,mug,,,,,,,M2,,,blue,13.00,,shopify,0,TRUE,350,g,,https://x.com/b.jpg
"""


def test_rows_of_one_handle_are_one_product(read):
    (top, card), refused = read(OLD, currency="EUR")
    assert (top.id, top.title, top.brand, top.description) == ("top", "SOPHIE TOP", "BILALI", "Sporty.\nDry.")
    assert top.category == ("Apparel", "Swimwear")
    assert top.images == ("https://x.com/1.jpg", "https://x.com/2.jpg", "https://x.com/3.jpg")
    assert top.attributes == {"product_type": "Bikini tops", "tags": ("basic", "swim"), "fabric": ("lycra", "wool")}
    assert top.related == {"substitute": ("bottom", "hat")}
    small, medium = top.variants
    assert (small.id, small.options) == ("top-black-s", {"colour": "BLACK", "size": "S"})
    assert (small.price, small.sale_price) == (Money(Decimal("89.00"), "EUR"), Money(Decimal("79.00"), "EUR"))
    assert small.attributes == {"sku": "K1", "weight": Quantity(0.34, "kg")}
    assert (medium.stock, medium.availability, medium.gtin) == (0, "out_of_stock", "4006381333931")
    assert medium.image == "https://x.com/m.jpg"
    assert (card.variants, card.price, card.availability) == ((), Money(Decimal("25.00"), "EUR"), "in_stock")
    assert [(error.line, error.reason[:40]) for error in refused] == [
        (4, "price 'call us' holds no number: write i"),
        (7, "product 'old' is not for sale: its statu"),
    ]


def test_the_newer_header(read):
    (mug,), _ = read(NEW, currency="GBP")
    assert (mug.id, mug.title, mug.category) == ("mug", "Mug", ("Home", "Mugs"))
    red, blue = mug.variants
    assert (red.stock, red.availability, red.attributes["weight"]) == (5, "in_stock", Quantity(350, "g"))
    assert (blue.availability, blue.image) == ("backorder", "https://x.com/b.jpg")
    assert mug.price == Money(Decimal("12.00"), "GBP")


@pytest.mark.parametrize(
    ("status", "published", "refused"), [("archived", "true", 1), ("", "false", 1), ("active", "false", 0)]
)
def test_what_is_not_for_sale_is_refused(read, status, published, refused):
    text = f"Handle,Title,Published,Variant Price,Status\nx,X,true,5,active\na,A,{published},5,{status}\n"
    assert len(read(text)[1]) == refused
