"""Serve a shop with uvicorn until interrupted."""

from __future__ import annotations

import socket
import sys
from collections.abc import Callable

import uvicorn

from shopwright.serve.app import create_app
from shopwright.shop import Shop


class Server(uvicorn.Server):
    """uvicorn that tells its address once it listens (with port 0 nobody knows it before)."""

    def __init__(self, config: uvicorn.Config, ready: Callable[[str], None]) -> None:
        super().__init__(config)
        self._ready = ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Begin to listen, then tell."""
        await super().startup(sockets)
        for server in self.servers[:1]:
            host, port = server.sockets[0].getsockname()[:2]
            self._ready(f"http://{f'[{host}]' if ':' in host else host}:{port}/")


def serve(shop: Shop, *, host: str = "127.0.0.1", port: int = 8000, ready: Callable[[str], None] | None = None) -> None:
    """Serve the page and the API until interrupted.

    Args:
        shop: stays open; the caller closes it.
        host: only this machine unless told otherwise: there is no login in front of the API.
        port: 0 takes a free one.
        ready: called once with the address; by default one line on standard output.
    """
    config = uvicorn.Config(
        create_app(shop),
        host=host,
        port=port,
        log_level="warning",
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=3,
    )
    Server(config, ready or (lambda address: _announce(shop.name, address))).run()


def _announce(name: str, address: str) -> None:
    sys.stdout.write(f"{name} is open at {address} (Ctrl-C closes it)\n")
    sys.stdout.flush()
