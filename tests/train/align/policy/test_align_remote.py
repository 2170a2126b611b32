from pathlib import Path
from typing import Any

import httpx
import orjson
import pytest

torch = pytest.importorskip("torch")
pytest.importorskip("transformers")
pytest.importorskip("peft")

from shopwright.errors import ConfigError
from shopwright.train.align.policy.loop import Training
from shopwright.train.align.policy.model import load_policy
from shopwright.train.align.policy.remote import RemoteGenerator
from shopwright.train.align.policy.served import ServedGenerator
from shopwright.train.align.policy.settings import AlignSettings
from shopwright.train.align.policy.token_loss import token_logprobs
from train.align.policy.tiny_policy import assignments, tiny_judge, write_tiny_policy


class Server:
    """Answers with the same two tokens each time; simulates vLLM's completions and its adapters."""

    def __init__(self, ids: bool) -> None:
        self.ids, self.paths = ids, []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.paths.append(request.url.path)
        if request.url.path.endswith("_adapter"):
            return httpx.Response(200, text="done")
        asked = orjson.loads(request.content)
        choices: list[dict[str, Any]] = []
        for index in range(len(asked["prompt"]) * asked["n"]):
            choice: dict[str, Any] = {"index": index, "text": "good lamp", "finish_reason": "stop"}
            if self.ids:
                choice["token_ids"] = [2, 4, 0]
                choice["logprobs"] = {"token_logprobs": [-1.0, -2.0, -3.0], "tokens": ["good", "lamp", ""]}
            choices.append(choice)
        return httpx.Response(200, json={"choices": choices})


@pytest.mark.parametrize("ids", [True, False])
def test_a_server_draws_what_is_trained_on(tmp_path: Path, ids: bool) -> None:
    base, server = write_tiny_policy(tmp_path / "base"), Server(ids)
    asked = AlignSettings(
        out=tmp_path, base=str(base), adapter="lora", rank=2, steps=2, prompts=2, group=2, longest=5, precision="fp32"
    )
    policy = load_policy(str(base), tmp_path, adapter="lora", rank=2)
    client = httpx.Client(transport=httpx.MockTransport(server))
    served = ServedGenerator("http://localhost:8000/v1", "policy", client=client)
    generator = RemoteGenerator(policy, served, tmp_path / "adapter", 5)
    drawn = generator([one.prompt for one in assignments(2)], 2, torch.Generator().manual_seed(0))
    assert list(drawn.texts) == ["good lamp"] * 4
    assert drawn.ids[:, :3].tolist() == [[2, 4, 0]] * 4
    if ids:
        assert drawn.logprobs[0].tolist() == [-1.0, -2.0, -3.0]
    else:
        torch.testing.assert_close(drawn.logprobs, token_logprobs(policy, drawn))
    training = Training(asked, assignments(), tiny_judge(), policy, generator=lambda _: generator)
    list(training.take())
    list(training.take())
    assert any(path.endswith("load_lora_adapter") for path in server.paths)


def test_a_whole_model_cannot_be_served(tmp_path: Path) -> None:
    policy = load_policy(str(write_tiny_policy(tmp_path / "base")), tmp_path)
    with pytest.raises(ConfigError, match="--adapter lora"):
        RemoteGenerator(policy, ServedGenerator("http://localhost:8000/v1", "policy"), tmp_path / "adapter")
