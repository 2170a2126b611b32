from __future__ import annotations

from collections import Counter

import pytest

from shopwright.skills.rewrite.tasks import LONGEST
from shopwright.train.rewrite.pairs import Pair, Sources, drawn, name_of, sources, written_pairs
from shopwright.train.rewrites import Rewrite
from shopwright.types import Product
from train.rewrite.shelf_of_five import EXAMPLES, PRODUCTS, REWRITES


@pytest.fixture(scope="module")
def source() -> Sources:
    return sources(REWRITES, {"own": PRODUCTS}, EXAMPLES)


def test_phrases_come_from_everything_that_is_spelled_right(source: Sources) -> None:
    assert {"fluorescent light", "fluorescent", "frying pan", "waterproof boots"} <= set(source.phrases)
    assert "frying pann" not in source.phrases
    assert all(2 < len(phrase) <= LONGEST and phrase == phrase.lower() for phrase in source.phrases)
    assert any("string trimmer" in group for group in source.names)


def test_a_described_wish_is_answered_by_what_was_judged_right(source: Sources) -> None:
    assert source.answers == [("something to sleep in outdoors", ("trekking tent for two people",), "Tents")]


def test_pairs_are_the_same_for_a_seed(source: Sources) -> None:
    assert list(drawn(source, 200, 3)) == list(drawn(source, 200, 3)) != list(drawn(source, 200, 4))
    assert list(sources(REWRITES, {"own": PRODUCTS}, EXAMPLES).phrases) == source.phrases


def test_more_than_half_is_noise_and_much_of_that_stays_as_it_is(source: Sources) -> None:
    pairs = list(drawn(source, 2_000, 0))
    assert len(pairs) == 2_000
    assert all(pair.query.strip() and pair.target.strip() for pair in pairs)
    meant = [pair for pair in pairs if pair.task == "meant"]
    assert 0.5 < len(meant) / len(pairs) < 0.95
    kept = sum(pair.query == pair.target for pair in meant) / len(meant)
    assert 0.25 < kept < 0.6
    assert Counter(pair.task for pair in pairs)["also"] > 100
    assert {pair.category for pair in pairs} == {"", "Tents"}


def test_what_should_stay_is_never_mistyped_by_its_own_pair(source: Sources) -> None:
    only = Sources(REWRITES, ["b00ts 44"], source.names)
    targets = {pair.target for pair in drawn(only, 500, 0) if pair.query == "b00ts 44"}
    assert targets == {"b00ts 44"}


def test_a_shop_without_judgements_has_pairs_too() -> None:
    bare = sources(REWRITES, {"own": []}, [])
    assert bare.answers == []
    assert len(list(drawn(bare, 100, 0))) == 100


def test_the_best_rewrite_is_measured_under_the_task_of_its_kind() -> None:
    assert written_pairs(REWRITES[:3]) == [
        Pair("meant", "flourescent", "fluorescent"),
        Pair("also", "skillet", "frying pan"),
        Pair("meant", "b00ts 44", "b00ts 44"),
    ]


@pytest.mark.parametrize(
    ("title", "brand", "name"),
    [
        ("Larch Waterproof Boots, brown", "Larch", "waterproof boots"),
        ("Stoutmoor pan 28 cm XZ-90 cast iron", "Stoutmoor", "pan cm cast iron"),
        ("A very long name of one thing more", None, "a very long name of"),
        ("LARCH", "Larch", ""),
    ],
)
def test_a_name_is_what_a_shopper_would_say(title: str, brand: str | None, name: str) -> None:
    assert name_of(Product("x", title, brand=brand)) == name


def test_an_own_pair_of_one_rewrite_is_a_correction_and_of_several_another_query() -> None:
    only = Sources([Rewrite("mugg", ("mug",)), Rewrite("cup", ("mug", "beaker"))], ["mug"], [("mug", "beaker")])
    written = [pair for pair in drawn(only, 500, 1) if pair.query in ("mugg", "cup")]
    assert {(pair.query, pair.task) for pair in written if pair.target != pair.query} >= {
        ("mugg", "meant"),
        ("cup", "also"),
    }
    assert ("mugg", "also") not in {(pair.query, pair.task) for pair in written}
