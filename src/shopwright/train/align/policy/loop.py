"""Aligning a policy from start to end: steps, alarms, checkpoints, and the policy at the end.

`align` runs until its steps are done and goes on from the last checkpoint when it is called again; an interrupted
training ends in the same weights, bit for bit, as one that was not, on the same machine with the same number of
threads: what is random in a step depends on the seed and the step alone.

`OUT/policy/` holds the policy in the Hugging Face layout; beside it are `recipe.json`, `log.jsonl` and `checkpoints/`.
Several processes (`accelerate launch --num-processes N -m shopwright train align ...`) each take a part of a step's
prompts and add up their gradients; every one holds the whole model.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any

import numpy as np
import torch

from shopwright.errors import ConfigError, CorpusError
from shopwright.train.align.assignments import Assignment
from shopwright.train.align.policy.advantages import Multipliers, drawn_weights
from shopwright.train.align.policy.alarms import Alarm, Alarms
from shopwright.train.align.policy.generation import CachedGenerator, Generator
from shopwright.train.align.policy.judging import Judge
from shopwright.train.align.policy.model import Policy, load_policy, unpacked
from shopwright.train.align.policy.settings import AlignSettings, by_name
from shopwright.train.align.policy.steps import Start, Stepper, Told
from shopwright.train.pretrain.checkpoint import Checkpoints
from shopwright.train.pretrain.machine import Machine
from shopwright.train.pretrain.monitor import Log
from shopwright.train.pretrain.schedule import rate_share
from shopwright.train.pretrain.sharding import Processes

Say = Callable[[str], None]
Drawing = Callable[[Policy], Generator]
NOTE = "align.json"
"""What a policy's folder says of how it was trained: whether it reads a weighting, and which it was trained at."""
_FINAL = 0.1
_CLOSING = 0.9
_STREAMS = 1_000_003
_TOLD_EVERY = 10


@dataclass(slots=True)
class Aligned:
    """How a training went.

    Args:
        step: steps taken in all.
        finished: whether all that were asked for are.
        alarms: those that rang last.
        notes: what was left out, and why.
    """

    step: int
    finished: bool
    alarms: list[Alarm]
    notes: list[str]


class Training:
    """A policy with its optimiser and all that a checkpoint holds.

    Args:
        settings: what to do.
        assignments: that are trained on.
        judge: gives the rewards.
        policy: to start from; None: as the settings say.
        processes: that train together.
        generator: makes what draws answers; None: the policy itself draws.

    Raises:
        ConfigError: the processes cannot share a step evenly.
        CorpusError: there is no assignment, or one without answers where answers are learned from.
    """

    def __init__(
        self,
        settings: AlignSettings,
        assignments: Sequence[Assignment],
        judge: Judge,
        policy: Policy | None = None,
        processes: Processes | None = None,
        generator: Drawing | None = None,
    ) -> None:
        self.settings, self.judge = settings, judge
        self.assignments = _usable(settings, assignments)
        self.processes = processes or Processes()
        if settings.prompts % self.processes.count:
            raise ConfigError(
                f"--prompts {settings.prompts}: must be a multiple of the {self.processes.count} processes"
            )
        self.policy = policy or self._loaded()
        self.policy.longest = settings.longest_prompt
        needs_start = settings.method == "dpo" or (settings.method == "grpo" and settings.kl > 0)
        start = Start(self.policy) if needs_start else None
        drawing = (generator or _own(settings))(self.policy)
        self.stepper = Stepper(settings, self.policy, start, judge, drawing, self.processes)
        self.weights = by_name(settings.weights, 1.0, "--weights")
        self.multipliers = Multipliers(by_name(settings.floors, 0.0, "--floors"), settings.multiplier_rate)
        self.alarms = Alarms()
        self.trained = [weight for weight in self.policy.model.parameters() if weight.requires_grad]
        decayed = {"params": [weight for weight in self.trained if weight.ndim > 1], "weight_decay": 0.01}
        plain = {"params": [weight for weight in self.trained if weight.ndim < 2], "weight_decay": 0.0}
        groups = [group for group in (decayed, plain) if group["params"]]
        self.adam = torch.optim.AdamW(groups, lr=settings.rate, betas=(0.9, 0.95), fused=True)
        self.step = 0

    def take(self) -> Iterator[Told]:
        """One step; it may be several optimiser steps on the same answers (`--epochs`)."""
        settings, step = self.settings, self.step
        batch = self._batch(step)
        random = np.random.default_rng([settings.seed, step, self.processes.rank])
        weights_PK = drawn_weights(random, len(batch), self.weights, settings.conditioned)
        draws = torch.Generator().manual_seed((settings.seed * _STREAMS + step) * 64 + self.processes.rank)
        torch.manual_seed(settings.seed * _STREAMS + step)
        self.policy.model.train()
        if settings.method == "sft":
            parts = self.stepper.sft(batch, weights_PK, random)
        elif settings.method == "dpo":
            parts = self.stepper.dpo(batch, weights_PK)
        else:
            parts = self.stepper.grpo(batch, weights_PK, self.multipliers, draws, step)
        for told in parts:
            told.figures["norm"] = self._optimised()
            yield told
        self.step += 1

    def state(self) -> dict[str, Any]:
        """What a checkpoint holds."""
        trained = {name: weight for name, weight in self.policy.model.named_parameters() if weight.requires_grad}
        return {
            "model": {name: weight.detach().cpu() for name, weight in trained.items()},
            "adam": self.adam.state_dict(),
            "multipliers": self.multipliers.state(),
            "alarms": self.alarms.state(),
            "judge": self.judge.state(),
            "kl": self.stepper.kl,
        }

    def load(self, state: Mapping[str, Any]) -> None:
        """Go on from a checkpoint."""
        own = dict(self.policy.model.named_parameters())
        with torch.no_grad():
            for name, weight in state["model"].items():
                own[name].copy_(weight)
        self.adam.load_state_dict(state["adam"])
        self.multipliers.load(state["multipliers"])
        self.alarms.load(state["alarms"])
        self.judge.load(state["judge"])
        self.stepper.kl, self.step = float(state["kl"]), int(state["step"])

    def _loaded(self) -> Policy:
        settings = self.settings
        torch.manual_seed(settings.seed)  # adapters are drawn
        if not settings.base and self.processes.first:
            unpacked(settings.out)
        self.processes.wait()
        machine = Machine(settings, self.processes)
        return load_policy(settings.base, settings.out, machine.device, machine.dtype, settings.adapter, settings.rank)

    def _batch(self, step: int) -> list[Assignment]:
        """This process's share of a step's assignments; an epoch is a permutation of all."""
        size, found = self.settings.prompts, []
        for place in range(step * size + self.processes.rank, (step + 1) * size, self.processes.count):
            epoch, at = divmod(place, len(self.assignments))
            order = np.random.default_rng([self.settings.seed, 7, epoch]).permutation(len(self.assignments))
            found.append(self.assignments[int(order[at])])
        return found

    def _optimised(self) -> float:
        """Move the weights; returns the norm of the gradient."""
        settings = self.settings
        for weight in self.trained:
            if weight.grad is None:
                weight.grad = torch.zeros_like(weight)
            if self.processes.count > 1:
                self.processes.total(weight.grad)
                weight.grad /= self.processes.count
        norm = float(torch.nn.utils.clip_grad_norm_(self.trained, settings.norm))
        share = rate_share(
            "wsd", self.step, self.step / settings.steps, warmup=settings.warmup, decay=_CLOSING, final=_FINAL
        )
        for group in self.adam.param_groups:
            group["lr"] = settings.rate * share
        if np.isfinite(norm):
            self.adam.step()
        self.adam.zero_grad(set_to_none=True)
        return norm


def align(
    settings: AlignSettings,
    assignments: Sequence[Assignment],
    judge: Judge,
    say: Say = print,
    *,
    most: int | None = None,
    generator: Drawing | None = None,
) -> Aligned:
    """Train, or go on training; see the module.

    Args:
        most: stop with a checkpoint after so many steps of this call.
        generator: makes what draws answers of the policy; None: the policy itself draws.

    Raises:
        ConfigError: the folder holds a training with other settings.
        CorpusError: there is nothing to learn from.
        ModelError: the base cannot be loaded, a checkpoint is damaged, or too many rewards failed.
    """
    processes = Processes(fsdp=_several())
    training = Training(settings, assignments, judge, None, processes, generator)
    computed = {"assignments": _fingerprint(training.assignments), "precision": str(training.policy.dtype)}
    recipe = settings.recipe() | computed
    checkpoints = Checkpoints(settings.out, recipe, writes=processes.first)
    found = checkpoints.latest()
    if found is not None:
        training.load(found)
        say(f"going on from step {training.step}")
    if processes.first:
        checkpoints.tell({"processes": processes.count})
    log = Log(settings.out / "log.jsonl" if processes.first else None, training.step)
    alarms: list[Alarm] = []
    begun, last = time.perf_counter(), min(settings.steps, training.step + (most or settings.steps))
    while training.step < last:
        for told in training.take():
            if told.record is not None:
                alarms = training.alarms.look(told.record)
                for alarm in alarms:
                    if alarm.since == told.record.step and processes.first:
                        say(f"alarm: {alarm.text}")
                told.figures |= {
                    name: value for name, value in told.record.figures().items() if name not in told.figures
                }
            log.write({"step": training.step + 1, **told.figures, "alarms": [each.figure for each in alarms]})
        if processes.first and (training.step % _TOLD_EVERY == 0 or training.step == last):
            say(_line(training.step, settings.steps, told.figures, time.perf_counter() - begun))
        stopped = bool(processes.agreed(float(settings.stop_on_alarm and bool(alarms))))
        if processes.first and (training.step % settings.save_every == 0 or training.step == last or stopped):
            checkpoints.save(training.step, training.state())
        if stopped:
            break
    finished = training.step >= settings.steps
    if finished and processes.first:
        training.policy.save(settings.out / "policy")
        note = {"conditioned": settings.conditioned, "weights": training.weights, "method": settings.method}
        (settings.out / "policy" / NOTE).write_text(json.dumps(note), encoding="utf-8")
    processes.wait()
    return Aligned(training.step, finished, alarms, judge.lines())


def _usable(settings: AlignSettings, assignments: Sequence[Assignment]) -> list[Assignment]:
    least = {"sft": 1, "dpo": 2, "grpo": 0}[settings.method]
    found = [one for one in assignments if len(one.answers) >= least]
    if not found:
        raise CorpusError(
            f"none of {len(assignments)} assignments has {least} answers, which --method {settings.method} learns from"
        )
    return found


def _line(step: int, steps: int, figures: Mapping[str, Any], seconds: float) -> str:
    shown = ("loss", "reward", "kl", "right", "length")
    parts = [f"{name} {figures[name]:.3g}" for name in shown if isinstance(figures.get(name), float)]
    return f"step {step} of {steps}: {', '.join(parts)}; {seconds:.0f} s"


def _own(settings: AlignSettings) -> Drawing:
    return lambda policy: CachedGenerator(policy, settings.longest)


def _several() -> bool:
    return int(os.environ.get("WORLD_SIZE", "1")) > 1


def _fingerprint(assignments: Sequence[Assignment]) -> str:
    digest = blake2b(digest_size=8)
    for one in assignments:
        digest.update(repr((one.id, one.prompt, one.evidence, one.needs, one.answers)).encode())
    return digest.hexdigest()
