"""What is forgotten is in no table and in no byte of any file, also beside other readers and after a kill."""

from __future__ import annotations

import random
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import orjson
import pytest

from shopwright.catalog.acts import Acts
from shopwright.catalog.carts import CartLine, change_cart, load_cart
from shopwright.catalog.forgetting import compact, forget, sweep
from shopwright.catalog.memory import Memory
from shopwright.catalog.profile import Profiles
from shopwright.catalog.remains import count_in_files, probes_of
from shopwright.catalog.store import Store
from shopwright.types import ASSISTANT, SHOPPER, Preference, Utterance

SECRET = 'my "chilblains" zqvxhopt itch in Wintergreen Lane'
KEY = "0123456789abcdef0123456789abcdef"


@pytest.fixture
def memory(tmp_path: Path) -> Iterator[Memory]:
    store = Store.open(tmp_path / "store.db")
    yield Memory(store)
    store.close()


def tell(memory: Memory, session_id: str, message: str, answer: str = "Here it is.", **state: Any) -> int:
    kept = {"shown": ["lark"], "focus": [], "need": {"text": message}, "pending": None, "desk": None} | state
    body = {"message": message, "answer": answer, "state": kept, "turn": {"message": message, "key": KEY}}
    turn = memory.store.add_turn(session_id, orjson.dumps(body))
    told = [Utterance(turn, 0, SHOPPER, message), Utterance(turn, 1, ASSISTANT, answer)]
    memory.remember(session_id, told, np.ones((2, 4), np.int8))
    return turn


def found(folder: Path, *words: str) -> dict[str, int]:
    """Read every file, and look."""
    counts = {path.name: sum(path.read_bytes().count(word.encode()) for word in words) for path in folder.iterdir()}
    return {name: count for name, count in counts.items() if count}


def fill(memory: Memory) -> None:
    """A conversation of three turns, of which the second holds the secret, in every place that keeps words."""
    tell(memory, "a", "a tent for two please")
    noted = [{"text": "tent", "turn": 0}, {"text": f"tent; no {SECRET}", "turn": 1}]
    desk = {"customer": "c1", "said": [SECRET], "queue": [], "asked": "identity", "answered": 1, "done": ["k"]}
    state: dict[str, Any] = {"need": {"text": SECRET}, "desk": desk, "dialogue": {"wishes": noted, "promises": []}}
    tell(memory, "a", SECRET, "Noted.", **state)
    tell(memory, "a", "and a stove", f"You said {SECRET}, so: a stove.", **state)
    profiles = Profiles(memory.store)
    profiles.give_consent("anna", 1.0)
    profiles.keep("anna", Preference("allergy", "zqvxhopt", SECRET, "a", 1, 1.0))
    memory.belongs("a", "anna")
    Acts(memory.store).add(KEY, f'"{SECRET}"')


def test_a_turn_is_gone_from_every_byte_and_its_neighbours_stay(memory: Memory, tmp_path: Path) -> None:
    fill(memory)
    before = found(tmp_path, "zqvxhopt", "Wintergreen")
    assert sum(before.values()) >= 14  # body, its need and trace, two answers, states, utterances, preference, act
    done = memory.forget_turns("a", 1, 1, prove=True)
    assert (done.swept, done.rows) == (
        True,
        {"turns": 2, "acts": 1, "utterances": 3, "preferences": 1},
    )
    assert done.check is not None
    assert done.check.before.keys() == before.keys()
    assert found(tmp_path, "zqvxhopt", "Wintergreen", "chilblains") == {}
    assert [one.text for one, _ in memory.utterances("a")][:3] == [
        "a tent for two please",
        "Here it is.",
        "and a stove",
    ]
    bodies = [orjson.loads(body) for body in memory.store.turns("a")]
    assert [body["message"] for body in bodies] == ["a tent for two please", "and a stove"]
    assert bodies[1]["state"]["dialogue"]["wishes"] == [{"text": "tent", "turn": 0}]
    assert bodies[1]["state"]["desk"] == {
        "customer": "c1", "said": [], "queue": [], "asked": "", "answered": 0, "done": ["k"],
    }  # fmt: skip
    assert Acts(memory.store).get(KEY) == "null"  # done once, and not again
    assert tell(memory, "a", "next") == 3  # the number of a forgotten turn is not used again


def test_the_last_turn_is_undone(memory: Memory) -> None:
    tell(memory, "a", "a tent")
    tell(memory, "a", "forget about wool, please")
    memory.forget_turns("a", 1, 1)
    assert [orjson.loads(body)["message"] for body in memory.store.turns("a", last=1)] == ["a tent"]
    assert memory.store.last_turn("a") == 2


def test_short_words_are_not_taken_out_of_later_answers(memory: Memory) -> None:
    tell(memory, "a", "yes")
    tell(memory, "a", "and now?", "yes, it is")
    memory.forget_turns("a", 0, 0)
    assert [one.text for one, _ in memory.utterances("a")] == ["and now?", "yes, it is"]


def test_a_session_and_a_shopper_go_with_all_they_have(memory: Memory, tmp_path: Path) -> None:
    fill(memory)
    tell(memory, "b", "quixotic umbrella wanted")
    memory.belongs("b", "anna")
    tell(memory, "c", "somebody else's lantern")
    change_cart(memory.store, "b", [CartLine("tea")])
    first = memory.forget_session("b", prove=True)
    assert first.check is not None
    assert sum(first.check.before.values()) >= 4  # body, its need and trace, the utterance
    assert first.check.gone
    assert load_cart(memory.store, "b") == ()
    assert found(tmp_path, "quixotic") == {}
    second = memory.forget_shopper("anna")
    assert second.rows["consents"] == second.rows["preferences"] == 1
    assert found(tmp_path, "zqvxhopt", "Wintergreen", "a tent for two please") == {}
    assert (memory.sessions("anna"), memory.utterances("a"), memory.store.turns("a")) == ([], [], [])
    assert memory.utterances("c")[0][0].text == "somebody else's lantern"
    assert memory.forget_shopper("anna").rows == {}


def test_what_was_replaced_is_gone_too(memory: Memory, tmp_path: Path) -> None:
    memory.remember("a", [Utterance(0, 0, SHOPPER, "zqvxhopt")])
    memory.remember("a", [Utterance(0, 0, SHOPPER, "something else")])
    memory.forget_session("a")
    assert found(tmp_path, "zqvxhopt", "something else") == {}


def test_an_idle_connection_is_no_hindrance_and_an_open_read_is_told(memory: Memory, tmp_path: Path) -> None:
    fill(memory)
    idle = sqlite3.connect(tmp_path / "store.db")
    assert idle.execute("select count(*) from turns").fetchone() == (3,)
    reader = sqlite3.connect(tmp_path / "store.db", isolation_level=None)
    reader.execute("BEGIN")
    assert reader.execute("select count(*) from turns").fetchone() == (3,)
    done = forget(memory.store, lambda cut: cut.session("a"), prove=True, wait_s=0.05)
    assert (done.swept, done.check is not None and done.check.gone) == (False, False)
    assert found(tmp_path, "zqvxhopt")  # the reader may still read it
    assert not sweep(memory.store, 0)
    reader.execute("COMMIT")
    assert sweep(memory.store)
    assert found(tmp_path, "zqvxhopt") == {}
    for connection in (idle, reader):
        connection.close()


def test_a_kill_between_is_made_good_by_the_next_process(memory: Memory, tmp_path: Path) -> None:
    fill(memory)
    reader = sqlite3.connect(tmp_path / "store.db", isolation_level=None)
    reader.execute("BEGIN")
    reader.execute("select count(*) from turns").fetchone()
    assert not forget(memory.store, lambda cut: cut.session("a"), wait_s=0).swept
    reader.close()
    other = Store.open(tmp_path / "store.db")
    assert found(tmp_path, "zqvxhopt")
    Memory(other)
    assert found(tmp_path, "zqvxhopt") == {}
    other.close()


def test_nothing_stays_in_gaps_of_pages_after_many_forgettings(memory: Memory, tmp_path: Path) -> None:
    """Rows that are deleted or grow make their neighbours move, whose old bytes no `secure_delete` reaches."""
    chance = random.Random(7)
    words: dict[str, list[str]] = {f"s{number}": [] for number in range(16)}
    profiles = Profiles(memory.store)
    for _ in range(7):
        for _ in range(60):
            session_id = chance.choice(list(words))
            word = "zq" + "".join(chance.choices("abcdefgh", k=14))
            words[session_id].append(word)
            tell(memory, session_id, f"{word} {'x' * chance.choice((5, 90, 700, 5000))}", word)
            profiles.give_consent(session_id, 1.0)
            profiles.keep(session_id, Preference("like", word[:3], word, session_id, 0, 1.0))
            memory.belongs(session_id, session_id)
        for session_id in chance.sample(sorted(words), 2):
            memory.forget_shopper(session_id)
            assert found(tmp_path, *words.pop(session_id)) == {}
    kept = {session_id: len(memory.utterances(session_id)) for session_id in words}
    size = (tmp_path / "store.db").stat().st_size
    compact(memory.store)
    assert (tmp_path / "store.db").stat().st_size < 0.9 * size
    assert {session_id: len(memory.utterances(session_id)) for session_id in words} == kept
    assert all(kept[session_id] == 2 * len(said) for session_id, said in words.items())


def test_pieces_of_a_text_are_found_over_the_edges_of_blocks(tmp_path: Path) -> None:
    assert probes_of(["yes", 'say "zqvxhopt" now']) == [b'say "zqvxhopt" now', b'say \\"zqvxhopt\\" now']
    assert len(probes_of(f"{number:040d}" for number in range(5_000))) == 256
    (tmp_path / "deep").mkdir()
    (tmp_path / "deep" / "file").write_bytes(b"-" * ((1 << 24) - 5) + b"zqvxhopt wintergreen")
    assert count_in_files(tmp_path, probes_of(["zqvxhopt wintergreen"])) == {"deep/file": 1}
