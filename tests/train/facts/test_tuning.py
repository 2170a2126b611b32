"""What teaches refusal is never what measures it."""

from __future__ import annotations

from collections import Counter

import pytest

from facts.shelf import catalogue
from shopwright.errors import ConfigError
from shopwright.train.facts.tuning import SORTS, Deck, examined, lessons

SHELF = catalogue()
TAUGHT = lessons(SHELF, 10, 4)


def test_so_many_facts_of_so_many_products() -> None:
    assert len({topic.subject.id for topic in TAUGHT.known}) == 10
    assert set(Counter(topic.subject.id for topic in TAUGHT.known).values()) == {4}
    assert lessons(SHELF, 10, 4) == TAUGHT
    assert lessons(SHELF, 10, 4, seed=1) != TAUGHT


def test_some_products_are_always_left_out() -> None:
    every = lessons(SHELF, 1_000, 9)
    assert len({topic.subject.id for topic in every.known}) == 17


def test_nothing_examined_was_taught_to_be_refused() -> None:
    parts = TAUGHT.unknowable
    for sort in SORTS:
        for by_product in (False, True):
            sets = [
                {each.subject.id if by_product else (each.subject.id, each.attribute) for each in part[sort]}
                for part in (parts.train, parts.dev, parts.test)
            ]
            assert all(sets)
            assert sum(map(len, sets)) == len(set.union(*sets)) or (by_product and sort == "unstated")


def test_the_unknowable_is_unknowable() -> None:
    taught = {topic.subject.id for topic in TAUGHT.known}
    titles = {product.title.lower() for product in SHELF}
    stated = {product.id: set(product.attributes) for product in SHELF}
    for part in (TAUGHT.unknowable.train, TAUGHT.unknowable.dev, TAUGHT.unknowable.test):
        assert all(topic.answer is None and topic.sort == sort for sort in SORTS for topic in part[sort])
        assert all(topic.attribute not in stated[topic.subject.id] for topic in part["unstated"])
        assert all(topic.subject.id in taught for topic in part["unstated"])
        assert all(topic.subject.names[0].lower() not in titles for topic in part["made up"])
        assert not taught & {topic.subject.id for topic in part["left out"]}


def test_an_examination_asks_every_fact_and_as_many_unknowable() -> None:
    asked = examined(TAUGHT, "test")
    assert [each.topic for each in asked[: len(TAUGHT.known)]] == TAUGHT.known
    counts = Counter(each.topic.sort for each in asked)
    assert counts["known"] == 40
    assert all(0 < counts[sort] <= 40 // 3 for sort in SORTS)
    assert asked == examined(TAUGHT, "test")
    assert len(examined(TAUGHT, "dev", most=0)) == 40


def test_what_was_not_learned_is_refused() -> None:
    second = TAUGHT.refusing(TAUGHT.known[:3])
    assert second.known == TAUGHT.known[3:]
    assert [topic.subject for topic in second.unknowable.train["not learned"]] == [
        topic.subject for topic in TAUGHT.known[:3]
    ]
    assert all(topic.answer is None for topic in second.unknowable.train["not learned"])
    assert "not learned" not in second.unknowable.test
    assert TAUGHT.refusing([]) == TAUGHT


def test_a_deck_deals_equally_often_wherever_it_begins() -> None:
    deck = Deck(list(range(7)), "x")
    dealt = deck.dealt(0, 70)
    assert set(Counter(dealt).values()) == {10}
    assert Deck(list(range(7)), "x").dealt(33, 5) == dealt[33:38]
    assert deck
    assert not Deck([], "x")
    assert Deck([], "x").dealt(0, 3) == []


def test_too_small_a_catalogue_is_refused() -> None:
    with pytest.raises(ConfigError, match="5 products have facts that can be taught, 6 are needed"):
        lessons(SHELF[:5], 3, 3)
