from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from search.shelf import KETTLE, PRODUCTS, SHIRT, TENT
from shopwright.search.columns import Columns, Tables
from shopwright.search.filters import select
from shopwright.search.structure import ColumnsBuilder, date_number
from shopwright.types import Filter, Product


def built(*products: Product, first: int = 0, tables: Tables | None = None) -> Columns:
    builder = ColumnsBuilder(tables or Tables.empty())
    for key, product in enumerate(products, start=first):
        builder.add(key, product)
    return builder.build()


def found(columns: Columns, *filters: Filter) -> list[str]:
    return [columns.id[row] for row in np.flatnonzero(select(columns, filters).products)]


def test_a_product_has_a_row_and_an_offer_for_each_variant() -> None:
    columns = built(TENT, SHIRT)
    assert (columns.products, columns.offers) == (2, 4)
    assert columns.variant.unpack() == ["", "shirt-red-s", "shirt-red-m", "shirt-blue-m"]
    assert columns.price.tolist() == [289.0, 49.0, 49.0, 40.0]
    assert columns.owners(np.array([0, 3])).tolist() == [0, 1]


def test_of_two_products_with_one_key_the_later_stays() -> None:
    builder = ColumnsBuilder(Tables.empty())
    builder.add(7, TENT)
    builder.add(3, KETTLE)
    builder.add(7, SHIRT)
    columns = builder.build()
    assert columns.key.tolist() == [3, 7]
    assert columns.id.unpack() == ["kettle", "shirt"]


def test_columns_survive_the_disk(tmp_path: Path) -> None:
    path = tmp_path / "columns.npz"
    path.write_bytes(built(*PRODUCTS).dump())
    again = Columns.load(path)
    assert again.id.unpack() == [product.id for product in PRODUCTS]
    assert found(again, Filter("attr:weight", "range", high=2.0, unit="kg")) == ["tent", "headset"]


def test_joined_and_taken_columns_answer_like_new_ones() -> None:
    tables = Tables.empty()
    first, second = built(TENT, SHIRT, tables=tables), built(KETTLE, first=2, tables=tables)
    joined = second.joined(first)
    assert joined.id.unpack() == ["tent", "shirt", "kettle"]
    assert found(joined, Filter("attr:colour", values=("Blue",))) == ["shirt"]
    taken = joined.take(np.array([2, 1]))
    assert taken.id.unpack() == ["kettle", "shirt"]
    assert found(taken, Filter("attr:dishwasher_safe", values=("true",))) == ["kettle"]
    assert found(taken, Filter("attr:size", values=("M",)), Filter("availability", values=("in_stock",))) == ["shirt"]


def test_rows_of_keys_with_and_without_gaps() -> None:
    dense = built(TENT, SHIRT, KETTLE)
    assert dense.rows(np.array([2, 0, 9])).tolist() == [2, 0, -1]
    assert dense.take(np.array([0, 2])).rows(np.array([2, 1, 0])).tolist() == [1, -1, 0]
    assert built().rows(np.array([1])).tolist() == [-1]


@pytest.mark.parametrize(
    ("date", "number"),
    [
        ("2025-03", 20250300),
        ("2024-11-05", 20241105),
        ("2009-12-10T00:00:00Z", 20091210),
        ("2026", 20260000),
        (None, 0),
    ],
)
def test_dates_become_numbers(date: str | None, number: int) -> None:
    assert date_number(date) == number


@pytest.mark.parametrize("nonsense", ["", "soon", "12", "٢٠٢٥"])
def test_what_is_no_date_counts_as_unknown(nonsense: str) -> None:
    assert date_number(nonsense) == 0
