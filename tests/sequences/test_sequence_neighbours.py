from __future__ import annotations

import numpy as np

from shopwright.sequences.log import Sessions
from shopwright.sequences.neighbours import Neighbours

SESSIONS = Sessions.of([[0, 1], [2, 0, 3], [4, 5]])


def votes(clicks: list[int], **settings: int) -> dict[int, float]:
    items, near = Neighbours(SESSIONS, np.array([0.5, 1.0, 1.0]), **settings).votes(np.array(clicks))
    found = np.bincount(items, weights=near, minlength=SESSIONS.count)
    return {item: float(found[item]) for item in np.flatnonzero(found)}


def test_sessions_with_a_shared_item_vote_the_newer_and_what_follows_the_item_more() -> None:
    found = votes([0])
    assert set(found) == {0, 1, 2, 3}
    assert found[3] > found[1] > 0, "the second session is newer"
    assert found[3] > found[2], "3 came after the shared item, 2 before it"


def test_only_the_nearest_and_latest_are_kept() -> None:
    assert set(votes([0], kept=1)) == {0, 2, 3}
    assert set(votes([0], recent=1)) == {0, 2, 3}


def test_an_item_of_no_session_finds_nothing() -> None:
    sessions = Sessions.of([[0, 1]], 3)
    items, near = Neighbours(sessions, np.ones(1)).votes(np.array([2]))
    assert (len(items), len(near)) == (0, 0)
