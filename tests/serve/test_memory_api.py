"""What a shopper and a merchant can do with the memory over HTTP."""

from __future__ import annotations

import itertools
import time
from typing import Any

import pytest
from starlette.testclient import TestClient

from serve.small_shop import ScriptedShop
from shopwright.shop import Shop
from shopwright.types import ASSISTANT, SHOPPER, Preference, Utterance

ANNA, BERT = "anna-0123456789abcdef", "bert-0123456789abcdef"
_numbers = itertools.count()


def told(response: Any, status: int = 200) -> dict[str, Any]:
    assert response.status_code == status, response.text
    body: dict[str, Any] = response.json()
    return body


@pytest.fixture
def anna(api: TestClient) -> Any:
    """A shopper who agreed, and of whom nothing is left afterwards."""
    told(api.put(f"/api/shoppers/{ANNA}/consent"))
    yield f"/api/shoppers/{ANNA}"
    for id in (ANNA, BERT):
        told(api.delete(f"/api/shoppers/{id}"))


@pytest.fixture
def said(shop: Shop, anna: str) -> str:
    """A conversation of hers, in whose turn 1 she says two things about herself; its id."""
    session, now = f"talk-{next(_numbers)}", time.time()
    words = "I wear 44 and nuts make me ill"
    shop.conversations.memory.belongs(session, ANNA)
    shop.conversations.memory.remember(
        session,
        [
            Utterance(0, 0, SHOPPER, "any boots?", now),
            Utterance(1, 0, SHOPPER, words, now),
            Utterance(1, 1, ASSISTANT, "Noted.", now),
            Utterance(2, 0, SHOPPER, "I love oak", now),
        ],
    )
    for preference in (
        Preference("size", "shoes 44", words, session, 1, now, now + 1000),
        Preference("allergy", "nuts", words, session, 1, now),
        Preference("like", "oak", "I love oak", session, 2, now),
        Preference("like", "pine", "I love pine", session, 2, now - 100, now - 50),
    ):
        shop.profiles.keep(ANNA, preference)
    return session


def test_consent_is_given_told_and_withdrawn(api: TestClient, anna: str, said: str) -> None:
    assert abs(told(api.get(f"{anna}/memory"))["consent"] - time.time()) < 60
    gone = told(api.delete(f"{anna}/consent"))
    assert gone["rows"]["preferences"] == 3
    assert gone["rows"]["consents"] == 1
    assert told(api.get(f"{anna}/memory")) == {"consent": None, "preferences": []}
    assert len(told(api.get(f"{anna}/export"))["sessions"]) == 1  # conversations stay


def test_the_list_has_words_place_and_times_and_nothing_expired(api: TestClient, anna: str, said: str) -> None:
    found = told(api.get(f"{anna}/memory"))["preferences"]
    assert [one["value"] for one in found] == ["shoes 44", "nuts", "oak"]
    first = found[0]
    assert (first["kind"], first["quote"], first["session_id"]) == ("size", "I wear 44 and nuts make me ill", said)
    assert (first["turn"], round(first["expires"] - first["at"])) == (1, 1000)
    assert found[1]["expires"] is None


def test_forgetting_a_preference_takes_the_message_that_said_it(
    api: TestClient, shop: Shop, anna: str, said: str
) -> None:
    key = told(api.get(f"{anna}/memory"))["preferences"][0]["id"]
    gone = told(api.delete(f"{anna}/preferences/{key}"))
    assert gone == {"rows": {"utterances": 2, "preferences": 2}, "swept": True}
    assert [one["value"] for one in told(api.get(f"{anna}/memory"))["preferences"]] == ["oak"]
    assert [one.text for one, _ in shop.conversations.memory.utterances(said)] == ["any boots?", "I love oak"]
    assert told(api.delete(f"{anna}/preferences/{key}"), 404)["error"] == "not_found"


def test_nobody_forgets_for_another(api: TestClient, anna: str, said: str) -> None:
    key = told(api.get(f"{anna}/memory"))["preferences"][0]["id"]
    told(api.put(f"/api/shoppers/{BERT}/consent"))
    refused = told(api.delete(f"/api/shoppers/{BERT}/preferences/{key}"), 404)
    assert ANNA not in refused["detail"]
    assert len(told(api.get(f"{anna}/memory"))["preferences"]) == 3


def test_the_export_is_a_file_with_all_of_it(api: TestClient, anna: str, said: str) -> None:
    response = api.get(f"{anna}/export")
    assert response.headers["content-disposition"].startswith("attachment; filename=")
    assert response.headers["cache-control"] == "no-store"
    body = told(response)
    assert body["shopper"] == ANNA
    assert body["consent"]["version"]
    assert [one["value"] for one in body["preferences"]] == ["shoes 44", "nuts", "oak"]
    (session,) = body["sessions"]
    assert session["session_id"] == said
    assert [one["text"] for one in session["utterances"]][:2] == ["any boots?", "I wear 44 and nuts make me ill"]
    assert session["utterances"][2]["speaker"] == ASSISTANT


def test_a_conversation_is_forgotten_with_what_was_said_in_it(
    api: TestClient, shop: Shop, anna: str, said: str
) -> None:
    gone = told(api.delete(f"/api/sessions/{said}"))
    assert gone == {"rows": {"utterances": 4, "preferences": 4, "sessions": 1}, "swept": True}
    assert told(api.get(f"{anna}/memory"))["preferences"] == []
    assert told(api.delete(f"/api/sessions/{said}")) == {"rows": {}, "swept": True}


def test_a_shopper_is_forgotten_whole(api: TestClient, shop: Shop, anna: str, said: str) -> None:
    gone = told(api.delete(anna))
    assert gone["rows"] == {"utterances": 4, "preferences": 4, "sessions": 1, "consents": 1}
    assert gone["swept"]
    empty = told(api.get(f"{anna}/export"))
    assert empty == {"shopper": ANNA, "consent": None, "preferences": [], "never": [], "sessions": [], "events": []}
    assert not any(b"nuts make me ill" in path.read_bytes() for path in shop.home.path.glob("store.db*"))


@pytest.mark.parametrize("path", ["anna", "x" * 65, "anna-0123456789abcd%2fx", "anna 0123456789abcdef", "%00" * 20])
def test_an_id_of_another_form_is_refused(api: TestClient, path: str) -> None:
    for method, rest in (("GET", "/memory"), ("PUT", "/consent"), ("DELETE", "")):
        assert api.request(method, f"/api/shoppers/{path}{rest}").status_code in (404, 422)


def test_the_shopper_takes_part_in_a_turn(api: TestClient, scripted: ScriptedShop) -> None:
    for stream in (True, False):
        assert api.post("/api/chat", json={"message": "hi", "shopper": BERT, "stream": stream}).status_code == 200
    assert api.post("/api/chat", json={"message": "hi"}).status_code == 200
    assert scripted.shoppers[-3:] == [BERT, BERT, ""]
    refused = told(api.post("/api/chat", json={"message": "hi", "shopper": "bert"}), 422)
    assert "shopper" in refused["detail"]


def test_the_conversation_of_another_is_refused(api: TestClient, scripted: ScriptedShop, said: str) -> None:
    spoken = len(scripted.shoppers)
    refused = api.post("/api/chat", json={"message": "hi", "session_id": said, "shopper": BERT})
    assert refused.headers["content-type"] == "application/problem+json"
    problem = told(refused, 409)
    assert (problem["error"], ANNA in refused.text) == ("conflict", False)
    assert "leave session_id out" in problem["remedy"]
    assert len(scripted.shoppers) == spoken
    assert api.post("/api/chat", json={"message": "hi", "session_id": said, "shopper": ANNA}).status_code == 200


def test_what_is_told_with_consent_is_kept_and_forgotten(shop: Shop) -> None:
    """The whole way, with the real conversation."""
    from shopwright.serve import create_app

    with TestClient(create_app(shop)) as api:
        told(api.put(f"/api/shoppers/{ANNA}/consent"))
        body = {"message": "I am allergic to peanuts. A pan please", "shopper": ANNA, "stream": False}
        session = told(api.post("/api/chat", json=body))["session_id"]
        (known,) = told(api.get(f"/api/shoppers/{ANNA}/memory"))["preferences"]
        assert (known["kind"], known["session_id"], known["turn"]) == ("allergy", session, 0)
        gone = told(api.delete(f"/api/shoppers/{ANNA}"))
        assert gone["rows"]["turns"] == 1
        assert gone["swept"]
        assert told(api.get(f"/api/shoppers/{ANNA}/memory")) == {"consent": None, "preferences": []}
