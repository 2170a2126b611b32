"""`/api/recommend`: cards with reasons, what is refused, and what is never shown again."""

from __future__ import annotations

import time
from typing import Any

import pytest
from starlette.testclient import TestClient

from shopwright.shop import Shop
from shopwright.types import RecommendRequest

SHOPPER = "9c4e2b7a1f3d5860b2c4d6e8f0a1b3c5"
NEVER = "/api/recommend/never"
DIAL = RecommendRequest().adventure


def told(api: TestClient, **asked: Any) -> dict[str, Any]:
    answer = api.get("/api/recommend", params=asked)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def ids(found: dict[str, Any]) -> list[str]:
    return [one["id"] for one in found["items"]]


def test_a_page_gets_cards_with_reasons(api: TestClient) -> None:
    found = told(api, place="product", product="tarn", limit=4)
    first = found["items"][0]
    assert (first["id"], first["purpose"], first["source"]) == ("pegs", "goes_with", "fit")
    assert first["reason"] == "An accessory of “Tarn two-person tent”."
    assert (first["card"]["price"], first["card"]["title"]) == ("€12.50", "Set of ten pegs")
    assert first["chain"] == []
    assert (found["place"], found["adventure"], found["policy"], found["propensity"]) == (
        "product",
        DIAL,
        "default",
        1.0,
    )
    explained = told(api, place="product", product="tarn-moss", explain=True)["items"][0]
    assert explained["chain"][0]["source"] == "pegs"
    assert "an accessory of it" in explained["chain"][0]["text"]


def test_a_body_says_the_same_as_an_address(api: TestClient) -> None:
    asked = {"seen": ["tarn", "ridge", "nobody"], "limit": 5, "f": ["price:range:..100"], "adventure": 0.7}
    by_body = api.post("/api/recommend", json=asked).json()
    assert by_body == told(api, **asked)
    assert {"evil", "pegs", "pan", "long"} >= {*ids(by_body)}
    assert by_body["notes"] == ["1 of the named products are not in this shop, or not any more."]
    assert by_body["policy"] == "asked"


@pytest.mark.parametrize(
    ("asked", "status", "said"),
    [
        ({"place": "product"}, 422, "name the one whose page it is"),
        ({"place": "product", "product": "nobody"}, 404, "nobody"),
        ({"place": "cellar"}, 422, "place"),
        ({"limit": 0}, 422, "limit"),
        ({"adventure": 2}, 422, "adventure"),
        ({"f": ["price:at:3"]}, 422, "price:at:3"),
        ({"session": "no blanks"}, 422, "session"),
        ({"colour": "red"}, 422, "colour"),
        ({"said": "x" * 501}, 422, "said"),
    ],
)
def test_what_cannot_be_is_refused(api: TestClient, asked: dict[str, Any], status: int, said: str) -> None:
    for answer in (api.get("/api/recommend", params=asked), api.post("/api/recommend", json=asked)):
        assert answer.status_code == status
        assert said in answer.json()["detail"]


def test_a_list_that_is_too_long_is_refused(api: TestClient) -> None:
    answer = api.post("/api/recommend", json={"seen": ["tarn"] * 1_001})
    assert (answer.status_code, "at most 1000" in answer.json()["detail"]) == (422, True)


def test_never_again_is_undone(api: TestClient) -> None:
    asked = {"place": "product", "product": "tarn", "session": "never-1"}
    assert "pegs" in ids(told(api, **asked))
    assert api.post(NEVER, json={"session": "never-1", "product": "pegs"}).json() == {"never": ["pegs"]}
    assert "pegs" not in ids(told(api, **asked))
    gone = api.request("DELETE", NEVER, params={"session": "never-1", "product": "pegs"})
    assert (gone.status_code, gone.json()) == (200, {"never": []})
    assert "pegs" in ids(told(api, **asked))


def test_a_shopper_refuses_for_good_until_forgotten(api: TestClient) -> None:
    refusal = {"shopper": SHOPPER, "product": "pegs"}
    assert api.post(NEVER, json=refusal).status_code == 404  # nobody agreed yet
    api.put(f"/api/shoppers/{SHOPPER}/consent")
    assert api.post(NEVER, json=refusal).json() == {"never": ["pegs"]}
    assert api.get(f"/api/shoppers/{SHOPPER}/export").json()["never"] == ["pegs"]
    asked = {"place": "product", "product": "tarn", "shopper": SHOPPER}
    assert "pegs" not in ids(told(api, **asked))
    assert api.request("DELETE", f"/api/shoppers/{SHOPPER}").json()["rows"]["nevers"] == 1
    assert "pegs" in ids(told(api, **asked))


@pytest.mark.parametrize(
    ("refusal", "status"), [({"product": "pegs"}, 422), ({"session": "s", "product": "nobody"}, 404), ({}, 422)]
)
def test_a_refusal_names_who_and_what(api: TestClient, refusal: dict[str, str], status: int) -> None:
    assert api.post(NEVER, json=refusal).status_code == status


def test_what_is_shown_and_left_alone_comes_later(api: TestClient, shop: Shop) -> None:
    now = time.time() - 600
    shown = {"name": "view_item_list", "session": "tired", "items": ["pegs"], "item_list_id": "recommendations"}
    looked = {"name": "view_item", "session": "tired", "time": now, "items": ["tarn"]}
    batch = [looked, *({**shown, "time": now + 10 * turn} for turn in range(1, 9))]
    assert api.post("/api/events", json={"events": batch}).json()["accepted"] == 9
    assert shop.events.flush()
    asked = {"place": "home", "limit": 3}
    fresh, tired = ids(told(api, seen="tarn", **asked)), ids(told(api, session="tired", **asked))
    assert fresh.index("pegs") < (tired.index("pegs") if "pegs" in tired else 9)
