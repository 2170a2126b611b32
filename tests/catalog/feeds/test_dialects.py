import pytest

from shopwright.catalog.feeds.detect import Shape
from shopwright.catalog.feeds.dialects import checked_dialect, column_map, told
from shopwright.errors import ConfigError


@pytest.mark.parametrize(
    ("row", "dialect"),
    [
        ({"@type": "Product"}, "schema.org"),
        ({"id": 1, "variants": [{"id": 2, "price": {"amount": 5, "currency": "EUR"}}]}, "acp"),
        ({"Handle": "a", "Title": "A", "Variant Price": "5"}, "shopify"),
        ({"Title": "A", "URL handle": "a", "Price": "5"}, "shopify"),
        ({"ID": 1, "Type": "simple", "Name": "A", "Regular price": 5, "Parent": ""}, "woocommerce"),
        ({"item_id": 1, "title": "A", "is_eligible_search": True}, "openai"),
        ({"id": 1, "title": "A", "enable_search": "true"}, "openai"),
        ({"id": 1, "title": "A", "image link": "x"}, "google"),
        ({"g:id": 1, "g:title": "A", "g:image_link": "x"}, "google"),
        ({"id": 1, "title": "A", "price": 5}, "table"),
        ({"id": 1, "title": "A", "variants": [{"id": 2, "price": "5"}]}, "table"),
    ],
)
def test_columns_tell_the_dialect(row, dialect):
    assert told(Shape("jsonl"), [row]) == dialect


def test_a_page_speaks_schema_org():
    assert told(Shape("html"), []) == "schema.org"


def test_unknown_dialects_are_refused():
    assert checked_dialect("google") == "google"
    with pytest.raises(ConfigError, match="format 'xls' is not known: give one of"):
        checked_dialect("xls")


def test_unknown_columns_of_a_known_dialect_become_attributes():
    sample = [{"id": "1", "title": "A", "fit": "slim", "custom_label_1": "x", "internal_id": "7"}]
    shown = column_map("google", sample, {"internal_id": "mpn"}).shown
    assert shown == {"internal_id": "mpn", "id": "id", "title": "title", "fit": "attr:fit", "custom_label_1": "ignored"}
