from __future__ import annotations

import numpy as np
import pytest

from shopwright.skills.intent.sessions.encoder import EncoderSettings
from shopwright.skills.intent.sessions.log import Sessions
from shopwright.skills.intent.sessions.model import SessionModel, SessionSettings

SMALL = SessionSettings(encoder=EncoderSettings(dimensions=8, batch=64, drawn=20), choices=200)


@pytest.fixture(scope="session")
def planted() -> list[list[int]]:
    """Sessions over items 0 to 19 in which an even item is followed by the odd one after it."""
    random = np.random.default_rng(0)
    return [
        [item for even in random.integers(0, 10, 2) for item in (2 * int(even), 2 * int(even) + 1)] for _ in range(300)
    ]


@pytest.fixture(scope="session")
def small() -> SessionSettings:
    return SMALL


@pytest.fixture(scope="session")
def fitted(planted: list[list[int]]) -> SessionModel:
    return SessionModel.fit(Sessions.of(planted, 25), SMALL)
