from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from common_sense import graph_of
from shopwright.catalog.ingest import ingest_items
from shopwright.catalog.store import Store
from shopwright.catalog.vocabulary import build_vocabulary, load_vocabulary
from shopwright.knowledge import links as module
from shopwright.knowledge.graph import Graph, Value
from shopwright.knowledge.links import Attributes, link, load_links
from shopwright.models.protocols import Vectors
from shopwright.models.scripted import HashingEncoder
from shopwright.types import Filter, Product, Quantity

RODS, NETS = ("Sports", "Fishing", "Rods"), ("Sports", "Fishing", "Lures & landing nets")
JACKETS, TENTS = ("Clothing", "Rainwear"), ("Camping", "Tents")
PRODUCTS = (
    Product(id="rod", title="Heron fishing rod for beginners", category=RODS),
    Product(id="net", title="Otter folding net", category=NETS),
    Product(id="coat", title="Gale rain jacket, 2 layers", category=JACKETS,
            attributes={"waterproof": True, "weight": Quantity(0.4, "kg"), "material": "recycled nylon"}),
    Product(id="tent", title="Lark 2 trekking tent", category=TENTS),
)  # fmt: skip
ENCODER = HashingEncoder(256)


def _links(graph: Graph) -> module.Links:
    return link(graph, build_vocabulary(PRODUCTS), PRODUCTS, ENCODER)


def test_product_types_find_their_categories(tmp_path: Path) -> None:
    links = _links(graph_of(tmp_path))
    assert links.products["product:landing net"].categories == (" > ".join(NETS),)
    assert links.products["product:landing net"].how == "category"
    assert links.products["product:fishing rod"].how in ("title", "category")
    assert links.products["product:rain jacket"].categories == (" > ".join(JACKETS),)


def test_what_is_not_sold_has_no_link(tmp_path: Path) -> None:
    links = _links(graph_of(tmp_path))
    assert not links.sells("product:wine glass")
    assert not links.sells("product:rake")


def test_an_activity_with_a_category_of_its_own_is_a_theme(tmp_path: Path) -> None:
    assert _links(graph_of(tmp_path)).themes["activity:fishing"].categories == ("Sports > Fishing",)


def test_wished_properties_become_filters(tmp_path: Path) -> None:
    links = _links(graph_of(tmp_path))
    assert links.filters == {"value:rain jacket|waterproof=true": Filter("attr:waterproof", values=("true",))}
    assert links.scopes["rain jacket"] == (" > ".join(JACKETS),)


def test_values_are_told_apart_by_their_attribute() -> None:
    attributes = Attributes(build_vocabulary(PRODUCTS), ENCODER)
    bound = attributes.filter(Value("jacket", "weight", "<", "500 g"))
    assert bound == Filter("attr:weight", "range", high=500.0, unit="g")
    assert attributes.filter(Value("*", "material", "=", "nylon")) == Filter(
        "attr:material", values=("recycled nylon",)
    )
    assert attributes.filter(Value("*", "weight", "<", "3 h")) is None
    assert attributes.filter(Value("*", "waterproof", "=", "very")) is None
    assert attributes.filter(Value("*", "gluten free", "=", "true")) is None


def test_links_are_kept_until_words_or_graph_change(tmp_path: Path) -> None:
    store = Store.open(tmp_path / "store.db")
    ingest_items(store, PRODUCTS, source="test", full=True)
    graph = graph_of(tmp_path)
    first = load_links(store, graph, ENCODER)

    class Broken(HashingEncoder):
        def encode(self, texts: Sequence[str], *, batch_size: int = 32) -> Vectors:
            raise AssertionError(f"computed again: {texts[:batch_size]}")

    assert load_links(store, graph, Broken(256), load_vocabulary(store)) == first
    other = graph_of(tmp_path, "place:garden\tuses\tproduct:tent\t.8\tcommon knowledge\n")
    assert load_links(store, other, ENCODER).key != first.key
    store.close()
