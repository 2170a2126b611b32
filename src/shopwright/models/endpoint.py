"""A large model behind an OpenAI-compatible HTTP API: vLLM, SGLang, llama.cpp, Ollama, or a hosted one.

What: chat completions, whole or streamed, JSON-schema constrained, with time-outs and retries.
What not: tools of the API (plans are ours), images, several choices.
"""

from __future__ import annotations

import math
import random
import time
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import replace
from typing import Any, TypeVar

import httpx
import orjson

from shopwright.config import EndpointConfig
from shopwright.errors import MalformedOutputError, ModelError, RetryableModelError
from shopwright.models.protocols import Message

T = TypeVar("T")
_PASSING = {408, 409, 425, 429, 500, 502, 503, 504, 529}
_LONGEST_WAIT_S = 5.0


class EndpointModel:
    """A `LanguageModel` over HTTP.

    Args:
        config: address, name, key, bounds.
        client: an httpx client to use instead of an own one (tests, proxies).
    """

    def __init__(self, config: EndpointConfig, client: httpx.Client | None = None) -> None:
        self.config = config
        headers = {"Authorization": f"Bearer {config.api_key}"} if config.api_key else {}
        self._client = client or httpx.Client(timeout=httpx.Timeout(config.timeout_s, connect=5.0), headers=headers)

    def complete(
        self, messages: Sequence[Message], *, schema: Mapping[str, Any] | None = None, max_tokens: int = 512
    ) -> str:
        """The whole answer; with `schema`, a JSON text. See `LanguageModel`."""
        return self._retried(lambda: self._complete(messages, schema, max_tokens))

    def stream(
        self, messages: Sequence[Message], *, schema: Mapping[str, Any] | None = None, max_tokens: int = 512
    ) -> Iterator[str]:
        """The answer in pieces as the server sends them. Nothing is retried once a piece has arrived.

        The time-out bounds the whole answer, its retries included, so that a shopper does not wait several times.
        """
        body = {**self._body(messages, schema, max_tokens), "stream": True}
        deadline = time.monotonic() + self.config.timeout_s
        begun, rest = self._retried(lambda: _begun(self._stream(body, deadline)), deadline)
        with closing(rest):
            yield from begun
            yield from rest

    def at(self, temperature: float) -> EndpointModel:
        """The same endpoint over the same connections, asked at another temperature."""
        return EndpointModel(replace(self.config, temperature=temperature), self._client)

    def close(self) -> None:
        """Give the connections back."""
        self._client.close()

    def _stream(self, body: Mapping[str, Any], deadline: float) -> Generator[str, None, None]:
        left = max(0.01, deadline - time.monotonic())
        limits = httpx.Timeout(left, connect=min(_LONGEST_WAIT_S, left))
        try:
            with self._client.stream(
                "POST", f"{self.config.url}/chat/completions", json=body, timeout=limits
            ) as response:
                if response.status_code != 200:
                    response.read()
                    raise _refused(response, self.config.url)
                for line in response.iter_lines():
                    if time.monotonic() > deadline:
                        raise RetryableModelError(
                            f"{self.config.url}: no end of the answer in {self.config.timeout_s:g} s"
                        )
                    if line.startswith("data:") and (data := line[5:].strip()) != "[DONE]":
                        yield _delta(data)
        except httpx.TimeoutException as error:
            raise RetryableModelError(f"{self.config.url}: no answer in {self.config.timeout_s:g} s") from error
        except httpx.HTTPError as error:
            raise RetryableModelError(f"{self.config.url}: {type(error).__name__}") from error

    def _complete(self, messages: Sequence[Message], schema: Mapping[str, Any] | None, max_tokens: int) -> str:
        try:
            body = self._body(messages, schema, max_tokens)
            response = self._client.post(f"{self.config.url}/chat/completions", json=body)
        except httpx.TimeoutException as error:
            raise RetryableModelError(f"{self.config.url}: no answer in {self.config.timeout_s:g} s") from error
        except httpx.HTTPError as error:
            raise RetryableModelError(f"{self.config.url}: {type(error).__name__}") from error
        if response.status_code != 200:
            raise _refused(response, self.config.url)
        try:
            content = response.json()["choices"][0]["message"]["content"]
        except (ValueError, KeyError, IndexError, TypeError) as error:
            raise MalformedOutputError(f"{self.config.url}: not a chat completion: {response.text[:200]!r}") from error
        if not isinstance(content, str):
            raise MalformedOutputError(f"{self.config.url}: the message has no text")
        return content

    def _body(self, messages: Sequence[Message], schema: Mapping[str, Any] | None, max_tokens: int) -> dict[str, Any]:
        body: dict[str, Any] = {
            "model": self.config.model,
            "messages": list(messages),
            "max_tokens": max_tokens,
            "temperature": self.config.temperature,
        }
        if schema is not None:
            form = {"name": schema.get("title", "answer"), "schema": schema, "strict": True}
            body["response_format"] = {"type": "json_schema", "json_schema": form}
        return body

    def _retried(self, call: Callable[[], T], deadline: float = math.inf) -> T:
        for attempt in range(self.config.retries + 1):
            wait = min(_LONGEST_WAIT_S, 0.2 * 2**attempt) * random.uniform(0.5, 1.0)
            try:
                return call()
            except RetryableModelError:
                if attempt == self.config.retries or time.monotonic() + wait >= deadline:
                    raise
            time.sleep(wait)
        raise ModelError(f"--model: retries must be 0 or more, not {self.config.retries}")


def _begun(pieces: Generator[str, None, None]) -> tuple[list[str], Generator[str, None, None]]:
    """The pieces up to the first that says something, and those to come."""
    begun: list[str] = []
    for piece in pieces:
        begun.append(piece)
        if piece:
            break
    return begun, pieces


def _refused(response: httpx.Response, url: str) -> ModelError:
    text = f"{url} answered {response.status_code}: {response.text[:200]}"
    return RetryableModelError(text) if response.status_code in _PASSING else ModelError(text)


def _delta(data: str) -> str:
    try:
        return orjson.loads(data)["choices"][0]["delta"].get("content") or ""
    except (ValueError, KeyError, IndexError, AttributeError) as error:
        raise MalformedOutputError(f"not a streamed chat completion: {data[:200]!r}") from error
