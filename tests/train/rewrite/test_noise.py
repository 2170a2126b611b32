from __future__ import annotations

from random import Random

import pytest

from shopwright.search.spelling import edit_distance
from shopwright.train.rewrite.noise import misspelled

PHRASE = "fluorescent kitchen ceiling light dcd771c2 20 v"


def slips(text: str, count: int = 400) -> list[str]:
    return [misspelled(text, Random(seed)) for seed in range(count)]


def test_it_is_the_same_for_a_seed() -> None:
    assert slips(PHRASE) == slips(PHRASE)
    assert len(set(slips(PHRASE))) > 200


def test_words_with_digits_keep_their_letters_and_digits() -> None:
    for text in slips("dcd771c2 model kitchen light 0815"):
        assert "dcd771c2" in text
        assert "0815" in text
    assert set(slips("dcd771c2 0815x")) <= {"dcd771c2 0815x", "dcd771c20815x"}  # at most run together


def test_a_text_is_near_to_what_it_was() -> None:
    distances = [edit_distance(PHRASE, text, 20) for text in slips(PHRASE)]
    assert max(distances) <= 12
    assert sum(distance <= 2 for distance in distances) > len(distances) / 2
    assert sum(distance > 0 for distance in distances) > 0.95 * len(distances)


def test_first_letters_seldom_go_wrong() -> None:
    kept = [text for text in slips("waterproof") if text.startswith("w")]
    assert len(kept) > 0.9 * 400


def test_words_run_together_come_apart_and_units_stick() -> None:
    found = set(slips("garden hose 20 m"))
    assert "gardenhose 20 m" in found
    assert "garden hose 20m" in found
    assert any(text.replace(" ", "") == "gardenhose20m" and len(text.split()) == 5 for text in found)


@pytest.mark.parametrize("text", ["", " ", "a", "usb", "12 34", "über", "鉄鍋"])
def test_what_has_nothing_to_get_wrong_stays(text: str) -> None:
    assert all(found.replace(" ", "") == text.replace(" ", "") for found in slips(text, 50))
