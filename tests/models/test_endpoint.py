"""The endpoint client against a real HTTP server on this machine that replays what it was given."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from shopwright.config import EndpointConfig
from shopwright.errors import ConfigError, MalformedOutputError, ModelError, RetryableModelError
from shopwright.models.endpoint import EndpointModel

ASK = [{"role": "user", "content": "hello"}]


class Replay(ThreadingHTTPServer):
    """Answers the n-th request with the n-th reply: (status, body), or (status, body, seconds to sleep first)."""

    def __init__(self, *replies: tuple[Any, ...]) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.replies = list(replies)
        self.requests: list[dict[str, Any]] = []
        self.headers: list[dict[str, str]] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}/v1"


class Handler(BaseHTTPRequestHandler):
    server: Replay

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.requests.append(json.loads(body))
        self.server.headers.append(dict(self.headers))
        status, text, *delay = self.server.replies[min(len(self.server.requests), len(self.server.replies)) - 1]
        time.sleep(delay[0] if delay else 0)
        self.send_response(status)
        self.end_headers()
        self.wfile.write(text.encode())

    def log_message(self, *arguments: object) -> None:
        pass


@pytest.fixture
def replay() -> Iterator[Any]:
    servers: list[Replay] = []

    def start(*replies: tuple[Any, ...]) -> Replay:
        server = Replay(*replies)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        servers.append(server)
        return server

    yield start
    for server in servers:
        server.shutdown()
        server.server_close()


def chat(content: object) -> str:
    return json.dumps({"choices": [{"message": {"content": content}}]})


def model(server: Replay, **settings: Any) -> EndpointModel:
    return EndpointModel(EndpointConfig(server.url, "small", **settings))


def test_schema_and_key_are_sent(replay: Any) -> None:
    server = replay((200, chat('{"a": 1}')))
    schema = {"type": "object", "title": "Form"}
    client = model(server, api_key="secret")
    assert client.complete(ASK, schema=schema) == '{"a": 1}'
    client.close()
    form = server.requests[0]["response_format"]
    assert form == {"type": "json_schema", "json_schema": {"name": "Form", "schema": schema, "strict": True}}
    assert server.headers[0]["Authorization"] == "Bearer secret"
    assert server.requests[0]["model"] == "small"


def test_passing_failures_are_tried_again(replay: Any) -> None:
    server = replay((503, "busy"), (429, "slow down"), (200, chat("yes")))
    client = model(server, retries=2)
    assert client.complete(ASK) == "yes"
    client.close()
    assert len(server.requests) == 3


def test_it_gives_up_after_its_tries(replay: Any) -> None:
    server = replay((503, "busy"))
    client = model(server, retries=1)
    with pytest.raises(RetryableModelError, match="503"):
        client.complete(ASK)
    client.close()
    assert len(server.requests) == 2


@pytest.mark.parametrize(
    ("reply", "error", "words"),
    [
        ((401, "no key"), ModelError, "401"),
        ((200, "<html>"), MalformedOutputError, "not a chat completion"),
        ((200, chat(None)), MalformedOutputError, "no text"),
        ((200, '{"choices": []}'), MalformedOutputError, "not a chat completion"),
    ],
)
def test_final_failures_are_not(replay: Any, reply: tuple[int, str], error: type[Exception], words: str) -> None:
    server = replay(reply)
    client = model(server, retries=3)
    with pytest.raises(error, match=words):
        client.complete(ASK)
    client.close()
    assert len(server.requests) == 1


def test_a_slow_server_is_left(replay: Any) -> None:
    client = model(replay((200, chat("late"), 1.0)), timeout_s=0.1, retries=0)
    with pytest.raises(RetryableModelError, match=r"no answer in 0\.1 s"):
        client.complete(ASK)
    client.close()


def test_streaming(replay: Any) -> None:
    pieces = [{"choices": [{"delta": {"content": text}}]} for text in ("Hel", "lo", None)]
    body = "".join(f"data: {json.dumps(piece)}\n\n" for piece in pieces) + "data: [DONE]\n\n"
    server = replay((200, body))
    client = model(server)
    assert list(client.stream(ASK)) == ["Hel", "lo", ""]
    client.close()
    assert server.requests[0]["stream"] is True


def test_a_refused_stream(replay: Any) -> None:
    server = replay((500, "broken"))
    client = model(server, retries=1)
    with pytest.raises(RetryableModelError, match="500: broken"):
        list(client.stream(ASK))
    client.close()
    assert len(server.requests) == 2


def said(*texts: str | None) -> str:
    return "".join(f"data: {json.dumps({'choices': [{'delta': {'content': text}}]})}\n\n" for text in texts)


def test_a_stream_is_tried_again_before_it_says_something(replay: Any) -> None:
    server = replay((503, "busy"), (429, "slow down"), (200, said("", "yes")))
    client = model(server, retries=2)
    assert "".join(client.stream(ASK)) == "yes"
    client.close()
    assert len(server.requests) == 3


def test_a_stream_is_not_tried_again_afterwards(replay: Any) -> None:
    server = replay((200, said("Hel") + "data: {broken\n\n"))
    client = model(server, retries=2)
    pieces = client.stream(ASK)
    assert next(pieces) == "Hel"
    with pytest.raises(MalformedOutputError):
        next(pieces)
    client.close()
    assert len(server.requests) == 1


def test_the_tries_of_a_stream_share_its_time(replay: Any) -> None:
    server = replay((200, said("late"), 1.0))
    client = model(server, timeout_s=0.3, retries=5)
    started = time.monotonic()
    with pytest.raises(RetryableModelError, match=r"no answer in 0\.3 s"):
        list(client.stream(ASK))
    assert time.monotonic() - started < 0.9
    client.close()


def test_nobody_there() -> None:
    client = EndpointModel(EndpointConfig("http://127.0.0.1:9/v1", "m", retries=0))
    with pytest.raises(RetryableModelError, match="ConnectError"):
        client.complete(ASK)
    client.close()


@pytest.mark.parametrize("text", ["", "localhost:8000#m", "http://localhost:8000", "ftp://x#m"])
def test_an_address_must_be_url_and_name(text: str) -> None:
    with pytest.raises(ConfigError, match="URL#NAME"):
        EndpointConfig.parse(text)


def test_the_same_endpoint_is_asked_at_another_temperature(replay: Any) -> None:
    server = replay((200, chat("yes")))
    cold = model(server)
    assert cold.at(0.7).complete(ASK) == cold.complete(ASK) == "yes"
    cold.close()
    assert [request["temperature"] for request in server.requests] == [0.7, 0.0]
