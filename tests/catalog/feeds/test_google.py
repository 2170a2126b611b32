from decimal import Decimal

from shopwright.catalog.feeds.google import prepared
from shopwright.types import Money, Quantity

XML = """<?xml version="1.0"?><rss version="2.0" xmlns:g="http://base.google.com/ns/1.0"><channel><title>Shop</title>
<item>
  <title>Ignored</title><g:title>Trail shoe red 42</g:title><g:id>s-red-42</g:id><g:item_group_id>shoe</g:item_group_id>
  <g:description><![CDATA[<p>Light &amp; fast</p>]]></g:description><g:link>https://x.com/s</g:link>
  <g:image_link>https://x.com/1.jpg</g:image_link>
  <g:additional_image_link>https://x.com/2.jpg</g:additional_image_link>
  <g:price>89.00 EUR</g:price><g:sale_price>69.00 EUR</g:sale_price>
  <g:sale_price_effective_date>2000-01-01T00:00Z/2001-01-01T00:00Z</g:sale_price_effective_date>
  <g:availability>in stock</g:availability><g:brand>Corrie</g:brand><g:gtin>4006381333931</g:gtin>
  <g:google_product_category>187</g:google_product_category>
  <g:product_type>Shoes &gt; Trail</g:product_type>
  <g:color>red</g:color><g:size>42</g:size><g:product_weight>300 g</g:product_weight>
  <g:product_highlight>Grippy</g:product_highlight><g:product_highlight>Dry</g:product_highlight>
  <g:product_detail><g:attribute_name>Drop</g:attribute_name>
    <g:attribute_value>6 mm</g:attribute_value></g:product_detail>
  <g:shipping><g:country>DE</g:country><g:price>5 EUR</g:price></g:shipping>
  <g:custom_label_0>x</g:custom_label_0>
</item>
<item><g:title>Trail shoe blue 43</g:title><g:id>s-blue-43</g:id><g:item_group_id>shoe</g:item_group_id>
  <g:image_link>https://x.com/3.jpg</g:image_link><g:price>79.00 EUR</g:price>
  <g:availability>out of stock</g:availability>
  <g:color>blue</g:color><g:size>43</g:size></item>
<item><g:title>Laces</g:title><g:id>laces</g:id><g:image_link>https://x.com/4.jpg</g:image_link><g:price>ask</g:price></item>
</channel></rss>"""


def test_an_rss_feed_with_a_group(read):
    (shoe,), (refused,) = read(XML)
    assert (shoe.id, shoe.title, shoe.brand) == ("shoe", "Trail shoe", "Corrie")
    assert shoe.description == "Light & fast"
    assert shoe.category == ("Shoes", "Trail")
    assert shoe.highlights == ("Grippy", "Dry")
    assert shoe.images == ("https://x.com/1.jpg", "https://x.com/2.jpg", "https://x.com/3.jpg")
    red, blue = shoe.variants
    assert (red.id, red.options) == ("s-red-42", {"colour": "red", "size": "42"})
    assert (red.price, red.sale_price) == (Money(Decimal("89.00"), "EUR"), None)
    assert red.attributes == {"weight": Quantity(300, "g"), "drop": Quantity(6, "mm")}
    assert blue.availability == "out_of_stock"
    assert (shoe.price, shoe.availability) == (Money(Decimal("79.00"), "EUR"), "in_stock")
    assert refused.line == 23
    assert "'ask'" in refused.reason


def test_an_atom_feed(read):
    feed = """<feed xmlns="http://www.w3.org/2005/Atom" xmlns:g="http://base.google.com/ns/1.0"><entry>
      <title>Tent</title><link href="https://x.com/t"/><summary>Dry</summary><g:id>t</g:id><g:price>5 GBP</g:price>
      <g:image_link>https://x.com/t.jpg</g:image_link></entry></feed>"""
    (tent,), _ = read(feed)
    assert (tent.id, tent.title, tent.description, tent.url) == ("t", "Tent", "Dry", "https://x.com/t")


def test_a_tab_separated_feed_with_spaces_in_its_names(read):
    header = "id\ttitle\tdescription\tlink\timage link\tadditional image link\tprice\tproduct detail\t"
    header += "google product category"
    row = (
        't\tTent\tDry\thttps://x.com/t\thttps://x.com/1.jpg\thttps://x.com/2.jpg,https://x.com/3.jpg\t"1.299,00 EUR"\t'
    )
    (tent,), _ = read(f"{header}\n{row}General:Seasons:3,General:Weight:2 kg\tSport > Tents\n")
    assert len(tent.images) == 3
    assert tent.price == Money(Decimal("1299.00"), "EUR")
    assert tent.attributes == {"seasons": 3.0, "weight": Quantity(2, "kg")}
    assert tent.category == ("Sport", "Tents")


def test_a_numeric_google_category_is_no_category():
    assert "product_type" not in prepared({"google_product_category": "187"})
    assert prepared({"google_product_category": "A > B"})["product_type"] == "A > B"
    assert prepared({"google_product_category": "A > B", "product_type": ["C", "D"]})["product_type"] == "C"
