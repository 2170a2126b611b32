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
from shopwright.types import Judgement

_WORD = re.compile(r"\w+")
_NEGATION = re.compile(r"\b(?:not|no|never|without|cannot|isn't|doesn't|don't|won't|can't)\b", re.IGNORECASE)
_FUNCTION_WORDS = "a an the is are was were be of to in on for with and or it its this that do does did not no"
_FUNCTION = frozenset(_FUNCTION_WORDS.split())


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


class OverlapJudge:
    """A `Judge` that knows words only: evidence holds what it repeats, and contradicts what it repeats with a "not".

    The baseline of the benches, and a stand-in for tests. The answer to a question is the words of the evidence that
    follow the last word the two share, or come before it at a text's end.
    """

    fingerprint = "overlap-1"

    def judge(self, pairs: Sequence[tuple[str, str]]) -> list[Judgement]:
        """Shares of content words in common, in place of probabilities."""
        return [_overlap(asked, evidence) for asked, evidence in pairs]


def _overlap(asked: str, evidence: str) -> Judgement:
    said = [(match.start(), match.end(), _stem(match[0])) for match in _WORD.finditer(asked)]
    said = [word for word in said if word[2] not in _FUNCTION]
    held = [(match.start(), match.end(), _stem(match[0])) for match in _WORD.finditer(evidence)]
    there = {word for _, _, word in held}
    share = sum(word in there for _, _, word in said) / len(said) if said else 0.0
    denied = bool(_NEGATION.search(asked)) != bool(_NEGATION.search(evidence))
    wanted = {word for _, _, word in said}
    common = [place for place, (_, _, word) in enumerate(held) if word in wanted]
    rest = [word for place, word in enumerate(held) if common and place > common[-1]][:6]
    rest = rest or [word for word in held if common and word[2] not in wanted][:6]
    return Judgement(
        relevance=share,
        supports=0.1 * share if denied else share,
        refutes=0.9 * share if denied else 0.0,
        answer=(rest[0][0], rest[-1][1]) if rest else (0, 0),
        answerable=share,
        unsupported=tuple((start, end, float(word not in there)) for start, end, word in said),
    )


def _stem(word: str) -> str:
    return word.lower()[:6]


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
