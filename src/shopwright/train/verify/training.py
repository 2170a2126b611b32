"""Trains the judge: passes over units of examples in steps of a budget of word pieces, with checkpoints."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor

from shopwright.train.transformer import Checkpoints, fit, half_precision, load_body, pick_device, recipe_of
from shopwright.train.verify.batches import LONGEST_PAIR, Pairs, units
from shopwright.train.verify.examples import Example
from shopwright.train.verify.model import JudgeModel, judge_loss

Batch = list[list[Example]]
"""Units of like length that go through the model together."""

_WEIGHTS = {"relevance": 1.0, "ranking": 0.5, "stance": 1.0, "answer": 0.7, "marks": 0.7}


@dataclass(frozen=True, slots=True)
class JudgeSettings:
    """How a judge is trained.

    Args:
        pieces: word pieces a step.
        ranked: examples of one question in a step, at most.
        rate: peak learning rate.
        seed: of order.
    """

    pieces: int = 2_400
    ranked: int = 6
    rate: float = 1e-4
    seed: int = 0


def train_judge(
    base: Path,
    passes: Sequence[Sequence[Example]],
    folder: Path,
    settings: JudgeSettings | None = None,
    *,
    steps: int | None = None,
    report: Callable[[str], None] = print,
) -> JudgeModel:
    """Train a judge.

    Args:
        base: folder of the body.
        passes: the examples of each pass, which need not be the same.
        folder: of checkpoints; an interrupted training goes on from there.
        settings: see there.
        steps: stop early, for trying.
        report: told of progress.
    """
    settings = settings or JudgeSettings()
    torch.manual_seed(settings.seed)
    device = pick_device()
    model = JudgeModel(load_body(base, dropout=0.0)).to(device)
    pairs = Pairs(base, device)
    plan = planned_steps(passes, settings)
    checkpoints = Checkpoints(folder, recipe_of(settings, *passes))

    def loss_of(step: int) -> Tensor:
        return _loss(model, pairs, plan[step])

    fit(model, settings.rate, len(plan), settings.seed, checkpoints, loss_of, steps=steps, report=report)
    checkpoints.average(model)
    return model


def planned_steps(passes: Sequence[Sequence[Example]], settings: JudgeSettings) -> list[list[Batch]]:
    """The batches of every step: one of short, one of middling and one of long units, each a third of the pieces.

    Units of like length go into a batch together, so that little of it is padding; which batches meet in a step is
    left to chance.
    """
    plan: list[list[Batch]] = []
    for turn, examples in enumerate(passes):
        generator = random.Random(settings.seed * 1_000 + turn)
        every = units(examples, settings.ranked, generator)
        every.sort(key=lambda unit: max(map(_length, unit)) * generator.uniform(0.9, 1.1))
        bands = [_batches(band, settings.pieces // 3) for band in _thirds(every)]
        for band in bands:
            generator.shuffle(band)
        count = max(map(len, bands))
        plan += [
            [band[step * len(band) // count] for band in bands if _due(step, len(band), count)] for step in range(count)
        ]
    return plan


def _due(step: int, size: int, count: int) -> bool:
    """Whether a band of `size` batches, spread over `count` steps, gives one to this step."""
    return (step + 1) * size // count > step * size // count


def _thirds(every: Sequence[list[Example]]) -> list[Sequence[list[Example]]]:
    """The units, sorted by length, in three parts of about the same number of pieces."""
    total = sum(_length(each) for unit in every for each in unit)
    bounds, done = [0], 0
    for place, unit in enumerate(every):
        done += sum(map(_length, unit))
        if done >= total * len(bounds) / 3:
            bounds.append(place + 1)
    return [every[start:end] for start, end in zip(bounds, [*bounds[1:3], len(every)], strict=False)]


def _batches(band: Sequence[list[Example]], pieces: int) -> list[Batch]:
    made: list[Batch] = [[]] if band else []
    size = 0
    for unit in band:
        length = sum(map(_length, unit))
        if made[-1] and size + length > pieces:
            made.append([])
            size = 0
        made[-1].append(unit)
        size += length
    return made


def _length(example: Example) -> int:
    """About how many pieces an example has."""
    return min(len(example.asked) + len(example.evidence), 4 * LONGEST_PAIR) // 4


def _loss(model: JudgeModel, pairs: Pairs, step: Sequence[Batch]) -> Tensor:
    """The weighted loss of one step: each head's mean over the step's batches, by their size."""
    total: dict[str, list[tuple[Tensor, int]]] = {}
    for batch in step:
        rows = [(place, example) for place, unit in enumerate(batch) for example in unit]
        examples = [example for _, example in rows]
        inputs, targets = pairs.batch(examples, pairs.encode(examples), [place for place, _ in rows])
        with half_precision(inputs["input_ids"].device):
            pair, words = model(**inputs)
        for name, loss in judge_loss(pair, words, targets).items():
            total.setdefault(name, []).append((loss, len(rows)))
    whole = torch.zeros((), device=next(model.parameters()).device)
    for name, parts in total.items():
        size = sum(count for _, count in parts)
        whole = whole + _WEIGHTS[name] * torch.stack([loss * count for loss, count in parts]).sum() / size
    return whole
