"""Deterministic stand-ins for models: for tests, for demonstrations without weights, for a second opinion in a bench.

They are product code: they keep the protocols honest and let a caller run the whole shop without a model file.
`HashingEncoder` knows no meaning; two texts are similar as far as they share words and pieces of words.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from shopwright.models.protocols import Message, Vectors

_WORD = re.compile(r"\w+")


class HashingEncoder:
    """Feature hashing of words and character trigrams (Weinberger et al., 2009), as an `Encoder`.

    Args:
        dimensions: length of a vector.
    """

    def __init__(self, dimensions: int = 64) -> None:
        self._dimensions = dimensions

    @property
    def dimensions(self) -> int:
        """Length of a vector."""
        return self._dimensions

    @property
    def fingerprint(self) -> str:
        """Names the hashing and its width."""
        return f"hashing-{self._dimensions}"

    def encode(self, texts: Sequence[str], *, batch_size: int = 32) -> Vectors:  # noqa: ARG002 (the protocol's signature)
        """Vectors of the texts, shape (N, D), float32, unit length. A text without words gets the first unit vector."""
        vectors = np.zeros((len(texts), self._dimensions), np.float32)
        for row, text in zip(vectors, texts, strict=True):
            for feature, weight in _features(text):
                code = zlib.crc32(feature.encode())
                row[(code >> 1) % self._dimensions] += weight if code & 1 else -weight
            if not row.any():
                row[0] = 1.0
        vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
        return vectors


def _features(text: str) -> list[tuple[str, float]]:
    """The text's words with weight 1 and their trigrams with weight 0.3."""
    features: list[tuple[str, float]] = []
    for word in _WORD.findall(text.lower()):
        padded = f"<{word}>"
        features.append((word, 1.0))
        features.extend((padded[i : i + 3], 0.3) for i in range(len(padded) - 2))
    return features


class ScriptedModel:
    """A `LanguageModel` that plays back what it was given.

    Args:
        answers: what to answer, call by call; an exception is raised instead. The last one repeats.
    """

    def __init__(self, answers: Sequence[str | Exception]) -> None:
        self.answers = list(answers)
        self.calls: list[list[Message]] = []

    def complete(
        self,
        messages: Sequence[Message],
        *,
        schema: Mapping[str, Any] | None = None,  # noqa: ARG002 (the protocol's signature)
        max_tokens: int = 512,  # noqa: ARG002
    ) -> str:
        """The next answer."""
        self.calls.append(list(messages))
        answer = self.answers[min(len(self.calls), len(self.answers)) - 1]
        if isinstance(answer, Exception):
            raise answer
        return answer

    def stream(
        self, messages: Sequence[Message], *, schema: Mapping[str, Any] | None = None, max_tokens: int = 512
    ) -> Iterator[str]:
        """The next answer in pieces of ten characters."""
        answer = self.complete(messages, schema=schema, max_tokens=max_tokens)
        for start in range(0, len(answer), 10):
            yield answer[start : start + 10]
