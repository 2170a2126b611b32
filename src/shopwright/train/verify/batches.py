"""Examples as tensors: pieces of question or claim and evidence, with the targets at the pieces they belong to.

A step takes whole units - the examples of one group that are ranked together, or one example - until a budget of pieces
is full, and puts those of like length together, so that little of a step is padding.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from tokenizers import Tokenizer
from torch import Tensor

from shopwright.models.onnx_files import padded_inputs
from shopwright.train.verify.examples import Example, Span
from shopwright.train.verify.model import UNKNOWN, Targets

LONGEST_PAIR = 256
"""Pieces of a pair that are read."""


class Pairs:
    """Makes batches of examples.

    Args:
        folder: of the body, whose tokenizer it is.
        device: where the tensors go.
        longest: pieces kept of a pair.
    """

    def __init__(self, folder: Path, device: torch.device, longest: int = LONGEST_PAIR) -> None:
        self._tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        self._tokenizer.enable_truncation(longest, strategy="longest_first")
        self._tokenizer.no_padding()
        self._device = device

    def encode(self, examples: Sequence[Example]) -> list[Any]:
        """The tokenised pairs, in order."""
        encoded: list[Any] = self._tokenizer.encode_batch([(each.asked, each.evidence) for each in examples])
        return encoded

    def batch(
        self, examples: Sequence[Example], encoded: Sequence[Any], groups: Sequence[int]
    ) -> tuple[dict[str, Tensor], Targets]:
        """Inputs and targets of some examples.

        Args:
            groups: the number of each example's group in this step.
        """
        inputs = {name: torch.from_numpy(ids).to(self._device) for name, ids in padded_inputs(encoded).items()}
        size = inputs["input_ids"].shape
        begin, end = np.full(size[0], UNKNOWN), np.full(size[0], UNKNOWN)
        marks, evidence = np.full(size, UNKNOWN), np.zeros(size, bool)
        for row, (example, pair) in enumerate(zip(examples, encoded, strict=True)):
            sides = np.array([-1 if side is None else side for side in pair.sequence_ids])
            evidence[row, : len(sides)] = sides == 1
            if example.answer is not None:
                begin[row], end[row] = _places(pair.offsets, sides, example.answer)
            if example.marks is not None:
                asked = np.flatnonzero(sides == 0).tolist()
                marks[row, asked] = [_touches(pair.offsets[place], example.marks) for place in asked]
        return inputs, Targets(
            relevance=self._numbers([UNKNOWN if each.relevance is None else each.relevance for each in examples]),
            stance=self._numbers([UNKNOWN if each.stance is None else each.stance for each in examples]),
            group=self._numbers(groups),
            begin=self._numbers(begin),
            end=self._numbers(end),
            marks=self._numbers(marks),
            evidence=torch.from_numpy(evidence).to(self._device),
        )

    def _numbers(self, values: Any) -> Tensor:
        return torch.as_tensor(np.asarray(values, np.int64), device=self._device)


def units(examples: Sequence[Example], most: int, generator: random.Random) -> list[list[Example]]:
    """The examples of a pass in random order; a ranked group stays together, at most so many, irrelevant ones by lot.

    Only question sets are ranked in groups; every other example is a unit of its own.
    """
    groups: dict[str, list[Example]] = {}
    alone = []
    for example in examples:
        if example.relevance is not None and example.stance is None and example.answer is None and example.group:
            groups.setdefault(example.group, []).append(example)
        else:
            alone.append([example])
    made = alone
    for members in groups.values():
        generator.shuffle(members)
        members.sort(key=lambda each: -(each.relevance or 0))
        made.append(members[:most])
    generator.shuffle(made)
    return made


def _places(offsets: Sequence[Span], sides: Any, answer: Span) -> Span:
    """Places of the first and last piece of the answer, (0, 0) for none, `UNKNOWN` when it was cut off."""
    if answer[1] <= answer[0]:
        return 0, 0
    inside = [
        place
        for place in np.flatnonzero(sides == 1).tolist()
        if offsets[place][0] < answer[1] and offsets[place][1] > answer[0]
    ]
    return (inside[0], inside[-1]) if inside else (UNKNOWN, UNKNOWN)


def _touches(piece: Span, spans: Sequence[Span]) -> int:
    return int(any(piece[0] < end and piece[1] > start for start, end in spans))
