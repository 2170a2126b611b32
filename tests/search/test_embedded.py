from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import numpy as np
import pytest

from search.oracle import OracleIndex
from search.shelf import BY_ID, HEADSET, KETTLE, PRODUCTS, SHIRT, TENT, ids, load, shop
from shopwright.errors import StoreError
from shopwright.models.protocols import Vectors
from shopwright.models.scripted import HashingEncoder
from shopwright.search import embedded
from shopwright.search.embedded import EmbeddedIndex
from shopwright.search.protocols import Index
from shopwright.search.texts import encoder_text
from shopwright.types import Filter, Money, Product, SearchRequest


def test_it_is_an_index(index: EmbeddedIndex) -> None:
    assert isinstance(index, Index)
    assert (index.sequence, index.count, index.coverage) == (1, len(PRODUCTS), 1.0)


def test_lexical_search_answers_before_the_vectors_are_there(folder: Path) -> None:
    index = shop(folder, filled=False)
    page = index.search(SearchRequest("kettle"))
    assert page.hits[0].id == "kettle"
    assert page.dense_coverage == index.coverage == 0.0
    assert index.fill(load) == len(PRODUCTS)
    page = index.search(SearchRequest(encoder_text(KETTLE)))
    assert page.dense_coverage == 1.0
    assert page.hits[0].ranks == {"lexical": 1, "dense": 1}


def test_it_agrees_with_the_oracle(index: EmbeddedIndex) -> None:
    oracle = OracleIndex(PRODUCTS, HashingEncoder())
    for query in ("tent", "linen shirt", "wireless headset noise", "kettle tent", "two people in the rain"):
        assert index.search(SearchRequest(query)).total == len(oracle.matching(query)), query
        near = [id_ for id_, cosine in oracle.nearest(query) if cosine > 0.4]
        assert ids(index, query, mode="dense")[: len(near)] == near


def test_a_hit_shows_what_matched(index: EmbeddedIndex) -> None:
    hit = index.search(SearchRequest("rain tent")).hits[0]
    assert ("tent", True) in hit.highlights["title"]
    assert "".join(text for text, _ in hit.highlights["description"]) == TENT.description


def test_changes_replace_add_and_remove(folder: Path) -> None:
    index = shop(folder)
    dearer = replace(KETTLE, price=Money(Decimal("45.00"), "USD"))
    cup = Product("cup", "Enamel cup")
    index.apply([("kettle", dearer), ("cup", cup), ("tent", None), ("unknown", None)], sequence=5)
    assert index.sequence == 5
    assert index.count == len(PRODUCTS)
    assert ids(index, "enamel") == ["cup"]
    assert "tent" not in ids(index, "tent")
    assert ids(index, "", Filter("price", "range", low=45.0, high=45.0)) == ["kettle"]


def test_the_last_change_of_an_id_wins(folder: Path) -> None:
    index = EmbeddedIndex(folder, HashingEncoder())
    index.apply(
        [("a", Product("a", "Old cup")), ("a", Product("a", "New mug")), ("b", Product("b", "Bowl")), ("b", None)], 1
    )
    assert (ids(index, "mug"), ids(index, "cup", mode="lexical"), index.count) == (["a"], [], 1)
    index.apply([("a", None), ("a", Product("a", "Third jug"))], 2)
    assert ids(index, "jug") == ["a"]


def test_a_price_change_keeps_the_vector_and_a_new_title_does_not(folder: Path) -> None:
    index, silk = shop(folder), replace(SHIRT, title="Silk shirt")
    index.apply([("kettle", replace(KETTLE, price=None)), ("shirt", silk)], 2)
    assert index.coverage == pytest.approx(4 / 5)
    assert index.fill(lambda wanted: {**load(wanted), "shirt": silk}) == 1
    assert index.coverage == 1.0


def test_a_vector_that_was_overtaken_by_a_change_is_not_kept(folder: Path) -> None:
    index, silk = shop(folder, filled=False), replace(SHIRT, title="Silk shirt")

    def overtaken(wanted: Sequence[str]) -> Mapping[str, Product]:
        if index.sequence == 1:  # a feed comes in while the encoder works on the old titles
            index.apply([("shirt", silk), ("tent", None)], 2)
        return {**BY_ID, "shirt": SHIRT}

    assert index.fill(overtaken) == len(PRODUCTS) - 2
    assert index.coverage == pytest.approx(3 / 4)
    assert index.fill(lambda wanted: dict.fromkeys(wanted, silk)) == 1
    assert index.coverage == 1.0


def test_changes_can_be_taken_in_as_they_come(folder: Path) -> None:
    index = shop(folder)
    with index.updating() as update:
        update.change("jug", Product("jug", "Glass jug"))
        assert ids(index, "jug", mode="lexical") == []
        update.commit(2)
    assert (index.sequence, ids(index, "jug", mode="lexical")) == (2, ["jug"])


def test_changes_without_a_commit_are_forgotten(folder: Path) -> None:
    index = shop(folder)
    with index.updating() as update:
        update.change("jug", Product("jug", "Glass jug"))
    with pytest.raises(AttributeError), index.updating() as update:
        update.change("jar", "not a product")
    index.apply([("mug", Product("mug", "Tin mug"))], 2)
    assert ids(index, "jug jar mug", mode="lexical") == ["mug"]


def test_an_index_opens_again_as_it_was(folder: Path) -> None:
    first = shop(folder)
    wanted = first.search(SearchRequest("tent under the rain", facets=True))
    first.close()
    again = EmbeddedIndex(folder, HashingEncoder())
    page = again.search(SearchRequest("tent under the rain", facets=True))
    assert replace(page, timings={}) == replace(wanted, timings={})
    assert again.sequence == 1


def test_vectors_of_another_encoder_are_made_again(folder: Path) -> None:
    shop(folder).close()
    again = EmbeddedIndex(folder, HashingEncoder(32))
    assert again.coverage == 0.0
    assert again.fill(load) == len(PRODUCTS)
    assert ids(again, "kettle")[0] == "kettle"


def test_without_an_encoder_search_is_lexical(folder: Path) -> None:
    index = EmbeddedIndex(folder)
    index.apply(BY_ID.items(), 1)
    assert index.fill(load) == 0
    assert ids(index, "kettles") == ["kettle"]


def test_filling_can_be_stopped_and_goes_on(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(embedded, "_BATCH", 2)
    monkeypatch.setattr(embedded, "_COMMIT_EVERY", 4)
    index, stop, shares = shop(folder, filled=False), threading.Event(), []

    def progress(done: int, share: float | None) -> None:
        shares.append(share)
        stop.set()

    assert index.fill(load, progress, stop) == 2
    assert index.coverage == pytest.approx(2 / 5)
    assert index.fill(load) == 3
    assert shares == [pytest.approx(2 / 5)]


def test_filling_skips_what_the_store_no_longer_has(folder: Path) -> None:
    index = shop(folder, filled=False)
    assert index.fill(lambda wanted: {id_: BY_ID[id_] for id_ in wanted if id_ != "tent"}) == 4
    assert index.coverage == pytest.approx(4 / 5)
    assert "tent" in ids(index, "tent")


def test_a_failing_encoder_leaves_what_was_committed(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class Failing(HashingEncoder):
        calls = 0

        def encode(self, texts: Sequence[str], *, batch_size: int = 32) -> Vectors:
            Failing.calls += 1
            if Failing.calls > 2:
                raise RuntimeError("no memory")
            return super().encode(texts, batch_size=batch_size)

    monkeypatch.setattr(embedded, "_BATCH", 1)
    monkeypatch.setattr(embedded, "_COMMIT_EVERY", 2)
    index = EmbeddedIndex(folder, Failing())
    index.apply(BY_ID.items(), 1)
    with pytest.raises(RuntimeError):
        index.fill(load)
    assert index.coverage == pytest.approx(2 / 5)
    assert ids(index, "kettle", mode="lexical") == ["kettle"]


def test_a_failing_source_changes_nothing(folder: Path) -> None:
    index = shop(folder)

    def broken() -> object:
        yield "cup", Product("cup", "Cup")
        raise OSError("the feed went away")

    with pytest.raises(OSError, match="went away"):
        index.apply(broken(), 2)
    assert (index.sequence, index.count) == (1, len(PRODUCTS))
    index.apply([("cup", Product("cup", "Cup"))], 2)
    assert ids(index, "cup")[0] == "cup"


def test_reading_goes_on_while_writing(folder: Path) -> None:
    index, failures, done = shop(folder), [], threading.Event()

    def read() -> None:
        while not done.is_set():
            page = index.search(SearchRequest("tent kettle", facets=True))
            if "tent" not in [hit.id for hit in page.hits]:
                failures.append(page)

    readers = [threading.Thread(target=read) for _ in range(3)]
    for reader in readers:
        reader.start()
    for sequence in range(2, 14):
        fresh = {f"cup-{sequence}": Product(f"cup-{sequence}", f"Cup {sequence}")}
        index.apply([*fresh.items(), ("kettle", replace(KETTLE, title=f"Kettle {sequence}"))], sequence)
        index.fill(lambda wanted, fresh=fresh: {**load(wanted), **fresh})
    done.set()
    for reader in readers:
        reader.join()
    assert not failures
    assert index.count == len(PRODUCTS) + 12


def test_many_products_and_a_query_vector(folder: Path) -> None:
    encoder = HashingEncoder()
    shelf: Mapping[str, Product] = {f"p{n}": Product(f"p{n}", f"Cup number {n}") for n in range(600)}
    index = EmbeddedIndex(folder, encoder)
    index.apply(shelf.items(), 1)
    index.fill(lambda wanted: {id_: shelf[id_] for id_ in wanted})
    page = index.search(SearchRequest("cup", limit=300))
    assert (page.total, len(page.hits), len({hit.id for hit in page.hits})) == (600, 300, 300)
    vector = encoder.encode(["Cup number 77"])[0]
    near = index.search(SearchRequest("", limit=1, mode="dense"), query_vector=vector)
    assert near.hits[0].id == "p77"
    assert 0.5 < near.hits[0].score <= 1.0


def test_a_second_writer_waits_or_is_told(folder: Path) -> None:
    index = shop(folder)
    other = EmbeddedIndex(folder, HashingEncoder())
    writer = index._commits.writer()
    with pytest.raises(StoreError, match="other process"):
        other.apply([("cup", Product("cup", "Cup"))], 2)
    writer.wait_merging_threads()
    other.apply([("cup", Product("cup", "Cup"))], 2)
    assert ids(other, "cup")[0] == "cup"


def test_dense_results_need_some_likeness(index: EmbeddedIndex) -> None:
    opposite = -np.mean(HashingEncoder().encode([product.title for product in PRODUCTS]), axis=0)
    page = index.search(SearchRequest("", mode="dense"), query_vector=opposite / np.linalg.norm(opposite))
    assert page.hits == ()
    assert HEADSET.id in ids(index, encoder_text(HEADSET), mode="dense")
