"""The two disclosures of a result's card: why it is there, and what can be bought when it is gone."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

pytestmark = pytest.mark.browser


def test_why_a_result_stands_where_it_does(open_page: Callable[..., Any]) -> None:
    page = open_page("?q=two-person+tent")
    card = page.locator("#results article", has_text="Tarn two-person tent")
    card.locator("summary").click()
    text = card.locator(".why").inner_text()
    assert "Words that match" in text
    assert "tent" in text.lower().split("words that match")[1]
    assert "Likeness in meaning" in text
    widths = card.locator(".bar i").evaluate_all("bars => bars.map((bar) => bar.getBoundingClientRect().width)")
    assert max(widths) > 20
    assert page.url.endswith("?q=two-person+tent"), "the card's own link stays closed"
    page.keyboard.press("Enter")
    assert not card.locator(".why dl").is_visible()


def test_without_a_query_there_is_nothing_to_explain(page: Any) -> None:
    assert page.locator("#results .why").count() == 0


@pytest.mark.parametrize("dark", [False, True])
def test_a_product_that_is_gone_names_what_is_close_to_it(open_page: Callable[..., Any], dark: bool) -> None:
    page = open_page(dark=dark)

    def gone(route: Any) -> None:
        answer = route.fetch()
        found = json.loads(answer.body())
        first, second = found["results"][:2]
        first["card"]["stock"] = "sold out"
        first["instead"] = [second["card"]]
        route.fulfill(response=answer, body=json.dumps(found))

    page.route("**/api/search*", gone)
    page.reload()
    page.wait_for_selector(".instead")
    card = page.locator("#results article").first
    assert card.locator(".instead p").inner_text() == "Out of stock. Close to it:"
    link = card.locator(".instead a")
    title, price = link.inner_text(), card.locator(".instead-price").inner_text()
    assert price.startswith(("€", "from €"))
    link.click()
    page.wait_for_selector("dialog .product-top")
    assert page.inner_text("dialog h2") == title
