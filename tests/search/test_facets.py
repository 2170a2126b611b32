from __future__ import annotations

from pathlib import Path

from search.shelf import PRODUCTS, euro, ids, shop
from shopwright.search.embedded import EmbeddedIndex
from shopwright.types import Facet, Filter, Product, Quantity, SearchRequest


def facets(index: EmbeddedIndex, query: str = "", *filters: Filter) -> dict[str, Facet]:
    page = index.search(SearchRequest(query, filters, facets=True))
    return {facet.field: facet for facet in page.facets}


def counts(facet: Facet) -> dict[str, int]:
    return {value.label: value.count for value in facet.values}


def test_counts_are_of_products(index: EmbeddedIndex) -> None:
    found = facets(index)
    assert counts(found["category"]) == {"Camping": 2, "Clothing": 1, "Electronics": 1, "Kitchen": 1}
    assert sum(counts(found["brand"]).values()) == len(PRODUCTS)
    assert counts(found["availability"]) == {"in stock": 3, "preorder": 1, "out of stock": 2}


def test_the_category_facet_goes_one_level_down(index: EmbeddedIndex) -> None:
    found = facets(index, "", Filter("category", values=("Camping",)))
    assert "category" not in found or counts(found["category"]) == {"Tents": 2}


def test_every_value_selects_as_many_products_as_it_says(index: EmbeddedIndex) -> None:
    for query in ("", "tent", "linen"):
        for facet in facets(index, query).values():
            for value in facet.values:
                page = index.search(SearchRequest(query, (value.filter,)))
                assert page.total == value.count, (query, facet.field, value.label)


def test_a_filtered_field_still_offers_its_other_values(index: EmbeddedIndex) -> None:
    found = facets(index, "", Filter("brand", values=("Pelham",)))
    assert len(found["brand"].values) == len(PRODUCTS)
    assert "category" not in found, "one product has nothing to be told apart by"


def test_variants_are_counted_within_the_other_filters(index: EmbeddedIndex) -> None:
    red = Filter("attr:colour", values=("red",))
    found = facets(index, "", red)
    assert counts(found["attr:colour"]) == {"Black": 1, "red": 1, "blue": 1}
    assert found["price"].low == found["price"].high == 49.0


def test_numbers_have_bounds_and_ranges_in_the_main_unit(folder: Path) -> None:
    pots = [
        Product(f"pot-{n}", f"Pot {n}", price=euro(f"{5 * n}.00"), attributes={"volume": Quantity(n * 250.0, "ml")})
        for n in range(1, 12)
    ]
    index = shop(folder, *pots, Product("vat", "Pot vat", attributes={"volume": Quantity(10.0, "l")}))
    volume = facets(index, "pot")["attr:volume"]
    assert (volume.low, volume.high, volume.unit) == (250.0, 10_000.0, "ml")
    assert sum(value.count for value in volume.values) == 12
    price = facets(index, "pot")["price"]
    assert (price.low, price.high, price.unit) == (5.0, 55.0, "EUR")
    assert sum(value.count for value in price.values) == 11
    assert len(ids(index, "pot", price.values[0].filter)) == price.values[0].count


def test_attributes_that_tell_nothing_apart_are_left_out(folder: Path) -> None:
    cups = [
        Product(
            f"cup-{n}", "Cup", attributes={"material": "clay", "code": f"c{n}", "colour": "red" if n % 2 else "tan"}
        )
        for n in range(8)
    ]
    found = facets(shop(folder, *cups), "cup")
    assert counts(found["attr:colour"]) == {"red": 4, "tan": 4}
    assert "attr:material" not in found
    assert "attr:code" not in found


def test_an_empty_shop_has_no_facets(folder: Path) -> None:
    assert EmbeddedIndex(folder).search(SearchRequest("", facets=True)).facets == ()
