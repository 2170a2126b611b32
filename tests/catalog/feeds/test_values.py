from datetime import UTC, datetime

import pytest

from shopwright.catalog.feeds import values
from shopwright.errors import RowError
from shopwright.types import Rating


@pytest.mark.parametrize(
    ("value", "text"),
    [("a", "a"), (3, "3"), (3.0, "3"), (2.5, "2.5"), (True, ""), (None, ""), (["", "b"], "b"), ({}, "")],
)
def test_scalars_as_text(value, text):
    assert values.text_of(value) == text


def test_ids_are_trimmed_and_bounded():
    assert values.read_id(" A-1 ") == "A-1"
    assert values.read_id(12.0) == "12"
    with pytest.raises(RowError, match="200 are allowed"):
        values.read_id("x" * 201)


@pytest.mark.parametrize(
    ("word", "availability"),
    [
        ("in stock", "in_stock"),
        ("In-Stock", "in_stock"),
        ("https://schema.org/InStock", "in_stock"),
        (True, "in_stock"),
        ("1", "in_stock"),
        ("Auf Lager", "in_stock"),
        ("http://schema.org/SoldOut", "out_of_stock"),
        ("out of stock", "out_of_stock"),
        ("ausverkauft", "out_of_stock"),
        ("pre_order", "preorder"),
        ("PreOrder", "preorder"),
        ("onbackorder", "backorder"),
        ("ask us", "unknown"),
        (None, "unknown"),
    ],
)
def test_availability_words_of_many_shops(word, availability):
    assert values.read_availability(word) == availability


def test_stock():
    assert values.read_stock("1,200") == 1200
    assert values.read_stock(3.0) == 3
    assert values.read_stock("many") is None
    assert values.read_stock("nan") is None
    with pytest.raises(RowError, match="stock '-3' is negative"):
        values.read_stock("-3")


@pytest.mark.parametrize(
    ("value", "path"),
    [
        ("A > B>C", ("A", "B", "C")),
        (["A", "B"], ("A", "B")),
        (["A > B"], ("A", "B")),
        ('["A", "B"]', ("A", "B")),
        ('["A >> B"]', ("A", "B")),
        ("A | B", ("A", "B")),
        ("Home / Garden", ("Home", "Garden")),
        ("Bath/Shower", ("Bath/Shower",)),
        ("Arts &amp; Crafts", ("Arts & Crafts",)),
        (7, ()),
        ({"a": 1}, ()),
    ],
)
def test_category_paths(value, path):
    assert values.read_path(value) == path


def test_highlights():
    assert values.read_list("• one\n• two\n\n") == ("one", "two")
    assert values.read_list(["<b>one</b>", 2, None]) == ("one", "2")


@pytest.mark.parametrize(
    "url", ["javascript:alert(1)", "data:image/png;base64,x", "x.jpg", "https://a b", 'https://a"><b', ""]
)
def test_unsafe_addresses_are_left_out(url):
    assert values.read_url(url) is None


@pytest.mark.parametrize("url", ["https://x.com/a?b=1&c=2", "HTTP://X.com", "/pictures/x.svg", "//cdn.x.com/a.jpg"])
def test_safe_addresses_stay(url):
    assert values.read_url(url) == url


def test_images_from_texts_and_lists():
    assert values.read_images("https://x.com/a,b.jpg, https://x.com/c.jpg") == (
        "https://x.com/a,b.jpg",
        "https://x.com/c.jpg",
    )
    assert values.read_images(["/a.svg", {"url": "/b.svg"}, "/a.svg", None]) == ("/a.svg", "/b.svg")


def test_gtins_need_a_right_check_digit():
    assert values.read_gtin("4006381333931") == "4006381333931"
    assert values.read_gtin(["bad", "0 12345 67890 5"]) == "012345678905"
    assert values.read_gtin("4006381333932") is None
    assert values.read_gtin("00000000") is None
    assert values.read_gtin(None) is None


def test_ratings_are_brought_to_five():
    assert values.read_rating("4.6", "1,204") == Rating(4.6, 1204)
    assert values.read_rating("4,6") == Rating(4.6, 0)
    assert values.read_rating(8.6, 12, 10) == Rating(4.3, 12)
    assert values.read_rating({"value": 4, "count": 2}) == Rating(4.0, 2)
    assert values.read_rating([4, 2]) == Rating(4.0, 2)
    assert values.read_rating(0) is None
    assert values.read_rating(7) is None


def test_dates_and_times():
    assert values.read_date("2009-12-10T00:00:00Z") == "2009-12-10"
    assert values.read_date("2025-03") == "2025-03"
    assert values.read_date("12/10/2009") is None
    assert values.read_time("2016-02-24T11:07+0100") == datetime(2016, 2, 24, 10, 7, tzinfo=UTC)
    assert values.read_time("2016-02-24", end=True) == datetime(2016, 2, 25, tzinfo=UTC)
    assert values.read_time("soon") is None


def test_relations_use_our_words():
    related = {"accessory": ["a", "a", "b"], "different_brand": "c, d", "cousin": ["e"]}
    assert values.read_related(related) == {"accessory": ("a", "b"), "substitute": ("c", "d")}
