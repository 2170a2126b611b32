"""What was said is kept by session, turn and place, and belongs to one shopper."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from shopwright.catalog.memory import Memory
from shopwright.catalog.store import Store
from shopwright.errors import StoreError
from shopwright.types import ASSISTANT, SHOPPER, Utterance


@pytest.fixture
def memory(tmp_path: Path) -> Iterator[Memory]:
    store = Store.open(tmp_path / "store.db")
    yield Memory(store)
    store.close()


def said(turn: int, text: str, place: int = 0, speaker: str = SHOPPER, at: float = 5.0) -> Utterance:
    return Utterance(turn, place, speaker, text, at)


def test_what_was_said_comes_back_in_order_whatever_the_clock_said(memory: Memory) -> None:
    shown = Utterance(1, 1, "search", "Lark tent", 4.0, "product", ("lark", "tarn"))
    every = [said(2, "späť \U0001f3d5", at=-1.0), said(0, "a tent"), shown, said(1, "yes", at=1e12)]
    memory.remember("a", every, np.arange(12, dtype=np.int8).reshape(4, 3))
    memory.remember("b", [said(0, "another")])
    kept = memory.utterances("a")
    assert [one for one, _ in kept] == [every[1], every[3], shown, every[0]]
    assert [row.tolist() for _, row in kept if row is not None] == [[3, 4, 5], [9, 10, 11], [6, 7, 8], [0, 1, 2]]
    assert [one.turn for one, _ in memory.utterances("a", first=1, last=1)] == [1, 1]
    assert memory.utterances("b")[0][1] is None
    assert memory.utterances("nobody") == []


def test_the_same_place_twice_is_replaced(memory: Memory) -> None:
    memory.remember("a", [said(0, "short"), said(1, "stays")])
    memory.remember("a", [said(0, "a good deal longer than it was before")], np.ones((1, 2), np.int8))
    assert [one.text for one, _ in memory.utterances("a")] == ["a good deal longer than it was before", "stays"]


def test_what_no_database_takes_is_kept_without_it(memory: Memory) -> None:
    memory.remember("a", [said(0, "nul\0 half \ud83d end", at=float("nan")), said(1, "x" * 1_000_000), said(2, "")])
    kept = [one for one, _ in memory.utterances("a")]
    assert (kept[0].text, kept[0].at) == ("nul half ? end", 0.0)
    assert [len(one.text) for one in kept[1:]] == [1_000_000, 0]


def test_vectors_that_do_not_fit_are_refused_and_nothing_is_kept(memory: Memory) -> None:
    with pytest.raises(StoreError, match="give an int8 array of shape \\(1, D\\)"):
        memory.remember("a", [said(0, "x")], np.zeros((2, 4), np.int8))
    assert memory.utterances("a") == []


def test_vectors_of_another_encoder_go_and_the_words_stay(memory: Memory) -> None:
    memory.remember("a", [said(turn, "x") for turn in range(3)], np.ones((3, 4), np.int8))
    memory.drop_vectors()
    assert [(one.text, row) for one, row in memory.utterances("a")] == [("x", None)] * 3


def test_a_session_belongs_to_one_shopper(memory: Memory) -> None:
    assert memory.shopper("a") is None
    for session_id in ("b", "a", "a"):
        memory.belongs(session_id, "anna")
    with pytest.raises(StoreError, match="begin a new one for 'bert'"):
        memory.belongs("a", "bert")
    assert (memory.shopper("a"), memory.sessions("anna"), memory.sessions("bert")) == ("anna", ["a", "b"], [])


def test_turns_without_utterances_are_told(memory: Memory) -> None:
    for text in (b'{"message":"one"}', b'{"message":"two"}', b'{"message":"three"}'):
        memory.store.add_turn("a", text)
    memory.remember("a", [said(1, "two")])
    memory.forget_turns("a", 2, 2)
    assert [(turn, body) for turn, _, body in memory.untold("a")] == [(0, b'{"message":"one"}')]


def test_two_windows_of_one_conversation_write_at_once(memory: Memory) -> None:
    def write(place: int) -> None:
        for turn in range(5):
            memory.remember("a", [said(turn, f"{place}", place)])

    threads = [threading.Thread(target=write, args=(place,)) for place in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(memory.utterances("a")) == 20


def test_reading_costs_the_same_beside_many_conversations(memory: Memory) -> None:
    def fastest() -> float:
        times = []
        for _ in range(20):
            begun = time.perf_counter()
            memory.utterances("mine", first=5, last=8)
            times.append(time.perf_counter() - begun)
        return min(times)

    memory.remember("mine", [said(turn, "x", speaker=ASSISTANT) for turn in range(20)])
    alone = fastest()
    for number in range(60):
        memory.remember(f"other-{number}", [said(turn, "x") for turn in range(100)])
    assert fastest() < 5 * alone + 0.002
