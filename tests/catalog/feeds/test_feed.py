import gzip
import json
from decimal import Decimal
from itertools import islice

import pytest

from shopwright.catalog.feeds import open_feed
from shopwright.errors import ConfigError, FeedError, RowError
from shopwright.types import Money, Quantity

OWN = {
    "id": "lark-2-tent",
    "title": "Lark 2 two-person trekking tent",
    "brand": "Fellrunner",
    "category": ["Camping & Hiking", "Tents", "Trekking tents"],
    "description": "Two doors; two porches. \u201cDry\u201d at 3 a.m. & light: < 2 kg.",
    "highlights": ["Two doors with a porch each"],
    "attributes": {
        "capacity": "2 persons",
        "weight": "1.9 kg",
        "seasons": 3,
        "freestanding": True,
        "packed_size": "46 x 12 cm",
        "care": "sponge; air dry",
        "compatible_with": ["Lark footprint", "Lark footprint"],
    },
    "options": ["colour"],
    "variants": [
        {"id": "lark-2-tent-moss", "options": {"colour": "moss"}, "price": "289.00", "sale_price": "249.00", "stock": 7,
         "attributes": {}},
        {"id": "lark-2-tent-clay", "options": {"colour": "clay"}, "price": "289.00", "stock": 0,
         "attributes": {"weight": "2.3 kg"}},
    ],
    "related": {"accessory": ["lark-footprint"], "substitute": ["tarn-2-tent"]},
    "released": "2025-03",
    "currency": "EUR",
    "images": ["/pictures/x.svg"],
}  # fmt: skip


def test_shopwrights_own_lines_are_read_without_loss(read):
    (tent,), refused = read(json.dumps(OWN))
    assert refused == []
    assert (tent.id, tent.title, tent.brand, tent.description) == (
        OWN["id"],
        OWN["title"],
        OWN["brand"],
        OWN["description"],
    )
    assert list(tent.category) == OWN["category"]
    assert list(tent.highlights) == OWN["highlights"]
    assert tent.attributes == {
        "capacity": Quantity(2, "persons"),
        "weight": Quantity(1.9, "kg"),
        "seasons": 3.0,
        "freestanding": True,
        "packed_size": "46 x 12 cm",
        "care": "sponge; air dry",
        "compatible_with": ("Lark footprint", "Lark footprint"),
    }
    moss, clay = tent.variants
    assert (moss.id, moss.options, moss.stock) == ("lark-2-tent-moss", {"colour": "moss"}, 7)
    assert (moss.price, moss.sale_price) == (Money(Decimal("289.00"), "EUR"), Money(Decimal("249.00"), "EUR"))
    assert (clay.attributes, clay.availability) == ({"weight": Quantity(2.3, "kg")}, "out_of_stock")
    assert tent.related == {"accessory": ("lark-footprint",), "substitute": ("tarn-2-tent",)}
    assert (tent.released, tent.images, tent.stock) == ("2025-03", ("/pictures/x.svg",), 7)


@pytest.mark.parametrize("name", ["feed.xml", "feed.csv.gz", "feed.parquet", "feed"])
def test_the_name_of_a_file_says_nothing(write, name):
    feed = open_feed(write(json.dumps(OWN), name))
    assert feed.format == "jsonl"
    assert len(list(feed)) == 1


def test_a_feed_shows_its_columns_and_its_progress(write):
    feed = open_feed(write("sku,name,Preis,Weight (g),internal_id\n1,Tent,5,300,x\n2,Pole,6,,\n"))
    assert feed.columns == {
        "sku": "id",
        "name": "title",
        "Preis": "price",
        "Weight (g)": "attr:weight",
        "internal_id": "ignored",
    }
    assert feed.bytes_read == 0
    tent, _ = feed
    assert tent.attributes == {"weight": Quantity(300, "g")}
    assert feed.bytes_read == feed.total_bytes > 0


def test_a_feed_can_be_read_again(write):
    feed = open_feed(write("id,title,gtin\n1,A thing,4006381333932\n"))
    assert list(feed) == list(feed)
    assert len(feed.notes) == 1


def test_a_column_map_can_be_given(write):
    path = write('{"id": 1, "title": "A", "price": 4995, "x": "moss"}')
    (product,) = open_feed(path, columns={"price": "price_minor", "x": "attr:colour"}, currency="EUR")
    assert product.price == Money(Decimal("49.95"), "EUR")
    assert product.attributes == {"colour": "moss"}


def test_settings_that_cannot_work_are_named(write):
    path = write("Handle,Title,Variant Price\na,A,5\n")
    with pytest.raises(ConfigError, match="column map and format shopify exclude each other"):
        open_feed(path, columns={"Title": "title"})
    assert open_feed(path, format="table", columns={"Handle": "id"}).format == "csv"
    with pytest.raises(ConfigError, match="format 'excel' is not known"):
        open_feed(path, format="excel")
    with pytest.raises(ConfigError, match="currency 'Taler' is not known"):
        open_feed(path, currency="Taler")
    with pytest.raises(ConfigError, match="the feed's columns are a, b"):
        open_feed(write("a,b\n1,x\n"), columns={"c": "id"})


def test_rows_are_refused_with_their_lines_and_the_rest_goes_in(read):
    prices = ["1.299,00 EUR", "$12", "12,5", "call us", "-5", "€ 1 299", ""]
    rows = "".join(f"{line}\tThing\t{price}\t1\n" for line, price in enumerate(prices, start=2))
    products, refused = read(f"id\ttitle\tprice\tstock\n{rows}9\tThing\t5\t-3\n10\t\t5\t1\n")
    assert [error.line for error in refused] == [5, 6, 9, 10]
    assert [str(product.price.amount) for product in products[:-1]] == ["1299.00", "12", "12.5", "1299"]
    assert products[-1].price is None


def test_scripts_and_control_characters_do_not_reach_the_shop(read):
    products, _ = read('id,title\n1,"<script>alert(1)</script>Tent"\n2,"A\x07 &amp;amp; B\u202e"\n')
    assert [product.title for product in products] == ["Tent", "A & B"]


def test_a_field_of_ten_megabytes_is_cut_with_a_note(write):
    feed = open_feed(write('id,title,description\n1,Big,"' + "word " * 2_000_000 + '"\n2,Small,ok\n'))
    big, small = feed
    assert len(big.description) <= 20_000
    assert small.description == "ok"
    assert feed.notes == ["line 2: description of 10,000,000 characters was cut to 20,000"]


def test_a_cut_archive_gives_what_is_readable_and_then_an_error(write):
    rows = "\n".join(json.dumps({"id": n, "title": f"Thing {n * 7919}"}) for n in range(5_000))
    packed = gzip.compress(rows.encode())
    products = (item for item in open_feed(write(packed[:-2_000])) if not isinstance(item, RowError))
    assert len(list(islice(products, 2_000))) == 2_000
    with pytest.raises(FeedError, match="cut off or damaged"):
        list(products)


def test_repeated_ids_are_passed_on(read):
    products, _ = read("id,title\n1,A\n1,B\n")
    assert [product.title for product in products] == ["A", "B"]


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ("", "is empty"),
        ("id,title\n", "holds no products"),
        ("<rss></rss>", "holds no products"),
        ("[]", "holds no products"),
        ("title\nA\n", "which is no feed"),
        ("colour,size\nred,S\nred,S\n", "no column can be the id; the columns are colour, size"),
        ('{"a": ' * 2_000, "nested too deeply|no valid JSON"),
        ("{broken\n", "no valid JSON|holds no products"),
    ],
)
def test_what_is_no_feed_is_refused_with_a_remedy(read, content, reason):
    with pytest.raises(FeedError, match=reason):
        read(content)
