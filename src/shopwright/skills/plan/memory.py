"""Solved tasks as a memory: what was called for the requests that share most words with this one.

A memory holds no texts: words and pairs of words are kept as 32-bit hashes with their weights (TF-IDF), tools as hashes
of what a planner reads of them, so that a task only speaks where the very same tools are at hand. A network that was
trained on the same tasks gains from it what it did not keep; a shop's own accepted plans can be added without training.

Format: one NumPy archive without pickled objects, see `SolvedTasks.save`.
"""

from __future__ import annotations

import math
import re
import zlib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from shopwright.errors import ModelError

SOLVED = "solved.npz"
"""A planner's memory is `NAME.solved.npz`, beside its card."""
NEIGHBOURS = 20
_POWER = 4.0
"""Of the cosine: a neighbour that is twice as near has sixteen votes for one."""
_WORD = re.compile(r"[a-z0-9]+")

Vote = tuple[tuple[int, ...], float]
"""Places of tools in the order of their calls, and the share of the votes."""


class SolvedTasks:
    """Tasks that were solved, to be asked by the words of a request.

    Args:
        requests: for each task the hashes of its words with how often they occur.
        calls: for each task the hashes of the tools that were called, in order.
    """

    def __init__(self, requests: Sequence[Mapping[int, int]], calls: Sequence[tuple[int, ...]]) -> None:
        self._requests, self._calls = list(requests), list(calls)
        within = Counter(term for counts in requests for term in counts)
        self._idf = {term: math.log((1 + len(requests)) / (1 + number)) for term, number in within.items()}
        postings: dict[int, tuple[list[int], list[float]]] = {}
        for place, counts in enumerate(requests):
            for term, weight in self._weights(counts).items():
                places, weights = postings.setdefault(term, ([], []))
                places.append(place)
                weights.append(weight)
        self._postings = {
            term: (np.array(places, np.int64), np.array(weights, np.float32))
            for term, (places, weights) in postings.items()
        }

    @classmethod
    def of(cls, tasks: Iterable[tuple[str, Sequence[str]]]) -> SolvedTasks:
        """A memory of (request, texts of the called tools)."""
        pairs = [(terms(request), tuple(map(_hash, texts))) for request, texts in tasks]
        return cls([counts for counts, _ in pairs], [calls for _, calls in pairs])

    @classmethod
    def load(cls, path: Path) -> SolvedTasks:
        """Read a memory.

        Raises:
            ModelError: the file is missing or damaged.
        """
        try:
            with np.load(path, allow_pickle=False) as kept:
                words, often = kept["words"].tolist(), kept["often"].tolist()
                ends, calls, call_ends = kept["ends"].tolist(), kept["calls"].tolist(), kept["call_ends"].tolist()
        except (OSError, ValueError, KeyError) as error:
            raise ModelError(f"{path} holds no solved tasks ({error}): install the package again") from error
        requests = [dict(zip(words[a:b], often[a:b], strict=True)) for a, b in zip([0, *ends], ends, strict=False)]
        return cls(requests, [tuple(calls[a:b]) for a, b in zip([0, *call_ends], call_ends, strict=False)])

    def save(self, path: Path) -> None:
        """Write `words` and `often` of all requests one after another, where each ends, and `calls` likewise."""
        np.savez_compressed(
            path,
            words=np.array([term for counts in self._requests for term in counts], np.uint32),
            often=np.array([min(n, 255) for counts in self._requests for n in counts.values()], np.uint8),
            ends=np.cumsum([len(counts) for counts in self._requests]).astype(np.int32),
            calls=np.array([call for calls in self._calls for call in calls], np.uint32),
            call_ends=np.cumsum([len(calls) for calls in self._calls]).astype(np.int32),
        )

    def __len__(self) -> int:
        return len(self._calls)

    def votes(self, request: str, texts: Sequence[str], leave_out: str | None = None) -> tuple[list[Vote], float]:
        """What the nearest tasks call, with shares that add up to 1, and how near the nearest is, 0 to 1.

        Args:
            texts: of the tools at hand; a task that called another has no vote.
            leave_out: a request that has none either.
        """
        gone = terms(leave_out) if leave_out is not None else None
        places = {_hash(text): place for place, text in reversed(list(enumerate(texts)))}
        scores: NDArray[np.float32] = np.zeros(len(self._calls), np.float32)
        for term, weight in self._weights(terms(request)).items():
            if term in self._postings:
                tasks, weights = self._postings[term]
                scores[tasks] += weight * weights
        near: list[tuple[tuple[int, ...], float]] = []
        for task in np.argsort(-scores).tolist():
            if scores[task] <= 0 or len(near) == NEIGHBOURS:
                break
            if self._requests[task] != gone and all(call in places for call in self._calls[task]):
                near.append((tuple(places[call] for call in self._calls[task]), float(scores[task])))
        total = sum(score**_POWER for _, score in near)
        return [(picks, score**_POWER / total) for picks, score in near], near[0][1] if near else 0.0

    def _weights(self, counts: Mapping[int, int]) -> dict[int, float]:
        weights = {term: (1 + math.log(count)) * self._idf.get(term, 0.0) for term, count in counts.items()}
        norm = math.sqrt(sum(weight * weight for weight in weights.values())) or 1.0
        return {term: weight / norm for term, weight in weights.items() if weight}


def terms(text: str) -> Counter[int]:
    """Hashes of the words and pairs of words of a text."""
    words = _WORD.findall(text.lower())
    return Counter(map(_hash, [*words, *map(" ".join, pairwise(words))]))


def _hash(text: str) -> int:
    return zlib.crc32(text.encode())
