from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from search.shelf import BIG_TENT, PRODUCTS, TENT, euro, ids, shop
from shopwright.search.embedded import EmbeddedIndex
from shopwright.types import Filter, Product, SearchRequest

GONE = replace(TENT, availability="out_of_stock")


def tents(count: int, category: tuple[str, ...] = ("Camping", "Tents")) -> list[Product]:
    return [
        Product(f"t{n}", f"Trekking tent {n}", category=category, price=euro(f"{100 + n}.00"), availability="in_stock")
        for n in range(count)
    ]


def instead(index: EmbeddedIndex, query: str, *filters: Filter) -> dict[str, tuple[str, ...]]:
    return {hit.id: hit.instead for hit in index.search(SearchRequest(query, filters)).hits}


def test_a_product_that_is_gone_names_what_is_close(folder: Path) -> None:
    index = shop(folder, GONE, BIG_TENT, *PRODUCTS[2:])
    assert instead(index, "trekking tent")["tent"] == ("big-tent",)
    assert instead(index, "family tent")["big-tent"] == (), "what can be bought needs nothing in its place"


def test_what_stands_in_can_be_bought_and_passes_the_filters(folder: Path) -> None:
    every = [GONE, *tents(6), replace(BIG_TENT, availability="out_of_stock")]
    index = shop(folder, *every)
    found = instead(index, "tent", Filter("price", "range", high=300.0))["tent"]
    assert len(found) == 3
    assert set(found) <= {f"t{n}" for n in range(6)}
    cheap = Filter("price", "range", high=102.0)
    rows = index.state.near.substitutes(row(index, "tent"), 9, mask(index, cheap)).rows
    assert {index.state.columns.id[one] for one in rows.tolist()} == {"t0", "t1", "t2"}


def mask(index: EmbeddedIndex, *filters: Filter) -> np.ndarray:  # type: ignore[type-arg]
    passing = set(ids(index, "", *filters, limit=100))
    columns = index.state.columns
    return np.array([columns.id[one] in passing for one in range(columns.products)])


def row(index: EmbeddedIndex, product_id: str) -> int:
    return int(index.state.columns.rows(index.state.lexical.keys([product_id]))[0])


def test_a_narrow_category_is_widened_but_never_to_the_department(folder: Path) -> None:
    path = ("Camping", "Tents", "Domes")
    lone = Product("lone", "Dome tent", category=path, price=euro("100.00"), availability="in_stock")
    sibling = replace(lone, id="sibling", category=("Camping", "Tents", "Tunnels"))
    stove = Product("stove", "Dome tent stove", category=("Camping", "Stoves"), price=euro("100.00"))
    index = shop(folder, lone, sibling, stove)
    found = index.state.near.substitutes(row(index, "lone"), 9)
    assert [index.state.columns.id[one] for one in found.rows.tolist()] == ["sibling"]


def test_the_nearest_in_price_comes_first_among_equals(folder: Path) -> None:
    same = {"title": "Trekking tent", "category": ("Camping", "Tents"), "availability": "in_stock"}
    prices = {"asked": "100.00", "dear": "400.00", "alike": "110.00", "cheap": "30.00"}
    index = shop(folder, *(Product(key, price=euro(price), **same) for key, price in prices.items()))
    found = index.state.near.substitutes(row(index, "asked"), 9)
    assert [index.state.columns.id[one] for one in found.rows.tolist()] == ["alike", "cheap", "dear"]
    assert found.scores.tolist() == sorted(found.scores.tolist(), reverse=True)


@pytest.mark.parametrize("filled", [True, False])
def test_without_categories_or_vectors_it_still_answers(folder: Path, filled: bool) -> None:
    plain = [replace(one, category=()) for one in tents(4)]
    index = shop(folder, *plain, filled=filled)
    found = index.state.near.substitutes(row(index, "t0"), 2)
    assert len(found.rows) == (2 if filled else 0)


def test_a_large_category_is_compared_in_part(folder: Path) -> None:
    index = shop(folder, *tents(150))
    found = index.state.near.substitutes(row(index, "t10"), 200)
    assert 0 < len(found.rows) < 149
    assert row(index, "t10") not in found.rows


def test_a_page_names_them_for_a_few_only(folder: Path) -> None:
    every = [replace(one, availability="out_of_stock") for one in tents(20)]
    index = shop(
        folder, *every, Product("left", "Trekking tent", category=("Camping", "Tents"), availability="in_stock")
    )
    found = [hit.instead for hit in index.search(SearchRequest("trekking tent", limit=20)).hits]
    assert 0 < sum(map(bool, found)) <= 6
    assert set(found) <= {(), ("left",)}
