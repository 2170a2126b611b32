"""A `ToolPlanner` that knows words only: for tests, demonstrations without weights, a second opinion in a bench.

A text is the set of its words. The next tool is the one that shares most words with what no earlier call speaks of;
the plan ends when none shares any. An argument is said by the whole request, or taken from the call whose text has most
of its words.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Sequence

import numpy as np

from shopwright.models.tool_planner import Floats, Following, Integers, ReadRequest, Sources

_WORD = re.compile(r"[a-z]{3,}|\d+", re.IGNORECASE)
_WIDTH = 512
_SHARP, _END = 6.0, 0.5
_SAID = 0.6


class OverlapToolPlanner:
    """See the module."""

    fingerprint = "overlap-1"

    def read(self, request: str) -> ReadRequest:
        """One state for each word."""
        found = list(_WORD.finditer(request))
        states = np.stack([_bag(match[0]) for match in found]) if found else np.zeros((1, _WIDTH), np.float32)
        return ReadRequest(states, tuple(match.span() for match in found) or ((0, 0),))

    def vectors(self, texts: Sequence[str]) -> Floats:
        """The words of each text."""
        return np.stack([_bag(text) for text in texts])

    def follow(
        self,
        request: ReadRequest,
        tools_KD: Floats,
        picks_BL: Integers,
        linked_KK: Floats | None = None,
    ) -> Following:
        """Tools that share words with what is not spoken of yet, and known links; each call waits for the last."""
        size, length = picks_BL.shape
        match_TK = request.states @ tools_KD.T
        logits = np.zeros((size, len(tools_KD) + 1), np.float32)
        for row, picks in enumerate(picks_BL.tolist()):
            open_T = match_TK[:, picks].sum(1) == 0 if picks else np.ones(len(match_TK), bool)
            logits[row] = _SHARP * np.append(match_TK[open_T].sum(0), _END)
            if picks and linked_KK is not None:
                logits[row, :-1] += linked_KK[picks[-1]]
        shifted = logits - logits.max(1, keepdims=True)
        waits_LL = np.eye(length, k=-1, dtype=np.float32)
        start = np.zeros((size, 1, _WIDTH), np.float32)
        return Following(
            shifted - np.log(np.exp(shifted).sum(1, keepdims=True)),
            np.broadcast_to(waits_LL, (size, length, length)),
            np.concatenate([start, tools_KD[picks_BL]], 1),
        )

    def sources(self, request: ReadRequest, made_LD: Floats, calls_P: Integers, arguments_PD: Floats) -> Sources:
        """Said by all words, or taken from an earlier call that shares words with the argument."""
        count, pieces = len(calls_P), len(request.states)
        shared_PL = np.minimum(0.9, 0.3 * (arguments_PD @ made_LD[1:].T)).astype(np.float32)
        begin, end = np.zeros((count, pieces), np.float32), np.zeros((count, pieces), np.float32)
        begin[:, 0], end[:, -1] = 1.0, 1.0
        return Sources(np.full(count, _SAID, np.float32), begin, end, shared_PL)


def _bag(text: str) -> Floats:
    bag = np.zeros(_WIDTH, np.float32)
    for word in _WORD.findall(text.lower()):
        bag[zlib.crc32(word.removesuffix("s").encode()) % _WIDTH] = 1.0
    return bag
