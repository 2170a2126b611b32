"""How well a model predicts held-out text: bits per byte and perplexity, by source and by kind."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from functools import partial

import torch
from torch import Tensor

from shopwright.train.corpus.shards import PackedCorpus
from shopwright.train.pretrain.data import held_out
from shopwright.train.pretrain.losses import nats
from shopwright.train.pretrain.model import Body
from shopwright.train.pretrain.sharding import Within


@dataclass(frozen=True, slots=True)
class Held:
    """Held-out windows of one source, and how many bytes of text a token stands for."""

    kind: str
    inputs: Tensor
    targets: Tensor
    bytes_per_token: float


@dataclass(frozen=True, slots=True)
class Score:
    """How well text is predicted.

    Args:
        nats: summed cross-entropy.
        tokens, bytes: of the text.
    """

    nats: float
    tokens: float
    bytes: float

    @property
    def loss(self) -> float:
        """Mean nats a token."""
        return self.nats / self.tokens if self.tokens else math.nan

    @property
    def perplexity(self) -> float:
        """Of a token."""
        return math.exp(self.loss)

    @property
    def bits_per_byte(self) -> float:
        """Does not depend on the tokenizer."""
        return self.nats / math.log(2) / self.bytes if self.bytes else math.nan


def held_out_text(corpus: PackedCorpus, context: int, tokens: int, device: torch.device) -> dict[str, Held]:
    """The first `tokens` held-out tokens of each source, where there is at least a window of them."""
    found = {}
    for source in corpus.sources("valid"):
        inputs, targets = held_out(corpus, source, context, tokens)
        if len(inputs):
            counted, size = corpus.count(source, "valid")
            kind = corpus.manifest.sources[source].kind
            found[source] = Held(
                kind, torch.from_numpy(inputs).to(device), torch.from_numpy(targets).to(device), size / counted
            )
    return found


def evaluate(
    body: Body,
    texts: Mapping[str, Held],
    autocast: Callable[[], AbstractContextManager[object]],
    rows: int = 8,
    within: Within | None = None,
) -> dict[str, Score]:
    """The score of each source ("novels"), and of each kind over its sources ("general", "domain").

    Args:
        rows: windows at once.
        within: what a sharded model is called through.
    """

    def summed(inputs: Tensor, targets: Tensor) -> float:
        return nats(body(inputs), body.head, targets)

    scores = {}
    for name, text in texts.items():
        total = 0.0
        for start in range(0, len(text.inputs), rows):
            with torch.no_grad(), autocast():
                part = partial(summed, text.inputs[start : start + rows], text.targets[start : start + rows])
                total += within(part) if within else part()
        tokens = text.targets.numel()
        scores[name] = Score(total, tokens, tokens * text.bytes_per_token)
    for kind in sorted({text.kind for text in texts.values()}):
        parts = [scores[name] for name, text in texts.items() if text.kind == kind]
        scores[kind] = Score(
            sum(part.nats for part in parts), sum(part.tokens for part in parts), sum(part.bytes for part in parts)
        )
    return scores
