from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shopwright.errors import ConfigError, CorpusError, ModelError
from shopwright.skills.recommend.codes import codes
from shopwright.skills.recommend.codes.codes import Codebook, Vectors, distinct, usage


def units(groups: int, each: int, seed: int = 0) -> Vectors:
    """Groups of alike unit vectors."""
    random = np.random.default_rng(seed)
    vectors = np.repeat(random.normal(size=(groups, 16)), each, axis=0) + 0.05 * random.normal(size=(groups * each, 16))
    return (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)


def test_items_that_share_their_first_digit_are_alike() -> None:
    book = Codebook.fit(units(4, 25), seed=0, levels=2, size=16)
    first = book.encode(units(4, 25))[:, 0]
    groups = [set((np.flatnonzero(first == digit) // 25).tolist()) for digit in range(16)]
    assert all(len(group) <= 1 for group in groups)


def test_a_new_item_is_coded_as_the_items_that_it_is_like() -> None:
    vectors = units(5, 20)
    book = Codebook.fit(np.delete(vectors, 7, axis=0), seed=0, levels=2, size=5)
    assert book.encode(vectors)[7, 0] == book.encode(vectors)[8, 0]


def test_the_same_seed_makes_the_same_codes_and_a_file_keeps_them(tmp_path: Path) -> None:
    vectors = units(6, 20)
    book = Codebook.fit(vectors, seed=3)
    book.save(tmp_path / "codes.npz")
    for other in (Codebook.fit(vectors, seed=3), Codebook.load(tmp_path / "codes.npz")):
        np.testing.assert_array_equal(other.encode(vectors), book.encode(vectors))


def test_items_without_text_have_no_code_and_are_counted() -> None:
    vectors = units(3, 10)
    vectors[[2, 5]] = 0
    book = Codebook.fit(vectors, seed=0)
    found = book.encode(vectors)
    assert (found[[2, 5]] == -1).all()
    assert (distinct(found)[[2, 5]] == -1).all()
    told = usage(book, found)
    assert (told.coded, told.without_text, told.crowded) == (28, 2, 0)


def test_few_items_have_few_centroids() -> None:
    assert Codebook.fit(units(2, 4), seed=0).centroids.shape == (3, 2, 16)
    assert Codebook.fit(units(1, 1), seed=0).encode(units(1, 1)).tolist() == [[0, 0, 0]]


@given(st.lists(st.tuples(st.integers(0, 2), st.integers(0, 2)), max_size=40))
def test_codes_become_unique_and_new_items_leave_old_codes_alone(cells: list[tuple[int, int]]) -> None:
    codes_NL = np.array(cells, np.int64).reshape(-1, 2)
    found = distinct(codes_NL)
    assert len({tuple(code) for code in found.tolist()}) == len(cells)
    np.testing.assert_array_equal(found[:, :-1], codes_NL)
    np.testing.assert_array_equal(distinct(codes_NL[: len(cells) // 2]), found[: len(cells) // 2])


@settings(max_examples=20)
@given(st.integers(1, 400))
def test_a_full_cell_takes_no_more(count: int) -> None:
    found = distinct(np.zeros((count, 3), np.int64))
    assert (found[codes.ROOM :] == -1).all()
    assert found[: codes.ROOM, -1].tolist() == list(range(min(count, codes.ROOM)))


def test_what_cannot_be_coded_is_refused_by_name(tmp_path: Path) -> None:
    vectors = units(3, 10)
    with pytest.raises(CorpusError, match="30 items, none with a text"):
        Codebook.fit(np.zeros_like(vectors), seed=0)
    with pytest.raises(ConfigError, match="levels 0"):
        Codebook.fit(vectors, seed=0, levels=0)
    with pytest.raises(CorpusError, match="vectors of 8 numbers, 16 expected"):
        Codebook.fit(vectors, seed=0).encode(vectors[:, :8])
    vectors[4, 2] = np.nan
    with pytest.raises(CorpusError, match="the first of item 4"):
        Codebook.fit(vectors, seed=0)
    (tmp_path / "codes.npz").write_bytes(b"no archive")
    with pytest.raises(ModelError, match="cannot be read"):
        Codebook.load(tmp_path / "codes.npz")
