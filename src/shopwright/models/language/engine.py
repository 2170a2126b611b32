"""The embedded language model: the `LanguageModel` protocol, and more, over a small decoder on one CPU thread.

    model = EmbeddedLanguageModel("lm-s-int8")
    model.complete([{"role": "user", "content": "waterproof boots"}], schema=Need.model_json_schema())
    model.generate(["A tent is"], max_tokens=20, sampling=Sampling(temperature=0.8, top_p=0.95, seed=1))
    model.score("Shoes for rain should be", [" waterproof", " expensive"])

Raw prompts and scored texts stand at the beginning of a document, after `<|end|>`; conversations use the template of
`chat`. An answer ends at `<|end|>`; other control tokens are never written. A prompt that leaves no room in the context
is refused; a conversation first loses its oldest messages. An answer ends at the context's end at the latest.

Simplifications: no continuous batching (a call's prompts are a batch), forced tokens save time in batches of one only.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from shopwright.errors import ConfigError, MalformedOutputError, ModelError
from shopwright.models.language import beam
from shopwright.models.language.cache import CacheCounts, PrefixCache
from shopwright.models.language.chat import chat_tokens
from shopwright.models.language.decoding import Completion, Writer, write
from shopwright.models.language.grammar import Constraint, Grammars, Matcher
from shopwright.models.language.sampling import GREEDY, Sampling
from shopwright.models.language.scoring import Scored, read_scored, windows
from shopwright.models.language.session import DecoderSession, Floats, KeyValues
from shopwright.models.language.vocabulary import Vocabulary
from shopwright.models.onnx_files import WEIGHTS
from shopwright.models.protocols import Message

Prompt = str | Sequence[Message]
"""A text to go on with, or a conversation to answer."""

_CACHED_TOKENS = 4096


class EmbeddedLanguageModel:
    """A `LanguageModel` over ONNX Runtime. Safe to share between threads.

    Args:
        name: stem of the model's three files.
        folder: where they are; the shipped weights by default.
        cached_tokens: how many tokens of prompts' beginnings keep their keys and values; 0 for none.

    Raises:
        ModelError: a file is missing or is not the one that the card describes.
    """

    def __init__(self, name: str, folder: Path = WEIGHTS, cached_tokens: int = _CACHED_TOKENS) -> None:
        self._session = DecoderSession(name, folder)
        self._prefixes = PrefixCache(cached_tokens)
        self._lock = threading.RLock()

    @property
    def fingerprint(self) -> str:
        """Name, and twelve hex digits that change when the weights or the tokenizer do."""
        return self._session.fingerprint

    @property
    def context(self) -> int:
        """The longest sequence, prompt and answer together, in tokens."""
        with self._lock:
            return self._session.context

    @property
    def vocabulary(self) -> Vocabulary:
        """Text to tokens and back."""
        with self._lock:
            return self._vocabulary

    @property
    def cache_counts(self) -> CacheCounts:
        """Tokens of prompts asked for, and how many came from the prefix cache."""
        return self._prefixes.counts

    def complete(
        self, messages: Sequence[Message], *, schema: Mapping[str, Any] | None = None, max_tokens: int = 512
    ) -> str:
        """The whole answer, greedy; with `schema`, a JSON text that fits it. See `LanguageModel`."""
        return "".join(self.stream(messages, schema=schema, max_tokens=max_tokens))

    def stream(
        self, messages: Sequence[Message], *, schema: Mapping[str, Any] | None = None, max_tokens: int = 512
    ) -> Iterator[str]:
        """The answer in pieces of whole characters."""
        constraint = None if schema is None else Constraint.json(schema)
        prompt, room = self._prompt(messages, max_tokens)
        writer = self._writer(room, GREEDY, 0, (), constraint)
        for _ in self._written([prompt], [writer]):
            if piece := writer.take():
                yield piece
        if schema is not None and writer.finish != "stop":
            raise MalformedOutputError(
                f"the answer does not end within max_tokens={room}: raise it or bound the schema"
            )

    def generate(
        self,
        prompts: Sequence[Prompt],
        *,
        max_tokens: int = 128,
        sampling: Sampling = GREEDY,
        stop: Sequence[str] = (),
        constraint: Constraint | None = None,
        batch_size: int = 8,
    ) -> list[Completion]:
        """An answer to each prompt.

        Args:
            prompts: texts to go on with, or conversations to answer.
            max_tokens: of an answer.
            sampling: greedy by default.
            stop: texts that end an answer and are not part of it.
            constraint: what the answers must be; checked to the end, so an answer that finishes with "stop" fits.
            batch_size: prompts that are answered together. Constrained ones are answered one by one, which is faster.

        Raises:
            ModelError: a prompt is too long, or the constraint cannot be kept to.
            ConfigError: a number or a stop text is out of its range.
        """
        if batch_size < 1:
            raise ConfigError(f"batch_size={batch_size}: must be 1 or more")
        size = 1 if constraint else batch_size
        answers: list[Completion] = []
        for start in range(0, len(prompts), size):
            pairs = [self._prompt(prompt, max_tokens) for prompt in prompts[start : start + size]]
            writers = [
                self._writer(room, sampling, start + row, stop, constraint) for row, (_, room) in enumerate(pairs)
            ]
            for _ in self._written([tokens for tokens, _ in pairs], writers):
                pass
            answers += [writer.completion() for writer in writers]
        return answers

    def beams(
        self,
        prompt: Prompt,
        *,
        width: int = 4,
        max_tokens: int = 64,
        length_penalty: float = 1.0,
        constraint: Constraint | beam.Grammar | None = None,
    ) -> list[Completion]:
        """The likeliest answers by beam search, best first; see `beam.search`.

        A constraint may be a grammar of one's own, at its start.

        Raises:
            ModelError: the prompt is too long, or the constraint cannot be kept to.
            ConfigError: a number is out of its range.
        """
        if width < 1:
            raise ConfigError(f"width={width}: must be 1 or more")
        tokens, room = self._prompt(prompt, max_tokens)
        own = None if isinstance(constraint, Constraint) else constraint
        matcher = self._matcher(constraint) if isinstance(constraint, Constraint) else own
        cache, logits = self._read(tokens, len(tokens) + room)
        return beam.search(
            self._session,
            cache,
            logits,
            self.vocabulary,
            width=width,
            max_tokens=room,
            length_penalty=length_penalty,
            matcher=matcher,
        )

    def score(self, prompt: Prompt, continuations: Sequence[str]) -> list[Scored]:
        """How likely each continuation is after the prompt, which is read once.

        Spaces at the end of a text prompt are read as the beginning of the continuations, as tokens have them.

        Raises:
            ModelError: prompt and continuation do not fit into the context.
        """
        if isinstance(prompt, str):
            spaces = prompt[len(prompt.rstrip(" ")) :]
            prompt = prompt.removesuffix(spaces)
            continuations = [spaces + text for text in continuations]
        ends = [self.vocabulary.encode(text) for text in continuations]
        longest = max((len(end) for end in ends), default=0)
        tokens, _ = self._prompt(prompt, max(1, longest), whole=True)
        cache, _ = self._read(tokens, len(tokens) + longest)
        before = tokens[-1]
        scored: list[Scored] = []
        for text, end in zip(continuations, ends, strict=True):
            cache.lengths[0] = len(tokens) - 1
            logprobs, likeliest = read_scored(self._session, [before, *end], cache)
            scored.append(Scored(float(logprobs.sum()), len(end), len(text.encode()), bool(likeliest.all())))
        return scored

    def logprobs(self, texts: Sequence[str]) -> list[NDArray[np.float64]]:
        """Log-probability (natural) of every token of each text, at the beginning of a document, `<|end|>` not counted.

        A text longer than the context is read in pieces that overlap by half. Bits per byte of a text are
        -sum / log(2) / its bytes.
        """
        results: list[NDArray[np.float64]] = []
        for text in texts:
            tokens = [self.vocabulary.end, *self.vocabulary.encode(text)]
            parts: list[NDArray[np.float64]] = []
            for first, fresh, last in windows(len(tokens), self.context):
                cache = self._session.empty(last - first)
                found, _ = read_scored(self._session, tokens[first:last], cache)
                parts.append(found[fresh - first - 1 :])
            results.append(np.concatenate(parts))
        return results

    @cached_property
    def _vocabulary(self) -> Vocabulary:
        return Vocabulary(self._session.tokenizer, self._session.vocabulary)

    @cached_property
    def _grammars(self) -> Grammars:
        return Grammars(self._vocabulary)

    def _matcher(self, constraint: Constraint | None) -> Matcher | None:
        if constraint is None:
            return None
        with self._lock:
            grammars = self._grammars
        return grammars.matcher(constraint)

    def _writer(
        self, room: int, sampling: Sampling, row: int, stop: Sequence[str], constraint: Constraint | None
    ) -> Writer:
        if isinstance(stop, str) or not all(stop):
            raise ConfigError(f"stop={stop!r}: must be a list of texts that are not empty")
        return Writer(self.vocabulary, room, sampling, row, stop, self._matcher(constraint))

    def _prompt(self, prompt: Prompt, max_tokens: int, whole: bool = False) -> tuple[list[int], int]:
        """Tokens of a prompt, and how many the answer may have; with `whole`, all of `max_tokens` must fit."""
        if max_tokens < 1:
            raise ConfigError(f"max_tokens={max_tokens}: must be 1 or more")
        wanted = max_tokens if whole else min(max_tokens, max(1, self.context // 4))
        if isinstance(prompt, str):
            tokens = [self.vocabulary.end, *self.vocabulary.encode(prompt)]
            wanted = max_tokens if whole else 1
        else:
            tokens = chat_tokens(prompt, self.vocabulary, self.context - wanted)
        if len(tokens) + wanted > self.context:
            raise ModelError(
                f"a prompt of {len(tokens)} tokens with {wanted} to follow: the context has {self.context}; shorten it"
            )
        return tokens, min(max_tokens, self.context - len(tokens))

    def _read(self, prompt: Sequence[int], capacity: int) -> tuple[KeyValues, Floats]:
        """Cache and last logits of a prompt, its known beginning not read again."""
        cache = self._session.empty(capacity)
        known = self._prefixes.fill(prompt, cache)
        logits = self._session.read(prompt[known:], cache)
        self._prefixes.keep(prompt, cache)
        return cache, logits

    def _written(self, prompts: Sequence[Sequence[int]], writers: Sequence[Writer]) -> Iterator[None]:
        """Read the prompts and let the writers write; control comes back after every round."""
        reads: list[tuple[KeyValues, Floats]] = []
        for prompt, writer in zip(prompts, writers, strict=True):
            opening, writer.pending = writer.pending, []
            cache, logits = self._read(prompt, len(prompt) + writer.max_tokens)
            if opening and writer.finish is None:
                logits = self._session.step(np.array([opening], np.int64), cache)[0]
            reads.append((cache, logits))
        cache = reads[0][0] if len(reads) == 1 else KeyValues.joined([cache for cache, _ in reads])
        yield from write(self._session, cache, np.array([logits for _, logits in reads]), writers)
