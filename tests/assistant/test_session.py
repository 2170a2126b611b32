"""What a conversation remembers is rebuilt from its stored turns: nothing is lost with the process."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from shopwright.assistant.desk.records import Act, Address
from shopwright.assistant.desk.state import DeskState
from shopwright.assistant.session import Session
from shopwright.catalog.store import Store
from shopwright.types import (
    Answer,
    Approval,
    Card,
    Change,
    Constraint,
    Decision,
    Filter,
    Need,
    Plan,
    StepResult,
    Strategy,
    Table,
    Trace,
    Turn,
)

ASKED = Approval(
    "key-1", "cart", "cart_add", {"ids": ["rod"], "quantities": [2]}, "two rods", (Change("rod", "0", "2"),)
)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = Store.open(tmp_path / "store.db")
    yield opened
    opened.close()


def turn(session: Session, need: Need, answer: Answer) -> Turn:
    ask = answer.approval if not session.desk else None  # the desk runs no plan
    waiting = (StepResult(ask.step, ask.tool, status="waiting", approval=ask),) if ask else ()
    return Turn(session.id, need.text, answer, Trace("t", need, Decision(Strategy.SEARCH), Plan(), waiting))


def shows(*ids: str, **more: object) -> Answer:
    return Answer(cards=tuple(Card(key, key, f"€{place}") for place, key in enumerate(ids)), **more)


def record(session: Session, store: Store, need: Need, answer: Answer) -> Session:
    session.record(store, turn(session, need, answer))
    return Session.load(store, session.id)


def test_a_new_conversation_knows_nothing_and_has_a_name_nobody_guesses(store: Store) -> None:
    one, other = Session.load(store, None), Session.load(store, None)
    assert one.id != other.id
    assert len(one.id) >= 16
    assert (one.shown, one.focus, one.need, one.turns, one.pending, one.desk) == ((), (), None, 0, None, None)
    assert Session.load(store, "nobody-knows-it").turns == 0


def test_what_was_shown_and_looked_for_comes_back(store: Store) -> None:
    limit = Constraint(Filter("price", "range", high=80.0, unit="EUR"), (0, 3), 0.9)
    need = Need("a rod under 80", "rod", constraints=(limit,))
    again = record(Session.load(store, None), store, need, shows("rod", "net"))
    assert (again.shown, again.focus, again.turns) == (("rod", "net"), ("rod",), 1)
    assert again.need == need


def test_a_question_about_one_of_them_keeps_the_list(store: Store) -> None:
    session = record(Session.load(store, None), store, Need("rods", "rod"), shows("rod", "net", "line"))
    session = record(session, store, Need("how long is the net?", references=("net",)), shows("net"))
    assert (session.shown, session.focus) == (("rod", "net", "line"), ("net",))
    assert session.need == Need("rods", "rod")
    session = record(session, store, Need("compare", "rod"), shows("net", "line", table=Table((), (), ())))
    assert session.focus == ("net", "line")
    session = record(session, store, Need("thanks"), Answer())
    assert session.shown == ("net", "line")
    assert session.turns == 4


def test_what_waits_for_a_yes_comes_back_as_the_same_call(store: Store) -> None:
    session = Session.load(store, None)
    scope = session.scope
    session = record(session, store, Need("add two"), Answer(approval=ASKED))
    assert session.pending is not None
    assert session.pending.scope == scope != session.scope
    assert session.pending.approvals == (ASKED,)
    (step,) = session.pending.plan().steps
    assert (step.id, step.tool, step.arguments) == ("cart", "cart_add", {"ids": ["rod"], "quantities": [2]})
    (result,) = session.pending.results()
    assert (result.status, result.approval) == ("waiting", ASKED)
    assert record(session, store, Need("no"), Answer()).pending is None  # asked once, in the turn before alone


def test_the_desk_keeps_its_own_questions(store: Store) -> None:
    session = Session.load(store, None)
    act = Act("address", "c-1", "W-1", address=Address("1 Quay", "", "Ghent", "", "BE", "9000"))
    session.desk = DeskState("c-1", ["move it"], [act], "approval", ["done-1"], 1)
    again = record(session, store, Need("move it"), Answer(approval=ASKED))
    assert again.desk == session.desk
    assert again.pending is None  # a yes is the desk's


def test_conversations_are_apart(store: Store) -> None:
    one, other = Session.load(store, None), Session.load(store, None)
    record(one, store, Need("rods", "rod"), shows("rod"))
    assert Session.load(store, other.id).shown == ()
