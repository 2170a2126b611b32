"""Completions from a server: what vLLM answers is read, anything else is refused in clear words. The server is a fake."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import orjson
import pytest

from shopwright.errors import ConfigError, MalformedOutputError, ModelError, RetryableModelError
from shopwright.train.align.policy.served import Completion, ServedGenerator

Answer = Callable[[str, dict[str, Any]], httpx.Response]


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shopwright.models.endpoint.time.sleep", lambda _: None)


def served(answer: Answer, **settings: Any) -> ServedGenerator:
    def handle(request: httpx.Request) -> httpx.Response:
        return answer(request.url.path, orjson.loads(request.content or b"{}"))

    client = httpx.Client(transport=httpx.MockTransport(handle))
    return ServedGenerator("http://server/v1", "base/policy", client=client, **settings)


def choice(index: int, text: str, **more: Any) -> dict[str, Any]:
    told = {"tokens": ["token_id:7", "token_id:2"], "token_logprobs": [-0.5, -0.1]}
    return {"index": index, "text": text, "finish_reason": "stop", "logprobs": told} | more


def completions(body: dict[str, Any]) -> list[dict[str, Any]]:
    """`n` choices for each prompt, as vLLM numbers them, the last one first."""
    texts = [f"{prompt}#{each}" for prompt in body["prompt"] for each in range(body["n"])]
    return [choice(place, text, token_ids=[place, 2]) for place, text in enumerate(texts)][::-1]


def test_completions_come_back_by_prompt_over_several_requests() -> None:
    bodies: list[dict[str, Any]] = []

    def answer(path: str, body: dict[str, Any]) -> httpx.Response:
        assert path == "/v1/completions"
        bodies.append(body)
        return httpx.Response(200, json={"choices": completions(body)})

    groups = served(answer, batch=2).generate(["a", "b", "c"], 2, max_tokens=9, temperature=0.7, seed=5, stop=["Q:"])
    assert [[one.text for one in group] for group in groups] == [["a#0", "a#1"], ["b#0", "b#1"], ["c#0", "c#1"]]
    assert groups[0][1] == Completion("a#1", False, (1, 2), (-0.5, -0.1))
    assert [body["seed"] for body in bodies] == [5, 7]
    assert bodies[0] | {"top_p": 1.0, "top_k": -1, "repetition_penalty": 1.0, "temperature": 0.7} == bodies[0]
    assert served(answer).generate([[4, 5]], 1)[0][0].text == "[4, 5]#0"
    assert "seed" not in bodies[-1]


def test_what_a_server_does_not_tell_is_none_and_older_ones_name_ids_in_the_logprobs() -> None:
    def one(**more: Any) -> Completion:
        return served(lambda *_: httpx.Response(200, json={"choices": [choice(0, "x", **more)]})).generate(["a"], 1)[0][
            0
        ]

    assert one(logprobs=None, finish_reason="length") == Completion("x", True)
    assert one(token_ids=None).tokens == (7, 2)
    assert one(logprobs={"tokens": ["x", "</s>"], "token_logprobs": [-1, -2]}) == Completion("x", False, None, (-1, -2))


@pytest.mark.parametrize(
    "answer",
    [
        {"choices": []},
        {"choices": [choice(0, "a")]},
        {"choices": [choice(0, "a"), choice(0, "a")]},
        {"choices": [choice(0, "a"), {"index": 1}]},
        {"choices": [choice(0, "a"), choice(1, "a", finish_reason="abort")]},
        {"choices": [choice(0, "a"), choice(1, "a", token_ids=[1])]},
        {"choices": [choice(0, "a"), choice(1, "a", logprobs={"token_logprobs": [None]})]},
        {"text": "hello"},
        ["hello"],
    ],
)
def test_what_is_no_answer_is_refused(answer: Any) -> None:
    with pytest.raises(MalformedOutputError, match="http://server/v1"):
        served(lambda *_: httpx.Response(200, json=answer)).generate(["a"], 2)


def test_a_busy_server_is_tried_again_and_one_that_refuses_is_not() -> None:
    asked: list[int] = []

    def busy(path: str, body: dict[str, Any]) -> httpx.Response:
        asked.append(1)
        return httpx.Response(503) if len(asked) < 3 else httpx.Response(200, json={"choices": completions(body)})

    assert served(busy).generate(["a"], 1)[0][0].text == "a#0"

    def refuses(path: str, body: dict[str, Any]) -> httpx.Response:
        asked.append(1)
        return httpx.Response(400, json={"error": {"message": "maximum context length is 512 tokens"}})

    with pytest.raises(ModelError, match=r"answered 400: .*maximum context length"):
        served(refuses).generate(["a"], 1)
    assert len(asked) == 4


def test_silence_ends_with_what_can_be_done() -> None:
    def silent(path: str, body: dict[str, Any]) -> httpx.Response:
        raise httpx.ReadTimeout("too long")

    with pytest.raises(RetryableModelError, match="no answer in 30 s: raise timeout_s or lower batch"):
        served(silent, timeout_s=30.0, retries=1).generate(["a"], 1)

    def gone(path: str, body: dict[str, Any]) -> httpx.Response:
        raise httpx.ConnectError("refused")

    with pytest.raises(RetryableModelError, match="is the server up"):
        served(gone).generate(["a"], 1)


class Adapters:
    """A server that loads and unloads adapters, and refuses a name that it has."""

    def __init__(self, loads: httpx.Response | None = None) -> None:
        self.names: list[str] = []
        self.log: list[str] = []
        self.loads = loads

    def __call__(self, path: str, body: dict[str, Any]) -> httpx.Response:
        name = body.get("lora_name", "")
        self.log.append(path.removeprefix("/v1/"))
        if path == "/v1/models":
            return httpx.Response(200, json={"data": [{"id": each} for each in self.names]})
        if path == "/v1/completions":
            return httpx.Response(200, json={"choices": [choice(0, body["model"])]})
        if path == "/v1/unload_lora_adapter":
            self.names.remove(name)
            return httpx.Response(200, text="Success")
        if self.loads is not None or name in self.names:
            return self.loads or httpx.Response(400, json={"error": {"message": "has already been loaded"}})
        assert Path(body["lora_path"]).is_absolute()
        self.names.append(name)
        return httpx.Response(200, text="Success")


def adapter(folder: Path, weights: bytes) -> Path:
    folder.mkdir(exist_ok=True)
    (folder / "adapter_config.json").write_text("{}")
    (folder / "adapter_model.safetensors").write_bytes(weights)
    return folder


def test_refreshing_switches_to_a_name_made_of_the_weights_and_drops_the_old(tmp_path: Path) -> None:
    server = Adapters()
    generator = served(server)
    first = generator.refresh(adapter(tmp_path / "lora", b"one"))
    assert first.startswith("policy-")
    assert generator.generate(["a"], 1)[0][0].text == first
    assert generator.refresh(tmp_path / "lora") == first
    second = generator.refresh(adapter(tmp_path / "lora", b"two"))
    assert server.names == [second]
    assert second != first
    assert server.log.count("load_lora_adapter") == 2
    assert served(server).refresh(tmp_path / "lora") == second  # a resumed training finds it there


@pytest.mark.parametrize(
    ("status", "said"),
    [(404, '{"detail":"Not Found"}'), (400, "No adapter found"), (500, "rank 64 is greater than max_lora_rank 16")],
)
def test_a_server_that_cannot_load_goes_on_with_what_it_has(tmp_path: Path, status: int, said: str) -> None:
    server = Adapters()
    generator = served(server)
    first = generator.refresh(adapter(tmp_path, b"one"))
    server.loads = httpx.Response(status, text=said)
    with pytest.raises(ModelError, match="VLLM_ALLOW_RUNTIME_LORA_UPDATING=True") as raised:
        generator.refresh(adapter(tmp_path, b"two"))
    assert said in str(raised.value)
    assert generator.serving == first
    assert server.names == [first]


def test_a_folder_of_whole_weights_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"no LoRA folder \(adapter_config.json: No such file"):
        served(Adapters()).refresh(tmp_path)


def test_settings_that_cannot_work_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="expected URL#NAME"):
        ServedGenerator("server", "policy")
    with pytest.raises(ConfigError, match="batch 0"):
        ServedGenerator("http://server/v1", "policy", batch=0)
    with pytest.raises(ConfigError, match="no empty prompt"):
        served(Adapters()).generate([""], 1)
