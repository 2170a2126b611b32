from __future__ import annotations

import pytest

from sequences.planting import pairs_in_order
from shopwright.sequences.encoder import EncoderSettings
from shopwright.sequences.log import Sessions
from shopwright.skills.intent.sessions.model import SessionModel, SessionSettings

SMALL = SessionSettings(encoder=EncoderSettings(dimensions=8, batch=64, drawn=20), choices=200)


@pytest.fixture(scope="session")
def planted() -> list[list[int]]:
    return pairs_in_order()


@pytest.fixture(scope="session")
def small() -> SessionSettings:
    return SMALL


@pytest.fixture(scope="session")
def fitted(planted: list[list[int]]) -> SessionModel:
    return SessionModel.fit(Sessions.of(planted, 25), SMALL)
