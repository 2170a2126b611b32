from datetime import UTC, datetime
from decimal import Decimal

import pytest

from shopwright.catalog.feeds.build import Builder
from shopwright.errors import RowError
from shopwright.types import Money, Quantity, Rating

NOW = datetime(2026, 6, 1, tzinfo=UTC)


@pytest.fixture
def builder():
    return Builder("EUR", now=NOW)


def euros(amount):
    return Money(Decimal(amount), "EUR")


def product(builder, **fields):
    return builder.product({"id": "1", "title": "Tent", **fields}, 7)


def test_a_full_record(builder):
    built = product(
        builder,
        description="<p>Dry &amp; light</p>",
        highlights=["a", "b"],
        brand=" Fellrunner ",
        category="Camping > Tents",
        attributes={"weight": "1.9 kg"},
        price="289.00",
        stock="3",
        images=["/a.svg"],
        url="https://x.com/1",
        rating=4.5,
        rating_count=10,
        gtin="4006381333931",
        mpn="T-1",
        condition="new",
        released="2025-03",
    )
    assert (built.description, built.highlights, built.brand) == ("Dry & light", ("a", "b"), "Fellrunner")
    assert built.category == ("Camping", "Tents")
    assert built.attributes == {"weight": Quantity(1.9, "kg")}
    assert (built.price, built.stock, built.availability) == (euros("289.00"), 3, "in_stock")
    assert (built.images, built.url, built.rating) == (("/a.svg",), "https://x.com/1", Rating(4.5, 10))
    assert (built.gtin, built.mpn, built.condition, built.released) == ("4006381333931", "T-1", "new", "2025-03")


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"id": ""}, "no id"),
        ({"id": {"a": 1}}, "no id"),
        ({"title": "<script>x</script>"}, "has no title"),
        ({"price": "call us"}, "'call us' holds no number"),
        ({"price": "-5"}, "negative"),
        ({"stock": -3}, "stock -3 is negative"),
        ({"currency": "quid"}, "currency 'quid' is not known"),
        ({"variants": [{"price": "x"}]}, "holds no number"),
    ],
)
def test_rows_are_refused_with_line_and_reason(builder, fields, reason):
    with pytest.raises(RowError, match=reason) as caught:
        product(builder, **fields)
    assert caught.value.line == 7


def test_titles_and_texts_are_capped_with_a_note(builder):
    built = product(builder, title="word " * 1_000, description="word " * 10_000)
    assert len(built.title) <= 300
    assert len(built.description) <= 20_000
    assert builder.notes == [
        "line 7: title of 5,000 characters was cut to 300",
        "line 7: description of 50,000 characters was cut to 20,000",
    ]


def test_a_sale_price_counts_while_the_sale_runs(builder):
    def prices(**fields):
        built = product(builder, price="20", **fields)
        return built.price, built.sale_price

    sale, regular = (euros("20"), euros("15")), (euros("20"), None)
    assert prices(sale_price="15") == sale
    assert prices(sale_price="15", sale_dates="2026-05-01T00:00Z/2026-07-01T00:00Z") == sale
    assert prices(sale_price="15", sale_end="2026-06-01") == sale
    assert prices(sale_price="15", sale_end="2026-05-31") == regular
    assert prices(sale_price="15", sale_start="2026-07-01") == regular


def test_a_sale_price_that_is_none_is_left_out(builder):
    for bad in ("25", "0", "ask", "15 USD"):
        assert product(builder, price="20", sale_price=bad).sale_price is None
    assert len(builder.notes) == 3


def test_a_list_price_is_what_is_struck_out(builder):
    built = product(builder, price="15", list_price="20")
    assert (built.price, built.sale_price) == (euros("20"), euros("15"))
    assert product(builder, price="15", list_price="10").sale_price is None
    assert product(builder, list_price="10").price == euros("10")


def test_prices_in_minor_units(builder):
    assert product(builder, price_minor=4995).price == euros("49.95")
    assert product(builder, price_minor=4995, currency="JPY").price == Money(Decimal(4995), "JPY")


def test_stock_settles_the_availability(builder):
    assert product(builder, stock=0, availability="in stock").availability == "out_of_stock"
    assert product(builder, stock=0, availability="backorder").availability == "backorder"
    assert product(builder).availability == "unknown"


def test_variants_give_the_lowest_price_and_the_stock(builder):
    built = product(
        builder,
        price="99",
        variants=[
            {"id": "a", "options": {"Color": "red"}, "price": "100", "stock": 0},
            {"id": "b", "options": {"Color": "blue"}, "price": "120", "sale_price": "90", "stock": 2},
            {"options": {"Color": "green"}, "stock": 1, "attributes": {"weight": "2 kg"}},
        ],
    )
    assert [variant.id for variant in built.variants] == ["a", "b", "1-green"]
    assert built.variants[0].options == {"colour": "red"}
    assert built.variants[2].attributes == {"weight": Quantity(2, "kg")}
    assert (built.price, built.sale_price) == (euros("120"), euros("90"))
    assert (built.stock, built.availability) == (3, "in_stock")


def test_a_wrong_gtin_is_left_out_with_a_note(builder):
    assert product(builder, gtin="123").gtin is None
    assert "gtin '123'" in builder.notes[0]


def test_repeated_variant_ids_keep_the_first(builder):
    built = product(builder, variants=[{"id": "a", "stock": 1}, {"id": "a", "stock": 2}])
    assert [variant.stock for variant in built.variants] == [1]
    assert "stands twice" in builder.notes[0]
