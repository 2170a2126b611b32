"""Whatever can be asked what it knows, behind one protocol: `Scorable`.

    EmbeddedScorer    the language model of the package
    EndpointScorer    an OpenAI-compatible server: log-probabilities where it gives those of a prompt (completions with
                      `echo`), else the letter of an answer, by JSON schema
    TokenScorer       a model that gives log-probabilities of tokens (`TokenModel`)
    CheckpointModel   a folder in the Hugging Face layout, through torch, as a `TokenModel`

`NgramModel` is a `Scorable` by itself. All but the endpoint also give the probability of a whole text (`TextModel`).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Protocol

import httpx
import numpy as np
import orjson
from numpy.typing import NDArray

from shopwright.config import EndpointConfig
from shopwright.errors import MissingExtraError, ModelError, RetryableModelError
from shopwright.models.endpoint import EndpointModel
from shopwright.models.language.engine import EmbeddedLanguageModel
from shopwright.models.onnx_files import WEIGHTS

Score = tuple[float, bool]
"""Log-probability (natural) of a continuation, and whether greedy decoding would write it."""

NEVER: Score = (-math.inf, False)
_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_ASK = (Path(__file__).parent / "knowledge_tasks" / "letter.txt").read_text(encoding="utf-8")


class Scorable(Protocol):
    """Says how likely continuations are."""

    def score(self, prompt: str, continuations: Sequence[str]) -> list[Score]:
        """The log-probability of each continuation after the prompt, and whether it is what would be written."""
        ...


class Writer(Scorable, Protocol):
    """A `Scorable` that also writes."""

    def generate(self, prompt: str, *, stop: Sequence[str] = (), max_tokens: int = 32) -> str:
        """What follows the prompt, greedily, up to the first of `stop` (left out) or `max_tokens` tokens."""
        ...


class TextModel(Protocol):
    """A language model whose probability of a whole text can be asked for."""

    @property
    def context(self) -> int:
        """The most tokens that it reads at once."""
        ...

    def count(self, text: str) -> int:
        """How many tokens a text has."""
        ...

    def text_logprobs(self, text: str) -> NDArray[np.float64]:
        """The natural log-probability of every token of a text that begins a document, shape (tokens,).

        Raises:
            ModelError: the tokens do not give the text back, so that less than the text would be measured.
        """
        ...

    def write(self, prompt: str, max_tokens: int) -> int:
        """Go on greedily; the number of tokens that were written."""
        ...


class TokenModel(Protocol):
    """A causal language model over tokens."""

    @property
    def context(self) -> int:
        """The most tokens that it reads at once."""
        ...

    @property
    def end(self) -> int:
        """The token between documents, with which a text begins."""
        ...

    def encode(self, text: str) -> list[int]:
        """The tokens of a text, without special ones."""
        ...

    def decode(self, ids: Sequence[int]) -> str:
        """The text of tokens."""
        ...

    def logprobs(self, ids: Sequence[int]) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
        """For every token but the first: its natural log-probability given those before it, and the likeliest token.

        Both of shape (T - 1,) for T ids, T at most `context`.
        """
        ...

    def write(self, ids: Sequence[int], max_tokens: int, stop: Sequence[str]) -> list[int]:
        """The greedy continuation of tokens: until `end`, one of the `stop` strings in the text, or `max_tokens`."""
        ...


class EmbeddedScorer:
    """The language model of the package as a `Writer` and a `TextModel`."""

    def __init__(self, model: EmbeddedLanguageModel) -> None:
        self.model = model

    @property
    def context(self) -> int:
        """See `TextModel`."""
        return self.model.context

    def count(self, text: str) -> int:
        """See `TextModel`."""
        return len(self.model.vocabulary.encode(text))

    def score(self, prompt: str, continuations: Sequence[str]) -> list[Score]:
        """See `Scorable`."""
        return [(each.logprob, each.greedy) for each in self.model.score(prompt, continuations)]

    def generate(self, prompt: str, *, stop: Sequence[str] = (), max_tokens: int = 32) -> str:
        """See `Writer`."""
        return self.model.generate([prompt], max_tokens=max_tokens, stop=stop)[0].text

    def text_logprobs(self, text: str) -> NDArray[np.float64]:
        """See `TextModel`."""
        vocabulary = self.model.vocabulary
        _check_whole(text, vocabulary.decode(vocabulary.encode(text)))
        return self.model.logprobs([text])[0]

    def write(self, prompt: str, max_tokens: int) -> int:
        """See `TextModel`."""
        return len(self.model.generate([prompt], max_tokens=max_tokens)[0].tokens)


class TokenScorer:
    """A `TokenModel` as a `Writer` and a `TextModel`. Prompts that are too long lose their beginning.

    Spaces at the end of a prompt belong to the continuation, as in the lm-evaluation-harness, because a token
    begins with its space.
    """

    def __init__(self, model: TokenModel) -> None:
        self.model = model

    def score(self, prompt: str, continuations: Sequence[str]) -> list[Score]:
        """See `Scorable`."""
        return [self._score(prompt, continuation) for continuation in continuations]

    def generate(self, prompt: str, *, stop: Sequence[str] = (), max_tokens: int = 32) -> str:
        """See `Writer`."""
        ids = [self.model.end, *self.model.encode(prompt)][-max(1, self.model.context - max_tokens) :]
        return cut(self.model.decode(self.model.write(ids, max_tokens, stop)), stop)

    @property
    def context(self) -> int:
        """See `TextModel`."""
        return self.model.context

    def count(self, text: str) -> int:
        """See `TextModel`."""
        return len(self.model.encode(text))

    def text_logprobs(self, text: str) -> NDArray[np.float64]:
        """See `TextModel`. A text longer than the context is read in windows that overlap by half."""
        ids = self.model.encode(text)
        _check_whole(text, self.model.decode(ids))
        ids = [self.model.end, *ids]
        parts: list[NDArray[np.float64]] = [np.zeros(0)]
        scored, context = 1, self.model.context
        while scored < len(ids):
            stop = min(len(ids), scored + (context // 2 if scored > 1 else context - 1))
            logprobs, _ = self.model.logprobs(ids[max(0, stop - context) : stop])
            parts.append(logprobs[scored - stop :])
            scored = stop
        return np.concatenate(parts)

    def write(self, prompt: str, max_tokens: int) -> int:
        """See `TextModel`."""
        ids = [self.model.end, *self.model.encode(prompt)][-max(1, self.model.context - max_tokens) :]
        return len(self.model.write(ids, max_tokens, ()))

    def _score(self, prompt: str, continuation: str) -> Score:
        kept = prompt.rstrip()
        continuation = prompt[len(kept) :] + continuation
        before = self.model.encode(kept) if kept else []
        ids = [self.model.end, *self.model.encode(kept + continuation)]
        first = len(before) + 1
        if first >= len(ids):
            raise ModelError(f"the continuation {continuation!r} has no token of its own: give a longer one")
        lost = max(0, len(ids) - self.model.context)
        logprobs, likeliest = self.model.logprobs(ids[lost:])
        tail = min(len(ids) - first, len(logprobs))
        return float(logprobs[-tail:].sum()), bool((likeliest[-tail:] == np.asarray(ids[-tail:])).all())


class EndpointScorer:
    """An OpenAI-compatible server as a `Writer`.

    Args:
        config: its address.
        client: an httpx client to use instead of an own one (tests, proxies).
    """

    def __init__(self, config: EndpointConfig, client: httpx.Client | None = None) -> None:
        headers = {"Authorization": f"Bearer {config.api_key}"} if config.api_key else {}
        self._config = config
        self._client = client or httpx.Client(timeout=httpx.Timeout(config.timeout_s, connect=5.0), headers=headers)
        self._chat = EndpointModel(config, self._client)
        self._gives_logprobs = True

    def score(self, prompt: str, continuations: Sequence[str]) -> list[Score]:
        """Log-probabilities where the server gives them, else 0 for the chosen one and minus infinity for the rest."""
        if self._gives_logprobs:
            scores = [self._echoed(prompt, each) for each in continuations]
            known = [score for score in scores if score is not None]
            if len(known) == len(scores):
                return known
            self._gives_logprobs = False
        return self._chosen(prompt, continuations)

    def generate(self, prompt: str, *, stop: Sequence[str] = (), max_tokens: int = 32) -> str:
        """See `Writer`. The prompt is sent as a message."""
        text = self._chat.complete([{"role": "user", "content": prompt}], max_tokens=max_tokens)
        return cut(text.lstrip(), stop)

    def _echoed(self, prompt: str, continuation: str) -> Score | None:
        """The score of a continuation from a completion that repeats its prompt; None where there is no such thing."""
        body = {
            "model": self._config.model,
            "prompt": prompt + continuation,
            "max_tokens": 1,
            "temperature": 0,
            "echo": True,
            "logprobs": 1,
        }
        try:
            response = self._client.post(f"{self._config.url}/completions", json=body)
        except httpx.TimeoutException as error:
            raise RetryableModelError(f"{self._config.url}: no answer in {self._config.timeout_s:g} s") from error
        except httpx.HTTPError as error:
            raise RetryableModelError(f"{self._config.url}: {type(error).__name__}") from error
        if response.status_code in (401, 403, 429) or response.status_code >= 500:
            raise ModelError(f"{self._config.url} answered {response.status_code}: {response.text[:200]}")
        try:
            told = response.json()["choices"][0]["logprobs"]
            return _tail_score(told, len(prompt), len(prompt + continuation))
        except (ValueError, KeyError, IndexError, TypeError):
            return None

    def _chosen(self, prompt: str, continuations: Sequence[str]) -> list[Score]:
        letters = _LETTERS[: len(continuations)]
        listed = "\n".join(f"{letter}. {text.strip()}" for letter, text in zip(letters, continuations, strict=True))
        schema = {
            "title": "choice",
            "type": "object",
            "properties": {"letter": {"type": "string", "enum": list(letters)}},
            "required": ["letter"],
            "additionalProperties": False,
        }
        asked = _ASK.replace("{prompt}", prompt).replace("{choices}", listed)
        answer = self._chat.complete([{"role": "user", "content": asked}], schema=schema, max_tokens=32)
        return [(0.0, True) if letter == _letter(answer) else NEVER for letter in letters]


class CheckpointModel:
    """A checkpoint in the Hugging Face layout as a `TokenModel`, on one CPU thread or the GPU.

    Raises:
        ModelError: no checkpoint there.
        MissingExtraError: without the extra `train`.
    """

    def __init__(self, folder: Path) -> None:
        if not (folder / "config.json").is_file():
            raise ModelError(f"{folder} holds no checkpoint (config.json, model.safetensors, tokenizer.json)")
        try:
            import torch
            from transformers import AutoModelForCausalLM
        except ImportError as error:
            raise MissingExtraError("scoring a checkpoint", "train") from error
        from tokenizers import Tokenizer

        self._torch = torch
        self._tokenizer: Any = Tokenizer.from_file(str(folder / "tokenizer.json"))
        self._device = "cuda" if torch.cuda.is_available() else "cpu"
        self._model: Any = AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32).to(self._device).eval()
        settings = self._model.config
        ends = settings.eos_token_id
        self._context = min(int(settings.max_position_embeddings), 2048)
        self._end = int(ends[0] if isinstance(ends, list) else ends or 0)

    @property
    def context(self) -> int:
        """Tokens read at once, at most 2,048."""
        return self._context

    @property
    def end(self) -> int:
        """The end-of-text token."""
        return self._end

    def encode(self, text: str) -> list[int]:
        """See `TokenModel`."""
        return list(self._tokenizer.encode(text, add_special_tokens=False).ids)

    def decode(self, ids: Sequence[int]) -> str:
        """See `TokenModel`."""
        return str(self._tokenizer.decode(list(ids)))

    def logprobs(self, ids: Sequence[int]) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
        """See `TokenModel`."""
        torch = self._torch
        with torch.inference_mode():
            ids_BT = torch.tensor([list(ids)], device=self._device)
            logprobs_TV = torch.log_softmax(self._model(ids_BT).logits[0, :-1].float(), -1)
            logprobs_T = logprobs_TV.gather(-1, ids_BT[0, 1:, None])[:, 0]
            return logprobs_T.double().cpu().numpy(), logprobs_TV.argmax(-1).cpu().numpy()

    def write(self, ids: Sequence[int], max_tokens: int, stop: Sequence[str]) -> list[int]:
        """See `TokenModel`."""
        written: list[int] = []
        cache, fed = None, list(ids)
        with self._torch.inference_mode():
            for _ in range(max_tokens):
                fed_BT = self._torch.tensor([fed], device=self._device)
                out = self._model(fed_BT, past_key_values=cache, use_cache=True)
                cache, token = out.past_key_values, int(out.logits[0, -1].argmax())
                if token == self._end:
                    break
                written, fed = [*written, token], [token]
                if any(mark in self.decode(written) for mark in stop):
                    break
        return written


def shipped_model() -> EmbeddedScorer | None:
    """The language model that comes with the package (`lm-*-int8`), None where there is none."""
    names = sorted(path.stem for path in WEIGHTS.glob("lm-*-int8.onnx"))
    return EmbeddedScorer(EmbeddedLanguageModel(names[0])) if names else None


def cut(text: str, stop: Sequence[str]) -> str:
    """The text before the first of the stop strings."""
    places = [place for mark in stop if (place := text.find(mark)) >= 0]
    return text[: min(places, default=len(text))]


def _check_whole(text: str, decoded: str) -> None:
    if decoded != text:
        raise ModelError(f"the tokenizer does not give the text back that begins {text[:40]!r}: use a byte-level one")


def _tail_score(told: Any, start: int, end: int) -> Score | None:
    """The score of the tokens between two places of the echoed text; the token that was written after it is left out.

    A token that begins before `start` but reaches into the continuation is counted with it.
    """
    offsets, logprobs = told["text_offset"], told["token_logprobs"]
    tops = told.get("top_logprobs") or [None] * len(offsets)
    ends = [*offsets[1:], end + 1]
    places = [i for i, offset in enumerate(offsets) if ends[i] > start and offset < end]
    if not places or any(logprobs[i] is None for i in places if i):
        return None
    greedy = all(bool(tops[i]) and logprobs[i] >= max(tops[i].values()) for i in places)
    return sum(logprobs[i] or 0.0 for i in places), greedy


def _letter(answer: str) -> str:
    try:
        return str(orjson.loads(answer)["letter"])
    except (orjson.JSONDecodeError, KeyError, TypeError):
        return ""
