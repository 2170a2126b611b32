from __future__ import annotations

import numpy as np
import pytest

from shopwright.errors import ConfigError
from shopwright.sequences.encoder import Encoder
from shopwright.sequences.log import Sessions
from shopwright.skills.intent.sessions.memories import FEATURES, Memories, MemorySettings, co_occurrence

SESSIONS = Sessions.of([[0, 1, 2], [3, 4], [0, 1]], 7)
ENCODER = Encoder(np.eye(7, dtype=np.float32), np.zeros((3, 3), np.float32), 0.07)


def test_candidates_come_from_all_memories_with_finite_features() -> None:
    memories = Memories(SESSIONS, MemorySettings(candidates=2), ENCODER)
    items, features_CF = memories.judged(np.array([0]))
    assert {0, 1, 2} <= set(items.tolist())
    assert items.tolist() == sorted({*items.tolist()})
    assert features_CF.shape == (len(items), FEATURES)
    assert np.isfinite(features_CF).all()
    voted = dict(zip(items.tolist(), features_CF[:, 0], strict=True))
    assert voted[1] > voted[2], "1 followed 0 twice and at once, 2 did not"


def test_items_nobody_clicked_and_numbers_outside_are_not_known() -> None:
    memories = Memories(SESSIONS, MemorySettings(), ENCODER)
    assert memories.known(np.array([-1, 5, 0, 99, 4])).tolist() == [0, 4]


def test_co_occurrence_is_symmetric_and_fades_with_distance() -> None:
    together = co_occurrence(Sessions.of([[0, 1, 2]]), window=2, decay=0.5)
    dense = np.zeros((3, 3))
    dense[together.row_of, together.items] = together.weights
    assert dense.tolist() == [[0, 1, 0.5], [1, 0, 1], [0.5, 1, 0]]


@pytest.mark.parametrize("wrong", [{"window": 0}, {"half_life": 0}, {"candidates": 0}, {"decay": 0.0}, {"decay": 1.1}])
def test_settings_that_cannot_work_are_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(ConfigError, match=next(iter(wrong))):
        MemorySettings(**wrong)
