from __future__ import annotations

import numpy as np
import pytest

from sequences.planting import pairs_in_order
from shopwright.errors import ConfigError
from shopwright.sequences.encoder import Adam, Batch, Encoder, EncoderSettings, fit_encoder, gradient
from shopwright.sequences.log import Sessions

SESSIONS = Sessions.of([[0, 1, 2, 1], [3, 4], [2, 3, 5]])


def test_a_batch_holds_the_clicks_before_the_goals_the_last_one_first() -> None:
    batch = Batch.before(np.array([3, 5, 8]), SESSIONS, window=2)
    assert batch.clicks.tolist() == [2, 1, 3, 3, 2]
    assert batch.lengths.tolist() == [2, 1, 2]
    assert batch.goals.tolist() == [1, 4, 5]


def test_slopes_are_those_of_the_loss() -> None:
    random = np.random.default_rng(0)
    tables = [random.standard_normal((6, 4)), random.standard_normal((3, 3))]
    batch = Batch.before(np.flatnonzero(SESSIONS.position_of > 0), SESSIONS, 3)
    log_chance = np.log(np.linspace(0.3, 0.9, 6))
    masks = {shape: random.uniform(0.5, 1.5, shape) for shape in ((6, 4), (int(batch.lengths.sum()), 4))}

    def loss(which: int, place: tuple[int, int], by: float) -> float:
        moved = [table.copy() for table in tables]
        moved[which][place] += by
        return gradient(Encoder(*moved, 0.5), batch, np.arange(6), log_chance, masks.__getitem__).loss

    slopes = gradient(Encoder(*tables, 0.5), batch, np.arange(6), log_chance, masks.__getitem__)
    assert slopes.rows.tolist() == [0, 1, 2, 3, 4, 5]
    for which, found in enumerate((slopes.of_rows, slopes.of_places)):
        for place in np.ndindex(found.shape):
            measured = (loss(which, place, 1e-3) - loss(which, place, -1e-3)) / 2e-3
            assert found[place] == pytest.approx(measured, abs=2e-3)


def test_adam_moves_the_given_rows_alone_and_by_its_rate_at_first() -> None:
    adam = Adam(np.zeros((3, 2), np.float32))
    adam.step(np.array([2]), np.array([[5.0, -0.1]], np.float32), 0.01)
    assert adam.table[:2].tolist() == [[0, 0], [0, 0]]
    assert adam.table[2] == pytest.approx([-0.01, 0.01], rel=1e-3)


def test_what_followed_is_what_the_vector_points_at() -> None:
    planted = pairs_in_order()
    how = EncoderSettings(dimensions=8, batch=64, drawn=20)
    encoder = fit_encoder(Sessions.of(planted), how, 0)
    for even in range(0, 20, 2):
        scores = encoder.scores(np.array([even]))
        scores[even] = -np.inf
        assert scores.argmax() == even + 1
    again = fit_encoder(Sessions.of(planted), how, 0)
    assert np.array_equal(again.table, encoder.table), "the seed decides"


def test_a_session_is_a_unit_vector_and_an_empty_one_is_zero() -> None:
    encoder = Encoder(np.eye(4, dtype=np.float32), np.zeros((2, 2), np.float32), 0.1)
    assert encoder.vector(np.array([3, 0, 1])) == pytest.approx([0.5**0.5, 0.5**0.5, 0, 0], abs=1e-5)
    assert encoder.vector(np.array([], np.int64)).tolist() == [0, 0, 0, 0]


@pytest.mark.parametrize("wrong", [{"dimensions": 0}, {"dropout": 1.0}, {"rate": 0.0}, {"temperature": -1.0}])
def test_settings_that_cannot_work_are_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(ConfigError, match=next(iter(wrong))):
        EncoderSettings(**wrong)
