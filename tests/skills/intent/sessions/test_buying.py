from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from shopwright.errors import CorpusError, ModelError
from shopwright.sequences.archive import write_arrays
from shopwright.skills.intent.sessions.buying import FEATURES, Act, BuyingModel, features


def made(count: int) -> list[list[Act]]:
    """Sessions in which those that put something into the cart buy four times in five, and others never."""
    random = np.random.default_rng(0)
    sessions = []
    for _ in range(count):
        acts: list[Act] = [(10.0 * at, "view_item", [str(random.integers(9))]) for at in range(random.integers(1, 6))]
        if random.random() < 0.5:
            acts += [(100.0, "add_to_cart", ["1"]), (120.0, "view_cart", [])]
            acts += [(150.0, "purchase", ["1"])] * int(random.random() < 0.8)
        sessions.append(acts)
    return sessions


def test_features_are_counts_of_what_was_done() -> None:
    acts: list[Act] = [
        (0, "search", []), (60, "view_item", ["a"]), (60, "view_item", ["b"]), (240, "view_item", ["a"]),
        (240, "add_to_cart", ["a"]),
    ]  # fmt: skip
    found = dict(zip(FEATURES, features(acts), strict=True))
    assert found.pop("cart_last") == 1
    assert {name: round(float(np.expm1(value)), 6) for name, value in found.items()} == {
        "views": 3, "products": 2, "repeated": 1, "carts": 1, "searches": 1, "minutes": 4, "dwell": 3,
    }  # fmt: skip
    assert not features([]).any()


def test_a_cart_raises_the_chance_and_chances_hold_on_new_sessions() -> None:
    model = BuyingModel.fit(made(2000))
    views: list[Act] = [(0.0, "view_item", ["1"]), (10.0, "view_item", ["2"])]
    carted: list[Act] = [*views, (100.0, "add_to_cart", ["1"]), (120.0, "view_cart", [])]
    assert model.probability(carted) > 0.7
    assert model.probability(views) < 0.5
    assert 0 < model.probability([]) < 1


def test_a_saved_model_answers_the_same(tmp_path: Path) -> None:
    model = BuyingModel.fit(made(100))
    model.save(tmp_path / "buying.npz")
    acts = made(3)[1]
    assert BuyingModel.load(tmp_path / "buying.npz").probability(acts) == model.probability(acts)
    write_arrays(tmp_path / "buying.npz", {"mean": model.mean})
    with pytest.raises(ModelError, match="no model of purchases"):
        BuyingModel.load(tmp_path / "buying.npz")


def test_one_kind_of_session_teaches_nothing() -> None:
    never: list[list[Act]] = [[(0.0, "view_item", ["1"])]] * 5
    with pytest.raises(CorpusError, match="5 sessions, 0 with a purchase"):
        BuyingModel.fit(never)
    with pytest.raises(CorpusError, match="0 sessions"):
        BuyingModel.fit([[(0.0, "purchase", ["1"])], []])
