from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from shopwright.bench.search_speed import ann_recall, disk_megabytes, make_filters, make_queries, measure_queries
from shopwright.models.scripted import HashingEncoder
from shopwright.search.embedded import EmbeddedIndex
from shopwright.types import Product, SearchRequest

CUPS = {
    f"cup-{n}": Product(
        f"cup-{n}",
        f"Enamel cup number {n} with handle",
        category=("Kitchen", "Cups"),
        attributes={"colour": "red" if n % 2 else "blue"},
    )
    for n in range(80)
}


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> EmbeddedIndex:
    built = EmbeddedIndex(tmp_path_factory.mktemp("speed"), HashingEncoder())
    built.apply(CUPS.items(), 1)
    built.fill(lambda ids: {id_: CUPS[id_] for id_ in ids})
    return built


def test_queries_and_filters_are_seeded_and_find_something(index: EmbeddedIndex) -> None:
    products = list(CUPS.values())
    queries, filters = make_queries(products, 40), make_filters(products, 40)
    assert queries == make_queries(products, 40)
    assert queries != make_queries(products, 40, seed=1)
    assert len(set(queries)) > 10
    assert all(index.search(SearchRequest("", chosen)).total for chosen in filters)


def test_every_figure_is_there(index: EmbeddedIndex) -> None:
    figures = {figure.metric: figure for figure in measure_queries(index, HashingEncoder(), list(CUPS.values()), 20)}
    wanted = {"hybrid_p50_ms", "hybrid_p99_ms", "hybrid_p50_ms:noencode", "filtered_p50_ms", "ann_recall@10", "qps"}
    assert wanted <= set(figures)
    assert all(figure.value > 0 and figure.n == 20 for figure in figures.values())
    assert figures["hybrid_p50_ms"].value <= figures["hybrid_p99_ms"].value


def test_comparing_everything_has_full_recall(index: EmbeddedIndex) -> None:
    assert ann_recall(index.state.dense, HashingEncoder().encode(["red cup", "handle"])) == pytest.approx(1.0)
    assert np.isfinite(ann_recall(index.state.dense, HashingEncoder().encode(["x"])))


def test_the_size_of_a_folder(tmp_path: Path) -> None:
    (tmp_path / "deep").mkdir()
    (tmp_path / "deep" / "file").write_bytes(b"x" * 500_000)
    assert disk_megabytes(tmp_path) == pytest.approx(0.5)
