"""Over a real socket: leaving early, and many talkers at once."""

from __future__ import annotations

import http.client
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest

from serve.over_socket import listening
from serve.small_shop import ScriptedShop
from shopwright.shop import Shop


@pytest.fixture
def slow(shop: Shop) -> ScriptedShop:
    return ScriptedShop(shop, pause_s=0.1)


@pytest.fixture
def address(slow: ScriptedShop) -> Iterator[str]:
    with listening(slow) as where:
        yield where


def test_leaving_stops_the_work(address: str, slow: ScriptedShop) -> None:
    with httpx.stream("POST", f"{address}api/chat", json={"message": "hi"}) as response:
        assert next(response.iter_lines()) == "event: need"
    assert slow.left.wait(2)


def test_sixteen_talkers_do_not_hold_up_a_search(address: str) -> None:
    def talk(_: int) -> str:
        return httpx.post(f"{address}api/chat", json={"message": "hi"}, timeout=30).text

    with ThreadPoolExecutor(16) as talkers:
        started = time.perf_counter()
        answers = talkers.map(talk, range(16))
        time.sleep(0.3)
        asked = time.perf_counter()
        assert httpx.get(f"{address}api/search", params={"q": "tent"}, timeout=10).status_code == 200
        assert time.perf_counter() - asked < 1.0
        assert all("event: done" in answer for answer in answers)
    assert time.perf_counter() - started < 8  # one after the other they would take 20 s


def test_an_address_of_100_kb_is_refused(address: str) -> None:
    host, port = address.removeprefix("http://").strip("/").split(":")
    connection = http.client.HTTPConnection(host, int(port), timeout=10)
    connection.request("GET", "/api/search?q=" + "x" * 100_000)
    assert connection.getresponse().status in (400, 414, 431)
    connection.close()


def test_the_page_is_served(address: str) -> None:
    assert "<!doctype html>" in httpx.get(address).text
