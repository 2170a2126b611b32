from __future__ import annotations

from pathlib import Path

import pytest

from shopwright.catalog.ingest import ingest_items
from shopwright.catalog.store import Store
from shopwright.knowledge.assortment import SURE, Assortment, TypeNames, load_assortment
from shopwright.knowledge.beyond import Beyond
from shopwright.knowledge.graph import Edge, Graph
from shopwright.knowledge.links import Link, Links
from shopwright.knowledge.synonyms import Synonyms
from shopwright.types import Product

GRAPH = Graph(
    [
        Edge(head, "uses", f"product:{name}", 0.9, "common knowledge", "edges-test.tsv:1")
        for head, names in {
            "activity:camping": "head torch, sleeping bag, tent, trekking tent, sleeping mat",
            "activity:cycling": "cycling helmet",
            "activity:ironing": "iron",
            "activity:making waffles": "waffle iron",
            "activity:gardening": "composter, compost",
            "activity:keeping a dog": "dog bed",
            "activity:tidying": "wardrobe",
            "activity:hiking": "spare shoelace, second cover",
        }.items()
        for name in names.split(", ")
    ],
    "graph",
    Synonyms.packaged(),
)
LINKS = Links(
    products={"product:sleeping mat": Link(("Camping > Pads",), 0.8, "meaning")},
    themes={"activity:cycling": Link(("Sports > Cycling",), 0.97, "category")},
    key="links",
)
NAMES = TypeNames.of(GRAPH, Beyond(), LINKS)


def _types(title: str, *category: str) -> dict[str, float]:
    ((_, named),) = NAMES.read([Product(id="one", title=title, category=category)])
    return {one.node.partition(":")[2]: one.confidence for one in named}


@pytest.mark.parametrize(
    ("title", "category", "sure", "not_sure"),
    [
        ("Woodlouse headlamp for AAA batteries", ("Camping", "Headlamps"), {"head torch"}, set()),
        ("Tarn 2 trekking tent, 2.1 kg", ("Camping", "Tents"), {"trekking tent", "tent"}, set()),
        ("Brabant deep waffle iron", ("Kitchen", "Waffle irons & grills"), {"waffle iron"}, {"iron"}),
        ("Swift road helmet", ("Sports", "Cycling", "Helmets"), {"cycling helmet"}, set()),
        ("Loam peat-free compost", ("Garden", "Compost & soil"), {"compost"}, {"composter"}),
        ("Felt puzzle roll mat", ("Toys", "Puzzles", "Puzzle accessories"), set(), {"sleeping mat"}),
        ("Red shoelace, 120 cm", ("Shoes", "Care", "Shoelaces"), {"spare shoelace"}, set()),
        ("Papyr folio cover", ("Electronics", "E-readers", "Covers"), set(), {"second cover"}),
    ],
)
def test_titles_tell_types(title: str, category: tuple[str, ...], sure: set[str], not_sure: set[str]) -> None:
    types = _types(title, *category)
    assert sure <= {name for name, confidence in types.items() if confidence >= SURE}
    assert not {name for name in not_sure if types.get(name, 0.0) >= SURE}


def test_what_is_for_others_is_another_thing() -> None:
    assert "wardrobe" not in _types("Doll wardrobe, five outfits", "Toys", "Dolls", "Doll accessories")
    assert "sleeping bag" not in _types("Muslin sleeping bag", "Baby", "Baby sleep", "Sleeping bags")
    assert "dog bed" in _types("Orthopaedic dog bed", "Pets", "Dogs", "Beds & blankets")


def test_a_category_speaks_where_the_title_names_nothing() -> None:
    ((_, named),) = NAMES.read([Product(id="one", title="Manor Comfort", category=("Camping", "Pads"))])
    assert [(one.node, one.guessed) for one in named] == [("product:sleeping mat", True)]
    assert "cycling" in _types("Bell", "Sports", "Cycling", "Accessories")
    assert _types("", "") == {}


def test_members_are_sure_and_survive_the_store(tmp_path: Path) -> None:
    store = Store.open(tmp_path / "store.db")
    tent = Product(id="a", title="Lark trekking tent", category=("Camping", "Tents"))
    guess = Product(id="b", title="Manor Comfort", category=("Camping", "Pads"))
    ingest_items(store, [tent, guess], source="test", full=True)
    first = load_assortment(store, NAMES)
    assert first.members("product:trekking tent") == ("a",)
    assert first.members("product:sleeping mat") == ()
    again = load_assortment(store, NAMES)
    assert (again.types("a"), again.types("b"), len(again)) == (first.types("a"), first.types("b"), 2)


def test_only_what_changed_is_read_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = Store.open(tmp_path / "store.db")
    shelf = ("Camping", "Tents")
    ingest_items(store, [Product(id=key, title="Lark tent", category=shelf) for key in "abc"], source="t", full=True)
    load_assortment(store, NAMES)
    monkeypatch.setattr(Store, "headings", lambda _: pytest.fail("read all"))
    kept = [Product(id="a", title="Lark tent", category=shelf), Product(id="b", title="Otter iron", category=("Home",))]
    ingest_items(store, kept, source="t", full=True)
    after = load_assortment(store, NAMES)
    assert after.members("product:tent") == ("a",)
    assert "b" in after
    assert "c" not in after


def test_an_empty_shop_has_no_members() -> None:
    assert Assortment({}).members("product:tent") == ()
    assert Assortment.parse(Assortment({}).dump()).types("a") == ()
