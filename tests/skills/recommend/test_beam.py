from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from shopwright.errors import ConfigError
from shopwright.sequences.log import Ints
from shopwright.skills.recommend.codes.beam import Floats, Step, beam
from shopwright.skills.recommend.codes.trie import Mask, Trie

DIGITS = 3
CODES = st.lists(
    st.tuples(*[st.integers(0, 3)] * DIGITS), min_size=1, max_size=30, unique=True
).map(lambda codes: np.array(codes, np.int64))  # fmt: skip


class Scripted:
    """Log-probabilities of a digit by the whole prefix before it, drawn once."""

    def __init__(self, seed: int) -> None:
        logits = np.random.default_rng(seed).normal(size=(4,) * DIGITS + (DIGITS, 4))
        self.table = (logits - np.log(np.exp(logits).sum(-1, keepdims=True))).astype(np.float32)

    def of(self, prefix: tuple[int, ...]) -> Floats:
        return np.asarray(self.table[prefix + (0,) * (DIGITS - len(prefix)) + (len(prefix),)], np.float32)

    def step(self, codes: Ints) -> Step:
        prefixes: list[tuple[int, ...]] = [()]

        def step(parents: Ints, items: Ints) -> Floats:
            nonlocal prefixes
            length = len(prefixes[0]) + 1
            before, prefixes = prefixes, [tuple(code) for code in codes[items, :length].tolist()]
            assert [prefix[:-1] for prefix in prefixes] == [before[parent] for parent in parents.tolist()]
            return np.array([self.of(prefix) for prefix in prefixes], np.float32)

        return step

    def whole(self, code: list[int]) -> float:
        return float(sum(self.of(tuple(code[:place]))[digit] for place, digit in enumerate(code)))


def searched(codes: Ints, seed: int, width: int, allowed: Mask | None = None) -> tuple[list[int], list[float]]:
    model = Scripted(seed)
    items, totals = beam(model.of(()), model.step(codes), Trie(codes), width, allowed)
    return items.tolist(), totals.tolist()


@given(codes=CODES, seed=st.integers(0, 5), data=st.data())
def test_a_wide_beam_finds_what_brute_force_finds(codes: Ints, seed: int, data: st.DataObject) -> None:
    allowed = np.array(data.draw(st.lists(st.booleans(), min_size=len(codes), max_size=len(codes))))
    model = Scripted(seed)
    right = {item: model.whole(codes[item].tolist()) for item in np.flatnonzero(allowed).tolist()}
    items, totals = searched(codes, seed, 30, allowed)
    assert set(items) == set(right)
    np.testing.assert_allclose(totals, [right[item] for item in items], atol=1e-5)
    assert totals == sorted(totals, reverse=True)


@given(codes=CODES, seed=st.integers(0, 5), width=st.integers(1, 8), data=st.data())
def test_a_narrow_beam_proposes_only_what_is_allowed_and_as_much_as_it_can(
    codes: Ints, seed: int, width: int, data: st.DataObject
) -> None:
    allowed = np.array(data.draw(st.lists(st.booleans(), min_size=len(codes), max_size=len(codes))))
    items, _ = searched(codes, seed, width, allowed)
    assert len(set(items)) == len(items) <= width
    assert allowed[items].all()
    assert bool(items) == allowed.any()


@given(codes=CODES, data=st.data())
def test_what_follows_a_prefix_is_found_by_search(codes: Ints, data: st.DataObject) -> None:
    trie = Trie(codes)
    prefixes, written = trie.root(), [()]
    for level in range(DIGITS):
        prefixes = trie.after(prefixes, level)
        written = [
            (*written[parent], digit)
            for parent, digit in zip(prefixes.parents.tolist(), prefixes.digits.tolist(), strict=True)
        ]
        assert written == sorted({tuple(code) for code in codes[:, : level + 1].tolist()})


def test_items_without_a_code_are_never_proposed() -> None:
    codes = np.array([[-1, -1, -1], [0, 1, 0], [-1, -1, -1]])
    assert searched(codes, 0, 5)[0] == [1]
    assert searched(codes[:1], 0, 5) == ([], [])


def test_equals_come_in_the_order_of_their_codes() -> None:
    trie = Trie(np.array([[1, 0], [0, 1], [0, 0]]))
    flat = np.zeros(2, np.float32)
    assert beam(flat, lambda parents, _: np.zeros((len(parents), 2), np.float32), trie, 3)[0].tolist() == [2, 1, 0]


def test_what_cannot_work_is_refused_by_name() -> None:
    with pytest.raises(ConfigError, match="width 0"):
        searched(np.array([[0, 0, 0]]), 0, 0)
    with pytest.raises(ConfigError, match="item 1 has the code of another one"):
        Trie(np.array([[0, 1, 2], [0, 1, 2]]))
