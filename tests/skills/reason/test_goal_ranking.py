from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from shopwright.errors import ConfigError
from shopwright.knowledge.links import Links
from shopwright.models.scripted import HashingEncoder
from shopwright.skills.reason.ranking import FEATURES, Ranker, Ranking, association, clauses

ENCODER = HashingEncoder(256)
LINKS = Links(
    exemplars={
        "Sports > Fishing > Rods": ("Fishing rod",),
        "Sports > Fishing > Nets": ("Landing net",),
        "Home > Lamps": ("Reading lamp",),
    }
)


def test_a_wish_falls_into_clauses() -> None:
    assert clauses("My dad retires. He fishes a lot, and reads till late! Why?") == [
        "My dad retires", "He fishes a lot", "reads till late"
    ]  # fmt: skip
    assert clauses("lamp") == []


def test_what_is_nearer_scores_higher() -> None:
    ranker = Ranker(LINKS, ENCODER)
    said = ENCODER.encode(["he likes fishing and has a rod", "has a rod"])
    nothing = ranker.told([])
    features = ranker.features(said, np.zeros(3, np.float32), [nothing, nothing])
    assert features.shape == (3, len(FEATURES))
    assert int(features[:, FEATURES.index("products of clause")].argmax()) == 0
    assert ranker.nearest_clause(said, 0)[0] in (0, 1)


def test_a_chain_to_a_wide_category_is_shared_by_those_within() -> None:
    ranker = Ranker(LINKS, ENCODER)
    told = ranker.told([(("Sports > Fishing",), 0.8, True, False), (("Home > Lamps",), 0.5, False, False)])
    assert told.theme[0] == told.theme[1] > 0
    assert told.theme[2] == 0
    assert told.chain.tolist() == [0, 0, 0.5]


def test_the_packaged_ranking_fits_the_features(tmp_path: Path) -> None:
    ranking = Ranking.packaged()
    assert len(ranking.weights) == len(FEATURES)
    ranking.write(tmp_path / "ranking.json")
    assert Ranking.read(tmp_path / "ranking.json") == ranking
    with pytest.raises(ConfigError, match=r"nothing\.json"):
        Ranking.read(tmp_path / "nothing.json")


def test_another_encoder_is_not_turned() -> None:
    assert np.array_equal(association(HashingEncoder(64)), np.eye(64))
