from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import orjson
import pytest

from shopwright.assistant.remembering.conversations import Conversations
from shopwright.bench import context
from shopwright.bench.context_dialogue import _growing, _holds, _Known, _packed, _prefix_shares, load_told
from shopwright.catalog.store import Store
from shopwright.models.scripted import HashingEncoder
from shopwright.types import Utterance

TURNS = 150


@pytest.fixture
def conversations(tmp_path: Path) -> Iterator[Conversations]:
    store = Store.open(tmp_path / "store.db")
    opened = Conversations(store, _Known(HashingEncoder()))
    for number in range(TURNS):
        store.add_turn("s", orjson.dumps({"message": f"message {number}", "answer": "yes"}))
        told = load_told()[0].said if number == 2 else f"message {number} about the shelf in the hall " * 3
        opened.memory.remember("s", [Utterance(number, 0, "shopper", told), Utterance(number, 1, "assistant", "Yes.")])
    yield opened
    store.close()


def test_the_remarks_are_pairs_of_different_words() -> None:
    told = load_told()
    assert len({each.said for each in told}) == len(told) >= 20
    assert all(each.asked.endswith("?") and each.asked not in each.said for each in told)


def test_a_prompt_with_recall_holds_the_remark_and_one_without_does_not(conversations: Conversations) -> None:
    told = load_told()[0]
    assert _holds(_packed(conversations, "s", told.asked), told.said)
    assert not _holds(_packed(conversations, "s", told.asked, recalls=False), told.said)


def test_the_message_itself_does_not_count(conversations: Conversations) -> None:
    assert not _holds(_packed(conversations, "s", "a quite unknown remark", recalls=False), "a quite unknown remark")


def test_prompts_begin_alike_more_often_than_with_a_sliding_window(conversations: Conversations) -> None:
    ours, sliding = _prefix_shares(conversations, "s"), _prefix_shares(conversations, "s", slides=True)
    assert len(ours) == len(sliding) > 40
    assert np.mean(ours) > np.mean(sliding)


def test_the_whole_history_has_every_utterance(conversations: Conversations) -> None:
    _, tokens = _growing(conversations, "s")
    assert tokens > TURNS * 30


def test_the_known_encoder_gives_the_vectors_of_its_own() -> None:
    encoder = HashingEncoder()
    texts = ["a tent", "a stove", "a tent"]
    assert np.array_equal(_Known(encoder).encode(texts), encoder.encode(texts))
    assert _Known(encoder).encode([]).shape == (0, encoder.dimensions)


def test_the_task_lists_every_set_once() -> None:
    names = [each.name for each in context.TASK.sets(None)]
    assert len(names) == len(set(names))
    assert {"locomo", "topics", "kv_75", "kv_140", "needle", "dialogue", "compression", "profile"} <= set(names)
