"""Buying by conversation: what will change is shown first, one tap does it, the cart shows what it costs."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from serve.over_socket import listening
from serve.small_shop import ScriptedShop
from shopwright.shop import Shop

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def real_address(browser: Any, scripted: ScriptedShop) -> Iterator[str]:
    """The small shop with the real conversation."""
    real: Shop = scripted._shop
    with listening(real) as where:
        yield where


@pytest.fixture
def chat(open_page: Callable[..., Any], real_address: str) -> Any:
    page = open_page()
    page.goto(real_address)
    page.wait_for_selector("#results[aria-busy=false]", state="attached")
    return page


def settled(page: Any, count: int) -> Any:
    """The answer of the last of so many exchanges, when it has arrived."""
    page.wait_for_selector(f".exchange:nth-child({count}) .answer-foot button", timeout=20_000)
    page.wait_for_selector("#send[aria-label=Send]")
    return page.locator(".answer").nth(count - 1)


def say(page: Any, message: str, count: int) -> Any:
    page.fill("#message", message)
    page.press("#message", "Enter")
    return settled(page, count)


def test_into_the_cart_by_conversation(chat: Any) -> None:
    say(chat, "show me a frying pan", 1)
    asked = say(chat, "add 2 pieces of the first one to my cart", 2)
    approval = asked.get_by_role("region", name="To be confirmed")
    assert approval.locator("h4").inner_text() == "This will change"
    assert approval.locator("dt").all_inner_texts() == ["cart: Brigade frying pan, €79.00 each"]
    assert approval.locator("dd s").inner_text() == "0"
    assert approval.locator("dd strong").inner_text() == "2"
    assert asked.locator(".bill").count() == 0  # nothing lies in it yet

    asked.get_by_role("button", name="Yes", exact=True).click()
    done = settled(chat, 3)
    assert chat.locator(".saying").last.inner_text().endswith("Yes")
    assert asked.get_by_role("button", name="Yes", exact=True).count() == 0  # cannot be tapped twice
    bill = done.locator(".bill")
    assert bill.locator("caption").inner_text() == "Your cart"
    (line,) = bill.locator("tbody tr").all()
    assert line.inner_text().split("\t") == ["2 × Brigade frying pan", "€158.00"]
    assert bill.locator("tr.sum").inner_text().split("\t") == ["Together", "€158.00"]

    line.locator("a").click()
    chat.wait_for_function("() => document.querySelector('dialog h2')?.textContent === 'Brigade frying pan'")
    chat.keyboard.press("Escape")
    chat.wait_for_selector("dialog", state="detached")

    chat.reload()
    chat.wait_for_selector(".exchange:nth-child(3) .bill")
    assert "€158.00" in chat.locator(".bill tr.sum").last.inner_text()


def test_a_no_changes_nothing(chat: Any) -> None:
    say(chat, "show me a frying pan", 1)
    say(chat, "put the first one into my cart", 2).get_by_role("button", name="No", exact=True).click()
    assert "leave it as it is" in settled(chat, 3).inner_text()
    empty = say(chat, "what is in my cart?", 4)
    assert "Your cart is empty." in empty.inner_text()
    assert empty.locator(".bill").count() == 0


def test_a_budget_that_is_missed_is_marked(page: Any) -> None:
    told = page.evaluate(
        """async () => {
          const { billTable } = await import("/static/bill.js");
          const table = billTable({ title: "Basket", lines: [["tarn", "<b>Tarn</b>", 1, "€289.00"]], rows: [],
                                    total: "€289.00", budget: "€200.00", over: "€89.00" });
          document.body.append(table);
          return [table.className, table.innerText, table.querySelectorAll("b").length];
        }"""
    )
    assert told[0] == "bill over"
    assert "More than your budget by\t€89.00" in told[1]
    assert "<b>Tarn</b>" in told[1]  # a title is words, no markup
    assert told[2] == 0


def test_a_change_without_a_preview_is_told_in_its_own_words(page: Any) -> None:
    told = page.evaluate(
        """async () => {
          const { approvalList } = await import("/static/bill.js");
          const part = approvalList({ summary: "far.send with text <i>hello</i>", changes: [] });
          document.body.append(part);
          return [part.innerText, part.querySelectorAll("i, dl").length];
        }"""
    )
    assert "far.send with text <i>hello</i>" in told[0]
    assert told[1] == 0
