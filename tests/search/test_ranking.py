from __future__ import annotations

from pathlib import Path

import pytest

from search.shelf import PRODUCTS, ids, shop
from shopwright.errors import ConfigError
from shopwright.search.embedded import EmbeddedIndex
from shopwright.types import Filter, Product, Rating, SearchRequest


def test_prices_sort_by_what_is_charged_and_may_be_had(index: EmbeddedIndex) -> None:
    assert ids(index, sort="price_asc") == ["kettle", "shirt", "headset", "tent", "big-tent"]
    assert ids(index, sort="price_desc") == ["big-tent", "tent", "headset", "shirt", "kettle"]
    red = Filter("attr:colour", values=("red", "black"))
    assert ids(index, "", red, sort="price_asc") == ["shirt", "headset"]


def test_what_lacks_the_field_comes_last(folder: Path) -> None:
    index = shop(folder, Product("free", "Cup without price"), *PRODUCTS)
    for sort in ("price_asc", "price_desc", "newest", "rating"):
        assert "free" in ids(index, sort=sort)[-4:], sort
    assert ids(index, sort="price_desc")[-1] == "free"


def test_rating_and_date(index: EmbeddedIndex) -> None:
    assert ids(index, sort="rating")[:3] == ["shirt", "tent", "big-tent"]
    assert ids(index, sort="newest")[:3] == ["kettle", "tent", "big-tent"]


def test_browsing_shows_well_rated_things_that_can_be_had_first(folder: Path) -> None:
    one = Product("one", "One", rating=Rating(5.0, 1))
    many = Product("many", "Many", rating=Rating(4.8, 400))
    gone = Product("gone", "Gone", rating=Rating(5.0, 999), availability="out_of_stock")
    assert ids(shop(folder, gone, one, many)) == ["many", "one", "gone"]


def test_an_order_is_over_what_the_words_match(index: EmbeddedIndex) -> None:
    assert ids(index, "tent", sort="price_desc") == ["big-tent", "tent"]


def test_pages_do_not_overlap_and_cover_everything(index: EmbeddedIndex) -> None:
    whole = ids(index, "tent kettle shirt headset")
    pages = [ids(index, "tent kettle shirt headset", offset=start, limit=2) for start in range(0, 6, 2)]
    assert [id_ for page in pages for id_ in page] == whole
    assert ids(index, "tent", offset=9_990, limit=10) == []


def test_a_short_list_is_as_long_however_much_is_asked_for(folder: Path) -> None:
    titles = ["Oak desk lamp", "Oak bookend", "Oak stool", "Steel kettle"]
    index = shop(folder, *(Product(title, title) for title in titles))
    assert ids(index, "desk lamp", limit=500) == ids(index, "desk lamp", limit=20) == ["Oak desk lamp"]


@pytest.mark.parametrize(
    "options", [{"offset": -1}, {"limit": -1}, {"offset": 9_990, "limit": 11}, {"sort": "cheap"}, {"mode": "magic"}]
)
def test_an_impossible_page_is_refused(index: EmbeddedIndex, options: dict[str, object]) -> None:
    with pytest.raises(ConfigError):
        index.search(SearchRequest("tent", **options))
