"""Stage 1: supervised fine-tuning on pairs of a query and its rewrite (`pairs`), by the likelihood of the rewrite."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import torch
from torch import Tensor

from shopwright.train.outcome import Report
from shopwright.train.rewrite.decoder import Asked, Decoder
from shopwright.train.rewrite.pairs import Pair, Sources, drawn
from shopwright.train.transformer import Checkpoints, fit, recipe_of

_SLICE = 8


@dataclass(frozen=True, slots=True)
class SupervisedSettings:
    """Numbers of the stage."""

    pairs: int = 130_000
    batch: int = 64
    rate: float = 1.5e-3
    seed: int = 0


def fine_tune(
    decoder: Decoder,
    source: Sources,
    work: Path,
    settings: SupervisedSettings,
    *,
    steps: int | None = None,
    report: Report = print,
) -> None:
    """Train the decoder in place; goes on from its last checkpoint in `work`.

    Args:
        decoder: changed.
        source: of pairs.
        work: folder of checkpoints.
        settings: see there.
        steps: stop early, for trying.
        report: told of progress.
    """
    planned = max(settings.pairs // settings.batch, 1)

    @lru_cache(2)
    def part(number: int) -> list[list[Asked]]:
        """The batches of some steps, each of pairs of about one length."""
        pairs = list(drawn(source, _SLICE * settings.batch, settings.seed * 1_000_003 + number))
        asked = sorted((decoder.asked(pair) for pair in pairs), key=lambda each: len(each[0]) + len(each[1]))
        return [asked[start : start + settings.batch] for start in range(0, len(asked), settings.batch)]

    def loss_of(step: int) -> Tensor:
        number, place = divmod(step, _SLICE)
        sums, counts = decoder.logprobs(part(number)[(place * 5 + number) % _SLICE])
        return -sums.sum() / counts.sum()

    recipe = recipe_of(settings, source.rewrites, source.phrases[:2_000], source.answers)
    fit(decoder, settings.rate, planned, settings.seed, Checkpoints(work, recipe), loss_of, steps=steps, report=report)


def loss(decoder: Decoder, pairs: Sequence[Pair], batch: int = 128) -> float:
    """Mean negative log-probability a token, in nats."""
    total, count = 0.0, 0
    decoder.eval()
    with torch.no_grad():
        for start in range(0, len(pairs), batch):
            sums, counts = decoder.logprobs([*map(decoder.asked, pairs[start : start + batch])])
            total, count = total - float(sums.sum()), count + int(counts.sum())
    return total / max(count, 1)
