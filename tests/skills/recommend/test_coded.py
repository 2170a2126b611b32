"""A generator of codes over a catalogue that changes, by ids of products."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from shopwright.errors import CorpusError, ModelError
from shopwright.sequences.log import Ints
from shopwright.skills.recommend.codes.coded import Coded
from shopwright.skills.recommend.codes.codes import Vectors
from skills.recommend.handmade import NO_TEXT, handmade, vectors

IDS = [f"p{item}" for item in range(len(vectors()))]


@pytest.fixture(scope="module")
def coded() -> Coded:
    return Coded(handmade(), IDS)


def nothing(places: Ints) -> Vectors:
    return np.zeros((len(places), 12), np.float32)


def test_the_same_catalogue_in_another_order_is_written_alike(coded: Coded) -> None:
    turned = coded.over(IDS[::-1], nothing)
    here, there = coded.generator.propose([3, 9], 20), turned.propose([len(IDS) - 4, len(IDS) - 10], 20)
    assert [IDS[row] for row in here[0]] == [IDS[::-1][row] for row in there[0]]
    np.testing.assert_allclose(here[1], there[1], atol=1e-6)


def test_new_products_are_written_at_once_and_gone_ones_never(coded: Coded) -> None:
    asked: list[int] = []

    def vectors_of(places: Ints) -> Vectors:
        asked.extend(places.tolist())
        return np.stack([vectors()[3] if place else vectors()[7] for place in places.tolist()])

    ids = ["new", *IDS[8:], "newer"]
    generator = coded.over(ids, vectors_of)
    assert asked == [0, len(ids) - 1], "only those that have no code yet"
    np.testing.assert_array_equal(generator.codes_ND[1:-1], coded.generator.codes_ND[8:])
    np.testing.assert_array_equal(generator.codes_ND[0, :-1], coded.generator.codes_ND[7, :-1])
    assert generator.codes_ND[0, -1] > coded.generator.codes_ND[7, -1], "the code of the one that is gone stays its own"
    written = generator.propose([5], len(ids))[0].tolist()
    assert sorted(written) == list(range(len(ids)))


def test_a_text_that_came_later_gives_a_code(coded: Coded) -> None:
    assert (coded.over(IDS, nothing).codes_ND[NO_TEXT] == -1).all()
    assert (coded.over(IDS, lambda places: vectors()[places - places + 3]).codes_ND[NO_TEXT] >= 0).all()
    assert len(coded.over([], nothing).propose([], 5)[0]) == 0
    with pytest.raises(CorpusError, match="vectors of 5 numbers, 12 expected"):
        coded.over(["new"], lambda places: np.ones((len(places), 5), np.float32))


def test_a_file_keeps_it_with_its_ids(coded: Coded, tmp_path: Path) -> None:
    coded.save(tmp_path / "codes.npz")
    kept = Coded.load(tmp_path / "codes.npz")
    assert kept.ids == tuple(IDS)
    np.testing.assert_array_equal(kept.generator.propose([3], 9)[0], coded.generator.propose([3], 9)[0])
    coded.generator.save(tmp_path / "alone.npz")
    with pytest.raises(ModelError, match="has no ids"):
        Coded.load(tmp_path / "alone.npz")
    with pytest.raises(ModelError, match="2 ids, 60 codes"):
        Coded(coded.generator, IDS[:2])
