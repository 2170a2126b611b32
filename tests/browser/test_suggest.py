"""The list of suggestions below the search field."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

pytestmark = pytest.mark.browser

LIST = "#suggest-list"
SLOW_FOR_P = """
() => {
  const fetch_ = window.fetch;
  window.fetch = async (path, options) => {
    if (!String(path).includes("suggest?q=p&")) return fetch_(path, options);
    window.asked = true;
    const response = await fetch_(path, { ...options, signal: undefined });
    await new Promise((done) => setTimeout(done, 500));
    window.answered = true;
    return response;
  };
}
"""
OPTIONS = f"{LIST} [role=option]"


def type_in(page: Any, letters: str) -> list[str]:
    page.click("#q")
    page.keyboard.type(letters)
    page.wait_for_selector(OPTIONS)
    return [text.strip() for text in page.locator(OPTIONS).all_inner_texts()]


def test_typing_opens_a_list_that_says_what_it_is(page: Any) -> None:
    before = page.locator("#results").bounding_box()
    assert page.get_attribute("#q", "role") == "combobox"
    assert page.get_attribute("#q", "aria-expanded") == "false"
    shown = type_in(page, "t")
    assert any("tent" in text for text in shown)
    assert page.get_attribute("#q", "aria-expanded") == "true"
    assert page.get_attribute("#q", "aria-controls") == page.get_attribute(LIST, "id")
    assert page.evaluate("document.activeElement.id") == "q"
    assert page.locator(f"{LIST} b").first.inner_text()
    assert page.locator("#results").bounding_box()["x"] == before["x"]


def test_arrows_enter_and_the_way_back(page: Any) -> None:
    shown = type_in(page, "te")
    page.keyboard.press("ArrowDown")
    assert page.input_value("#q") == shown[0]
    assert page.get_attribute("#q", "aria-activedescendant") == "suggest-0"
    assert page.get_attribute("#suggest-0", "aria-selected") == "true"
    page.keyboard.press("ArrowUp")
    assert page.input_value("#q") == "te"
    assert page.get_attribute("#q", "aria-activedescendant") is None
    page.keyboard.press("ArrowUp")
    assert page.input_value("#q") == shown[-1]
    page.keyboard.press("Enter")
    page.wait_for_function("q => new URLSearchParams(location.search).get('q') === q", arg=shown[-1])
    page.wait_for_selector("#results[aria-busy=false]")
    assert not page.is_visible(LIST)
    assert page.locator("#results h3").count() > 0


def test_escape_closes_the_list_and_keeps_the_words(page: Any) -> None:
    type_in(page, "te")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Escape")
    assert not page.is_visible(LIST)
    assert page.input_value("#q") == "te"
    page.keyboard.press("Escape")
    assert page.input_value("#q") == ""


def test_an_unfinished_word_does_not_empty_the_page(page: Any) -> None:
    everything = page.inner_text("#result-count")
    type_in(page, "te")
    page.wait_for_timeout(600)
    assert page.inner_text("#result-count") == everything
    assert "q=" not in page.url
    page.keyboard.type("nt")
    page.wait_for_function("() => document.querySelector('#result-count').textContent.includes('tent')")
    assert page.is_visible(LIST)


def test_a_word_that_no_suggestion_goes_on_with_is_searched(page: Any) -> None:
    type_in(page, "tnet")
    page.wait_for_function("() => new URLSearchParams(location.search).get('q') === 'tnet'")


def test_an_unfinished_word_is_searched_once_the_list_is_closed(page: Any) -> None:
    type_in(page, "te")
    page.keyboard.press("Escape")
    page.wait_for_function("() => new URLSearchParams(location.search).get('q') === 'te'")


def test_a_click_takes_a_suggestion(page: Any) -> None:
    shown = type_in(page, "te")
    page.locator(OPTIONS).nth(0).click()
    page.wait_for_function("q => new URLSearchParams(location.search).get('q') === q", arg=shown[0])
    assert page.input_value("#q") == shown[0]
    assert not page.is_visible(LIST)


def test_leaving_the_field_closes_the_list(page: Any) -> None:
    type_in(page, "te")
    page.keyboard.press("Tab")
    page.wait_for_selector(LIST, state="hidden")


def test_a_late_answer_to_earlier_letters_is_dropped(page: Any) -> None:
    page.evaluate(SLOW_FOR_P)
    page.click("#q")
    page.keyboard.type("p")
    page.wait_for_function("() => window.asked")
    page.fill("#q", "te")
    page.wait_for_selector(OPTIONS)
    shown = page.locator(OPTIONS).all_inner_texts()
    page.wait_for_function("() => window.answered")
    page.wait_for_timeout(50)
    assert page.locator(OPTIONS).all_inner_texts() == shown
    assert not any("pan" in text for text in shown)


def test_a_server_that_refuses_leaves_the_field_as_it_was(page: Any) -> None:
    page.route("**/api/suggest*", lambda route: route.fulfill(status=429, json={"detail": "too many"}))
    page.click("#q")
    page.keyboard.type("te")
    page.wait_for_timeout(200)
    assert not page.is_visible(LIST)
    page.keyboard.press("Enter")
    page.wait_for_function("() => new URLSearchParams(location.search).get('q') === 'te'")


@pytest.mark.parametrize("dark", [False, True])
def test_on_a_phone_the_list_stays_inside_the_screen(open_page: Callable[..., Any], dark: bool) -> None:
    page = open_page(width=390, dark=dark)
    type_in(page, "t")
    box = page.locator(LIST).bounding_box()
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= 390
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert min(page.locator(OPTIONS).nth(0).bounding_box()["height"], 36) >= 36


def test_markup_in_a_suggestion_is_inert(page: Any) -> None:
    nasty = "<img src=x onerror='window.pwned = 1'>"
    answer = {"query": "t", "suggestions": [{"text": nasty, "products": 1, "parts": [[nasty, False]]}]}
    page.route("**/api/suggest*", lambda route: route.fulfill(json=answer))
    assert type_in(page, "t") == [nasty]
    assert page.evaluate("window.pwned") is None
