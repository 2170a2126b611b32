"""Whatever is in a file, reading it gives products, refused rows or a FeedError; what a writer writes comes back."""

import csv
import io
import json
from xml.sax.saxutils import escape

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from shopwright.catalog.feeds import open_feed
from shopwright.catalog.text import clean_line, clean_text
from shopwright.errors import FeedError, RowError
from shopwright.types import Product

FAST = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=150, deadline=None)

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=15),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=10), inner, max_size=3),
    max_leaves=8,
)
FIELDS = """
id title description price sale_price list_price stock availability category images url rating gtin variants attributes
related currency options released @type offers hasVariant handle g:id item_group_id highlights
"""
NAMES = st.sampled_from(FIELDS.split())
HEADS = st.sampled_from(
    [
        b"",
        b"id,title,price\n1,Tent,5\n",
        b"Handle,Title,Variant Price,Option1 Name,Option1 Value\na,A,5,Size,S\n",
        b'{"id": 1, "title": "a"}\n',
        b'[{"id": 1, "title": "a"},',
        b"<rss><channel><item><id>1</id><title>a</title></item>",
        b'<html><script type="application/ld+json">',
        b"\x1f\x8b\x08\x00",
        b"PK\x03\x04",
        b"BZh9",
        b"\xfd7zXZ\x00",
        b"\xff\xfe",
        b"PAR1",
    ]
)
TEXT = st.text(alphabet=st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Cn", "Co")), max_size=40)


def harmless(path):
    try:
        for item in open_feed(path):
            assert isinstance(item, Product | RowError)
    except FeedError:
        pass


@FAST
@given(HEADS, st.binary(max_size=400))
def test_any_bytes_are_products_refusals_or_an_error(write, head, data):
    harmless(write(head + data))


@FAST
@given(st.lists(st.dictionaries(NAMES, JSON, max_size=8), min_size=1, max_size=4))
@example([{"id": 1, "title": "a", "variants": [{"price": {"amount": None}}]}])
@example([{"@type": "Product", "name": {"a": 1}, "offers": [[1]], "hasVariant": [{}]}])
def test_any_records_are_products_refusals_or_an_error(write, rows):
    harmless(write("\n".join(map(json.dumps, rows))))
    harmless(write(json.dumps(rows)))


@FAST
@given(st.lists(st.lists(st.text(max_size=12), min_size=3, max_size=3), min_size=1, max_size=5))
def test_any_table_is_products_refusals_or_an_error(write, rows):
    buffer = io.StringIO()
    csv.writer(buffer).writerows([["id", "title", "price"], *rows])
    harmless(write(buffer.getvalue().encode("utf-8", errors="surrogatepass")))


def expected(title, description):
    """The one product that a feed with this title should give, or None where it must be refused."""
    line = clean_line(title)
    return (line, clean_text(description)) if line else None


def got(path):
    (item,) = open_feed(path)
    return None if isinstance(item, RowError) else (item.title, item.description)


@FAST
@given(TEXT, TEXT)
def test_texts_survive_csv(write, title, description):
    buffer = io.StringIO()
    csv.writer(buffer).writerows([["id", "title", "description"], ["1", title, description]])
    assert got(write(buffer.getvalue())) == expected(title, description)


@FAST
@given(TEXT, TEXT)
def test_texts_survive_json_lines(write, title, description):
    assert got(write(json.dumps({"id": "1", "title": title, "description": description}))) == expected(
        title, description
    )


@FAST
@given(TEXT, TEXT)
def test_texts_survive_xml(write, title, description):
    item = f"<id>1</id><title>{escape(title)}</title><description>{escape(description)}</description>"
    assert got(write(f"<rss><item>{item}</item></rss>")) == expected(title, description)
