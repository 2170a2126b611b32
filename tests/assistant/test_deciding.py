"""What helps to decide: products side by side, what matters for a kind of thing, what works with what."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from assistant.gifts import euro
from assistant.judged import open_shop
from shopwright.assistant.deciding import Deciding
from shopwright.catalog.ingest import ingest_items
from shopwright.errors import ToolError
from shopwright.shop import Shop
from shopwright.types import Document, Product, Quantity, Review


def camera(key: str, price: str, zoom: int, **more: object) -> Product:
    return Product(
        key,
        f"{key.capitalize()} compact camera",
        category=("Photo", "Cameras"),
        price=euro(price),
        availability="in_stock",
        attributes={"optical_zoom": Quantity(zoom, "x"), "warranty": "2 years", **more},
    )


CAMERAS = [
    camera("iris", "199.00", 3, mount="none"),
    camera("lens", "249.00", 5),
    camera("lumen", "299.00", 8),
    camera("prism", "349.00", 12),
    camera("focus", "399.00", 20),
    replace(camera("orbit", "499.00", 30), related={"accessory": ("battery",)}),
]
OTHERS = [
    Product("battery", "Battery for Orbit compact camera", category=("Photo", "Batteries"), price=euro("19.00")),
    Product("strap", "Leather strap", category=("Photo", "Straps"), price=euro("25.00")),
    Product("bag", "Camera bag", category=("Photo", "Bags"), price=euro("35.00")),
]
GUIDE = Document(
    "guide", "How to choose a camera", "Optical zoom decides how near far things come. Bags are sold apart.", "guide"
)


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    with open_shop(tmp_path_factory.mktemp("photo")) as opened:
        ingest_items(opened.store, [*CAMERAS, *OTHERS], source="test")
        opened.store.put_documents([GUIDE])
        opened.store.put_reviews([Review("r1", "orbit", 5, "The optical zoom finds a wren at fifty metres.")])
        opened.refresh()
        assert opened.wait(30)
        yield opened


@pytest.fixture
def deciding(shop: Shop) -> Deciding:
    return Deciding(shop.store, shop.index, shop.passages)


def test_side_by_side_in_the_order_they_were_named_with_what_differs(deciding: Deciding) -> None:
    compared = deciding.compare(["orbit", "iris", "gone"])
    assert compared.ids == ("orbit", "iris")
    assert "optical_zoom" in compared.rows
    assert "warranty" not in compared.rows  # all share it
    with pytest.raises(ToolError, match=r"none of the products \['gone'\] is in the catalogue any more"):
        deciding.compare(["gone"])


def test_what_matters_is_told_with_values_and_quotes(deciding: Deciding) -> None:
    found = deciding.factors("camera")
    by_name = {factor.attribute: factor for factor in found.factors}
    assert found.factors[0].products == len(CAMERAS)  # no bag, no battery for a camera
    assert "warranty" not in by_name
    assert by_name["optical_zoom"].values == ("3 x", "30 x")
    assert by_name["optical_zoom"].examples == ("iris", "orbit")
    said = [quote.text for quote in by_name["optical_zoom"].quotes]
    assert said[0].startswith("Optical zoom decides")  # guides before reviews
    assert any("wren" in text for text in said)


def test_nothing_of_the_kind_decides_nothing(tea_shop: Shop) -> None:
    tools = tea_shop.assistant.tools
    found = Deciding(tools.store, tools.index, tools.passages).factors("accordion")
    assert (found.kind, found.factors) == ("accordion", ())
    told = tea_shop.chat("what should I look for in an accordion?").answer
    assert "cannot say what to look for" in told.text
    assert told.unknown == ("accordion",)


def test_what_works_with_a_product(deciding: Deciding) -> None:
    found = deciding.compatible("orbit", "battery")
    assert found.ids == ("battery",)
    assert found.close
    assert "orbit" not in deciding.compatible("orbit").ids
    assert deciding.compatible("iris", "strap").ids == ()


def test_in_a_conversation(shop: Shop) -> None:
    told = shop.chat("what should I look for in a camera?").answer
    assert told.text.startswith("What decides for")
    assert "our guide “How to choose a camera”" in told.text
    assert {fact.kind for fact in told.evidence} >= {"shop", "document"}
    assert all(sentence.citations for sentence in told.sentences)
