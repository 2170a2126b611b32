"""The models of visits: learned from a shop's events, kept where they win, told to a turn."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest

from shopwright.assistant.strategy.visits import BUYING_FILE, NEXT_FILE, Visits
from shopwright.catalog.events.kept import Events
from shopwright.catalog.events.log import EventLog
from shopwright.catalog.events.row import Row, row_of
from shopwright.catalog.ingest import ingest_items
from shopwright.catalog.store import Store
from shopwright.errors import CorpusError
from shopwright.sequences.encoder import EncoderSettings
from shopwright.skills.intent.sessions.model import SessionSettings
from shopwright.skills.intent.sessions.products import ProductSessions
from shopwright.train.intent.visits import train_visits
from shopwright.types import Product

QUICK = SessionSettings(encoder=EncoderSettings(dimensions=8, passes=2, drawn=20), choices=400)
NOW = time.time() - 86_400


@pytest.fixture
def events(tmp_path: Path) -> Iterator[Events]:
    with closing(Store.open(tmp_path / "store.db")) as store:
        parts = ("Tents", "Lamps")
        ingest_items(
            store, [Product(f"p{n}", f"Thing {n}", category=(parts[n % 2], "Things")) for n in range(40)], source="test"
        )
        yield Events(store, 90)


def visit(number: int, random: np.random.Generator) -> list[Row]:
    """Opens a thing and those after it in its ring; who opens three of them buys."""
    first, session = int(random.integers(0, 40)), f"v{number}"
    at, length = NOW + number * 60, int(random.integers(2, 5))
    items = [f"p{(first + step * 2) % 40}" for step in range(length)]
    rows = [row_of("view_item", session, at + 8 * place, (item,)) for place, item in enumerate(items)]
    if length > 3:
        rows.append(row_of("add_to_cart", session, at + 40, (items[-1],)))
        rows.append(row_of("purchase", session, at + 50, (items[-1],), value=9.0, currency="EUR"))
    return rows


def fill(events: Events, visits: int) -> None:
    log, random = EventLog(events), np.random.default_rng(0)
    for number in range(visits):
        log.add(visit(number, random), f"talk-{number}")
    assert log.flush()
    log.close()


def test_what_does_not_win_is_not_kept(events: Events, tmp_path: Path) -> None:
    """In a ring counting finds everything, so there is nothing to gain; purchases are told by what was opened."""
    fill(events, 600)
    measured = train_visits(events, tmp_path / "models", QUICK)
    assert measured.found["model"] == measured.found["counts"] > measured.found["pop"]
    assert measured.low <= 0
    assert measured.buying > 0.9
    assert measured.kept == (BUYING_FILE,)
    assert [path.name for path in (tmp_path / "models").iterdir()] == [BUYING_FILE]


def test_a_turn_is_told_where_a_visit_goes(events: Events, tmp_path: Path) -> None:
    fill(events, 600)
    train_visits(events, tmp_path, QUICK)
    opened = [[item for event in session for item in event.items] for session in events.sessions()]
    visits = Visits(events, tmp_path)
    assert visits("talk-3") == {}
    ProductSessions.fit(opened, QUICK).save(tmp_path / NEXT_FILE)
    told = visits("talk-3")
    assert told["visit:opened"] > 0
    assert told["visit:part"] > 0.9  # a ring stays in its part of the shop
    assert 0 < told["visit:buys"] < 1
    assert visits("nobody") == {}


def test_without_models_nothing_is_told(events: Events, tmp_path: Path) -> None:
    fill(events, 3)
    assert Visits(events, tmp_path / "models")("talk-1") == {}


def test_too_few_visits_are_said(events: Events, tmp_path: Path) -> None:
    fill(events, 20)
    with pytest.raises(CorpusError, match="200 are needed"):
        train_visits(events, tmp_path / "models", QUICK)
