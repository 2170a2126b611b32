"""Recommendations on the page: reasons, the dial, "not for me" with an undo, and what is told of them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from browser.test_access import CONTRASTS, NAMELESS

pytestmark = pytest.mark.browser

LIST = "#recommended-list"
CARDS = f"{LIST} [data-seen]"


@pytest.fixture
def strip(page: Any) -> Any:
    page.wait_for_selector(CARDS)
    return page


def asked(page: Any, act: Callable[[], Any], path: str = "/api/recommend") -> dict[str, Any]:
    """The body of the request to a path that an act brings about."""
    with page.expect_request(lambda request: request.url.endswith(path) and request.method == "POST") as found:
        act()
    body: dict[str, Any] = found.value.post_data_json
    return body


def test_each_has_a_reason_and_its_way(strip: Any) -> None:
    cards = strip.locator(CARDS)
    assert cards.count() >= 2
    assert all(text.strip() for text in strip.locator(f"{CARDS} .reason").all_inner_texts())
    cards.first.locator("summary").click()
    assert "How likely it is wanted" in cards.first.inner_text()
    assert strip.evaluate("() => window.pwned") is None
    assert strip.evaluate(NAMELESS) == []
    assert strip.evaluate(CONTRASTS) == []


def test_it_goes_with_a_search_and_comes_back(strip: Any) -> None:
    strip.fill("#q", "pan")
    strip.press("#q", "Enter")
    strip.wait_for_selector("#recommended", state="hidden")
    strip.go_back()
    strip.wait_for_selector(CARDS)


def test_not_for_me_leaves_an_undo_and_is_kept(strip: Any) -> None:
    first = strip.locator(CARDS).first
    product = first.get_attribute("data-seen")
    refuse = first.get_by_role("button", name="Not for me")
    assert asked(strip, refuse.click, "/api/recommend/never")["product"] == product
    assert strip.locator(f'{LIST} [data-seen="{product}"]').count() == 0
    assert strip.evaluate("() => document.activeElement.textContent") == "Undo"
    anew = asked(strip, lambda: strip.locator("#adventure").press("ArrowRight"))
    assert anew["never"] == [product]
    strip.wait_for_selector(f"{LIST}[aria-busy=false]")
    assert strip.locator(f'{LIST} [data-seen="{product}"]').count() == 0


def test_what_was_refused_can_be_had_again(strip: Any) -> None:
    first = strip.locator(CARDS).first
    product = first.get_attribute("data-seen")
    first.get_by_role("button", name="Not for me").click()
    with strip.expect_request(lambda request: request.method == "DELETE") as undone:
        strip.keyboard.press("Enter")
    assert f"product={product}" in undone.value.url
    assert strip.locator(CARDS).first.get_attribute("data-seen") == product


def test_the_dial_is_remembered(strip: Any) -> None:
    dial = strip.locator("#adventure")
    assert dial.get_attribute("aria-valuetext") == "Balanced"
    assert asked(strip, lambda: dial.press("End"))["adventure"] == 1
    assert dial.get_attribute("aria-valuetext") == "Adventurous"
    assert asked(strip, strip.reload)["adventure"] == 1
    strip.wait_for_selector(CARDS)
    assert strip.locator("#adventure").get_attribute("aria-valuetext") == "Adventurous"


def test_untouched_the_shop_sets_the_dial(page: Any) -> None:
    assert "adventure" not in asked(page, page.reload)


def test_a_product_has_what_goes_with_it_and_what_stands_in(page: Any) -> None:
    page.click("#results >> text=Tarn two-person tent")
    page.wait_for_selector(".relatives [data-seen]")
    parts = page.locator(".relatives .part").all()
    told = {part.locator("h3").inner_text(): part.inner_text() for part in parts}
    assert "Set of ten pegs" in told["Goes with it"]
    assert "An accessory of" in told["Goes with it"]
    assert "Ridge mountain tent" in told["Instead of it"]
    links = page.locator(".relatives h4 a").evaluate_all("all => all.map(one => one.dataset.product)")
    assert len(links) == len(set(links))


def test_what_is_seen_and_opened_is_told_under_the_name_of_the_list(strip: Any) -> None:
    batches: list[Any] = []
    strip.on("request", lambda one: batches.append(one.post_data_json) if one.url.endswith("/api/events") else None)
    strip.wait_for_timeout(700)
    strip.locator(f"{CARDS} a").first.click()
    strip.wait_for_selector("dialog .product-top")
    strip.wait_for_timeout(2600)
    events = [event for batch in batches for event in batch["events"]]
    listed = [one for one in events if one.get("item_list_id") == "recommendations"]
    seen, opened = (next(one for one in listed if one["name"] == name) for name in ("view_item_list", "select_item"))
    assert opened["items"][0].split("-")[0] in {item.split("-")[0] for item in seen["items"]}


def test_nobody_is_named_where_nothing_is_to_be_told(page: Any) -> None:
    page.add_init_script("Object.defineProperty(navigator, 'globalPrivacyControl', {value: true})")
    body = asked(page, page.reload)
    assert "session" not in body
    assert body["seen"] == []


def test_where_nothing_is_recommended_nothing_is_shown(page: Any) -> None:
    empty = '{"place": "home", "adventure": 0.3, "policy": "default", "propensity": 1, "items": [], "notes": []}'
    page.route("**/api/recommend", lambda route: route.fulfill(status=200, content_type="application/json", body=empty))
    page.reload()
    page.wait_for_selector("#recommended", state="hidden")
    page.wait_for_selector("#results h3")


@pytest.mark.parametrize("width", [1280, 390])
def test_nothing_moves_when_it_arrives(open_page: Callable[..., Any], width: int) -> None:
    page = open_page(width=width)
    page.add_init_script(
        "window.moved = 0; new PerformanceObserver((list) => list.getEntries().forEach((one) => { moved += one.value; }))"
        ".observe({ type: 'layout-shift', buffered: true })"
    )
    page.reload()
    page.wait_for_selector(CARDS)
    page.wait_for_timeout(300)
    assert page.evaluate("moved") < 0.1


def test_beside_the_cart_stands_what_goes_with_it(page: Any) -> None:
    told = page.evaluate(
        """async () => {
          const { besideCart } = await import("/static/recommend.js");
          const [full, empty] = [await besideCart(["tarn"]), await besideCart([])];
          return [full.innerText, empty.querySelector("h4").innerText];
        }"""
    )
    assert "Goes with your basket" in told[0]
    assert "Set of ten pegs" in told[0]
    assert told[1] == "You may like"


def test_what_an_answer_suggests_stands_apart_from_what_it_found(page: Any) -> None:
    told = page.evaluate(
        """async () => {
          const { newAnswer } = await import("/static/answer.js");
          const card = (id) => ({ product_id: id, title: `<b>${id}</b>`, price: "€1.00", reason: "camping → doormats" });
          const answer = { sentences: [], cards: [card("tent")], aside: card("mat"), options: [], evidence: [],
                           notes: [], unknown: [] };
          const view = newAnswer(() => {});
          view.settle({ answer, trace: { seconds: 1 } });
          document.body.append(view.element);
          const text = (part) => view.element.querySelector(part).innerText;
          return [text(".answer-cards"), text(".answer-aside")];
        }"""
    )
    assert "<b>mat</b>" not in told[0]
    assert "<b>mat</b>" in told[1]
    assert "Not for me" in told[1]
