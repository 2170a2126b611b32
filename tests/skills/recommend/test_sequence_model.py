"""A model of planted sequences: what follows is found, new items by their texts, and odd logs do no harm."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from sequences.planting import pairs_in_order
from shopwright.errors import CorpusError, ModelError
from shopwright.sequences.encoder import EncoderSettings
from shopwright.skills.recommend.sequence.behaviour import Behaviour
from shopwright.skills.recommend.sequence.items import Items
from shopwright.skills.recommend.sequence.memory import FEATURES, HISTORY
from shopwright.skills.recommend.sequence.sequence_model import SequenceModel, SequenceSettings

SMALL = SequenceSettings(EncoderSettings(dimensions=16, window=HISTORY, batch=64, drawn=20), choices=150)
COUNT = 24
IDS = [f"p{number}" for number in range(COUNT)]
ATTRIBUTES = [(f"pair {number // 2}",) for number in range(COUNT)]


def texts(count: int = COUNT) -> np.ndarray:
    """Vectors in which the two items of a pair read alike."""
    random = np.random.default_rng(1)
    vectors = np.repeat(random.standard_normal((count // 2, 32)), 2, axis=0) + 0.3 * random.standard_normal((count, 32))
    return (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)


@pytest.fixture(scope="module")
def visits() -> list[list[str]]:
    return [[IDS[item] for item in each] for each in pairs_in_order()]


@pytest.fixture(scope="module")
def behaviour(visits: list[list[str]]) -> Behaviour:
    return Behaviour.fit(visits, IDS, texts(), ATTRIBUTES, SMALL)


def test_what_followed_comes_first_with_its_origin_and_count(behaviour: Behaviour, visits: list[list[str]]) -> None:
    both = sum("p6" in visit and "p7" in visit for visit in visits)
    best = behaviour.scored(["p6"])[0]
    assert (best.id, best.because, best.together) == ("p7", "p6", both)
    assert sum(one.relevance for one in behaviour.scored(["p6"])) == pytest.approx(1, abs=1e-6)


def test_what_is_in_the_history_is_not_recommended(behaviour: Behaviour) -> None:
    assert {"p6", "p7"}.isdisjoint(one.id for one in behaviour.scored(["p6", "p7"]))


def test_a_product_that_nobody_chose_is_found_by_its_text(behaviour: Behaviour) -> None:
    assert behaviour.scored(["p20"])[0].id == "p21", "items 20 to 23 are in no visit, 20 and 21 read alike"


def test_of_nothing_known_the_popular_come(behaviour: Behaviour) -> None:
    popular = [one.id for one in behaviour.popular()]
    assert [one.id for one in behaviour.scored(["no such product"])][:5] == popular[:5]
    assert set(popular) == set(IDS[:20])


def test_the_history_is_that_of_the_latest_different_items(behaviour: Behaviour) -> None:
    looped = ["p2", "p6"] * 50_000
    assert behaviour.numbers(looped).tolist() == [6, 2]
    assert behaviour.scored(looped) == behaviour.scored(["p2", "p6"])


def test_an_item_that_comes_again_and_again_teaches_nothing(visits: list[list[str]]) -> None:
    odd = [["p0"] * 100_000, ["p1"], [], ["gone", "p2", "gone"]]
    fitted = Behaviour.fit([*visits, *odd], IDS, texts(), ATTRIBUTES, SMALL)
    assert fitted.scored(["p0"])[0].id == "p1"


def test_without_texts_and_attributes_counts_still_speak(visits: list[list[str]]) -> None:
    bare = Behaviour.fit(visits, IDS, np.zeros((COUNT, 32), np.float32), [()] * COUNT, SMALL)
    assert bare.scored(["p6"])[0].id == "p7"


def test_kept_and_loaded_it_says_the_same(behaviour: Behaviour, tmp_path: Path) -> None:
    behaviour.save(tmp_path / "recommend.npz")
    loaded = Behaviour.load(tmp_path / "recommend.npz")
    assert [one.id for one in loaded.scored(["p6"])][:3] == [one.id for one in behaviour.scored(["p6"])][:3]
    assert loaded.primitive(["p6"]) == behaviour.primitive(["p6"])


def test_a_damaged_file_is_refused(behaviour: Behaviour, tmp_path: Path) -> None:
    (tmp_path / "recommend.npz").write_bytes(b"PK nothing")
    with pytest.raises(ModelError, match=r"recommend\.npz"):
        Behaviour.load(tmp_path / "recommend.npz")


def test_it_goes_on_from_a_model_before_and_takes_new_products_in(
    behaviour: Behaviour, visits: list[list[str]]
) -> None:
    more = [["new", "p6", "p7"]] * 40
    fitted = Behaviour.fit(
        [*visits, *more],
        ["new", *IDS],
        np.concatenate([np.zeros((1, 32), np.float32), texts()]),
        [(), *ATTRIBUTES],
        SMALL,
        behaviour,
    )
    assert fitted.scored(["new"])[0].id in {"p6", "p7"}


def test_too_little_to_learn_from_is_said() -> None:
    with pytest.raises(CorpusError, match="2 sequences, none with three items"):
        SequenceModel.fit([[0, 1], [1, 1, 1]], Items.of(texts(), ATTRIBUTES), SMALL)


def test_features_are_as_many_as_stated(behaviour: Behaviour) -> None:
    memory = behaviour.model.memory
    items, features_CF = memory.judged(memory.known(np.array([6])))
    assert features_CF.shape == (len(items), FEATURES)
    assert np.isfinite(features_CF).all()
