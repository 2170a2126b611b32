"""Headless Chromium over a shop that is served on a free port. Skipped where Chromium or playwright is missing."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from serve.over_socket import listening
from serve.small_shop import ScriptedShop, make_home
from shopwright.shop import Shop

OpenPage = Callable[..., Any]


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    playwright = pytest.importorskip(
        "playwright.sync_api", reason="playwright is not installed: pip install playwright"
    )
    chromium = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if chromium is None:
        pytest.skip("Chromium is not installed: apt-get install chromium")
    with playwright.sync_playwright() as started:
        running = started.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
        yield running
        running.close()


@pytest.fixture(scope="session")
def scripted(browser: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[ScriptedShop]:
    with Shop.open(make_home(tmp_path_factory.mktemp("shop"))) as shop:
        yield ScriptedShop(shop)


@pytest.fixture(scope="session")
def address(scripted: ScriptedShop) -> Iterator[str]:
    with listening(scripted) as where:
        yield where


@pytest.fixture
def open_page(browser: Any, address: str) -> Iterator[OpenPage]:
    """Opens a page of the shop: `open_page("?q=tent", width=390)`. At the end no page may have complained."""
    contexts: list[Any] = []
    complaints: list[str] = []

    def open_(path: str = "", *, width: int = 1440, height: int = 900, dark: bool = False) -> Any:
        scheme = "dark" if dark else "light"
        context = browser.new_context(
            viewport={"width": width, "height": height}, color_scheme=scheme, reduced_motion="reduce"
        )
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(5000)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("console", lambda said: complaints.append(said.text) if _matters(said) else None)
        page.goto(address + path)
        page.wait_for_selector("#results[aria-busy=false]", state="attached")
        return page

    yield open_
    for context in contexts:
        context.close()
    assert not complaints


def _matters(said: Any) -> bool:
    """A refusal (4xx) that a test provokes is reported by the browser too, and is none of the page's mistakes."""
    return said.type in ("error", "warning") and "responded with a status of 4" not in said.text


@pytest.fixture
def page(open_page: OpenPage) -> Any:
    return open_page()
