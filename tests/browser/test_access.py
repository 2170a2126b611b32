"""Keyboard, names, contrast and narrow screens."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.browser

SCRIPTS = Path(__file__).parent
CONTRASTS = (SCRIPTS / "contrasts.js").read_text(encoding="utf-8")
NAMELESS = (SCRIPTS / "nameless.js").read_text(encoding="utf-8")


def ask(page: Any, message: str) -> None:
    page.fill("#message", message)
    page.press("#message", "Enter")
    page.wait_for_selector(".exchange:last-child .answer-foot button")
    page.wait_for_selector("#send[aria-label=Send]")


def test_the_checks_notice_what_they_look_for(page: Any) -> None:
    page.evaluate(
        """() => {
          const text = document.createElement('p');
          text.textContent = 'pale';
          text.style.color = '#999';
          const control = document.createElement('button');
          control.style.padding = '9px';
          document.querySelector('main').append(text, control);
        }"""
    )
    assert [found[-8:] for found in page.evaluate(CONTRASTS)] == ["pale</p>"]
    assert len(page.evaluate(NAMELESS)) == 1


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_text_stands_out_from_what_is_behind_it(open_page: Callable[..., Any], dark: bool) -> None:
    page = open_page("?f=brand:is:Fellrunner", dark=dark)
    assert page.evaluate(CONTRASTS) == []
    ask(page, "a tent for two under 300")
    ask(page, "compare the first two")
    assert page.evaluate(CONTRASTS) == []
    page.click(".exchange:last-child >> text=How I got this")
    page.wait_for_selector("dialog .graph")
    assert page.evaluate(CONTRASTS) == []
    page.keyboard.press("Escape")
    page.click("#results h3 a")
    page.wait_for_selector("dialog .attributes")
    assert page.evaluate(CONTRASTS) == []


def test_every_control_has_a_name(page: Any) -> None:
    ask(page, "compare both")
    assert page.evaluate(NAMELESS) == []
    page.click("text=How I got this")
    assert page.evaluate(NAMELESS) == []
    page.keyboard.press("Escape")
    page.click("text=Tarn two-person tent >> nth=0")
    page.wait_for_selector("dialog .attributes")
    assert page.evaluate(NAMELESS) == []


def test_landmarks_and_live_regions(page: Any) -> None:
    for selector in (
        "main",
        "header",
        "search",
        "aside#assistant-panel",
        "[role=log][aria-live=polite]",
        "[role=status]",
    ):
        assert page.locator(selector).count() >= 1, selector
    assert page.evaluate("document.documentElement.lang") == "en"
    assert page.locator("h1:visible").count() == 1


def test_by_keyboard_alone(page: Any) -> None:
    page.keyboard.press("/")
    assert page.evaluate("document.activeElement.id") == "q"
    page.keyboard.type("tent")
    page.wait_for_function("() => document.querySelector('#result-count').textContent.includes('tent')")
    page.wait_for_selector("#suggest-list [role=option]")
    page.keyboard.press("Escape")  # closes the suggestions; the next arrow goes to the results
    page.keyboard.press("ArrowDown")
    first = page.evaluate("document.activeElement.textContent")
    page.keyboard.press("ArrowRight")
    second = page.evaluate("document.activeElement.textContent")
    assert first != second
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("Enter")
    page.wait_for_selector("dialog h3")
    for _ in range(25):
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.closest('dialog') !== null")
    page.keyboard.press("Shift+Tab")
    assert page.evaluate("document.activeElement.closest('dialog') !== null")
    page.keyboard.press("/")
    assert page.evaluate("document.activeElement.id") != "q"
    page.keyboard.press("Escape")
    page.wait_for_selector("dialog", state="detached")
    assert page.evaluate("document.activeElement.textContent") == first
    page.keyboard.press("/")
    page.keyboard.press("Escape")
    assert page.input_value("#q") == ""


def test_focus_can_be_seen(page: Any) -> None:
    for _ in range(12):
        page.keyboard.press("Tab")
        seen = page.evaluate(
            """() => [document.activeElement, document.activeElement.closest('article')].some((one) => {
              const { outlineStyle, outlineWidth } = one ? getComputedStyle(one) : { outlineStyle: 'none' };
              return outlineStyle !== 'none' && parseFloat(outlineWidth) >= 2;
            })"""
        )
        assert seen, page.evaluate("document.activeElement.outerHTML.slice(0, 200)")


@pytest.mark.parametrize("width", [320, 390, 768, 1000, 1440])
def test_nothing_sticks_out_sideways(open_page: Callable[..., Any], width: int) -> None:
    page = open_page("?q=tent", width=width)
    wider = "document.documentElement.scrollWidth - innerWidth"
    assert page.evaluate(wider) <= 0
    if width < 800:
        page.click("#tab-assistant")
    ask(page, "compare both " + "x" * 200)
    assert page.evaluate(wider) <= 0
    page.goto(page.url + "&product=long")
    page.wait_for_selector("dialog .attributes")
    assert page.evaluate(wider) <= 0
    assert (
        page.evaluate(
            "(({ scrollWidth, clientWidth }) => scrollWidth - clientWidth)(document.querySelector('.dialog-body'))"
        )
        <= 0
    )


def test_tabs_of_a_phone(open_page: Callable[..., Any]) -> None:
    page = open_page(width=390, height=844)
    assert page.get_attribute("#tab-search", "aria-selected") == "true"
    assert not page.locator("#assistant-panel").is_visible()
    page.focus("#tab-search")
    page.keyboard.press("ArrowRight")
    assert page.get_attribute("#tab-assistant", "aria-selected") == "true"
    assert page.locator("#message").is_visible()
    assert not page.locator("#results").is_visible()
    page.click(".examples button >> nth=0")
    page.wait_for_selector(".answer-foot button")
    page.click("#tab-search")
    page.click("#toggle-facets")
    assert page.locator("#facet-price-high").is_visible()


def test_touch_targets_are_large_enough(open_page: Callable[..., Any]) -> None:
    page = open_page(width=390, height=844)
    page.click("#toggle-facets")
    small = page.evaluate(
        """() => [...document.querySelectorAll('button, select, .tick, .departments a')]
          .filter((element) => element.checkVisibility())
          .map((element) => [element.outerHTML.slice(0, 80), element.getBoundingClientRect()])
          .filter(([, box]) => Math.min(box.width, box.height) < 24).map(([text]) => text)"""
    )
    assert small == []
