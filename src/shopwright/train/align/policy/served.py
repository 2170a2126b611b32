"""Completions during training from a server that speaks the OpenAI completions API, made for vLLM.

    generator = ServedGenerator("http://localhost:8000/v1", "policy")
    groups = generator.generate(prompts, 8, max_tokens=256)
    generator.refresh(Path("runs/align/lora"))

What is sent and read follows vLLM's server (docs.vllm.ai, "OpenAI-Compatible Server" and "LoRA Adapters", and its
`entrypoints/openai/completion/protocol.py`):

- `prompt` is a list of texts or of lists of token ids; the choices come prompt by prompt, `n` for each.
- `return_token_ids` gives each choice `token_ids`, the end token included (pull request 22587, version 0.10.2 on);
  older servers name them in the log-probabilities (`return_tokens_as_token_ids`). Ids spare the trainer to tokenise the
  text again, which need not give the same tokens.
- `logprobs: 0` gives the log-probability of what was sampled. By default it is that of the raw logits; at another
  temperature than 1 start the server with `--logprobs-mode processed_logprobs` (TRL issue 4159).
- `top_p`, `top_k` and `repetition_penalty` are always sent, or the server takes those of the checkpoint's
  `generation_config.json` and the policy is not what is sampled.
- `refresh` loads an adapter under a name made of its weights. Under an old name the server may go on with cached
  prefixes of the old weights (vLLM issues 42125, 30931), and with `load_inplace` it reads the files anew each step
  (SkyRL pull request 1606). The server needs `--enable-lora` and VLLM_ALLOW_RUNTIME_LORA_UPDATING=True, and must see
  the folder under the same path.

Not here: whole weights, which no OpenAI-compatible server takes over HTTP; streaming; chat templates.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

import httpx

from shopwright.config import EndpointConfig
from shopwright.errors import ConfigError, MalformedOutputError, ModelError, RetryableModelError
from shopwright.models.endpoint import EndpointModel, _refused

_ADAPTER = ("adapter_config.json", "adapter_model.safetensors")
_TOKEN = "token_id:"


@dataclass(frozen=True, slots=True)
class Completion:
    """One answer.

    Args:
        text: without the prompt and without special tokens.
        cut: whether the limit of tokens ended it.
        tokens: its T ids, the end token included; None where the server does not tell.
        logprobs: T natural log-probabilities of what was sampled; None where the server does not tell.
    """

    text: str
    cut: bool
    tokens: tuple[int, ...] | None = None
    logprobs: tuple[float, ...] | None = None


class ServedGenerator(EndpointModel):
    """Generates with a server; retries what may pass, as `EndpointModel` does.

    Args:
        url: base address, e.g. `http://localhost:8000/v1`.
        model: the model's name there.
        key: sent as a bearer token; by default SHOPWRIGHT_API_KEY or OPENAI_API_KEY where they are set.
        timeout_s: bound on one request.
        retries: further tries after a failure that may pass.
        batch: prompts in one request; the server runs all their completions at once.
        client: an httpx client to use instead of an own one (tests, proxies).

    Raises:
        ConfigError: the address is not http(s), the name is missing, or the batch is empty.
    """

    def __init__(
        self,
        url: str,
        model: str,
        key: str | None = None,
        *,
        timeout_s: float = 600.0,
        retries: int = 2,
        batch: int = 64,
        client: httpx.Client | None = None,
    ) -> None:
        if batch < 1 or retries < 0:
            raise ConfigError(f"batch {batch}, retries {retries}: expected a prompt or more, and no retries or more")
        named = EndpointConfig.parse(f"{url}#{model}")
        super().__init__(replace(named, api_key=key or named.api_key, timeout_s=timeout_s, retries=retries), client)
        self.serving = model
        """The name of the weights that generate: the model's, or an adapter's after `refresh`."""
        self._batch = batch

    def generate(
        self,
        prompts: Sequence[str] | Sequence[Sequence[int]],
        count: int,
        *,
        max_tokens: int = 256,
        temperature: float = 1.0,
        seed: int | None = None,
        stop: Sequence[str] = (),
    ) -> list[list[Completion]]:
        """`count` completions for each of P prompts, in their order.

        Args:
            prompts: texts, or token ids.
            count: completions for each.
            max_tokens: of one completion.
            temperature: of the sampling, from all tokens (no top-p, no top-k).
            seed: makes a server that runs nothing else repeat itself; equal prompts of one batch get equal answers.
            stop: texts at which a completion ends, left out of it.

        Raises:
            ConfigError: a prompt is empty, or a number is out of range.
            RetryableModelError: no answer in time, or an overloaded server, after all tries.
            MalformedOutputError: what came is not `count` completions for each prompt.
            ModelError: the server refused; with its words.
        """
        if any(not len(prompt) for prompt in prompts) or count < 1 or max_tokens < 1 or temperature < 0:
            raise ConfigError(
                f"count {count}, max_tokens {max_tokens}, temperature {temperature}: expected 1, 1 and 0 or more, and "
                "no empty prompt"
            )
        settings = {"n": count, "max_tokens": max_tokens, "temperature": temperature, "stop": list(stop)}
        groups: list[list[Completion]] = []
        for start in range(0, len(prompts), self._batch):
            asked = prompts[start : start + self._batch]
            body = self._request(asked) | settings | ({} if seed is None else {"seed": seed + start})
            groups += self._retried(partial(self._completed, body, len(asked), count))
        return groups

    def refresh(self, folder: Path) -> str:
        """Have the server generate with the LoRA adapter in a folder from now on; the one before is unloaded.

        Returns:
            The name under which the server has it. The same weights have the same name, and are not sent twice.

        Raises:
            ModelError: the folder holds no adapter, or the server cannot load it; what it served before, it still does.
        """
        name = f"{self.config.model.rsplit('/', 1)[-1]}-{_fingerprint(folder)}"
        if name == self.serving:
            return name
        self._retried(partial(self._load, name, folder.resolve()))
        before, self.serving = self.serving, name
        if before != self.config.model:
            self._retried(partial(self._unload, before))
        return name

    def _request(self, prompts: Sequence[str] | Sequence[Sequence[int]]) -> dict[str, Any]:
        return {
            "model": self.serving,
            "prompt": [prompt if isinstance(prompt, str) else list(prompt) for prompt in prompts],
            "top_p": 1.0,
            "top_k": -1,
            "repetition_penalty": 1.0,
            "logprobs": 0,
            "return_token_ids": True,
            "return_tokens_as_token_ids": True,
        }

    def _completed(self, body: Mapping[str, Any], prompts: int, count: int) -> list[list[Completion]]:
        response = self._asked("POST", "completions", body)
        if response.status_code != 200:
            raise _refused(response, self.config.url)
        try:
            choices = sorted(response.json()["choices"], key=lambda choice: choice["index"])
            places = [choice["index"] for choice in choices]
            found = [_completion(choice) for choice in choices]
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise MalformedOutputError(
                f"{self.config.url}: no completions ({type(error).__name__}: {error}): {response.text[:200]!r}"
            ) from error
        if places != list(range(prompts * count)):
            raise MalformedOutputError(
                f"{self.config.url}: {len(found)} completions where {count} for each of {prompts} prompts were asked: "
                "the server does not take several prompts or several choices; use vLLM, or batch=1"
            )
        return [found[start : start + count] for start in range(0, len(found), count)]

    def _load(self, name: str, folder: Path) -> None:
        response = self._asked("POST", "load_lora_adapter", {"lora_name": name, "lora_path": str(folder)})
        if response.status_code == 200 or (response.status_code == 400 and self._has(name)):
            return
        refused = _refused(response, self.config.url)
        raise type(refused)(
            f"{refused}: the adapter {folder} was not loaded. vLLM loads one that it sees under this path when started "
            "with --enable-lora, a --max-lora-rank that is large enough, and VLLM_ALLOW_RUNTIME_LORA_UPDATING=True; "
            "without these start the server anew on the new weights, or generate without a server"
        )

    def _unload(self, name: str) -> None:
        response = self._asked("POST", "unload_lora_adapter", {"lora_name": name})
        if response.status_code not in (200, 404):
            raise _refused(response, self.config.url)

    def _has(self, name: str) -> bool:
        """Whether the server lists a model or an adapter of this name."""
        response = self._asked("GET", "models")
        try:
            return any(model["id"] == name for model in response.json()["data"])
        except (ValueError, KeyError, TypeError):
            return False

    def _asked(self, method: str, place: str, body: Mapping[str, Any] | None = None) -> httpx.Response:
        try:
            return self._client.request(method, f"{self.config.url}/{place}", json=body)
        except httpx.TimeoutException as error:
            raise RetryableModelError(
                f"{self.config.url}: no answer in {self.config.timeout_s:g} s: raise timeout_s or lower batch"
            ) from error
        except httpx.HTTPError as error:
            raise RetryableModelError(f"{self.config.url}: {type(error).__name__}: is the server up?") from error


def _completion(choice: Mapping[str, Any]) -> Completion:
    """A choice of a response.

    Raises:
        ValueError, KeyError, TypeError, AttributeError: it is none.
    """
    text, reason = choice["text"], choice["finish_reason"]
    if not isinstance(text, str) or reason not in ("stop", "length"):
        raise ValueError(f"a choice with text {type(text).__name__} that ended for {reason!r}")
    told = choice.get("logprobs") or {}
    tokens, logprobs = choice.get("token_ids"), told.get("token_logprobs")
    if tokens is None and all(token.startswith(_TOKEN) for token in told.get("tokens") or [""]):
        tokens = [int(token.removeprefix(_TOKEN)) for token in told["tokens"]]
    if logprobs is not None and not all(math.isfinite(each) for each in logprobs):
        raise ValueError("a log-probability that is not finite")
    if tokens is not None and logprobs is not None and len(tokens) != len(logprobs):
        raise ValueError(f"{len(tokens)} tokens with {len(logprobs)} log-probabilities")
    return Completion(
        text,
        reason == "length",
        None if tokens is None else tuple(map(int, tokens)),
        None if logprobs is None else tuple(map(float, logprobs)),
    )


def _fingerprint(folder: Path) -> str:
    """Twelve hexadecimal digits that stand for an adapter's settings and weights."""
    digest = hashlib.sha256()
    for name in _ADAPTER:
        try:
            with (folder / name).open("rb") as file:
                digest.update(hashlib.file_digest(file, "sha256").digest())
        except OSError as error:
            raise ModelError(
                f"{folder} is no LoRA folder ({name}: {error.strerror}): a server takes adapters only; train one, or "
                "start the server anew on the whole weights"
            ) from error
    return digest.hexdigest()[:12]
