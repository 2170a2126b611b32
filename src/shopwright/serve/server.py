"""Serve a shop with uvicorn until interrupted."""

from __future__ import annotations

import errno
import os
import socket
import sys
import threading
from collections.abc import Callable
from contextlib import closing

import uvicorn

from shopwright.errors import ConfigError
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

    Raises:
        ConfigError: the port is taken, or the address is none of this machine.
    """
    with closing(listening(host, port)) as listener:
        threading.Thread(target=lambda: shop.assistant, name="first-message", daemon=True).start()
        config = uvicorn.Config(
            create_app(shop), log_level="warning", access_log=False, server_header=False, timeout_graceful_shutdown=3
        )
        Server(config, ready or (lambda address: _announce(shop.name, address))).run([listener])


def listening(host: str, port: int) -> socket.socket:
    """A socket that is bound to an address; of a name with several, to the first, IPv4 before IPv6.

    Raises:
        ConfigError: it cannot be bound.
    """
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
        family, _, _, _, address = min(found, key=lambda entry: entry[0] != socket.AF_INET)
        return socket.create_server(address[:2], family=family)
    except socket.gaierror as error:
        raise ConfigError(f"--host {host!r}: {error.strerror}; use 127.0.0.1, or 0.0.0.0 for every network") from error
    except PermissionError as error:
        raise ConfigError(f"--port {port}: {error.strerror}; choose one above 1023") from error
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            raise ConfigError(
                f"--port {port}: another program listens on {host}:{port}; stop it, or choose another port with "
                f"--port {port + 1 if port < 65535 else port - 1} (--port 0 takes a free one)"
            ) from error
        raise ConfigError(
            f"--host {host} --port {port}: {os.strerror(error.errno or 0)}; use an address of this machine"
        ) from error


def _announce(name: str, address: str) -> None:
    sys.stdout.write(f"{name} is open at {address} (Ctrl-C closes it)\n")
    sys.stdout.flush()
