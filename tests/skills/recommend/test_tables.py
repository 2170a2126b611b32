from __future__ import annotations

import numpy as np

from shopwright.sequences.log import Sessions
from shopwright.skills.recommend.sequence.tables import Pairs, alike, beside, followed


def log() -> Sessions:
    return Sessions.of([[0, 1, 2], [0, 1], [3, 0, 1]], 5)


def test_pairs_count_by_one_over_their_distance() -> None:
    pairs = Pairs.of(log())
    found = {
        (int(a), int(b)): round(float(w), 3) for a, b, w in zip(pairs.before, pairs.after, pairs.weights, strict=True)
    }
    assert found[(0, 2)] == found[(3, 1)] == 0.5
    assert found[(1, 2)] == found[(3, 0)] == 1.0


def test_what_followed_most_comes_first_and_nothing_follows_itself() -> None:
    sessions = log()
    popularity = np.bincount(sessions.items, minlength=5)
    after = followed(Pairs.of(sessions), popularity, 3)
    before = followed(Pairs.of(sessions), popularity, 3, backwards=True)
    assert after.items[0, 0] == 1
    assert before.items[1, 0] == 0
    assert after.weights[4].sum() == 0
    same = Pairs.of(Sessions.of([[2, 2, 2]], 5))
    assert followed(same, popularity, 3).weights.sum() == 0


def test_two_steps_reach_what_stood_beside_what_stood_beside() -> None:
    sessions = Sessions.of([[0, 1], [1, 2]], 3)
    table = beside(Pairs.of(sessions), np.bincount(sessions.items), 2)
    assert table.add_up(np.array([0]), np.ones(1))[2] == 0
    assert table.through(table, np.array([0]), np.ones(1))[2] > 0


def test_texts_are_alike_without_the_item_itself_even_where_they_are_the_same() -> None:
    vectors = np.array([[1, 0], [1, 0], [0, 1], [0, 0]], np.float32)
    table = alike(vectors, 2)
    assert table.items[0, 0] == 1
    assert table.items[1, 0] == 0
    assert (table.items != np.arange(4)[:, None])[table.weights > 0].all()
    assert table.weights[3].sum() == 0
