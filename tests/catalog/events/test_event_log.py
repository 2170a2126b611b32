"""Events and decisions while the shop is open: written by a thread, refused when too many wait, judged afterwards."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from shopwright.catalog.events.decisions import INTO_CART, Decisions, Outcome
from shopwright.catalog.events.kept import Events
from shopwright.catalog.events.log import EventLog
from shopwright.catalog.events.row import Row, row_of
from shopwright.catalog.memory import Memory
from shopwright.catalog.store import Store
from shopwright.errors import StoreError
from shopwright.types import Decision, Strategy

NOW = time.time() - 10_000


@pytest.fixture
def kept(tmp_path: Path) -> Iterator[Events]:
    with closing(Store.open(tmp_path / "store.db")) as store:
        yield Events(store, 90)


def view(at: float, session: str = "v", name: str = "view_item", item: str = "coat") -> Row:
    return row_of(name, session, NOW + at, (item,))


def test_events_are_written_within_a_second_or_so(kept: Events) -> None:
    log = EventLog(kept)
    log.add([view(0), view(5)], "talk")
    for _ in range(100):
        if kept.totals().sessions:
            break
        time.sleep(0.05)
    assert [len(session) for session in kept.sessions()] == [2]
    assert len(kept.of_conversation("talk")) == 2
    log.close()


def test_a_batch_may_be_sent_again(kept: Events) -> None:
    log = EventLog(kept)
    for _ in range(2):
        log.add([view(0), view(0), view(5)])
        assert log.flush()
    assert (log.report.read, log.report.stored, log.report.duplicates) == (6, 2, 4)
    log.close()


def test_what_does_not_fit_is_refused_whole_until_there_is_room(kept: Events) -> None:
    log = EventLog(kept, most=3)
    log.add([view(0), view(1)])
    with pytest.raises(StoreError, match="2 events wait to be written: send these again"):
        log.add([view(2), view(3)])
    assert log.flush()
    log.add([view(2), view(3)])
    log.close()
    assert kept.totals().names == {"view_item": 4}


def test_what_the_store_does_not_take_waits(kept: Events, monkeypatch: pytest.MonkeyPatch) -> None:
    log = EventLog(kept)
    log.add([view(0)], "talk")

    def locked() -> None:
        raise StoreError("locked")

    monkeypatch.setattr(kept, "writing", locked)
    assert not log.flush()
    monkeypatch.undo()
    assert log.flush()
    assert len(kept.of_conversation("talk")) == 1
    log.close()


def decide(decisions: Decisions, turn: int, at: float, strategy: Strategy = Strategy.SEARCH) -> None:
    decisions.add("talk", turn, Decision(strategy, 0.25, "linear-1"), {"goal_known": 1.0}, NOW + at)


def test_a_decision_is_settled_by_what_was_done_after_it(kept: Events) -> None:
    decisions, log = Decisions(kept.store), EventLog(kept)
    decide(decisions, 0, 0)
    decide(decisions, 1, 100, Strategy.COMPARE)
    bought = row_of("purchase", "v", NOW + 200, ("coat",), value=59.5, currency="EUR")
    before, cart, late = view(-5), view(150, name="add_to_cart"), view(3_650, name="add_to_cart")
    log.add([before, view(50), view(60), cart, bought, late], "talk")
    decide(decisions, 2, 9_990)
    log.close()  # the log has the decisions settled that are old enough
    assert decisions.settle(time.time()) == 0
    assert decisions.count() == (3, 2)
    first, second = decisions.read(settled=True)
    assert (first.strategy, first.propensity, first.policy, first.features) == (
        "search", 0.25, "linear-1", {"goal_known": 1.0},
    )  # fmt: skip
    assert first.outcome == Outcome(looks=2, carts=1, purchases=1, value=59.5, seen=True)
    assert second.outcome == Outcome(looks=0, carts=2, purchases=1, value=59.5, seen=True)
    assert second.outcome.reward == 1.0


def test_without_events_nothing_is_known(kept: Events) -> None:
    decisions = Decisions(kept.store)
    decide(decisions, 0, 0)
    decisions.settle(NOW + 9_000)
    (one,) = decisions.read()
    assert one.outcome == Outcome(seen=False)
    assert one.outcome is not None
    assert one.outcome.reward == 0.0


def test_what_is_asked_into_the_cart_speaks_for_the_decisions_before_it(kept: Events) -> None:
    decisions = Decisions(kept.store)
    decide(decisions, 0, 0)
    decisions.add("talk", 1, Decision(Strategy.SERVE, policy="rules-1"), {INTO_CART: 1.0}, NOW + 60)
    decide(decisions, 2, 90)
    decisions.settle(NOW + 9_000)
    first, cart, last = [one.outcome for one in decisions.read()]
    assert first == Outcome(carts=1, seen=True)
    assert cart == last == Outcome(seen=False)


def test_decisions_of_bots_are_doubted(kept: Events) -> None:
    decisions, log = Decisions(kept.store), EventLog(kept)
    decide(decisions, 0, 0)
    log.add([view(at * 0.1, item=f"p{at}") for at in range(150)], "talk")
    log.close()
    decisions.settle(NOW + 9_000)
    (one,) = decisions.read()
    assert one.outcome is not None
    assert one.outcome.doubted


def test_a_conversation_is_forgotten_with_its_visit_and_decisions(kept: Events) -> None:
    decisions, log = Decisions(kept.store), EventLog(kept)
    for turn in range(3):
        decide(decisions, turn, turn)
    log.add([view(0)], "talk")
    log.close()
    assert Memory(kept.store).forget_turns("talk", 1, 1).rows == {"decisions": 1}
    assert [one.turn for one in decisions.read()] == [0, 2]
    assert Memory(kept.store).forget_session("talk").rows == {"events": 1, "event_sessions": 1, "decisions": 2}
    assert list(decisions.read()) == []
    assert kept.of_conversation("talk") == []
