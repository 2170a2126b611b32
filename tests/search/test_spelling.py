from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shopwright.search.spelling import Vocabulary, edit_distance

WORDS = Vocabulary(
    ["headphones", "headphone", "kettle", "kettles", "tent", "tend", "saucepan"], [40, 10, 30, 5, 50, 1, 7]
)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("headfones", "headphones"),
        ("ketle", "kettle"),
        ("teht", "tent"),
        ("suacepan", "saucepan"),
        ("kettel", "kettle"),
    ],
)
def test_the_nearest_word_comes_first(typed: str, meant: str) -> None:
    assert WORDS.nearest(typed)[0][0] == meant


def test_equally_near_words_come_by_frequency() -> None:
    assert [word for word, _ in WORDS.nearest("tenc")] == ["tent", "tend"]


@pytest.mark.parametrize("word", ["abc", "x1000", "zzzzzzzz", ""])
def test_nothing_is_near(word: str) -> None:
    assert WORDS.nearest(word) == ()


def test_an_empty_vocabulary_has_no_neighbours() -> None:
    assert Vocabulary([], []).nearest("kettle") == ()


@pytest.mark.parametrize(("left", "right", "edits"), [("tent", "tnet", 1), ("tent", "tents", 1), ("abc", "cab", 2)])
def test_a_swap_of_neighbours_is_one_edit(left: str, right: str, edits: int) -> None:
    assert edit_distance(left, right, 3) == edits


@given(st.lists(st.text("abcdé", min_size=3, max_size=7), unique=True, min_size=1), st.text("abcdéf", min_size=3))
def test_near_is_what_few_edits_lead_to(words: list[str], typed: str) -> None:
    edits = 2 if len(typed) >= 5 else 1
    distances = {word: edit_distance(typed, word, edits) for word in words}
    expected = {(word, distance) for word, distance in distances.items() if 0 < distance <= edits}
    found = Vocabulary(words, [1] * len(words)).nearest(typed)
    assert set(found) <= expected
    assert len(found) == min(len(expected), 8)
    assert [distance for _, distance in found] == sorted(distance for _, distance in found)


@given(st.text("abc", max_size=6), st.text("abc", max_size=6))
def test_distance_is_symmetric_and_zero_for_equals(left: str, right: str) -> None:
    assert edit_distance(left, right, 6) == edit_distance(right, left, 6)
    assert (edit_distance(left, right, 6) == 0) == (left == right)
