"""The tools of other servers that the merchant named in `shop.toml`, connected when a conversation first needs them.

    [servers]
    parcels = "uvx parcels-mcp"                     # a command
    weather = "https://weather.example.com/mcp"     # a streamable HTTP endpoint

A server that cannot be reached costs its own tools; what was refused is logged with its reason.
"""

from __future__ import annotations

import logging
import shlex
from collections.abc import Mapping
from dataclasses import dataclass, field

from shopwright.errors import ConfigError
from shopwright.skills.plan.servers import Server
from shopwright.skills.plan.tool import Tool

logger = logging.getLogger(__name__)


@dataclass(slots=True)
class Connections:
    """The servers of one shop.

    Args:
        sources: command or URL of each, by name.
    """

    sources: Mapping[str, str]
    _servers: list[Server] = field(default_factory=list)
    _tools: dict[str, Tool] | None = None

    def tools(self) -> Mapping[str, Tool]:
        """The tools of those that can be reached, by name; they are connected with the first call."""
        if self._tools is None:
            self._tools = {}
            for name, source in self.sources.items():
                self._tools |= self._connected(name, source)
        return self._tools

    def close(self) -> None:
        """End the connections."""
        for server in self._servers:
            server.close()
        self._servers, self._tools = [], None

    def _connected(self, name: str, source: str) -> Mapping[str, Tool]:
        try:
            server = Server(name, source if "://" in source else shlex.split(source))
        except ConfigError as error:
            logger.warning("server %s: %s", name, error)
            return {}
        self._servers.append(server)
        for tool, reason in server.refused.items():
            logger.warning("%s is left out: %s", tool, reason)
        return server.tools
