from __future__ import annotations

import math
from collections.abc import Iterator
from pathlib import Path

import pytest

from shopwright.bench.search_related import (
    SPLITS,
    cases,
    facet_cases,
    hit,
    judge,
    judge_facets,
    precision_shown,
    rankers,
)
from shopwright.catalog.demo import demo_products
from shopwright.catalog.ingest import ingest_items
from shopwright.models.scripted import HashingEncoder
from shopwright.shop import Shop
from shopwright.types import Product


@pytest.fixture(scope="module")
def products() -> dict[str, Product]:
    return {item.id: item for item in demo_products() if isinstance(item, Product)}


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory, products: dict[str, Product]) -> Iterator[Shop]:
    with Shop.open(Path(tmp_path_factory.mktemp("demo")), encoder=HashingEncoder()) as opened:
        ingest_items(opened.store, list(products.values()), source="test")
        opened.refresh()
        assert opened.wait(60)
        yield opened


def test_judgements_name_what_the_demo_shop_sells(products: dict[str, Product]) -> None:
    seen: list[str] = []
    for split in SPLITS:
        for case in cases(split):
            seen.append(case.product)
            assert {case.product, *case.substitutes, *case.complements} <= set(products)
            assert case.product not in case.substitutes | case.complements
    assert len(seen) == len(set(seen)) >= 60
    names = {name for product in products.values() for name in product.attributes}
    names |= {name for product in products.values() for variant in product.variants for name in variant.options}
    queries = [case for split in SPLITS for case in facet_cases(split)]
    assert len({case.query for case in queries}) == len(queries) >= 40
    assert all(case.facets and case.facets <= names for case in queries)


def test_gold_scores_one_and_nothing_scores_nothing(products: dict[str, Product]) -> None:
    right = {case.product: case.substitutes for case in cases("dev")}
    gold = judge("x", "substitute_p@3", lambda product: sorted(right[product.id]), right, products)
    empty = judge("x", "substitute_p@3", lambda _: (), right, products)
    assert (gold.value, empty.value) == (1.0, 0.0)
    assert gold.n == empty.n == sum(map(bool, right.values()))


def test_what_is_shown_counts() -> None:
    assert precision_shown(["a"], {"a"}) == 1.0
    assert precision_shown(["a", "x", "y"], {"a"}) == pytest.approx(1 / 3)
    assert precision_shown(["a"], {"a", "b", "c", "d"}) == pytest.approx(1 / 3)
    assert precision_shown(["x", "x", "a", "b"], {"a", "b"}) == pytest.approx(2 / 3)
    assert math.isnan(precision_shown(["a"], set()))


def test_only_the_first_attributes_count() -> None:
    fields = ["category", "brand", "attr:a", "attr:b", "attr:c", "attr:d"]
    assert hit(fields, {"c"}) == 1.0
    assert hit(fields, {"d", "brand"}) == 0.0
    assert hit([], {"a"}) == 0.0


def test_the_merchants_relations_help_and_can_be_left_out(shop: Shop, products: dict[str, Product]) -> None:
    right = {case.product: case.complements for case in cases("dev")}
    values = {
        suffix: judge("x", "complement_p@3", lists, right, products).value
        for suffix, lists in rankers(shop, "complement_p@3").items()
    }
    assert set(values) == {"", ":mined", ":dense"}
    assert values[""] > values[":mined"]
    assert values[""] > values[":dense"]


def test_facets_are_judged_in_both_orders(shop: Shop) -> None:
    shop.index.state.meanings.wait(shop.encoder)
    rows = list(judge_facets("x", shop, facet_cases("dev")[:5]))
    assert [row.metric for row in rows] == ["facet_hit@3", "facet_hit@3:coverage"]
    assert all(0.0 <= row.value <= 1.0 and row.n == 5 for row in rows)
