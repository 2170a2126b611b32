"""Trains the planner: first on steps in words, then on whole requests, with checkpoints to go on from."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from shopwright.train.plan.batches import Bank, Batch, Lesson, batch_of, grouped, lesson, spoken_steps
from shopwright.train.plan.examples import PUBLIC, Source
from shopwright.train.plan.model import HIDDEN, PlannerModel, argument_loss, plan_loss
from shopwright.train.transformer import Checkpoints, load_body, recipe_of

_REFRESHED_EVERY = 51
_TOOLS_EVERY = 3
"""Steps of which one also learns from the texts of the tools that are called; the others learn from requests alone."""
_SAVED_EVERY = 50
_WAITS = 0.5
"""Weight of the loss of what a call waits for."""
_ARGUMENTS = 0.3
"""Weight of the loss of where arguments come from."""


@dataclass(frozen=True, slots=True)
class PlannerSettings:
    """How a planner is trained.

    Args:
        passes: over the requests.
        warm_up: passes over the steps in words before.
        share: of the public requests that are in a pass, 0 to 1.
        repeats: how often a written request occurs in a pass.
        pieces: word pieces of requests in a step.
        body_rate, rate: peak learning rates of the body and of everything else.
        frozen: layers of the body, from below, that stay as they are; word vectors always do.
        smoothing: of targets.
        seed: of everything random.
    """

    passes: int = 8
    warm_up: int = 1
    share: float = 1.0
    repeats: int = 2
    pieces: int = 1_100
    body_rate: float = 1.5e-4
    rate: float = 1e-3
    frozen: int = 2
    smoothing: float = 0.02
    seed: int = 0


def train_planner(
    base: Path,
    public: Source | None,
    written: Source,
    folder: Path,
    settings: PlannerSettings | None = None,
    *,
    begin: Path | None = None,
    steps: int | None = None,
    report: Callable[[str], None] = print,
) -> tuple[PlannerModel, Bank]:
    """Train a planner.

    Args:
        base: folder of the body.
        public: the public plans; None to learn from the written requests alone.
        written: the project's own requests.
        folder: of checkpoints; an interrupted training goes on from there.
        settings: see there.
        begin: weights of an earlier training to go on from (`planner.pt` in its folder).
        steps: stop early, for trying.
        report: told of progress.
    """
    settings = settings or PlannerSettings()
    torch.manual_seed(settings.seed)
    model = PlannerModel(load_body(base, dropout=0.0))
    if begin is not None:
        model.load_state_dict(torch.load(begin, weights_only=True))
    freeze(model, settings.frozen)
    sources = [source for source in (public, written) if source is not None]
    bank = Bank(sources, base / "tokenizer.json")
    plan = planned_steps(public, written, bank, settings)
    asked = (task.request for source in sources for task in source.tasks if task.split == "train")
    checkpoints = Checkpoints(folder, recipe_of(settings, bank.names, asked))
    adam, schedule = _optimiser(model, settings, len(plan))
    done, started, losses = checkpoints.resume(model, adam, schedule), time.perf_counter(), []
    model.train()
    for step in range(done, len(plan) if steps is None else min(done + steps, len(plan))):
        if step % _REFRESHED_EVERY == 0 or step == done:
            bank.refresh(model)
        chance = random.Random(settings.seed * 1_000_003 + step)
        loss = _loss(model, bank, batch_of(plan[step], bank, chance), settings.smoothing, step % _TOOLS_EVERY == 0)
        adam.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        adam.step()
        schedule.step()
        losses.append(loss.item())
        if (step + 1) % _SAVED_EVERY == 0 or step + 1 == len(plan):
            checkpoints.save(step + 1, model, adam, schedule)
            mean = sum(losses[-_SAVED_EVERY:]) / len(losses[-_SAVED_EVERY:])
            report(f"step {step + 1} of {len(plan)}, loss {mean:.3f}, {time.perf_counter() - started:.0f} s")
    checkpoints.average(model)
    model.eval()
    return model, bank


def freeze(model: PlannerModel, layers: int) -> None:
    """Leave the lowest layers of the body as they are: a third fewer gradients, and what they know of words is kept."""
    body = model.reader.body
    for part in (body.embeddings, *body.encoder.layer[:layers]):
        part.requires_grad_(False)


def planned_steps(public: Source | None, written: Source, bank: Bank, settings: PlannerSettings) -> list[list[Lesson]]:
    """The lessons of every step: those of public and written requests meet by chance."""
    plan: list[list[Lesson]] = []
    for turn in range(settings.warm_up if public is not None else 0):
        chance = random.Random(settings.seed * 1_000 + 500 + turn)
        plan += grouped(spoken_steps(public, bank, chance), settings.pieces, chance) if public is not None else []
    for turn in range(settings.passes):
        chance = random.Random(settings.seed * 1_000 + turn)
        every: list[Lesson] = []
        for source in (public, written):
            if source is not None:
                tasks = [task for task in source.tasks if task.split == "train"]
                if PUBLIC in source.sets:
                    tasks = chance.sample(tasks, int(settings.share * len(tasks)))
                times = 1 if PUBLIC in source.sets else settings.repeats
                every += [lesson(task, bank, chance) for task in tasks for _ in range(times)]
        plan += grouped(every, settings.pieces, chance)
    return plan


def _optimiser(model: PlannerModel, settings: PlannerSettings, steps: int) -> tuple[Any, Any]:
    """AdamW with a rate for the body and one for the rest, which rise over a tenth and fall linearly to a twentieth."""
    body = {id(each) for each in model.reader.body.parameters()}
    groups = []
    for inside, rate in ((True, settings.body_rate), (False, settings.rate)):
        for decayed in (True, False):
            some = [
                each
                for each in model.parameters()
                if each.requires_grad and (id(each) in body) == inside and (each.ndim > 1) == decayed
            ]
            groups.append({"params": some, "lr": rate, "weight_decay": 0.01 if decayed else 0.0})
    adam = torch.optim.AdamW(groups, betas=(0.9, 0.98), eps=1e-6)
    rising = max(steps // 10, 1)

    def share(step: int) -> float:
        return (step + 1) / rising if step < rising else 1 - 0.95 * min((step - rising) / max(steps - rising, 1), 1.0)

    return adam, torch.optim.lr_scheduler.LambdaLR(adam, share)


def _loss(model: PlannerModel, bank: Bank, batch: Batch, smoothing: float, tools_too: bool) -> Tensor:
    states, _ = model.reader(**batch.inputs)
    vectors = bank.current(model, batch.read) if tools_too else bank.vectors
    tools = vectors[batch.tools]
    scores, waits, made = model.decoder(states, batch.inputs["attention_mask"], tools, batch.picks, batch.known)
    tools_there = torch.cat([batch.there, torch.ones_like(batch.there[:, :1])], 1)
    scores = scores.masked_fill(~tools_there.unsqueeze(1), HIDDEN)
    picked, waited = plan_loss(scores, waits, batch.targets, batch.waits, batch.weights, smoothing)
    loss = picked + _WAITS * waited
    if (batch.origins.taken >= 0).any() or (batch.origins.said >= 0).any():
        arguments = vectors[batch.parameters]
        said, begin, end, taken = model.arguments(states, batch.inputs["attention_mask"], made, batch.calls, arguments)
        loss = loss + _ARGUMENTS * argument_loss(said, begin, end, taken, batch.origins)
    return loss


def counted(plan: Sequence[Sequence[Lesson]]) -> int:
    """How many lessons a plan of steps has."""
    return sum(map(len, plan))
