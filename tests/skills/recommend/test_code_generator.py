from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shopwright.errors import ConfigError, ModelError
from shopwright.sequences.archive import read_arrays, write_arrays
from shopwright.skills.recommend.codes.codes import following
from shopwright.skills.recommend.codes.generator import Generator
from shopwright.skills.recommend.codes.prefixes import Prefixes
from skills.recommend.handmade import ITEMS, NO_TEXT, handmade, vectors


@pytest.fixture(scope="module")
def generator() -> Generator:
    return handmade()


def test_writing_beam_by_beam_is_reading_the_whole(generator: Generator) -> None:
    history = [3, 9, 30]
    items, found = generator.propose(history, width=ITEMS)
    assert set(items.tolist()) == set(range(ITEMS)) - {NO_TEXT}
    opening = generator.decoder.embedding[-1:]
    for item, log_probability in zip(items[:10].tolist(), found[:10].tolist(), strict=True):
        tokens = [generator._embedded(np.array([each]), level)[0] for each in (*history, item) for level in range(3)]
        right = 0.0
        for level, digit in enumerate(generator.codes_ND[item]):
            _, state = generator.decoder.read(np.concatenate([opening, tokens[: 9 + level]]))
            right += generator._log_probabilities(state[None], level)[0, digit]
        assert log_probability == pytest.approx(right, abs=1e-4)


def test_prefixes_that_were_hardly_chosen_have_no_vector_of_their_own(generator: Generator) -> None:
    found = generator.prefixes.rows(generator.codes_ND, generator.book.sizes)
    assert (found[:, 0] == 0).all()
    assert (found[NO_TEXT] == 0).all()
    often = [item for item in range(ITEMS) if item % 4 >= 2 and item != NO_TEXT]
    assert (found[often, -1] > 0).all()
    assert len(set(found[often, -1].tolist())) == len(often)
    never = [item for item in range(ITEMS) if item % 4 == 0]
    assert (found[never, -1] == 0).all()
    nothing = Prefixes(np.empty(0, np.int64), generator.prefixes.vectors[:1])
    assert not nothing.rows(generator.codes_ND, generator.book.sizes).any()


@settings(max_examples=30)
@given(st.lists(st.integers(-3, ITEMS + 3), max_size=30))
def test_any_history_is_read(generator: Generator, history: list[int]) -> None:
    items, found = generator.propose(history, width=10)
    assert len(items) == 10
    assert np.isfinite(found).all()
    assert (np.diff(found) <= 0).all()
    known = [item for item in history if 0 <= item < ITEMS and item != NO_TEXT]
    np.testing.assert_array_equal(generator.propose(known, width=10)[0], items)


def test_loops_and_endless_sessions_count_once_and_in_part(generator: Generator) -> None:
    short = generator.propose([7, 3, 9, 7, 3], width=5)
    for history in ([3] * 9 + [9, 7, 7, 3, 3], [40, 41] * 50_000 + [3, 9, 7, 3]):
        np.testing.assert_array_equal(generator.propose(history, width=5)[0], short[0])


def test_only_what_is_allowed_is_proposed(generator: Generator) -> None:
    allowed = np.zeros(ITEMS, np.bool_)
    assert len(generator.propose([3], 10, allowed)[0]) == 0
    allowed[[2, 17, NO_TEXT]] = True
    assert sorted(generator.propose([3], 10, allowed)[0].tolist()) == [2, 17]


def test_a_new_item_is_proposed_at_once_and_the_others_stay(generator: Generator) -> None:
    new = following(generator.codes_ND, generator.book.encode(vectors()[3:4]))
    more = generator.over(np.concatenate([generator.codes_ND, new]))
    np.testing.assert_array_equal(more.codes_ND[:ITEMS], generator.codes_ND)
    assert ITEMS in more.propose([3], ITEMS + 1)[0].tolist()


def test_a_file_keeps_it(generator: Generator, tmp_path: Path) -> None:
    generator.save(tmp_path / "generator.npz")
    kept = Generator.load(tmp_path / "generator.npz").propose([3, 9], 20)
    for one, other in zip(kept, generator.propose([3, 9], 20), strict=True):
        np.testing.assert_array_equal(one, other)


def test_what_does_not_belong_together_is_refused(generator: Generator, tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="do not belong together"):
        Generator(generator.decoder, generator.prefixes, generator.book, generator.codes_ND[:, 1:], 4)
    narrow = Prefixes(generator.prefixes.keys, generator.prefixes.vectors[:, :3])
    with pytest.raises(ModelError, match="prefixes of 3 numbers"):
        Generator(generator.decoder, narrow, generator.book, generator.codes_ND, 4)
    with pytest.raises(ModelError, match="prefixes, 3 vectors"):
        Prefixes(generator.prefixes.keys, generator.prefixes.vectors[:3])
    with pytest.raises(ConfigError, match="width 0"):
        generator.propose([], 0)
    generator.save(tmp_path / "whole.npz")
    for missing in ("codes", "centroids", "prefixes", "layer1.down"):
        kept = {name: values for name, values in read_arrays(tmp_path / "whole.npz").items() if name != missing}
        write_arrays(tmp_path / "part.npz", kept)
        with pytest.raises(ModelError, match=missing):
            Generator.load(tmp_path / "part.npz")
