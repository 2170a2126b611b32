from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import orjson
import pytest

from shopwright.assistant.remembering import conversations as module
from shopwright.assistant.remembering.conversations import Conversations
from shopwright.catalog.store import Store
from shopwright.models.scripted import HashingEncoder
from shopwright.types import Answer, Card, Decision, Evidence, Need, Plan, Sentence, Step, Strategy, Trace, Turn


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = Store.open(tmp_path / "store.db")
    yield opened
    opened.close()


def made(message: str, answer: Answer | None = None, steps: tuple[Step, ...] = ()) -> Turn:
    said = answer or Answer((Sentence("Here it is."),))
    return Turn("s", message, said, Trace("t", Need(message), Decision(Strategy.SEARCH), Plan(steps)))


def say(store: Store, conversations: Conversations, message: str, session: str = "s") -> None:
    turn = replace(made(message), session_id=session)
    number = store.add_turn(session, orjson.dumps({"message": message, "answer": turn.answer.text}))
    conversations.take(session, number, turn, at=1_000.0 + number)


def found(conversations: Conversations, query: str, session: str = "s") -> list[str]:
    with conversations.opened(session) as recall:
        return [each.utterance.text for each in recall.search(query, limit=1)]


def test_message_calls_facts_products_and_answer_are_all_kept(store: Store) -> None:
    facts = (Evidence("e1", "product", "lark", "weight: 1.9 kg", title="Lark 2"),)
    answer = Answer((Sentence("It weighs 1.9 kg.", ("e1",)),), (Card("lark", "Lark 2", "€1"),), evidence=facts)
    conversations = Conversations(store, HashingEncoder())
    conversations.take("s", 0, made("a light tent", answer, (Step("s1", "search", {"query": "tent"}),)), at=5.0)
    said = [each for each, _ in conversations.memory.utterances("s")]
    assert [(each.speaker, each.kind) for each in said] == [
        ("shopper", "said"), ("search", "tool"), ("assistant", "product"), ("assistant", "said"),
    ]  # fmt: skip
    assert "tent" in said[1].text
    assert "weight: 1.9 kg" in said[1].text
    assert said[2].ids == ("lark",)
    assert {each.turn for each in said} == {0}
    assert [each.place for each in said] == [0, 1, 2, 3]


def test_an_index_grows_with_its_conversation_and_knows_no_other(store: Store) -> None:
    conversations = Conversations(store, HashingEncoder())
    say(store, conversations, "our balcony is narrow")
    assert found(conversations, "balcony") == ["our balcony is narrow"]
    say(store, conversations, "the cellar is damp")
    say(store, conversations, "a balcony of another shopper", "other")
    assert found(conversations, "cellar") == ["the cellar is damp"]
    assert found(conversations, "balcony") == ["our balcony is narrow"]


def test_a_restart_reads_vectors_and_encodes_nothing_again(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    conversations = Conversations(store, HashingEncoder())
    for number in range(5):
        say(store, conversations, f"remark {number} about the balcony")
    asked: list[int] = []
    encode = HashingEncoder.encode
    monkeypatch.setattr(
        HashingEncoder, "encode", lambda self, texts, **more: asked.append(len(texts)) or encode(self, texts, **more)
    )
    again = Conversations(store, HashingEncoder())
    assert found(again, "remark 3") == ["remark 3 about the balcony"]
    assert sum(asked) == 1  # the question


def test_vectors_of_another_encoder_are_made_again(store: Store) -> None:
    say(store, Conversations(store, HashingEncoder(64)), "our balcony is narrow")
    other = Conversations(store, HashingEncoder(32))
    assert all(row is None for _, row in other.memory.utterances("s"))
    assert found(other, "balcony") == ["our balcony is narrow"]


def test_turns_that_a_kill_left_untold_are_told_from_their_bodies(store: Store) -> None:
    conversations = Conversations(store, HashingEncoder())
    say(store, conversations, "our balcony is narrow")
    store.add_turn("s", orjson.dumps({"message": "the cellar is damp", "answer": "I see."}))
    assert found(conversations, "cellar") == ["the cellar is damp"]
    assert [each.turn for each, _ in conversations.memory.utterances("s")] == [0, 0, 1, 1]


def test_what_another_process_says_or_forgets_is_followed(store: Store, tmp_path: Path) -> None:
    here = Conversations(store, HashingEncoder())
    say(store, here, "our balcony is narrow")
    assert found(here, "balcony")
    second = Store.open(tmp_path / "store.db")
    there = Conversations(second, HashingEncoder())
    say(second, there, "the cellar is damp")
    assert found(here, "cellar") == ["the cellar is damp"]
    there.forget("s", 0, 0)
    assert found(here, "balcony") != ["our balcony is narrow"]
    second.close()


def test_only_so_many_conversations_stay_in_memory(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "KEPT", 2)
    conversations = Conversations(store, HashingEncoder())
    for session in ("a", "b", "c"):
        say(store, conversations, f"remark of {session}", session)
        found(conversations, "remark", session)
    assert list(conversations._opened) == ["b", "c"]
    assert found(conversations, "remark", "a") == ["remark of a"]
