"""BM25 over texts that arrive one by one."""

from __future__ import annotations

import numpy as np
import pytest

from shopwright.skills.context.postings import Postings


def _postings(*texts: str) -> Postings:
    postings = Postings()
    for text in texts:
        postings.add(text.split())
    return postings


def test_the_formula() -> None:
    postings = _postings("red tent", "red red shoe lace", "blue tent")
    rarity = np.log(1 + (3 - 2 + 0.5) / (2 + 0.5))
    assert postings.rarity("red") == pytest.approx(rarity)
    norms = [0.8 * (0.6 + 0.4 * length * 3 / 8) for length in (2, 4)]
    wanted = [rarity * 1.8 / (1 + norms[0]), rarity * 2 * 1.8 / (2 + norms[1]), 0.0]
    assert postings.scores(["red"]).tolist() == pytest.approx(wanted)


def test_a_word_that_is_repeated_in_the_question_counts_once() -> None:
    postings = _postings("red tent", "blue shoe")
    assert postings.scores(["red", "red"]).tolist() == postings.scores(["red"]).tolist()


def test_unknown_words_and_no_texts() -> None:
    assert Postings().scores(["red"]).tolist() == []
    assert _postings("").scores(["red"]).tolist() == [0.0]
    postings = _postings("red tent", "blue shoe")
    assert postings.scores(["green"]).tolist() == [0.0, 0.0]
    assert postings.rarity("green") > postings.rarity("red")


def test_shares_count_what_no_text_has() -> None:
    postings = _postings("red red tent", "blue tent", "stove")
    shares = postings.shares(["red", "tent", "red"])
    assert shares[0] == pytest.approx(1.0)
    assert 0.0 < shares[1] < 0.5
    assert shares[2] == 0.0
    assert postings.shares(["red", "green"])[0] < 0.5
    assert postings.shares([]).tolist() == [0.0, 0.0, 0.0]
