"""The words of a message, as the shop's vocabulary is matched with them."""

from __future__ import annotations

import pytest

from shopwright.skills.rewrite.lexicon import phrase, tokenize


@pytest.mark.parametrize("text", ["the Tarn 2's seams", "the Tarn 2’s seams"])
def test_an_owner_that_ends_in_a_figure_is_that_figure(text: str) -> None:
    assert phrase(text)[2] == phrase("Tarn 2")[1]
    assert [text[word.start : word.end] for word in tokenize(text)][2] in ("2's", "2’s")


def test_other_owners_stay_as_shop_and_shopper_write_them() -> None:
    assert phrase("men's boots") == phrase("Men's Boots")
    assert phrase("rock-n-roll") == ("rock", "n", "roll")
