"""How likely texts are to the model: for evaluation and for reranking; nothing is written."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from shopwright.models.language.sampling import log_softmax
from shopwright.models.language.session import CHUNK, DecoderSession, KeyValues


@dataclass(frozen=True, slots=True)
class Scored:
    """A continuation as the model sees it.

    Args:
        logprob: natural log of its probability after the prompt.
        tokens: how many it has.
        bytes: of its UTF-8 text.
        greedy: greedy decoding would have written exactly this.
    """

    logprob: float
    tokens: int
    bytes: int
    greedy: bool


def read_scored(
    session: DecoderSession, tokens: Sequence[int], cache: KeyValues
) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """Read tokens into a cache of one row; the log-probability of each but the first, given those before it.

    Returns:
        Log-probabilities and whether the token was the likeliest, both of shape (len(tokens) - 1,).
    """
    logprobs: list[NDArray[np.float64]] = []
    likeliest: list[NDArray[np.bool_]] = []
    for start in range(0, len(tokens) - 1, CHUNK):
        part = np.array(tokens[start : start + CHUNK][: len(tokens) - 1 - start], np.int64)
        following = np.array(tokens[start + 1 : start + 1 + len(part)])
        logits = session.step(part[None], cache, np.arange(len(part)))
        logprobs.append(log_softmax(logits)[np.arange(len(part)), following].astype(np.float64))
        likeliest.append(logits.argmax(axis=1) == following)
    if not logprobs:
        return np.empty(0), np.empty(0, np.bool_)
    return np.concatenate(logprobs), np.concatenate(likeliest)


def windows(count: int, context: int) -> list[tuple[int, int, int]]:
    """How to read a text that is longer than the context: pieces that overlap by half.

    Returns:
        (first, fresh, last): read tokens first..last, and count the log-probabilities of fresh..last only. Every token
        but the first is counted once.
    """
    pieces = [(0, 1, min(count, context))]
    while pieces[-1][2] < count:
        fresh = pieces[-1][2]
        pieces.append((fresh - context // 2, fresh, min(count, fresh - context // 2 + context)))
    return pieces
