"""The loop that writes: read what was chosen, choose what comes next, until every answer has ended.

A `Writer` holds one answer; `write` drives one or several of them over a batched cache. An answer that has ended leaves
the batch at once. Tokens that the grammar forces are read together when an answer is alone, one by one in a batch.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from shopwright.errors import ModelError
from shopwright.models.language.grammar import Matcher
from shopwright.models.language.sampling import GREEDY, Allowed, Sampling, choose, log_softmax
from shopwright.models.language.session import DecoderSession, Floats, KeyValues
from shopwright.models.language.vocabulary import Vocabulary

_MARGIN = 16

Finish = Literal["stop", "length"]


@dataclass(frozen=True, slots=True)
class Completion:
    """An answer.

    Args:
        text: what was written, without control tokens.
        tokens: of the answer, `<|end|>` not included.
        logprob: natural log of the model's probability of the tokens that were chosen; tokens that a grammar forced
            are not counted in generation, but are in beam search.
        finish: "stop" at the end of the answer, a stop text or the grammar's end; "length" when tokens ran out.
    """

    text: str
    tokens: tuple[int, ...]
    logprob: float
    finish: Finish


class Writer:
    """One answer in the making.

    Args:
        vocabulary: of the model.
        max_tokens: the most that it may have.
        sampling: how tokens are drawn.
        row: number of the answer in its call; with the seed it decides the draws.
        stop: texts that end the answer and are not part of it.
        matcher: the grammar at its start.

    Raises:
        ModelError: `max_tokens` are too few for JSON that fits the schema.
    """

    def __init__(
        self,
        vocabulary: Vocabulary,
        max_tokens: int,
        sampling: Sampling = GREEDY,
        row: int = 0,
        stop: Sequence[str] = (),
        matcher: Matcher | None = None,
    ) -> None:
        self._vocabulary = vocabulary
        self.max_tokens = max_tokens
        self._sampling = sampling
        self._draws = np.random.default_rng([sampling.seed, row])
        self._stop = tuple(stop)
        self._matcher = matcher
        self._reader = vocabulary.reader()
        self._writable = writable(vocabulary)
        self._text = ""
        self._shown = 0
        self._logprob = 0.0
        self._check_at = self._first_check()
        self.tokens: list[int] = []
        self.pending: list[int] = []
        self.finish: Finish | None = None
        self._force()

    def pick(self, logits_V: Floats) -> None:
        """Choose the next token."""
        allowed = self._writable if self._matcher is None else self._matcher.allowed()
        if not allowed.any():
            raise ModelError("the grammar allows no token here: simplify it")
        token = choose(logits_V, allowed, self._sampling, self._draws)
        token = self._landed(token)
        self._logprob += float(log_softmax(logits_V)[token])
        if token == self._vocabulary.end:
            self._end("stop")
            return
        if self._matcher is not None:
            self._matcher.accept(token)
        self._add(token)
        self._force()

    def take(self) -> str:
        """The text since the last call that is sure to stay."""
        held = 0 if self.finish else max((len(stop) - 1 for stop in self._stop), default=0)
        end = max(self._shown, len(self._text) - held)
        piece, self._shown = self._text[self._shown : end], end
        return piece

    def completion(self) -> Completion:
        """The answer as it stands."""
        return Completion(self._text, tuple(self.tokens), self._logprob, self.finish or "length")

    def _force(self) -> None:
        """Add the tokens that the grammar leaves no choice about."""
        if self._matcher is None:
            return
        for token in [] if self.finish else self._matcher.forced():
            if self.finish:
                break
            self._matcher.accept(token)
            self._add(token)
        if self._matcher.finished and self.finish != "stop":
            self._end("stop")

    def _add(self, token: int) -> None:
        self.tokens.append(token)
        self.pending.append(token)
        before = len(self._text)
        self._text += self._reader.read(token)
        found = (self._text.find(stop, max(0, before - len(stop) + 1)) for stop in self._stop)
        if places := [place for place in found if place >= 0]:
            self._text = self._text[: min(places)]
            self.finish = "stop"
        if self.finish is None and len(self.tokens) >= self.max_tokens:
            self._end("stop" if self._matcher is not None and self._matcher.accepting else "length")

    def _end(self, finish: Finish) -> None:
        self._text += self._reader.close()
        self.finish = finish

    def _first_check(self) -> int:
        """How many tokens may be left before the way to the end is looked after."""
        if self._matcher is None or not self._matcher.can_land:
            return -1
        least = self._matcher.landing(self.max_tokens)
        if least > self.max_tokens:
            raise ModelError(f"max_tokens={self.max_tokens}: too few for an answer that fits the schema; raise it")
        return 2 * least + _MARGIN

    def _landed(self, token: int) -> int:
        """The token, or the next one on the short way to the end if after the token too few would be left for it."""
        left = self.max_tokens - len(self.tokens) - 1
        if self._matcher is None or left > self._check_at or token == self._vocabulary.end:
            return token
        after = self._matcher.copy()
        after.accept(token)
        return token if after.landing(left) <= left else self._matcher.landing_token()


def writable(vocabulary: Vocabulary) -> Allowed:
    """The tokens of a free text, shape (V,): all that stand for bytes, and `<|end|>`."""
    allowed = np.array([bool(text) for text in vocabulary.bytes_of])
    allowed[vocabulary.end] = True
    return allowed


def write(session: DecoderSession, cache: KeyValues, logits_BV: Floats, writers: Sequence[Writer]) -> Iterator[None]:
    """Write all answers to their ends; control comes back after every round.

    Args:
        session: the model.
        cache: of the prompts that were read, a row for each writer.
        logits_BV: of each prompt's last token.
        writers: with nothing pending.
    """
    active = list(writers)
    while True:
        for logits_V, writer in zip(logits_BV, active, strict=True):
            if not writer.pending and writer.finish is None:
                writer.pick(logits_V)
        yield
        going = [place for place, writer in enumerate(active) if writer.finish is None]
        if not going:
            return
        if len(going) < len(active):
            cache = cache.select(going)
            active = [active[place] for place in going]
        count = len(active[0].pending) if len(active) == 1 else 1
        tokens = np.array([writer.pending[:count] for writer in active], np.int64)
        for writer in active:
            del writer.pending[:count]
        logits_BV = session.step(tokens, cache)
