from __future__ import annotations

from facts_of import cell, review

from shopwright.models.scripted import HashingEncoder
from shopwright.skills.evidence.dedupe import merged


def test_the_same_words_become_one_told_by_the_best_trusted() -> None:
    facts = [review("r", "battery life, 12 H!"), cell("battery_life", "12 h")]
    (one,) = merged(facts)
    assert one.kind == "product"
    assert one.text == "battery life: 12 h"
    assert one.sources == ("product:lark", "review:r")
    assert one.trust > 0.95


def test_other_numbers_and_a_negation_stay_apart() -> None:
    texts = ["Battery life is 12 h", "Battery life is 10 h", "The lamp is waterproof", "The lamp is not waterproof"]
    assert len(merged([review(str(place), text) for place, text in enumerate(texts)])) == 4


def test_what_is_contained_is_said_already() -> None:
    facts = [
        review("a", "The strap broke after two weeks"),
        review("b", "Sadly the leather strap broke after two weeks"),
    ]
    assert [one.said_by for one in merged(facts)] == [2]


def test_a_long_copy_in_another_review_is_no_second_source() -> None:
    text = "I bought this lamp for the garden and it went out after a single rainy night"
    assert merged([review("a", text), review("b", text)])[0].said_by == 1
    assert merged([review("a", "Great lamp!"), review("b", "Great lamp!")])[0].said_by == 2


def test_near_vectors_with_equal_numbers_are_one() -> None:
    facts = [review("a", "The strap broke quickly"), review("b", "the straps broke quickly")]
    vectors = HashingEncoder(64).encode(["strap broke", "strap broke"])
    assert len(merged(facts, vectors)) == 1


def test_nothing_merges_to_nothing() -> None:
    assert merged([]) == []
