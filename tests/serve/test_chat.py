from __future__ import annotations

import json
from typing import Any

import pytest
from starlette.testclient import TestClient

from serve.small_shop import ScriptedShop
from shopwright.errors import ModelError, StoreError
from shopwright.serve import create_app
from shopwright.serve.workers import Workers
from shopwright.shop import Shop


def events(text: str) -> list[tuple[str, Any]]:
    """Read a stream as a browser does."""
    found = []
    for block in text.replace("\r\n", "\n").split("\n\n"):
        fields = dict(line.split(": ", 1) for line in block.split("\n") if line and not line.startswith(":"))
        if "data" in fields:
            found.append((fields["event"], json.loads(fields["data"])))
    return found


def test_events_arrive_in_order_and_done_holds_the_turn(api: TestClient) -> None:
    response = api.post("/api/chat", json={"message": "a tent for two under 300"})
    assert response.status_code == 200
    assert response.headers["content-type"].startswith("text/event-stream")
    assert "content-encoding" not in response.headers
    stream = events(response.text)
    kinds = [kind for kind, _ in stream]
    assert kinds == ["need", "decision", "plan", *["step"] * 3, "note", *["sentence"] * 3, "cards", "options", "done"]
    turn = stream[-1][1]
    assert turn["session_id"] == "s-new"
    assert [sentence["text"] for kind, sentence in stream if kind == "sentence"] == [
        sentence["text"] for sentence in turn["answer"]["sentences"]
    ]
    assert stream[0][1]["constraints"][0]["span"] == [15, 24]
    assert turn["trace"]["plan"]["steps"][2]["arguments"] == {"ids": {"step": "s1", "path": "ids"}}


def test_the_session_goes_on(api: TestClient) -> None:
    turn = api.post("/api/chat", json={"message": "and in blue?", "session_id": "abc-1", "stream": False}).json()
    assert turn["session_id"] == "abc-1"


def test_a_number_is_no_answer_to_whether_to_stream(api: TestClient) -> None:
    response = api.post("/api/chat", json={"message": "hi", "stream": 0})
    assert response.status_code == 422
    assert "stream" in response.text


def test_one_json_when_not_streamed(api: TestClient) -> None:
    response = api.post("/api/chat", json={"message": "compare both", "stream": False})
    assert response.headers["content-type"] == "application/json"
    assert response.json()["answer"]["table"]["product_ids"] == ["tarn", "ridge"]


@pytest.mark.parametrize(("agent", "device"), [("Mozilla/5.0 (Linux; Android 16) Mobile", "phone"), ("curl/8.5", "")])
def test_a_phone_is_known_by_its_browser(served: tuple[ScriptedShop, TestClient], agent: str, device: str) -> None:
    scripted, client = served
    client.post("/api/chat", json={"message": "tents", "stream": False}, headers={"User-Agent": agent})
    assert scripted.devices[-1] == device


def test_markup_in_a_message_stays_data(api: TestClient) -> None:
    stream = events(api.post("/api/chat", json={"message": "<script>alert(1)</script>\nevent: done\ndata: {}"}).text)
    assert [kind for kind, _ in stream].count("done") == 1
    assert stream[-1][1]["message"] == "<script>alert(1)</script>\nevent: done\ndata: {}"


@pytest.mark.parametrize(
    ("body", "status", "said"),
    [
        (b'{"message": ""}', 422, "message"),
        (b'{"message": " \\u0000 "}', 422, "nothing to read"),
        (b'{"message": "\\ud800"}', 422, "message"),
        (b"{}", 422, "message"),
        (b"{nonsense", 422, "JSON"),
        (b"[]", 422, ""),
        (b'{"message": "hi", "session_id": "../../etc"}', 422, "session_id"),
        (b'{"message": "hi", "extra": 1}', 422, "extra"),
        (json.dumps({"message": "x" * 5000}).encode(), 422, "4000"),
        (json.dumps({"message": "x" * 100_000}).encode(), 413, "100,015 bytes"),
    ],
)
def test_what_cannot_be_read_is_refused(api: TestClient, body: bytes, status: int, said: str) -> None:
    response = api.post("/api/chat", content=body, headers={"Content-Type": "application/json"})
    assert response.status_code == status
    assert response.headers["content-type"] == "application/problem+json"
    assert said in response.json()["detail"]


def test_a_body_in_pieces_is_counted(api: TestClient) -> None:
    pieces = (b"x" * 2000 for _ in range(100))
    response = api.post("/api/chat", content=pieces, headers={"Content-Type": "application/json"})
    assert response.status_code == 413


@pytest.mark.parametrize(
    ("error", "status"), [(ModelError("the endpoint is gone"), 503), (StoreError("the disk is full"), 503)]
)
def test_a_failure_midway_ends_the_stream_with_an_error(
    api: TestClient, scripted: ScriptedShop, error: Exception, status: int
) -> None:
    scripted.error = error
    kind, problem = events(api.post("/api/chat", json={"message": "hi"}).text)[-1]
    assert kind == "error"
    assert problem["status"] == status
    assert problem["detail"] == str(error)
    assert api.post("/api/chat", json={"message": "hi", "stream": False}).status_code == status


def test_an_unexpected_failure_tells_nothing_of_the_inside(api: TestClient, scripted: ScriptedShop) -> None:
    scripted.error = RuntimeError("secret path /srv/x")
    response = api.post("/api/chat", json={"message": "hi"})
    assert events(response.text)[-1][1]["status"] == 500
    refused = api.post("/api/chat", json={"message": "hi", "stream": False})
    assert refused.status_code == 500
    assert "secret" not in response.text + refused.text


def test_too_many_turns_at_once_are_refused(scripted: ScriptedShop) -> None:
    with TestClient(create_app(scripted, Workers(waiting=0))) as api:
        response = api.post("/api/chat", json={"message": "hi"})
    assert response.status_code == 503
    assert response.headers["retry-after"] == "2"


def test_the_real_assistant_answers_from_the_catalogue(shop: Shop) -> None:
    with TestClient(create_app(shop)) as api:
        stream = events(api.post("/api/chat", json={"message": "a two-person tent under 300 euros"}).text)
    kinds = [kind for kind, _ in stream]
    assert kinds[0] == "need"
    assert kinds[-1] == "done"
    answer = stream[-1][1]["answer"]
    assert "tarn" in {card["product_id"] for card in answer["cards"]}
    known = {evidence["id"] for evidence in answer["evidence"]}
    assert {id for sentence in answer["sentences"] for id in sentence["citations"]} <= known
