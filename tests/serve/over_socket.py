"""The shop as a browser meets it: over a real socket, on a free port."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn

from serve.small_shop import ScriptedShop
from shopwright.serve import create_app
from shopwright.serve.server import Server


@contextmanager
def listening(shop: ScriptedShop) -> Iterator[str]:
    """Serve the shop from a thread; the address where it listens."""
    told: list[str] = []
    is_told = threading.Event()

    def ready(where: str) -> None:
        told.append(where)
        is_told.set()

    app = create_app(shop)
    server = Server(uvicorn.Config(app, port=0, log_level="warning", timeout_graceful_shutdown=1), ready)
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        assert is_told.wait(10)
        yield told[0]
    finally:
        server.should_exit = True
        thread.join(10)
