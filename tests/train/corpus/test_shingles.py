from itertools import pairwise

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from shopwright.train.corpus.shingles import ngrams, shingles, words


def test_words_are_case_and_punctuation_blind_and_know_where_they_stand():
    text = "Größe: 42, HALF-price!"
    found = words(["x", text])
    spans = [text.encode()[a:b].decode() for a, b in zip(found.starts[1:], found.ends[1:], strict=True)]
    assert spans == ["Größe", "42", "HALF", "price"]
    assert words(["half Price"]).hashes.tolist() == found.hashes[3:].tolist()


def test_every_ideograph_is_a_word():
    assert len(words(["红色的鞋子 size 42"]).hashes) == 7


@given(st.lists(st.text(alphabet="ab C.\n红é", max_size=30), max_size=6), st.integers(1, 4))
def test_a_batch_gives_what_its_texts_give_alone(texts, n):
    hashes, offsets = ngrams(words(texts), n)
    alone = [ngrams(words([text]), n)[0].tolist() for text in texts]
    assert [hashes[a:b].tolist() for a, b in pairwise(offsets)] == alone
    counts = np.diff(words(texts).offsets)
    assert [len(each) for each in alone] == np.maximum(counts - n + 1, 0).tolist()


def test_short_texts_have_one_shingle_of_all_their_words():
    hashes, offsets = shingles(["red shoes", "Red, shoes", "blue shoes", "", "a b c d e f"], 5)
    assert np.diff(offsets).tolist() == [1, 1, 1, 0, 2]
    assert hashes[0] == hashes[1] != hashes[2]
