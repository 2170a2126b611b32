"""Texts of any length in a cache of fixed size: the first tokens stay as sinks, of the rest only the last.

    cache = session.empty(512)
    logits = stream(session, tokens, cache)

StreamingLLM (Xiao et al., arXiv:2309.17453, section 3.2): positions are those within the cache, so that the model never
sees one beyond its window; keys that move to the front are turned back by as many positions as they move. Cost a token
and memory do not grow. What has left the window is forgotten: this keeps a model fluent, it does not lengthen what it
can find (`bench context` measures that).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from shopwright.errors import ModelError
from shopwright.models.language.session import DecoderSession, Floats, KeyValues

SINKS = 4
_PIECE = 64


def stream(session: DecoderSession, tokens: Sequence[int], cache: KeyValues, room: int = 0) -> Floats:
    """Read tokens, dropping the oldest where the cache is full.

    Args:
        session: the model.
        tokens: any number of them.
        cache: one row; its capacity is the window.
        room: tokens that must fit afterwards, for the answer.

    Returns:
        Logits of the last token, shape (V,).

    Raises:
        ModelError: no tokens, a batch, or a cache too small for sinks, a piece and the room.
    """
    if not len(tokens) or cache.rows != 1:
        raise ModelError(f"{len(tokens)} tokens for {cache.rows} rows: give some, and a cache of one row")
    if cache.capacity < SINKS + _PIECE + room:
        raise ModelError(f"a cache of {cache.capacity} tokens: at least {SINKS + _PIECE + room} are needed")
    logits = np.empty(0, np.float32)
    for start in range(0, len(tokens), _PIECE):
        piece = tokens[start : start + _PIECE]
        drop(cache, int(cache.lengths[0]) + len(piece) + room - cache.capacity, session.turns)
        logits = session.step(np.array([piece], np.int64), cache)[0]
    return logits


def drop(cache: KeyValues, count: int, turns: NDArray[np.float64]) -> None:
    """Take `count` tokens after the sinks out of a cache of one row; nothing when it is 0 or less.

    Args:
        turns: angle of each pair a position, shape (D / 2,).
    """
    if count <= 0:
        return
    length = int(cache.lengths[0])
    moved = cache.data[:, :, 0, :, SINKS + count : length].copy()
    cosines, sines = np.cos(count * turns).astype(np.float32), np.sin(count * turns).astype(np.float32)
    first, second = np.split(moved[:, 0], 2, axis=-1)
    moved[:, 0] = np.concatenate([first * cosines + second * sines, second * cosines - first * sines], axis=-1)
    cache.data[:, :, 0, :, SINKS : length - count] = moved
    cache.lengths[0] = length - count
