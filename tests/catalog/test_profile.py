"""A profile: only with consent, the latest word on a subject, gone when it expires, told and deleted on demand."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import orjson
import pytest

from shopwright.catalog.memory import Memory
from shopwright.catalog.profile import Profiles, subject_of
from shopwright.catalog.store import Store
from shopwright.errors import NotFoundError
from shopwright.types import SHOPPER, Preference, PreferenceKind, Utterance

SHOES = Preference("size", "shoes 43", "I wear 43", "a", 2, 100.0, 1_000.0)


@pytest.fixture
def profiles(tmp_path: Path) -> Iterator[Profiles]:
    store = Store.open(tmp_path / "store.db")
    yield Profiles(store)
    store.close()


def test_nothing_is_kept_without_consent(profiles: Profiles) -> None:
    with pytest.raises(NotFoundError, match="ask them, and call give_consent"):
        profiles.keep("anna", SHOES)
    profiles.give_consent("anna", 90.0)
    assert profiles.consent("anna") == 90.0
    profiles.keep("anna", SHOES)
    done = profiles.withdraw_consent("anna")
    assert done.rows == {"preferences": 1, "consents": 1}
    assert (profiles.consent("anna"), profiles.preferences("anna", 0)) == (None, {})
    with pytest.raises(NotFoundError):
        profiles.keep("anna", SHOES)


def test_the_last_word_on_a_subject_stands_with_where_it_was_said(profiles: Profiles) -> None:
    profiles.give_consent("anna", 1.0)
    first = profiles.keep("anna", SHOES)
    later = replace(SHOES, value="shoes EU 44", quote="I'm a 44 now", session_id="b", turn=0, at=50.0)  # the clock fell
    assert profiles.keep("anna", later) == first
    clothes = replace(SHOES, value="clothes M")
    profiles.keep("anna", clothes)
    assert list(profiles.preferences("anna", 200.0).values()) == [later, clothes]
    profiles.keep("anna", Preference("dislike", "red", "I hate red", "a", 0, 1.0))
    profiles.keep("anna", Preference("like", "red", "I love red now", "a", 1, 2.0))
    assert [one.kind for one in profiles.preferences("anna", 200.0).values()] == ["size", "size", "like"]


@pytest.mark.parametrize(
    ("kind", "value", "subject"),
    [
        ("size", "shoes EU 44", "shoes"),
        ("size", "clothes M", "clothes"),
        ("size", "son: shoes 31", "son: shoes"),
        ("person", "daughter 6", "daughter"),
        ("allergy", "Vitamin B12", "vitamin b12"),
    ],
)
def test_subjects(kind: PreferenceKind, value: str, subject: str) -> None:
    assert subject_of(replace(SHOES, kind=kind, value=value)) == subject


def test_what_expired_is_deleted_and_no_clock_brings_it_back(profiles: Profiles) -> None:
    profiles.give_consent("anna", 1.0)
    profiles.keep("anna", SHOES)
    profiles.keep("anna", replace(SHOES, kind="allergy", value="nuts", expires=None))
    assert len(profiles.preferences("anna", 999.0)) == 2
    assert [one.value for one in profiles.preferences("anna", 1_000.0).values()] == ["nuts"]
    assert [one.value for one in profiles.preferences("anna", -5.0).values()] == ["nuts"]


def test_two_conversations_of_one_shopper_lose_nothing(profiles: Profiles) -> None:
    profiles.give_consent("anna", 1.0)

    def speak(session_id: str) -> None:
        for turn in range(8):
            profiles.keep("anna", Preference("like", f"{session_id}{turn}", "q", session_id, turn, 1.0))
            profiles.keep("anna", Preference("size", f"shoes {turn}", "q", session_id, turn, 1.0))

    threads = [threading.Thread(target=speak, args=(session_id,)) for session_id in "ab"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    kept = profiles.preferences("anna", 0.0).values()
    assert len([one for one in kept if one.kind == "like"]) == 16
    assert [one.value for one in kept if one.kind == "size"] == ["shoes 7"]


def test_everything_is_told_as_json_and_one_thing_can_be_forgotten(profiles: Profiles) -> None:
    memory = Memory(profiles.store)
    memory.remember("a", [Utterance(2, 0, SHOPPER, "I wear 43", 100.0, ids=("tea",))])
    memory.belongs("a", "anna")
    profiles.give_consent("anna", 90.0, "7")
    key = profiles.keep("anna", SHOES)
    told = orjson.loads(orjson.dumps(profiles.export("anna")))
    assert told["consent"] == {"at": 90.0, "version": "7"}
    assert told["preferences"][0] | {"id": key} == told["preferences"][0]
    assert (told["preferences"][0]["quote"], told["preferences"][0]["turn"]) == ("I wear 43", 2)
    assert told["sessions"][0]["utterances"][0]["text"] == "I wear 43"
    assert profiles.forget_preference(key).rows == {"preferences": 1}
    assert profiles.forget_preference(key).rows == {}
    assert profiles.export("nobody") == {
        "shopper": "nobody",
        "consent": None,
        "preferences": [],
        "never": [],
        "sessions": [],
        "events": [],
    }
