"""Every strategy answers a vague wish in its own way, whatever policy picks it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from shopwright.assistant.session import Session
from shopwright.assistant.strategy.narrowing import NO_MATTER
from shopwright.assistant.strategy.policies import Forced, RulePolicy
from shopwright.catalog.events.decisions import Decisions
from shopwright.shop import Shop
from shopwright.types import Strategy, Turn


@pytest.fixture
def asked(shop: Shop) -> Iterator[Shop]:
    yield shop
    shop.assistant.policy = RulePolicy()


def say(shop: Shop, message: str, session: Session, strategy: Strategy | None = None) -> Turn:
    assistant = shop.assistant
    assistant.policy = Forced(strategy) if strategy else RulePolicy()
    turn = next(event.data for event in assistant.stream(message, session) if event.kind == "done")
    assert isinstance(turn, Turn)
    return turn


def test_a_question_back_offers_kinds_and_a_tap_searches_among_them(asked: Shop) -> None:
    session = Session.load(asked.store, None)
    turn = say(asked, "something for camping", session, Strategy.ASK)
    assert turn.trace.decision.strategy is Strategy.ASK
    assert "?" in turn.answer.text
    assert turn.answer.options[-1] == NO_MATTER
    assert not turn.answer.cards
    tapped = turn.answer.options[0]
    again = Session.load(asked.store, session.id)  # the question outlives the process
    after = say(asked, tapped, again)
    assert after.trace.decision.strategy is Strategy.SEARCH
    assert session.question is not None
    assert session.question.answers[tapped] in after.trace.need.filters
    assert after.answer.cards


def test_one_question_in_a_row(asked: Shop) -> None:
    session = Session.load(asked.store, None)
    first = say(asked, "something for camping", session, Strategy.ASK)
    second = say(asked, first.answer.options[0], session, Strategy.ASK)
    assert second.trace.decision.strategy is Strategy.SEARCH


def test_what_is_typed_instead_of_an_answer_is_read_as_ever(asked: Shop) -> None:
    session = Session.load(asked.store, None)
    say(asked, "something for camping", session, Strategy.ASK)
    turn = say(asked, "can I return unused items?", session)
    assert "30 days" in turn.answer.text


def test_browsing_shows_a_part_of_the_shop_and_its_branches(asked: Shop) -> None:
    session = Session.load(asked.store, None)
    turn = say(asked, "something nice for the tent", session, Strategy.BROWSE)
    assert turn.trace.need.category
    assert turn.answer.cards


def test_a_comparison_of_what_was_found(asked: Shop) -> None:
    turn = say(asked, "a tent", Session.load(asked.store, None), Strategy.COMPARE)
    assert turn.answer.table is not None
    assert len(turn.answer.cards) > 1


def test_a_decision_is_kept_with_its_propensity_and_features(asked: Shop) -> None:
    session = Session.load(asked.store, None)
    say(asked, "a tent", session, Strategy.COMPARE)
    kept = [one for one in Decisions(asked.store).read() if one.session_id == session.id]
    assert [(one.turn, one.strategy, one.propensity, one.policy) for one in kept] == [(0, "compare", 1.0, "forced")]
    assert kept[0].features["rules:search"] == 1.0
    assert kept[0].features["found:doubt"] > 0


def test_a_forgotten_turn_takes_its_decision_with_it(asked: Shop) -> None:
    session = Session.load(asked.store, None)
    say(asked, "a tent", session)
    asked.conversations.forget(session.id, 0, 0)
    assert [one for one in Decisions(asked.store).read() if one.session_id == session.id] == []
