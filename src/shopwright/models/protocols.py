"""The contracts between Shopwright and any model: four structural protocols and nothing else.

An implementation needs no base class: a class with these methods is enough. `embedded` implements `Encoder` with ONNX
Runtime, `endpoint` implements `LanguageModel` over HTTP, `scripted` implements both for tests.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from shopwright.types import Judgement

Vectors = NDArray[np.float32]
"""Rows of unit length, shape (N, D)."""

Probabilities = NDArray[np.float32]
"""Of the classes exact, substitute, complement and irrelevant, in this order; rows add up to 1."""

Message = Mapping[str, Any]
"""One message of a chat in the OpenAI form: `{"role": "user", "content": "..."}`."""


@runtime_checkable
class Encoder(Protocol):
    """Turns texts into vectors whose inner product is their similarity."""

    @property
    def dimensions(self) -> int:
        """D, the length of a vector."""
        ...

    @property
    def fingerprint(self) -> str:
        """Names the model and its weights: vectors of different fingerprints must not be compared."""
        ...

    def encode(self, texts: Sequence[str], *, batch_size: int = 32) -> Vectors:
        """Vectors of the texts, shape (N, D), float32, unit length; (0, D) for no texts."""
        ...


@runtime_checkable
class PairScorer(Protocol):
    """Reads a query and a product together (a cross-encoder) and says what the product is to whoever asked."""

    @property
    def fingerprint(self) -> str:
        """Names the model and its weights."""
        ...

    def probabilities(self, query: str, texts: Sequence[str]) -> Probabilities:
        """P(exact), P(substitute), P(complement), P(irrelevant) of each text, shape (N, 4)."""
        ...


@runtime_checkable
class Judge(Protocol):
    """Reads a question or a claim together with a piece of evidence and says what the evidence does to it."""

    @property
    def fingerprint(self) -> str:
        """Names the model and its weights."""
        ...

    def judge(self, pairs: Sequence[tuple[str, str]]) -> list[Judgement]:
        """A judgement of each (question or claim, evidence) pair, in their order."""
        ...


@runtime_checkable
class LanguageModel(Protocol):
    """Writes text, or JSON that fits a schema.

    Raises (both methods):
        RetryableModelError: the same call may succeed when tried again.
        MalformedOutputError: the answer does not fit the schema.
        ModelError: give up and fall back.
    """

    def complete(
        self, messages: Sequence[Message], *, schema: Mapping[str, Any] | None = None, max_tokens: int = 512
    ) -> str:
        """The whole answer. With `schema` (JSON Schema) it is a JSON text that fits it."""
        ...

    def stream(
        self, messages: Sequence[Message], *, schema: Mapping[str, Any] | None = None, max_tokens: int = 512
    ) -> Iterator[str]:
        """The answer in pieces, in order; joined they are what `complete` returns."""
        ...
