from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from starlette.testclient import TestClient

from shopwright.search.rules import Rule, Rules
from shopwright.shop import Shop

PIN: dict[str, Any] = {"name": "gifts", "action": "pin", "query": "tents", "ids": ["pan"]}


@pytest.fixture
def ruled(shop: Shop) -> Iterator[Shop]:
    yield shop
    shop.home.rules.unlink(missing_ok=True)


def preview(api: TestClient, *rules: dict[str, Any], query: str = "tent") -> dict[str, Any]:
    answer = api.post("/api/rules/preview", json={"query": query, "rules": list(rules)})
    assert answer.status_code == 200, answer.text
    return answer.json()  # type: ignore[no-any-return]


def test_the_rules_in_force_are_told(api: TestClient, ruled: Shop) -> None:
    assert api.get("/api/rules").json() == {"rules": []}
    ruled.rules = Rules((Rule("gifts", "pin", "tents", ids=("pan",)),))
    (told,) = api.get("/api/rules").json()["rules"]
    assert {key: value for key, value in told.items() if value is not None} == PIN
    assert api.get("/api/search?q=tent").json()["results"][0]["id"] == "pan"
    assert preview(api, told)["after"][0]["id"] == "pan", "what is told can be sent back"


def test_a_preview_shows_before_and_after_and_sets_nothing(api: TestClient) -> None:
    plain = api.get("/api/search?q=tent").json()["results"]
    seen = preview(api, PIN)
    assert [one["id"] for one in seen["before"]] == [one["id"] for one in plain]
    assert seen["after"][0] | {"score": 0, "was": 0} == {
        "id": "pan", "title": "Brigade frying pan", "rank": 1, "was": 0, "score": 0, "reasons": ["pinned by 'gifts'"],
    }  # fmt: skip
    assert [one["id"] for one in seen["after"][1:]] == [one["id"] for one in plain if one["id"] != "pan"]
    assert api.get("/api/rules").json() == {"rules": []}


def test_a_preview_says_what_looks_wrong(api: TestClient) -> None:
    assert preview(api, {**PIN, "ids": ["vase"]})["notes"] == ["rule 1 ('gifts'): no product has the id 'vase'"]


@pytest.mark.parametrize(
    ("rule", "said"),
    [
        ({**PIN, "action": "promote"}, "in_stock_first"),
        ({**PIN, "ids": []}, "rule 1 ('gifts'): pin without products"),
        ({**PIN, "filters": [{"field": "colour", "values": ["red"]}]}, "filter field 'colour'"),
        ({**PIN, "colour": "red"}, "colour"),
        ({**PIN, "action": "boost", "amount": "0.2"}, "amount"),
        ({**PIN, "since": "2025-02-30"}, "expected a day"),
    ],
)
def test_a_rule_that_can_mean_nothing_is_refused(api: TestClient, rule: dict[str, Any], said: str) -> None:
    answer = api.post("/api/rules/preview", json={"query": "tent", "rules": [rule]})
    assert answer.status_code == 422
    assert said in answer.json()["detail"]


@pytest.mark.parametrize("method", ["put", "post", "delete", "patch"])
def test_rules_cannot_be_set_over_http(api: TestClient, method: str) -> None:
    assert getattr(api, method)("/api/rules").status_code == 405
