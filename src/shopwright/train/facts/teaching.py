"""The two stages of teaching: facts in many wordings with refusals among them, then the bounds of what was learned.

A step takes questions (the answer is learned), statements (all of the sentence is learned) and windows of other texts
(replayed against forgetting), each kind by the mean over its tokens.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random

import torch
from torch import Tensor

from shopwright.errors import ConfigError
from shopwright.train.facts.catalogue import Topic
from shopwright.train.facts.paraphrase import answer, question, statement
from shopwright.train.facts.speaker import Row, Speaker
from shopwright.train.facts.tuning import Deck, Lessons
from shopwright.train.outcome import Report
from shopwright.train.transformer import Checkpoints, fit, recipe_of


@dataclass(frozen=True, slots=True)
class FactsSettings:
    """Numbers of the training.

    Args:
        exposures: how often each fact is asked, over both stages.
        questions: of a step, refusals counted.
        refusals: share of the questions that are to be refused.
        statements: of a step.
        windows: of other texts in a step.
        bounds: share of the steps that the second stage has.
        rate: peak learning rate of the first stage; the second has a third of it.
        stated, replayed: weights of the losses of statements and of other texts beside that of answers.
        cost: of a wrong answer in right ones, when the threshold is chosen.
        seed: of everything random.
    """

    exposures: int = 100
    questions: int = 48
    refusals: float = 0.35
    statements: int = 12
    windows: int = 4
    bounds: float = 0.25
    rate: float = 1e-3
    stated: float = 0.5
    replayed: float = 0.5
    cost: float = 1.0
    seed: int = 0

    def __post_init__(self) -> None:
        for name, least in (("exposures", 1), ("questions", 4), ("statements", 0), ("windows", 0)):
            if getattr(self, name) < least:
                raise ConfigError(f"--{name} {getattr(self, name)}: expected a number of at least {least}")
        for name, low, high in (("refusals", 0.0, 0.9), ("bounds", 0.0, 0.9), ("rate", 1e-7, 1.0)):
            if not low <= getattr(self, name) <= high:
                raise ConfigError(f"--{name} {getattr(self, name)}: expected a number from {low:g} to {high:g}")

    def steps(self, known: int) -> tuple[int, int]:
        """Steps of the two stages for so many facts."""
        asked = self.questions * (1 - self.refusals)
        total = max(round(self.exposures * known / asked), 2)
        second = round(self.bounds * total)
        return total - second, second


def teach(
    speaker: Speaker,
    taught: Lessons,
    replay: Sequence[Row],
    settings: FactsSettings,
    work: Path,
    planned: int,
    *,
    rate: float,
    steps: int | None = None,
    report: Report = print,
) -> None:
    """Train the model in place for a stage; goes on from its last checkpoint in `work`.

    Args:
        speaker: changed.
        taught: what is known and what is to be refused.
        replay: windows of other texts.
        settings: see there.
        work: folder of checkpoints.
        planned: steps of the stage.
        rate: peak learning rate.
        steps: stop early, for trying.
        report: told of progress.
    """
    refusals = round(settings.questions * settings.refusals)
    seed = f"{settings.seed} {work.name}"
    known = Deck(taught.known, f"{seed} known")
    stated = Deck(taught.known, f"{seed} stated")
    refused = [Deck(found, f"{seed} {sort}") for sort, found in taught.unknowable.train.items() if found]
    windows = Deck(replay, f"{seed} replay")

    def loss_of(step: int) -> Tensor:
        chance = Random(f"{seed} {step}")
        asked: list[Topic] = known.dealt(step * (settings.questions - refusals), settings.questions - refusals)
        for place, deck in enumerate(refused):
            share = (refusals + place) // len(refused)
            asked += deck.dealt(step * share, share)
        rows = [speaker.asked(question(topic, "train", chance), answer(topic)) for topic in asked]
        said = stated.dealt(step * settings.statements, settings.statements)
        told = [speaker.told(statement(topic, chance)) for topic in said]
        other = windows.dealt(step * settings.windows, settings.windows)
        return (
            _mean_loss(speaker, rows)
            + settings.stated * _mean_loss(speaker, told)
            + settings.replayed * _mean_loss(speaker, other)
        )

    parts = [f"{topic}" for found in taught.unknowable.train.values() for topic in found]
    recipe = recipe_of((settings, planned, rate), taught.known, parts, replay)
    fit(
        speaker,
        rate,
        planned,
        settings.seed,
        Checkpoints(work, recipe, averaged=1),
        loss_of,
        steps=steps,
        report=report,
    )


def _mean_loss(speaker: Speaker, rows: Sequence[Row]) -> Tensor:
    if not rows:
        return torch.zeros((), device=next(speaker.parameters()).device)
    sums, counts = speaker.logprobs(rows)
    return -sums.sum() / counts.sum()
