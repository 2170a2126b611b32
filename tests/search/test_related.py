from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from search.shelf import euro, shop
from shopwright.models.protocols import Probabilities
from shopwright.models.scripted import HashingEncoder
from shopwright.search.related import Related
from shopwright.types import Product, Quantity


def thing(key: str, title: str, *category: str, price: str = "100.00", **more: object) -> Product:
    more = {"availability": "in_stock", "price": euro(price), **more}
    return Product(key, title, category=("Camping", *category), **more)


TARN = thing(
    "tarn", "Tarn 2 trekking tent", "Tents", "Trekking tents", brand="Fell",
    attributes={"capacity": Quantity(2.0, "persons"), "freestanding": True},
)  # fmt: skip
CORRIE = thing(
    "corrie", "Corrie trekking tent", "Tents", "Trekking tents", brand="Fell",
    attributes={"capacity": Quantity(2.0, "persons"), "freestanding": True},
)  # fmt: skip
LAGOON = thing("lagoon", "Lagoon family tent", "Tents", "Family tents", price="700.00")
SHEET = thing(
    "sheet", "Groundsheet", "Tents", "Tent accessories", price="30.00", attributes={"compatible_with": ("Tarn 2 trekking tent",)}
)  # fmt: skip
PEGS = thing("pegs", "Steel pegs for trekking tents", "Tents", "Tent accessories", price="12.00")
MUG = Product("mug", "Stoneware mug", category=("Kitchen", "Mugs"), price=euro("9.00"), availability="in_stock")
PRODUCTS = (TARN, CORRIE, LAGOON, SHEET, PEGS, MUG)


def related(folder: Path, *products: Product, scorer: object = None) -> Related:
    every = {product.id: product for product in products}
    index = shop(folder, *products)
    return Related(
        index.state, lambda ids: {key: every[key] for key in ids if key in every}, HashingEncoder(), scorer
    )  # fmt: skip


def keys(hits: Sequence[object]) -> list[str]:
    return [hit.id for hit in hits]


def test_a_substitute_is_the_same_kind_of_thing(folder: Path) -> None:
    found = related(folder, *PRODUCTS).substitutes(TARN)
    assert found[0].id == "corrie"
    assert not {"tarn", "sheet", "pegs", "mug"} & set(keys(found))
    assert found[0].score == pytest.approx(sum(reason.value for reason in found[0].why))
    assert {reason.part for reason in found[0].why} == {"near", "name", "attributes"}


def test_the_merchants_word_comes_first(folder: Path) -> None:
    named = replace(TARN, related={"substitute": ("lagoon", "no-such-thing"), "accessory": ("mug",)})
    ours = related(folder, named, *PRODUCTS[1:])
    assert keys(ours.substitutes(named))[:2] == ["lagoon", "corrie"]
    assert keys(ours.complements(named))[:2] == ["mug", "sheet"]
    assert ours.complements(named)[0].why[0].note == "an accessory of it"


def test_what_cannot_be_bought_is_left_out(folder: Path) -> None:
    gone = [replace(one, availability="out_of_stock") for one in (CORRIE, SHEET)]
    named = replace(TARN, related={"substitute": ("corrie",), "accessory": ("sheet",)})
    ours = related(folder, named, *gone, LAGOON)
    assert "corrie" not in keys(ours.substitutes(named))
    assert "sheet" not in keys(ours.complements(named))


def test_a_complement_needs_evidence(folder: Path) -> None:
    found = related(folder, *PRODUCTS).complements(TARN)
    assert found[0].id == "sheet"
    assert any("names Tarn 2" in reason.note for reason in found[0].why)
    assert not {"corrie", "lagoon", "mug", "tarn"} & set(keys(found))
    assert related(folder.with_name("other"), MUG, LAGOON).complements(MUG) == ()


class Enthusiast:
    """Reads every pair as a complement."""

    fingerprint = "enthusiast"

    def probabilities(self, query: str, texts: Sequence[str]) -> Probabilities:
        assert query == MUG.title
        return np.tile(np.array([0.0, 0.0, 1.0, 0.0], np.float32), (len(texts), 1))


def test_a_scorer_is_evidence(folder: Path) -> None:
    found = related(folder, MUG, LAGOON, scorer=Enthusiast()).complements(MUG)
    assert keys(found) == ["lagoon"]
    assert ("reread", "P(complement) 1.00") in {(reason.part, reason.note) for reason in found[0].why}


def test_a_product_that_is_not_indexed_has_what_the_merchant_says(folder: Path) -> None:
    new = thing("new", "Bothy tent", "Tents", "Trekking tents", related={"substitute": ("tarn",)})
    assert keys(related(folder, *PRODUCTS).substitutes(new)) == ["tarn"]


def test_no_more_than_asked(folder: Path) -> None:
    every = [replace(CORRIE, id=f"c{n}") for n in range(9)]
    ours = related(folder, TARN, *every)
    assert len(ours.substitutes(TARN, 4)) == 4
    assert ours.substitutes(TARN, 0) == ()
