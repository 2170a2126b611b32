"""A cache of fixed size: within it nothing changes, beyond it sinks and the last tokens stay, at moved positions."""

from __future__ import annotations

import numpy as np
import pytest

from models.language.tiny import FOLDER, NAME
from shopwright.errors import ModelError
from shopwright.models.language.session import DecoderSession
from shopwright.models.language.streaming import SINKS, drop, stream

TOKENS = [(13 * place) % 300 + 6 for place in range(400)]


@pytest.fixture(scope="module")
def session() -> DecoderSession:
    return DecoderSession(NAME, FOLDER)


def test_what_fits_is_read_as_ever(session: DecoderSession) -> None:
    cache, plain = session.empty(100), session.empty(100)
    np.testing.assert_allclose(
        stream(session, TOKENS[:90], cache), session.read(TOKENS[:90], plain), rtol=1e-3, atol=1e-3
    )
    assert cache.lengths.tolist() == [90]


def test_any_length_fits_and_the_window_is_full(session: DecoderSession) -> None:
    cache = session.empty(100)
    logits = stream(session, TOKENS, cache, room=10)
    assert np.isfinite(logits).all()
    assert 80 <= cache.lengths[0] <= 90


def test_keys_that_move_are_those_of_their_new_positions(session: DecoderSession) -> None:
    """Keys of the first layer depend on token and position alone."""
    cache, fresh = session.empty(60), session.empty(60)
    session.read(TOKENS[:50], cache)
    drop(cache, 16, session.turns)
    session.read([*TOKENS[:SINKS], *TOKENS[SINKS + 16 : 50]], fresh)
    assert cache.lengths.tolist() == fresh.lengths.tolist() == [34]
    np.testing.assert_allclose(cache.data[0, :, 0, :, :34], fresh.data[0, :, 0, :, :34], rtol=1e-3, atol=1e-3)


def test_nothing_is_dropped_where_nothing_must(session: DecoderSession) -> None:
    cache = session.empty(60)
    session.read(TOKENS[:20], cache)
    drop(cache, -3, session.turns)
    assert cache.lengths.tolist() == [20]


def test_what_cannot_work_is_refused(session: DecoderSession) -> None:
    with pytest.raises(ModelError, match="0 tokens"):
        stream(session, [], session.empty(100))
    with pytest.raises(ModelError, match="at least"):
        stream(session, TOKENS, session.empty(60))
    with pytest.raises(ModelError, match="2 rows"):
        stream(session, TOKENS, session.empty(100, rows=2))
