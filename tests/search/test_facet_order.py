from __future__ import annotations

from pathlib import Path

import numpy as np

from search.shelf import shop
from shopwright.models.scripted import HashingEncoder
from shopwright.search.embedded import EmbeddedIndex
from shopwright.search.facet_order import FacetOrder
from shopwright.types import Facet, Product, SearchRequest

COATS = [
    Product(
        f"coat-{n}",
        "Coat",
        attributes={"colour": ("red", "blue", "green")[n % 3], "rain protection": ("light", "full")[n % 2]},
    )
    for n in range(12)
]


def found(index: EmbeddedIndex, query: str, mode: str = "hybrid") -> list[Facet]:
    page = index.search(SearchRequest(query, facets=True, mode=mode))
    return [facet for facet in page.facets if facet.field.startswith("attr:")]


def ready(folder: Path) -> EmbeddedIndex:
    index = shop(folder, *COATS)
    index.state.meanings.wait(HashingEncoder())
    return index


def test_the_attribute_that_the_query_is_about_comes_first(folder: Path) -> None:
    index = ready(folder)
    assert next(facet.field for facet in found(index, "coat rain")) == "attr:rain protection"
    assert next(facet.field for facet in found(index, "coat colour")) == "attr:colour"


def test_the_value_that_is_meant_comes_first(folder: Path) -> None:
    vector = HashingEncoder().encode(["colour: green"])[0]
    page = ready(folder).search(SearchRequest("coat", facets=True), query_vector=vector)
    colours = next(facet for facet in page.facets if facet.field == "attr:colour")
    assert [value.label for value in colours.values] == ["green", "blue", "red"]


def test_without_a_vector_the_order_stays(folder: Path) -> None:
    index = ready(folder)
    plain = [facet.field for facet in found(index, "coat rain", "lexical")]
    assert plain == [facet.field for facet in found(EmbeddedIndex(folder), "coat rain")]
    assert plain[0] == "attr:colour", "three values tell coats apart better than two"


def test_the_first_request_does_not_wait(folder: Path) -> None:
    meanings = shop(folder, *COATS).state.meanings
    assert meanings.order(HashingEncoder(), np.zeros(HashingEncoder().dimensions, np.float32)) is None
    meanings.wait(HashingEncoder())
    assert meanings.order(HashingEncoder(), np.zeros(HashingEncoder().dimensions, np.float32)) is not None


def test_a_vague_value_moves_nothing() -> None:
    order = FacetOrder(np.array([0.33]), {(0, ""): 0.2, (0, "a"): 0.31, (0, "b"): 0.33})
    assert order.nearest_first(0, ["a", "b"]) == [0, 1]
    clear = FacetOrder(np.array([0.6]), {(0, ""): 0.3, (0, "b"): 0.6})
    assert clear.nearest_first(0, ["a", "b", "c"]) == [1, 0, 2]
    assert order.nearest_first(0, []) == []
