from __future__ import annotations

from shopwright.bench.catalogue import Catalogue
from shopwright.catalog.conditions import Condition
from shopwright.shop import Shop
from shopwright.types import Evidence


def test_products_are_found_by_their_variants(catalogue: Catalogue) -> None:
    assert [found.id if (found := catalogue.product(key)) else None for key in ("lark", "lark-clay", "eagle")] == [
        "lark",
        "lark",
        None,
    ]


def test_documents_are_found_without_their_folder(catalogue: Catalogue) -> None:
    for key in ("policies-returns", "returns"):
        document = catalogue.document(key)
        assert document is not None
        assert document.title == "Returns"
    assert catalogue.document("urns") is None


def test_conditions_pick_products_and_reviews_are_counted(catalogue: Catalogue) -> None:
    assert [product.id for product in catalogue.where([Condition.parse(["brand", "=", "Kestrel"])])] == ["tarn"]
    assert catalogue.stars == {"lark": (5, 5, 4)}


def test_sources_exist_or_not(catalogue: Catalogue) -> None:
    there = [("product", "lark-moss"), ("document", "policies-returns"), ("review", "camping-1"), ("shop", "catalogue")]
    assert all(catalogue.holds(Evidence("e", kind, source, "")) for kind, source in there)
    gone = [("product", "eagle"), ("document", "returns"), ("review", "camping-9")]
    assert not any(catalogue.holds(Evidence("e", kind, source, "")) for kind, source in gone)


def test_a_store_is_read_whole(tea_shop: Shop) -> None:
    catalogue = Catalogue.read(tea_shop.store)
    assert len(catalogue.products) == tea_shop.store.count()
    assert len(catalogue.documents) == len(tea_shop.documents())
