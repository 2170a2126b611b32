"""What a shopper sees of the memory: the switch, the list, the file, and forgetting."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from serve.small_shop import ScriptedShop
from shopwright.types import SHOPPER, Preference, Utterance

pytestmark = pytest.mark.browser

SCRIPTS = Path(__file__).parent
CONTRASTS = (SCRIPTS / "contrasts.js").read_text(encoding="utf-8")
NAMELESS = (SCRIPTS / "nameless.js").read_text(encoding="utf-8")
KEPT = "localStorage.getItem('shopwright-shopper')"


@pytest.fixture(autouse=True)
def new_conversation(scripted: ScriptedShop) -> Iterator[None]:
    """The scripted conversation has one id in every test: it is nobody's again afterwards."""
    yield
    scripted.conversations.memory.forget_session("s-new")


def ask(page: Any, message: str) -> None:
    page.fill("#message", message)
    page.press("#message", "Enter")
    page.wait_for_selector(".exchange:last-child .answer-foot button")
    page.wait_for_selector("#send[aria-label=Send]")


def open_memory(page: Any) -> Any:
    page.click("#open-memory")
    page.wait_for_selector("#memory-switch")
    return page.locator("dialog")


def says(page: Any, words: str) -> None:
    page.wait_for_function("words => document.querySelector('.memory-status').textContent.includes(words)", arg=words)


def switch_on(page: Any) -> str:
    """Be remembered; the id."""
    open_memory(page)
    page.click("#memory-switch")
    says(page, "Switched on")
    page.keyboard.press("Escape")
    page.wait_for_selector("dialog", state="detached")
    id: str = page.evaluate(KEPT)
    return id


def tell(shop: ScriptedShop, shopper: str, session: str = "s-new") -> None:
    """Two things that the shopper said in one message, and one in another."""
    now = time.time()
    shop.conversations.memory.belongs(session, shopper)
    shop.conversations.memory.remember(
        session, [Utterance(0, 0, SHOPPER, "I wear 44, no nuts"), Utterance(1, 0, SHOPPER, "I love oak")]
    )
    both, ends = "I wear 44, no nuts", now + 86400 * 400
    for known in (
        Preference("size", "shoes 44", both, session, 0, now, ends),
        Preference("allergy", "nuts", both, session, 0, now, ends),
        Preference("like", "<i>oak</i>", "I love oak", session, 1, now, ends),
    ):
        shop.profiles.keep(shopper, known)


def forget(page: Any, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).click()
    page.locator(".sure button").first.click()


def test_nobody_is_remembered_unless_they_say_so(page: Any, scripted: ScriptedShop) -> None:
    ask(page, "a tent")
    assert scripted.shoppers[-1] == ""
    dialog = open_memory(page)
    assert not page.is_checked("#memory-switch")
    assert "for this conversation only" in dialog.inner_text()
    assert "Nothing is kept about you." in dialog.inner_text()
    assert dialog.locator(".actions button").all_inner_texts() == ["Forget this conversation"]
    assert page.evaluate(KEPT) is None


def test_the_id_is_random_agreed_to_sent_and_outlasts_a_reload(page: Any, scripted: ScriptedShop) -> None:
    id = switch_on(page)
    assert len(bytes.fromhex(id)) == 16
    assert scripted.profiles.consent(id) is not None
    ask(page, "a tent")
    page.reload()
    ask(page, "and a pan")
    assert scripted.shoppers[-2:] == [id, id]
    assert open_memory(page).locator("#memory-switch").is_checked()
    assert "Since " in page.inner_text("#memory-hint")
    assert "Nothing yet." in page.inner_text("dialog")


def test_what_is_known_is_listed_and_forgotten(page: Any, scripted: ScriptedShop) -> None:
    id = switch_on(page)
    ask(page, "I wear 44, no nuts")
    tell(scripted, id)
    dialog = open_memory(page)
    assert dialog.locator(".known .what").all_inner_texts() == ["Size shoes 44", "Allergic to nuts", "Likes <i>oak</i>"]
    assert dialog.locator("q").first.inner_text() == "I wear 44, no nuts"
    assert ", kept until " in dialog.locator(".known .byline").first.inner_text()
    page.get_by_role("button", name="Forget: shoes 44").click()
    assert "it said “nuts” as well" in page.inner_text(".sure")
    page.keyboard.press("Enter")  # "No, keep it" has the focus
    assert page.evaluate("document.activeElement.getAttribute('aria-label')") == "Forget: shoes 44"
    assert len(scripted.profiles.preferences(id, time.time())) == 3

    forget(page, "Forget: shoes 44")
    says(page, "from the shop's files too")
    assert dialog.locator(".known .what").all_inner_texts() == ["Likes <i>oak</i>"]
    assert "no nuts" not in page.evaluate("JSON.stringify(sessionStorage)")
    page.get_by_role("button", name="Forget: <i>oak</i>").click()
    says(page, "“<i>oak</i>” and the message that said it are deleted")
    assert scripted.profiles.preferences(id, time.time()) == {}
    assert page.evaluate("document.activeElement.id") == "memory-known"


def test_the_data_can_be_downloaded(page: Any, scripted: ScriptedShop) -> None:
    id = switch_on(page)
    tell(scripted, id, "s-download")
    open_memory(page)
    with page.expect_download() as download:
        page.click("#memory-download")
    kept = json.loads(Path(download.value.path()).read_text(encoding="utf-8"))
    assert kept["shopper"] == id
    assert [one["text"] for one in kept["sessions"][0]["utterances"]] == ["I wear 44, no nuts", "I love oak"]


def test_switching_off_deletes_the_profile_and_the_id(page: Any, scripted: ScriptedShop) -> None:
    id = switch_on(page)
    ask(page, "a tent")
    tell(scripted, id)
    open_memory(page)
    page.click("#memory-switch")
    assert page.is_checked("#memory-switch")  # not before it was asked
    page.click(".sure button >> nth=0")
    says(page, "Switched off.")
    assert not page.is_checked("#memory-switch")
    assert scripted.profiles.consent(id) is None
    assert scripted.profiles.preferences(id, time.time()) == {}
    assert page.evaluate(KEPT) is None
    page.keyboard.press("Escape")
    assert page.locator(".greeting").is_visible()


def test_a_conversation_is_forgotten_and_a_new_one_begins(page: Any, scripted: ScriptedShop) -> None:
    id = switch_on(page)
    ask(page, "a tent")
    tell(scripted, id)
    open_memory(page)
    forget(page, "Forget this conversation")
    says(page, "The conversation is deleted")
    assert scripted.conversations.memory.utterances("s-new") == []
    assert page.evaluate("sessionStorage.length") == 0
    assert page.evaluate(KEPT) == id
    page.keyboard.press("Escape")
    assert page.locator(".greeting").is_visible()


def test_everything_is_forgotten_in_every_tab(open_page: Callable[..., Any], scripted: ScriptedShop) -> None:
    page = open_page()
    id = switch_on(page)
    ask(page, "a tent")
    other = page.context.new_page()
    other.goto(page.url)
    ask(other, "a pan")
    tell(scripted, id)
    open_memory(page)
    forget(page, "Forget everything")
    says(page, "Everything is deleted")
    assert scripted.profiles.export(id)["sessions"] == []
    assert page.evaluate("localStorage.length + sessionStorage.length") == 0
    other.wait_for_selector(".greeting")
    assert other.evaluate("sessionStorage.length") == 0


def test_the_conversation_of_another_begins_anew(page: Any, scripted: ScriptedShop) -> None:
    ask(page, "a tent")
    scripted.conversations.memory.belongs("s-new", "somebody-0123456789")
    switch_on(page)
    page.fill("#message", "and a pan")
    page.press("#message", "Enter")
    page.wait_for_selector(".answer >> text=it begins a new one")
    scripted.conversations.memory.forget_session("s-new")
    ask(page, "and a pan")


def test_what_the_server_refuses_is_said_in_words(page: Any) -> None:
    page.route(
        "**/consent", lambda route: route.fulfill(status=409, json={"detail": "the shop is full", "remedy": "wait"})
    )
    open_memory(page)
    page.click("label.switch")
    says(page, "the shop is full. wait")
    assert page.evaluate(KEPT) is None
    assert page.locator(".memory-status.failed").count() == 1
    assert page.locator("#memory-switch").is_enabled()
    assert not page.is_checked("#memory-switch")


@pytest.mark.parametrize(("width", "dark"), [(1440, False), (390, True), (320, False)])
def test_it_can_be_read_and_used(open_page: Callable[..., Any], scripted: ScriptedShop, width: int, dark: bool) -> None:
    page = open_page(width=width, dark=dark)
    if width < 800:
        page.click("#tab-assistant")
    tell(scripted, switch_on(page), f"s-{width}")
    open_memory(page)
    page.get_by_role("button", name="Forget: shoes 44").click()
    assert page.evaluate(CONTRASTS) == []
    assert page.evaluate(NAMELESS) == []
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    body = "(({ scrollWidth, clientWidth }) => scrollWidth - clientWidth)(document.querySelector('.dialog-body'))"
    assert page.evaluate(body) <= 0
    for _ in range(12):
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.closest('dialog') !== null")
