"""Tools of other servers, through the Model Context Protocol (MCP).

    with Server("maps", ["maps-server", "--stdio"]) as maps:      # or Server("maps", "https://maps.example.com/mcp")
        tools |= maps.tools                                        # "maps.route" and so on
        maps.refused                                               # {"maps.broken": "schema of its parameters: ..."}

A server runs in an event loop of its own, in a thread; calls from any thread wait for their own answer alone. Each
call has its tool's time-out. A connection that breaks is made again once: a call that only reads is then repeated, one
that writes is not, for nobody knows whether it was done.

What a server says of itself (descriptions, that a tool only reads) is believed: connect servers that you trust. Not
covered: resources, prompts, sampling and elicitation, signing in (OAuth).
"""

from __future__ import annotations

import threading
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from concurrent.futures import TimeoutError as FutureTimeoutError
from contextlib import AbstractAsyncContextManager, ExitStack, asynccontextmanager, suppress
from functools import partial
from typing import Any

import anyio
from anyio.from_thread import BlockingPortal, start_blocking_portal
from mcp import Client, MCPError, StdioServerParameters, stdio_client
from mcp.client.streamable_http import streamable_http_client
from mcp.shared.message import SessionMessage
from mcp.types import CONNECTION_CLOSED, REQUEST_TIMEOUT, CallToolResult, TextContent
from mcp.types import Tool as Declared
from pydantic import ValidationError

from shopwright.errors import ConfigError, ToolError
from shopwright.skills.plan.tool import Tool, TryAgainError
from shopwright.types import ToolSpec

_DESCRIPTION = 1_000
"""Characters of a description that are kept: it ends up in the prompt of a planner."""
_PAGES, _SLACK_S = 50, 0.5
_BROKEN = (anyio.ClosedResourceError, anyio.BrokenResourceError, anyio.EndOfStream, ConnectionError)


class Server:
    """A connected MCP server.

    Args:
        name: comes before the names of its tools.
        source: the command that starts it (standard input and output), or the URL of its streamable HTTP endpoint.
        env: environment variables for the command, beside the few that every process needs.
        timeout_s: for connecting, listing, and each call.

    Raises:
        ConfigError: it cannot be started or reached, or is no MCP server.
    """

    def __init__(
        self,
        name: str,
        source: str | Sequence[str],
        *,
        env: Mapping[str, str] | None = None,
        timeout_s: float = 30.0,
    ) -> None:
        self.name, self.source, self.timeout_s = name, source, timeout_s
        self._env = dict(env) if env else None
        self._lock, self._closed = threading.Lock(), False
        self._connection = self._connect()
        self.refused: dict[str, str] = {}
        self.tools: dict[str, Tool] = dict(self._tools())

    def __enter__(self) -> Server:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Disconnect, and end the process that was started."""
        with self._lock:
            self._closed = True
            self._connection.close()

    # ── the connection ──

    def _connect(self) -> _Connection:
        try:
            return _Connection(self._transport, self.timeout_s)
        except (MCPError, OSError, ValidationError, RuntimeError, ExceptionGroup) as error:
            where = self.source if isinstance(self.source, str) else " ".join(self.source)
            raise ConfigError(f"MCP server {self.name!r} at {where!r} does not answer: {_words(error)}") from error

    def _transport(self, unreadable: dict[str, str]) -> AbstractAsyncContextManager[Any]:
        if isinstance(self.source, str):
            return _screened(streamable_http_client(self.source), unreadable)
        command, *arguments = self.source
        return _screened(
            stdio_client(StdioServerParameters(command=command, args=arguments, env=self._env)), unreadable
        )

    def _again(self, broken: _Connection) -> None:
        """Connect again, unless another thread has done so."""
        with self._lock:
            if self._connection is broken:
                broken.close()
                self._connection = self._connect()

    # ── its tools ──

    def _tools(self) -> Iterator[tuple[str, Tool]]:
        for declared in self._connection.listed:
            name = f"{self.name}.{declared.name}"
            try:
                yield name, self._tool(name, declared)
            except ConfigError as error:
                self.refused[name] = str(error)
        self.refused |= {f"{self.name}.{key}": words for key, words in self._connection.unreadable.items()}

    def _tool(self, name: str, declared: Declared) -> Tool:
        hints = declared.annotations
        reads = bool(hints and hints.read_only_hint)
        spec = ToolSpec(
            name,
            (declared.description or declared.title or "")[:_DESCRIPTION],
            declared.input_schema,
            declared.output_schema or {},
            writes=not reads,
            timeout_s=self.timeout_s,
            retries=1 if reads or (hints and hints.idempotent_hint) else 0,
        )
        return Tool(spec, partial(self._call, declared.name, reads))

    def _call(self, tool: str, reads: bool, /, **arguments: Any) -> Any:
        connection = self._connection
        if self._closed:
            raise ToolError(f"{self.name}.{tool}: the server was disconnected; connect it again")
        try:
            return connection.call(tool, arguments)
        except ConnectionError as error:
            lost = f"{self.name}.{tool}: the connection broke ({_words(error)})"
        try:
            self._again(connection)
        except ConfigError as error:
            raise ConnectionError(f"{lost} and could not be made again: {error}") from error
        if not reads:
            raise ConnectionError(f"{lost}; whether it was done is not known")
        try:
            return self._connection.call(tool, arguments)
        except ConnectionError as error:
            raise TryAgainError(f"{lost}, and again") from error


class _Connection:
    """One life of a connection: a thread with an event loop, and a client in it."""

    def __init__(
        self, transport: Callable[[dict[str, str]], AbstractAsyncContextManager[Any]], timeout_s: float
    ) -> None:
        self.unreadable: dict[str, str] = {}
        self._timeout_s = timeout_s
        with ExitStack() as stack:
            self._portal: BlockingPortal = stack.enter_context(start_blocking_portal())
            client = Client(transport(self.unreadable), read_timeout_seconds=timeout_s)
            self._client: Client = stack.enter_context(self._portal.wrap_async_context_manager(client))
            self.listed: list[Declared] = self._portal.call(self._list)
            self._stack = stack.pop_all()

    async def _list(self) -> list[Declared]:
        found: list[Declared] = []
        cursor = None
        for _ in range(_PAGES):
            page = await self._client.list_tools(cursor=cursor)
            found += page.tools
            cursor = page.next_cursor
            if not cursor:
                break
        return found

    def call(self, tool: str, arguments: dict[str, Any]) -> Any:
        """Call a tool and wait for it.

        Raises:
            ToolError: it says that it failed.
            TimeoutError: it did not answer in time.
            ConnectionError: the connection broke before it did.
        """
        late = f"{tool} did not answer within {self._timeout_s:g} s"
        try:
            future = self._portal.start_task_soon(
                partial(self._client.call_tool, tool, arguments, read_timeout_seconds=self._timeout_s)
            )
        except RuntimeError as error:  # the portal is closed
            raise ConnectionError(str(error)) from error
        try:
            return _result(tool, future.result(self._timeout_s + _SLACK_S))
        except FutureTimeoutError as error:
            future.cancel()
            raise TimeoutError(late) from error
        except MCPError as error:
            if error.code == REQUEST_TIMEOUT:
                raise TimeoutError(late) from error
            if error.code == CONNECTION_CLOSED:
                raise ConnectionError(error.message) from error
            raise ToolError(f"{tool}: {error.message}") from error
        except _BROKEN as error:
            raise ConnectionError(_words(error)) from error

    def close(self) -> None:
        """End the connection; what waits for an answer gets a `ConnectionError`."""
        with suppress(Exception):
            self._stack.close()


def _result(tool: str, result: CallToolResult) -> Any:
    """What a call returned: its structured content, else its text, else its other contents (pictures) as records."""
    text = "\n".join(block.text for block in result.content if isinstance(block, TextContent))
    if result.is_error:
        raise ToolError(f"{tool}: {text or 'it failed and does not say why'}")
    if result.structured_content is not None:
        return result.structured_content
    if text or not result.content:
        return text
    return [block.model_dump(mode="json", exclude_none=True) for block in result.content]


@asynccontextmanager
async def _screened(transport: AbstractAsyncContextManager[Any], unreadable: dict[str, str]) -> AsyncIterator[Any]:
    """A transport without the tools whose declaration is no declaration, for one of them would spoil the whole list."""
    async with transport as (incoming, outgoing), anyio.create_task_group() as group:
        send, receive = anyio.create_memory_object_stream[SessionMessage | Exception](0)

        async def pass_on() -> None:
            async with send:
                async for message in incoming:
                    _screen(message, unreadable)
                    await send.send(message)

        group.start_soon(pass_on)
        yield receive, outgoing
        group.cancel_scope.cancel()


def _screen(message: object, unreadable: dict[str, str]) -> None:
    result = getattr(getattr(message, "message", None), "result", None)
    tools = result.get("tools") if isinstance(result, dict) else None
    if not isinstance(result, dict) or not isinstance(tools, list):
        return
    kept = []
    for place, tool in enumerate(tools):
        name = tool.get("name") if isinstance(tool, dict) else None
        try:
            schema = Declared.model_validate(tool).input_schema
        except ValidationError as error:
            unreadable[str(name or place)] = _words(error)
            continue
        if schema.get("type") != "object":
            unreadable[str(name)] = f'schema of its parameters: its type is {schema.get("type")!r}; it must be "object"'
        else:
            kept.append(tool)
    result["tools"] = kept


def _words(error: BaseException) -> str:
    if isinstance(error, BaseExceptionGroup):
        return _words(error.exceptions[0])
    if isinstance(error, ValidationError):
        return "; ".join(f"{'.'.join(map(str, one['loc']))}: {one['msg']}" for one in error.errors()[:3])
    return str(error) or type(error).__name__
