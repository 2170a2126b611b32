from decimal import Decimal

from shopwright.types import Money, Quantity

EXPORT = """ID,Type,SKU,Name,Published,Short description,Description,Date sale price starts,Date sale price ends,In stock?,Stock,Weight (kg),Sale price,Regular price,Categories,Tags,Images,Parent,Cross-sells,Attribute 1 name,Attribute 1 value(s)
10,variable,H,Hoodie,1,Warm,<p>Very warm</p>,,,1,,0.5,,,"Clothing > Hoodies, Sale",soft,"https://x.com/1.jpg, https://x.com/2.jpg",,cap,Color,"Blue, Green"
11,variation,H-B,Hoodie - Blue,1,,,,,1,3,0.5,35,45,,,https://x.com/b.jpg,id:10,,Color,Blue
12,variation,H-G,Hoodie - Green,1,,,,,0,0,,,45,,,,H,,Color,Green
20,simple,B,Beanie,1,,,2000-01-01,2000-02-01,1,7,,15,18,Clothing > Hats,,,,,Material,wool
30,simple,S,Secret,0,,,,,1,,,,5,,,,,,,
40,variation,X,Lost,1,,,,,1,,,,5,,,,id:99,,Size,S
"""


def test_variations_follow_their_product(read):
    (hoodie, beanie), refused = read(EXPORT, currency="EUR")
    assert (hoodie.id, hoodie.title, hoodie.description) == ("10", "Hoodie", "Warm\nVery warm")
    assert hoodie.category == ("Clothing", "Hoodies")
    assert len(hoodie.images) == 2
    blue, green = hoodie.variants
    assert (blue.id, blue.options, blue.stock) == ("11", {"colour": "Blue"}, 3)
    assert blue.sale_price == Money(Decimal(35), "EUR")
    assert green.availability == "out_of_stock"
    assert hoodie.attributes["weight"] == Quantity(0.5, "kg")
    assert hoodie.related == {"accessory": ("cap",)}
    assert (beanie.price, beanie.sale_price, beanie.stock) == (Money(Decimal(18), "EUR"), None, 7)
    assert beanie.attributes["material"] == "wool"
    assert sorted(error.line for error in refused) == [6, 7]
    assert any("does not follow its product" in error.reason for error in refused)


def test_columns_are_shown(write):
    from shopwright.catalog.feeds import open_feed

    feed = open_feed(write(EXPORT))
    assert feed.format == "woocommerce csv"
    assert feed.columns["Regular price"] == "price"
    assert feed.columns["Weight (kg)"] == "attr:weight"
    assert feed.columns["Published"] == "ignored"
