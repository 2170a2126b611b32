"""The documents: as long as asked, the same again, and what is told really stands before."""

from __future__ import annotations

import numpy as np
import pytest

from models.language.tiny import tokenizer
from shopwright.errors import ConfigError
from shopwright.train.context.retrieval import NEEDLES, RECORDS, Lessons, Shares, random_uuid

KINDS = [Shares(1, 0, 0), Shares(0, 1, 0), Shares(0, 0, 1)]


def lessons(shares: Shares | None = None, seed: int = 1) -> Lessons:
    return Lessons(tokenizer(), lambda count: [40] * count, seed, vocabulary=320, shares=shares)


@pytest.mark.parametrize("shares", KINDS)
@pytest.mark.parametrize("length", [200, 257, 700])
def test_windows_are_full_begin_with_the_end_token_and_tell_something(shares: Shares, length: int) -> None:
    for number in range(6):
        ids, told = lessons(shares).window(number, length)
        assert ids.shape == told.shape == (length + 1,)
        assert ids[0] == 0
        assert not told[0]
        assert told.any()


def test_the_same_number_gives_the_same_window_and_another_another() -> None:
    first, again, other = (lessons().window(number, 200)[0] for number in (3, 3, 4))
    assert (first == again).all()
    assert (first != other).any()
    assert (lessons(seed=2).window(3, 200)[0] != first).any()


def test_a_told_token_stands_after_the_same_two_tokens_before() -> None:
    """In copies of a large alphabet the stretch before a told token is found earlier, with the same following."""
    ids, told = lessons(KINDS[0]).window(5, 300)
    places = np.flatnonzero(told)
    for place in places[10:60]:
        before = ids[:place]
        assert ids[place] in before


def test_an_asked_value_stands_in_the_list() -> None:
    ids, told = lessons(KINDS[1]).window(2, 600)
    text = tokenizer().decode(ids.tolist())
    first = tokenizer().decode(ids[: int(np.flatnonzero(told)[0])].tolist())
    assert len(text) > len(first) > 100


def test_notations_name_key_and_value() -> None:
    for first, further, close, question, _ in RECORDS:
        filled = first.format(k="K7", v="V9") + further.format(k="K8", v="V8") + close.format()
        assert "K7" in filled
        assert "V9" in filled
        assert question.count("{k}") == 1
    for fact, question in NEEDLES:
        assert "V9" in fact.format(k="K7", v="V9")
        assert "{v}" not in question


def test_uuids_are_uuids() -> None:
    found = random_uuid(np.random.default_rng(1))
    assert [len(part) for part in found.split("-")] == [8, 4, 4, 4, 12]


def test_shares_must_allow_something() -> None:
    with pytest.raises(ConfigError, match="at least one above"):
        Shares(0, 0, 0)
