"""Beam search: the likeliest answers instead of the likeliest next token.

A beam that ends keeps its place and narrows the search, so a width of one is greedy decoding.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol, Self

import numpy as np
from numpy.typing import NDArray

from shopwright.models.language.decoding import Completion, Finish, writable
from shopwright.models.language.sampling import log_softmax
from shopwright.models.language.session import DecoderSession, Floats, KeyValues
from shopwright.models.language.vocabulary import Vocabulary


class Grammar(Protocol):
    """What an answer must be, at some place of it: `grammar.Matcher`, `words.WordMatcher`."""

    @property
    def finished(self) -> bool:
        """Nothing may follow."""
        ...

    def allowed(self) -> NDArray[np.bool_]:
        """Which tokens may come next, shape (V,); `<|end|>` is among them where the answer may end."""
        ...

    def accept(self, token: int) -> None:
        """Go on with a token that is allowed."""
        ...

    def copy(self) -> Self:
        """One of the same state that goes its own way."""
        ...


@dataclass(slots=True)
class _Beam:
    tokens: tuple[int, ...]
    logprob: float
    matcher: Grammar | None


def search(
    session: DecoderSession,
    cache: KeyValues,
    logits_V: Floats,
    vocabulary: Vocabulary,
    *,
    width: int,
    max_tokens: int,
    length_penalty: float = 1.0,
    matcher: Grammar | None = None,
) -> list[Completion]:
    """The likeliest answers, best first.

    Args:
        session: the model.
        cache: of the prompt, one row.
        logits_V: of the prompt's last token.
        vocabulary: of the model.
        width: how many beams, and answers.
        max_tokens: the most that an answer may have.
        length_penalty: answers are ordered by logprob / tokens ** length_penalty; 0 favours short ones.
        matcher: the grammar at its start.

    Returns:
        At most `width` answers; those that ended ("stop") before those that were cut ("length").
    """
    live = [_Beam((), 0.0, matcher)]
    logits_BV = logits_V[None]
    free = writable(vocabulary)
    done: list[tuple[_Beam, Finish]] = []
    while live:
        allowed_BV = np.array([free if beam.matcher is None else beam.matcher.allowed() for beam in live])
        totals = np.where(allowed_BV, log_softmax(logits_BV), -np.inf)
        totals = totals + np.array([[beam.logprob] for beam in live])
        parents: list[int] = []
        following: list[_Beam] = []
        for place in _best(totals.ravel(), width - len(done)):
            parent, token = divmod(place, vocabulary.size)
            beam = _grown(live[parent], token, float(totals[parent, token]), vocabulary)
            finish = _finish(beam, token, vocabulary, max_tokens)
            if finish:
                done.append((beam, finish))
            else:
                parents.append(parent)
                following.append(beam)
        live = following
        if live:
            cache = cache if parents == [0] and cache.rows == 1 else cache.select(parents)
            logits_BV = session.step(np.array([[beam.tokens[-1]] for beam in live], np.int64), cache)
    done.sort(key=lambda each: (each[1] == "length", -each[0].logprob / max(1, len(each[0].tokens)) ** length_penalty))
    return [Completion(vocabulary.decode(beam.tokens), beam.tokens, beam.logprob, finish) for beam, finish in done]


def _best(totals: Floats, count: int) -> list[int]:
    """Places of the highest totals, best first, the earlier of equals; impossible ones left out."""
    near = np.sort(np.argpartition(-totals, min(count, len(totals) - 1))[: count + 1])
    order = near[np.argsort(-totals[near], kind="stable")][:count]
    return [int(place) for place in order if np.isfinite(totals[place])]


def _grown(beam: _Beam, token: int, logprob: float, vocabulary: Vocabulary) -> _Beam:
    if token == vocabulary.end:
        return _Beam(beam.tokens, logprob, beam.matcher)
    matcher = None if beam.matcher is None else beam.matcher.copy()
    if matcher is not None:
        matcher.accept(token)
    return _Beam((*beam.tokens, token), logprob, matcher)


def _finish(beam: _Beam, token: int, vocabulary: Vocabulary, max_tokens: int) -> Finish | None:
    if token == vocabulary.end or (beam.matcher is not None and beam.matcher.finished):
        return "stop"
    return "length" if len(beam.tokens) >= max_tokens else None
