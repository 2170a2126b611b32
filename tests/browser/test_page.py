"""What a shopper sees and does."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest

from serve.small_shop import ScriptedShop

pytestmark = pytest.mark.browser


def ask(page: Any, message: str) -> None:
    page.fill("#message", message)
    page.press("#message", "Enter")
    page.wait_for_selector(".exchange:last-child .answer-foot button")
    page.wait_for_selector("#send[aria-label=Send]")


def titles(page: Any) -> list[str]:
    return [text.strip() for text in page.locator("#results h3").all_inner_texts()]


def search(page: Any, words: str) -> None:
    page.fill("#q", words)
    page.wait_for_function("words => new URLSearchParams(location.search).get('q') === words", arg=words)
    page.wait_for_selector("#results[aria-busy=false]")


def test_the_shop_introduces_itself(page: Any) -> None:
    assert page.inner_text("#shop-name") == "Wren & Harbour"
    assert page.title() == "Wren & Harbour"
    assert page.inner_text("#result-count") == "7 products"
    assert page.locator(".departments a").first.inner_text().split() == ["Outdoor", "6"]
    assert page.locator(".examples button").count() > 0


def test_search_as_you_type_and_back(page: Any) -> None:
    search(page, "frying pan")
    assert titles(page)[0] == "Brigade frying pan"
    assert page.locator("#results mark").first.inner_text().lower() in ("frying", "pan", "frying pan")
    assert "q=frying+pan" in page.url
    page.go_back()
    page.wait_for_function("() => document.querySelector('#result-count').textContent === '7 products'")
    assert page.input_value("#q") == ""


def test_what_was_typed_can_be_searched_instead(page: Any) -> None:
    search(page, "fryign pan")
    assert page.inner_text("#notes") == "Showing results for frying pan. Search instead for fryign pan."
    assert titles(page)[0] == "Brigade frying pan"
    page.click("#notes a")
    page.wait_for_function("() => document.querySelector('#notes').textContent === ''")
    assert "literal=true" in page.url
    search(page, "fryingg pan")
    assert "literal" not in page.url


def test_tick_a_facet_and_take_its_chip_away(page: Any) -> None:
    page.locator("fieldset[data-field=brand] label", has_text="Fellrunner").click()
    page.wait_for_selector(".chip")
    assert page.inner_text("#result-count") == "2 products"
    assert "f=brand%3Ais%3AFellrunner" in page.url
    assert page.locator("fieldset[data-field=brand] label", has_text="Fellrunner").locator("input").is_checked()
    page.locator("fieldset[data-field=brand] label", has_text="Nordgipfel").click()
    page.wait_for_function("() => document.querySelector('#result-count').textContent === '3 products'")
    page.locator(".chip").click()
    page.wait_for_function("() => document.querySelector('#result-count').textContent === '7 products'")


def test_a_value_with_a_bar_in_it_can_be_ticked(page: Any) -> None:
    page.locator("fieldset[data-field=brand] label", has_text="Haver|brook").click()
    page.wait_for_selector(".chip")
    assert titles(page) == ["Hut family tent"]


def test_a_narrower_category_takes_the_place_of_the_broader(page: Any) -> None:
    page.locator("fieldset[data-field=category] label", has_text="Outdoor").click()
    page.wait_for_selector(".chip")
    page.locator("fieldset[data-field=category] label", has_text="Tents").click()
    page.wait_for_function("() => document.querySelector('#result-count').textContent === '5 products'")
    assert [text.strip() for text in page.locator(".chip").all_inner_texts()] == ["Category: Outdoor > Tents"]


def test_a_range_can_be_picked_and_dropped(page: Any) -> None:
    button = page.locator("fieldset[data-field=price] .range-button").first
    count = button.locator(".count").text_content().split()[1]
    button.click()
    page.wait_for_function("text => document.querySelector('#result-count').textContent.startsWith(text)", arg=count)
    page.locator(".chip").click()
    page.wait_for_function("() => document.querySelector('#result-count').textContent === '7 products'")


def test_price_bounds(page: Any) -> None:
    page.fill("#facet-price-high", "100")
    page.press("#facet-price-high", "Enter")
    page.wait_for_selector(".chip")
    assert sorted(titles(page))[-1].startswith("Set of ten pegs") or "Set of ten pegs" in titles(page)
    assert "Ridge mountain tent" not in titles(page)


def test_an_address_restores_everything(open_page: Callable[..., Any]) -> None:
    page = open_page("?q=tent&f=category:is:Tents&sort=price_asc&product=tarn")
    page.wait_for_selector("dialog .attributes")
    assert page.inner_text("dialog h2") == "Tarn two-person tent"
    page.keyboard.press("Escape")
    page.wait_for_selector("dialog", state="detached")
    assert "product=" not in page.url
    assert page.input_value("#q") == "tent"
    assert page.input_value("#sort") == "price_asc"
    assert page.locator(".chip").inner_text().strip() == "Category: Tents"
    page.go_back()
    page.wait_for_selector("dialog .attributes")


def test_nothing_found_says_what_to_do(page: Any) -> None:
    page.goto(page.url + "?q=tent&f=price:range:5000..")
    page.wait_for_selector(".empty")
    page.click("text=Search without filters")
    page.wait_for_selector("#results .card h3")


def test_a_filter_that_cannot_be_is_explained(open_page: Callable[..., Any]) -> None:
    page = open_page("?f=nonsense")
    page.wait_for_selector("#results .empty")
    assert "expected FIELD:OP:VALUES" in page.inner_text("#results .empty")
    page.click(".chip")
    page.wait_for_selector("#results .card h3")


def test_a_product_in_full(page: Any) -> None:
    page.click("text=Tarn two-person tent")
    page.wait_for_selector("dialog .attributes")
    dialog = page.locator("dialog")
    rows = dialog.locator(".offers tbody tr").all_inner_texts()
    assert len(rows) == 3
    assert "249" in rows[1]
    assert "sold out" in rows[2]
    assert "2.1 kg" in dialog.locator(".attributes").inner_text()
    assert "Dry through a Welsh week." in dialog.inner_text()
    dialog.get_by_role("link", name="Set of ten pegs").click()
    page.wait_for_function("() => document.querySelector('dialog h2').textContent === 'Set of ten pegs'")
    page.go_back()
    page.wait_for_function("() => document.querySelector('dialog h2').textContent === 'Tarn two-person tent'")


def test_an_answer_streams_with_sources(page: Any) -> None:
    ask(page, "a tent for two under 300")
    answer = page.locator(".answer")
    assert [text.strip() for text in answer.locator(".cite").all_inner_texts()] == ["1", "2", "3", "1"]
    assert answer.locator(".small-card").count() == 2
    assert "The catalogue does not say: fire rating." in answer.inner_text()
    assert answer.locator(".cite").first.get_attribute("aria-label") == "Source 1: Weight: 2.1 kg"
    answer.locator(".cite").nth(0).click()
    page.wait_for_selector("dialog .cited")
    assert "2.1 kg" in page.inner_text("dialog .cited")
    page.keyboard.press("Escape")
    answer.locator(".cite").nth(2).click()
    page.wait_for_selector("dialog blockquote")
    assert page.inner_text("dialog blockquote") == "Dry through a Welsh week."


def test_a_document_opens_at_the_cited_words(page: Any, scripted: ScriptedShop) -> None:
    returns = next(one.id for one in scripted.documents() if one.title == "Returns")
    page.goto(f"{page.url}?doc={returns}")
    page.wait_for_selector("dialog .prose h3, dialog .prose h4")
    assert "Send anything back within 30 days" in page.inner_text("dialog .prose")
    assert page.locator("dialog .prose li").count() == 2
    page.keyboard.press("Escape")
    page.click("#open-documents")
    page.wait_for_selector("dialog .document-list a")
    assert page.locator("dialog .document-list a").count() == 2


def test_tapping_an_option_sends_it(page: Any) -> None:
    ask(page, "a tent")
    page.click(".option >> text=Compare both")
    page.wait_for_selector(".exchange:nth-child(2) .answer-foot button")
    assert page.locator(".option").count() == 2  # those of the first answer are gone
    assert page.locator(".saying").last.inner_text().endswith("Compare both")


def test_comparison_table(page: Any) -> None:
    page.add_init_script("window.print = () => { window.printed = document.querySelector('.print-sheet') !== null; }")
    page.reload()
    ask(page, "compare the first two")
    table = page.locator("table.compare")
    assert table.locator("thead th").all_inner_texts() == ["Tarn two-person tent", "Ridge mountain tent"]
    assert table.locator("tbody tr", has_text="Fire rating").locator("td").all_inner_texts() == [
        "not stated",
        "EN 5912",
    ]
    page.click("text=Only differences")
    assert not table.locator("tr", has_text="Capacity").is_visible()
    page.click(".comparison >> text=Print")
    assert page.evaluate("window.printed")
    page.emulate_media(media="print")
    assert page.locator(".print-sheet table").is_visible()
    assert not page.locator(".layout").is_visible()


def test_picking_results_to_compare(page: Any) -> None:
    for title in ("Tarn two-person tent", "Ridge mountain tent"):
        page.locator("#results article", has_text=title).hover()
        page.get_by_label(f"Compare {title}", exact=True).check()
    page.click("#tray >> text=Compare 2")
    page.wait_for_selector("table.compare")
    assert page.locator(".saying").inner_text().endswith("Compare Tarn two-person tent and Ridge mountain tent")
    assert not page.locator("#tray").is_visible()
    assert page.locator(".compare-tick input:checked").count() == 0


def test_how_i_got_this(page: Any) -> None:
    ask(page, "a tent for two under 300")
    page.click("text=How I got this")
    drawer = page.locator("dialog.drawer")
    assert drawer.locator("blockquote mark").inner_text() == "under 300"
    text = drawer.inner_text()
    for said in (
        "Price up to 300 EUR",
        "Not about",
        "Recommend: two products are named",
        "chosen with probability 0.90",
        "timed out after 0.1 s (2 tries)",
        "It is the best tent in the world.",
        "relevance 0.90",
        "120 ms",
    ):
        assert said in text
    graph = drawer.locator("svg.graph")
    assert graph.locator(".node").count() == 3
    assert graph.locator("path.arrow").count() == 2
    assert graph.get_attribute("aria-label") == "Plan: s1 search; s2 policies; s3 compare after s2 and s1"
    assert drawer.locator(".timeline li").count() == 3
    page.keyboard.press("Escape")
    page.wait_for_selector("dialog", state="detached")
    assert page.evaluate("document.activeElement.textContent") == "How I got this"


def test_stop(page: Any, scripted: ScriptedShop) -> None:
    scripted.pause_s = 0.15
    scripted.left.clear()
    try:
        page.fill("#message", "a tent")
        page.press("#message", "Enter")
        page.wait_for_selector(".sentence")
        page.click("#send[aria-label=Stop]")
        page.wait_for_selector(".answer .note >> text=Stopped.")
        assert scripted.left.wait(3)
    finally:
        scripted.pause_s = 0


def test_the_conversation_survives_a_reload_and_can_begin_anew(page: Any) -> None:
    ask(page, "a tent for two under 300")
    page.reload()
    page.wait_for_selector(".answer .cite")
    assert page.locator(".small-card").count() == 2
    page.click("#new-conversation")
    page.wait_for_selector(".greeting")
    page.reload()
    page.wait_for_selector(".greeting")


@pytest.mark.parametrize("width", [1440, 390])
def test_scripts_in_a_feed_or_an_answer_are_inert(open_page: Callable[..., Any], width: int) -> None:
    page = open_page("?product=evil", width=width)
    page.wait_for_selector("dialog .attributes")
    page.keyboard.press("Escape")
    if width < 800:
        page.click("#tab-assistant")
    ask(page, "<script>window.pwned = 1</script>")
    assert "<script>window.pwned = 1</script>" in page.locator(".answer-words").inner_text()
    assert "<script>" in page.locator(".saying").inner_text()
    page.wait_for_timeout(100)
    assert page.evaluate("window.pwned") is None
    assert page.locator("main script, aside script, dialog script").count() == 0


def test_the_theme_can_be_switched_and_stays(page: Any) -> None:
    background = "getComputedStyle(document.body).backgroundColor"
    light = page.evaluate(background)
    page.click("#theme")
    dark = page.evaluate(background)
    assert dark != light
    page.reload()
    assert page.evaluate(background) == dark
    assert re.search("light", page.get_attribute("#theme", "aria-label"))
