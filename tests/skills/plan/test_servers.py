from __future__ import annotations

import socket
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import uvicorn
from mcp.server.mcpserver import MCPServer
from mcp.types import ToolAnnotations

from shopwright.errors import ConfigError, ToolError
from shopwright.skills.plan.execute import execute
from shopwright.skills.plan.servers import Server
from shopwright.types import Plan, Ref, Step

RAW = Path(__file__).with_name("raw_server.py")


@pytest.fixture
def raw(tmp_path: Path) -> Iterator[Server]:
    with Server("raw", [sys.executable, str(RAW), str(tmp_path / "died")], timeout_s=5) as server:
        yield server


class TestCommand:
    def test_tools_are_declared_and_wrong_ones_refused_by_name(self, raw: Server) -> None:
        echo = raw.tools["raw.echo"].spec
        assert (echo.name, echo.description, echo.writes, echo.timeout_s, echo.retries) == (
            "raw.echo",
            "Gives back x.",
            False,
            5,
            1,
        )
        assert echo.returns["properties"] == {"x": {"type": "integer"}}
        assert raw.tools["raw.die_writing"].spec.writes
        assert raw.refused.keys() == {"raw.nonsense", "raw.misspelt", "raw.untyped"}
        assert "'strin' is not valid" in raw.refused["raw.misspelt"]
        assert 'must be "object"' in raw.refused["raw.untyped"]

    def test_a_plan_calls_them(self, raw: Server) -> None:
        plan = Plan(
            (
                Step("a", "raw.echo", {"x": 1}),
                Step("b", "raw.echo", {"x": Ref("a", "x")}),
                Step("c", "raw.text"),
                Step("d", "raw.fail"),
                Step("e", "raw.hang", timeout_s=0.2, retries=0),
            )
        )
        results = {result.step: result for result in execute(plan, raw.tools)}
        assert results["b"].value == {"x": 1}
        assert results["c"].value == "alive"
        assert results["d"].error == "fail: no such order"
        assert "within 0.2 s" in str(results["e"].error)

    def test_a_broken_connection_is_made_again_for_what_reads(self, raw: Server) -> None:
        assert raw.tools["raw.die_reading"].call() == "alive"
        assert raw.tools["raw.echo"].call(x=2) == {"x": 2}

    def test_what_writes_is_not_repeated(self, raw: Server) -> None:
        with pytest.raises(ConnectionError, match="whether it was done is not known"):
            raw.tools["raw.die_writing"].call()
        assert raw.tools["raw.echo"].call(x=3) == {"x": 3}

    def test_a_call_has_its_own_time(self, tmp_path: Path) -> None:
        with Server("raw", [sys.executable, str(RAW), str(tmp_path / "died")], timeout_s=0.5) as server:
            started = time.perf_counter()
            with pytest.raises(TimeoutError, match=r"did not answer within 0\.5 s"):
                server.tools["raw.hang"].call()
            assert time.perf_counter() - started < 3

    def test_after_closing(self, raw: Server) -> None:
        raw.close()
        with pytest.raises(ToolError, match="disconnected"):
            raw.tools["raw.echo"].call(x=1)

    @pytest.mark.parametrize("source", [["/no/such/command"], [sys.executable, "-c", "pass"], "http://127.0.0.1:9/mcp"])
    def test_servers_that_are_not_there(self, source: str | list[str]) -> None:
        with pytest.raises(ConfigError, match=r"MCP server 'gone' at .* does not answer"):
            Server("gone", source, timeout_s=2)


@pytest.fixture
def url() -> Iterator[str]:
    server = MCPServer("sums", log_level="CRITICAL")

    @server.tool(annotations=ToolAnnotations(read_only_hint=True))
    def add(a: int, b: int = 2) -> int:
        """Adds two numbers."""
        return a + b

    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    app = uvicorn.Server(uvicorn.Config(server.streamable_http_app(), port=port, log_level="critical"))
    thread = threading.Thread(target=app.run, daemon=True)
    thread.start()
    while not app.started:
        time.sleep(0.01)
    yield f"http://127.0.0.1:{port}/mcp"
    app.should_exit = app.force_exit = True
    thread.join(10)


def test_over_http(url: str) -> None:
    with Server("sums", url, timeout_s=10) as server:
        assert server.tools["sums.add"].spec.description == "Adds two numbers."
        (result,) = execute(Plan((Step("a", "sums.add", {"a": 1}),)), server.tools)
        assert result.value == {"result": 3}
        with pytest.raises(ConfigError, match="argument 'a' is \"one\"; it must be a whole number"):
            execute(Plan((Step("a", "sums.add", {"a": "one"}),)), server.tools)
