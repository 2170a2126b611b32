"""What the page counts for the merchant's report: searches that a shopper came to rest at."""

from __future__ import annotations

from contextlib import nullcontext
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

pytestmark = pytest.mark.browser


@pytest.fixture
def counted(page: Any) -> list[str]:
    """What the page has counted, as it goes on."""
    found: list[str] = []
    page.on(
        "request",
        lambda request: found.extend(parse_qs(urlsplit(request.url).query)["q"]) if is_count(request) else None,
    )
    return found


def is_count(request: Any) -> bool:
    return "log=true" in request.url


def type_in(page: Any, letters: str) -> None:
    page.click("#q")
    page.keyboard.type(letters, delay=30)
    page.wait_for_function("q => new URLSearchParams(location.search).get('q') === q", arg=letters)


def test_letters_on_the_way_do_not_count_and_a_search_counts_once(page: Any, counted: list[str]) -> None:
    type_in(page, "tent")
    page.wait_for_timeout(300)
    assert counted == []
    for _ in range(2):
        with page.expect_response(lambda response: is_count(response.request)) if not counted else nullcontext():
            page.keyboard.press("Enter")
        page.click("#q")
    page.wait_for_timeout(300)
    assert counted == ["tent"]


def test_what_stays_a_while_counts(page: Any, counted: list[str]) -> None:
    type_in(page, "tent")
    with page.expect_response(lambda response: is_count(response.request), timeout=8000):
        pass
    assert counted == ["tent"]


def test_opening_a_product_counts_what_led_to_it(page: Any, counted: list[str]) -> None:
    type_in(page, "tent")
    page.keyboard.press("Tab")
    with page.expect_response(lambda response: is_count(response.request)):
        page.locator("#results h3 a").first.click()
    assert counted == ["tent"]


def test_a_corrected_search_counts_once_and_not_again_as_typed(page: Any, counted: list[str]) -> None:
    type_in(page, "tnet")
    with page.expect_response(lambda response: is_count(response.request)):
        page.keyboard.press("Enter")
    page.locator("#notes a").click()
    page.wait_for_function("() => location.search.includes('literal=true')")
    page.wait_for_timeout(3500)
    assert counted == ["tnet"]


def test_a_refused_count_harms_nothing(page: Any, counted: list[str]) -> None:
    page.route("**/api/search*log=true*", lambda route: route.fulfill(status=429, json={"detail": "too many"}))
    type_in(page, "tent")
    page.keyboard.press("Enter")
    page.wait_for_timeout(300)
    assert page.locator("#results h3").count() > 0
    assert counted == ["tent"]
