"""What the assistant says about a product that cannot be bought."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from assistant.conftest import PRODUCTS
from assistant.judged import open_shop
from shopwright.assistant.wording.draft import Draft
from shopwright.assistant.wording.instead import beside_words, instead_words
from shopwright.catalog.ingest import ingest_items
from shopwright.shop import Shop

BY_ID = {product.id: product for product in PRODUCTS}
GONE = replace(BY_ID["tarn"], availability="out_of_stock", stock=0)


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    with open_shop(tmp_path_factory.mktemp("gone")) as opened:
        ingest_items(opened.store, [GONE, *(one for one in PRODUCTS if one.id != "tarn")], source="test")
        opened.refresh()
        assert opened.wait(30)
        yield opened


def lookup(ids: object) -> dict[str, object]:
    every = {**BY_ID, "tarn": GONE}
    return {key: every[key] for key in ids if key in every}


def test_a_conversation_names_what_is_close(shop: Shop) -> None:
    answer = shop.chat("Is the Tarn 3 family tent in stock?").answer
    said = next(sentence for sentence in answer.sentences if "out of stock" in sentence.text)
    assert "Lark 2 trekking tent (€249.00)" in said.text or "from €249.00" in said.text
    held = {fact.id: fact.source for fact in answer.evidence}
    assert {"tarn", "lark"} <= {held[key] for key in said.citations}
    assert "lark" in {card.product_id for card in answer.cards}


def test_only_what_the_store_holds_is_said() -> None:
    draft = Draft()
    draft.show(GONE)
    instead_words(draft, lambda _: ["no-such-thing"], lookup)
    assert draft.sentences == []
    instead_words(draft, lambda _: ["no-such-thing", "dune"], lookup)
    assert (
        draft.sentences[0].text
        == "The Tarn 3 family tent is out of stock. Close to it, and to be had: Dune beach tent (€59.00)."
    )
    assert [card.product_id for card in draft.cards] == ["tarn", "dune"]


def test_nothing_is_said_of_what_can_be_bought() -> None:
    draft = Draft()
    draft.show(BY_ID["lark"])
    instead_words(draft, lambda _: ["dune"], lookup)
    assert draft.sentences == []


def test_what_goes_with_a_product_or_stands_in_for_it() -> None:
    fits, close = Draft(), Draft()
    beside_words(fits, BY_ID["lark"], [BY_ID["eider"]], fits=True)
    assert fits.sentences[0].text == "What works with the Lark 2 trekking tent: Eider down sleeping bag (€249.00)."
    beside_words(close, BY_ID["lark"], [BY_ID["dune"], BY_ID["tarn"]], fits=False)
    assert close.sentences[0].text.startswith("Close to the Lark 2 trekking tent: Dune beach tent (€59.00) and Tarn")
    assert {fact.source for fact in close.facts} == {"lark", "dune", "tarn"}
    assert [card.product_id for card in close.cards] == ["dune", "tarn"]


def test_nothing_beside_a_product_is_said_too() -> None:
    draft = Draft()
    beside_words(draft, BY_ID["lark"], [], fits=True)
    assert "nothing in the catalogue that is known to work with the Lark 2 trekking tent" in draft.sentences[0].text
    assert draft.sentences[0].citations
    assert draft.unknown == ["what works with the Lark 2 trekking tent"]
