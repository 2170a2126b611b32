from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shopwright.skills.verify.packing import LONGEST_SENTENCE, Pieces, packed, terms

PAGE = (
    "The kettle holds 0.9 litres.",
    "It is made in Portugal.",
    "The cord is 75 cm long and winds under the base.",
    "Returns are free for thirty days.",
    "The kettle weighs 1.15 kg with its base.",
)


def test_words_are_cut_to_six_letters_and_numbers_are_whole() -> None:
    assert terms("The Waterproofing of 1234567 jackets") == ["waterp", "1234567", "jacket"]


def test_the_closest_sentences_are_read_in_their_order() -> None:
    assert Pieces(PAGE).chosen("The kettle weighs 1.15 kg and the cord is 75 cm", 20) == [2, 4]
    assert packed("how heavy is the kettle with its base", PAGE, 8) == PAGE[4]


def test_the_closest_is_read_however_long_it_is() -> None:
    assert Pieces(PAGE).chosen("cord", 1) == [2]


def test_what_must_be_kept_is_kept() -> None:
    pieces = Pieces(PAGE)
    assert pieces.chosen("The kettle holds 0.9 litres", 10, keep=[3]) == [3]
    assert pieces.chosen("The kettle holds 0.9 litres", 11, keep=[3]) == [0, 3]


def test_a_long_sentence_is_cut() -> None:
    assert len(packed("tea", ["tea " * 5_000], 10).split()) == LONGEST_SENTENCE


def test_a_rare_word_counts_more_than_a_common_one() -> None:
    pieces = Pieces(["a red kettle", "a blue kettle", "a green kettle", "a thing from Lisbon"])
    assert pieces.coverage("kettle Lisbon", "Lisbon") > pieces.coverage("kettle Lisbon", "kettle")
    assert pieces.coverage("kettle Lisbon", "the kettle from Lisbon") == 1.0
    scores = pieces.closeness("kettle Lisbon")
    assert scores[3] == max(scores)


@pytest.mark.parametrize("texts", [(), ("",), ("", "  ")])
def test_nothing_to_read_is_no_error(texts: tuple[str, ...]) -> None:
    pieces = Pieces(texts)
    assert pieces.chosen("tea", 50) == []
    assert pieces.joined([]) == ""
    assert pieces.coverage("tea", "") == 0.0
    assert pieces.coverage("", "tea") == 0.0


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=60), st.lists(st.text(max_size=60), max_size=6), st.integers(0, 40))
def test_places_are_places_in_order_and_scores_are_finite(claim: str, texts: list[str], budget: int) -> None:
    pieces = Pieces(texts)
    places = pieces.chosen(claim, budget)
    assert places == sorted(set(places))
    assert all(score >= 0 for score in pieces.closeness(claim))
    assert 0.0 <= pieces.coverage(claim, pieces.joined(places)) <= 1.0 + 1e-9
