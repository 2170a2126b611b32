from __future__ import annotations

import pytest
from sqlalchemy import delete
from starlette.testclient import TestClient

from shopwright.catalog import migrations
from shopwright.shop import Shop


@pytest.fixture(autouse=True)
def fresh(shop: Shop) -> None:
    shop.searches.flush()
    with shop.store.transaction() as connection:
        connection.execute(delete(migrations.searches))


def logged(shop: Shop) -> dict[str, int]:
    assert shop.searches.flush()
    return {search.text: search.times for search in shop.searches.read()}


def test_only_what_a_shopper_asked_is_logged(api: TestClient, shop: Shop) -> None:
    api.get("/api/search", params={"q": "tent"})
    api.get("/api/suggest", params={"q": "ten"})
    assert logged(shop) == {}
    api.get("/api/search", params={"q": "Tent", "log": True})
    api.get("/api/search", params={"q": "tent", "log": True, "offset": 20})
    api.get("/api/search", params={"q": "tnet", "log": True, "literal": True})
    api.get("/api/search", params={"q": " ", "log": True})
    assert logged(shop) == {"tent": 1}


def test_the_report_tells_what_shoppers_asked(api: TestClient, shop: Shop) -> None:
    for query, times in (("hammock", 4), ("tnet", 3), ("jane doe tent", 1)):
        for _ in range(times):
            api.get("/api/search", params={"q": query, "log": True})
    found = api.get("/api/report/queries", params={"limit": 5})
    told = found.json()
    assert (told["searches"], told["queries"], told["unanswered"], told["rescued"]) == (8, 2, 4, 3)
    assert [one["query"] for one in told["without_results"]] == ["hammock"]
    assert [(one["query"], one["searched"], one["as_typed"]) for one in told["rescues"]] == [("tnet", "tent", 0)]
    assert [gap["word"] for gap in told["gaps"]] == ["hammock"]
    assert "jane" not in found.text, "asked once, it may be about a person"


@pytest.mark.parametrize("params", [{"days": 0}, {"days": 91}, {"limit": 0}, {"limit": 101}, {"days": "x"}])
def test_impossible_reports_are_refused(api: TestClient, params: dict[str, object]) -> None:
    assert api.get("/api/report/queries", params=params).status_code == 422


@pytest.mark.parametrize("method", ["put", "post", "delete", "patch"])
def test_the_report_can_only_be_read(api: TestClient, method: str) -> None:
    assert getattr(api, method)("/api/report/queries").status_code == 405
