"""`POST /api/events`: what is taken, told, refused, and when to send again."""

from __future__ import annotations

import time
from typing import Any

import pytest
from starlette.testclient import TestClient

from shopwright.catalog.events.log import EventLog
from shopwright.shop import Shop

NOW = time.time()
SHOPPER = "5f0c9d3e7a1b48f2a6d4c8e0b7319f52"


def view(session: str, at: float = 0.0, **more: Any) -> dict[str, Any]:
    return {"name": "view_item", "session": session, "time": NOW - 60 + at, "items": ["tarn"], **more}


def names(shop: Shop, session: str) -> list[str]:
    assert shop.events.flush()
    return [one.name for one in shop.events.kept.of_conversation(session)]


def test_a_batch_is_taken_once(api: TestClient, shop: Shop) -> None:
    searched = {"name": "search", "session": "v1", "time": NOW - 50, "query": "tent", "id": "e1"}
    batch = {"events": [view("v1", shopper=SHOPPER), searched], "conversation": "talk-1"}
    for _ in range(2):
        answer = api.post("/api/events", json=batch)
        assert (answer.status_code, answer.json()) == (202, {"accepted": 2, "refused": {}, "which": []})
        assert names(shop, "v1") == ["view_item", "search"]
    assert names(shop, "talk-1") == ["view_item", "search"]
    assert len(api.get(f"/api/shoppers/{SHOPPER}/export").json()["events"]) == 2


def test_events_that_cannot_be_taken_are_told_and_the_others_taken(api: TestClient, shop: Shop) -> None:
    odd = [{**view("v2"), "name": "scroll"}, view("v2", 3_600), view("v2", -400 * 86_400), view("v2")]
    answer = api.post("/api/events", json={"events": odd}).json()
    assert (answer["accepted"], answer["refused"]) == (1, {"unknown name": 1, "future": 1, "too old": 1})
    assert [(one["place"], one["reason"]) for one in answer["which"]] == [
        (0, "unknown name"), (1, "future"), (2, "too old"),
    ]  # fmt: skip
    assert names(shop, "v2") == ["view_item"]


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ({"events": []}, "events"),
        ({"events": [view("v3")] * 501}, "at most 500"),
        ({"events": [view("v3", value=-1)]}, "value"),
        ({"events": [{**view("v3"), "time": "now"}]}, "time"),
        ({"events": [{**view("v3"), "page": "x"}]}, "page"),
        ({"events": [view("v 3")]}, "session"),
        ({"events": [view("v3", items=["x" * 300])]}, "items"),
    ],
)
def test_what_is_not_of_the_form_is_refused_whole(api: TestClient, shop: Shop, body: object, said: str) -> None:
    answer = api.post("/api/events", json=body)
    assert answer.status_code == 422
    assert answer.json()["error"] == "invalid"
    assert said in answer.json()["detail"]
    assert names(shop, "v3") == []


def test_a_body_of_more_than_a_megabyte_is_refused(api: TestClient) -> None:
    answer = api.post("/api/events", content=b"x" * (1024 * 1024 + 1))
    assert (answer.status_code, answer.json()["error"]) == (413, "too_large")
    assert api.post("/api/events", json={"events": [view("v4", items=["x" * 150] * 200)] * 3}).status_code == 202


def test_when_too_many_wait_the_batch_comes_again_later(
    api: TestClient, shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shop, "events", EventLog(shop.events.kept, most=1))
    answer = api.post("/api/events", json={"events": [view("v5"), view("v5", 1)]})
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "2")
    assert "send these again" in answer.json()["detail"]
    assert names(shop, "v5") == []


def test_a_shop_that_keeps_none_says_so(api: TestClient, shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    assert api.get("/api/shop").json()["events"] is True
    monkeypatch.setattr(shop.events.kept, "days", 0)
    assert api.get("/api/shop").json()["events"] is False
    answer = api.post("/api/events", json={"events": [view("v6")]})
    assert answer.status_code == 422
    assert "events_days is 0" in answer.json()["detail"]


def test_what_still_waits_is_forgotten_too(api: TestClient, shop: Shop) -> None:
    posted = api.post("/api/events", json={"events": [view("v7", 7, shopper=SHOPPER)], "conversation": "talk-7"})
    assert posted.json()["accepted"] == 1
    assert api.delete("/api/sessions/talk-7").json()["rows"] == {"events": 1, "event_sessions": 1}
    assert names(shop, "v7") == []
