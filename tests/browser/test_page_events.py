"""What the page tells of a visit: GA4-named events in batches, and nothing where the shopper does not want it."""

from __future__ import annotations

from typing import Any

import pytest

pytestmark = pytest.mark.browser


def told(page: Any) -> list[dict[str, Any]]:
    """Open a product, and wait for what the page tells until then."""
    batches: list[Any] = []
    page.on("request", lambda one: batches.append(one.post_data_json) if one.url.endswith("/api/events") else None)
    page.locator("#results h3 a").first.click()
    page.wait_for_selector("dialog .product-top")
    page.wait_for_timeout(2600)
    return [event for batch in batches for event in batch["events"]]


def test_lists_clicks_and_views_are_told_with_one_visit(page: Any) -> None:
    events = told(page)
    assert {"select_item", "view_item"} <= {one["name"] for one in events}
    assert len({one["session"] for one in events}) == 1
    assert len({one["id"] for one in events}) == len(events)
    assert all("shopper" not in one for one in events)


@pytest.mark.parametrize(
    "wish",
    [
        "Object.defineProperty(navigator, 'globalPrivacyControl', {value: true})",
        "Object.defineProperty(navigator, 'doNotTrack', {value: '1'})",
        "localStorage.setItem('shopwright-no-events', '1')",
    ],
)
def test_nothing_is_told_where_it_is_not_wanted(page: Any, wish: str) -> None:
    page.add_init_script(wish)
    page.reload()
    page.wait_for_selector("#results[aria-busy=false]", state="attached")
    assert told(page) == []


def test_it_can_be_switched_off(page: Any) -> None:
    page.click("#open-memory")
    assert page.is_checked("#events-switch")
    page.click("#events-switch")
    page.keyboard.press("Escape")
    assert told(page) == []
