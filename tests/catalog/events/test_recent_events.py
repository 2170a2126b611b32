"""The last events of a visit or a shopper; decisions on other subjects beside the assistant's."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from shopwright.catalog.events.decisions import NO_TURN, Decisions
from shopwright.catalog.events.kept import Events
from shopwright.catalog.events.log import EventLog
from shopwright.catalog.events.row import Row, row_of
from shopwright.catalog.memory import Memory
from shopwright.catalog.store import Store
from shopwright.types import Decision, Strategy

NOW = time.time() - 20_000


@pytest.fixture
def kept(tmp_path: Path) -> Iterator[Events]:
    store = Store.open(tmp_path / "store.db")
    yield Events(store, 30)
    store.close()


def view(at: float, session: str = "v", item: str = "coat", shopper: str | None = None) -> Row:
    return row_of("view_item", session, NOW + at, (item,), shopper=shopper)


def test_the_last_events_come_in_order_of_time(kept: Events) -> None:
    log = EventLog(kept)
    log.add([view(number, item=f"p{number}") for number in range(500)], "talk")
    log.add([view(600, "w", "hat", "anna"), view(700, "x", "cap", "anna")])
    assert log.flush()
    log.close()
    assert [one.items[0] for one in kept.recent("v", most=3)] == ["p497", "p498", "p499"]
    assert len(kept.recent("talk")) == 200
    assert [one.items[0] for one in kept.recent(shopper_id="anna")] == ["hat", "cap"]
    assert [one.items[0] for one in kept.recent("v", "anna", most=3)] == ["p499", "hat", "cap"]
    assert (kept.recent(), kept.recent("nobody", "nobody")) == ([], [])


def test_decisions_on_another_subject_stand_beside_the_assistants(kept: Events) -> None:
    decisions, log = Decisions(kept.store), EventLog(kept)
    decisions.add("v", 0, Decision(Strategy.SEARCH, 0.5, "linear-1"), {"goal_known": 1.0}, NOW)
    for at, dial in ((10, "0.3"), (300, "0")):
        decisions.add_named("v", NO_TURN, f"recommend:{dial}", 0.4, "default+0.6", {"place:home": 1.0}, NOW + at)
    log.add([view(100), view(200), view(400)])
    log.close()
    assert decisions.settle(time.time()) == 0  # the log did
    (own,) = decisions.read(settled=True)
    first, second = decisions.read(settled=True, subject="recommend")
    looks = [one.outcome.looks for one in (own, first, second) if one.outcome]
    assert looks == [3, 2, 1]  # until the next decision of the same subject
    assert (first.strategy, first.turn, first.propensity, first.features) == (
        "recommend:0.3", NO_TURN, 0.4, {"place:home": 1.0},
    )  # fmt: skip
    assert (decisions.count(), decisions.count("recommend")) == ((1, 1), (2, 2))


def test_what_was_decided_in_a_shoppers_visits_goes_with_the_shopper(kept: Events) -> None:
    decisions, log = Decisions(kept.store), EventLog(kept)
    decisions.add_named("v", NO_TURN, "recommend:0", 0.4, "default+0.6", {}, NOW)
    decisions.add_named("w", NO_TURN, "recommend:0", 0.4, "default+0.6", {}, NOW)
    log.add([view(1, shopper="anna"), view(2, "w")])
    log.close()
    assert Memory(kept.store).forget_shopper("anna").rows["decisions"] == 1
    assert [one.session_id for one in decisions.read(subject="recommend")] == ["w"]
