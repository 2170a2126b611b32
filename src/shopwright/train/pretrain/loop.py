"""Pre-training from start to end: batches, steps, measurements, checkpoints, and the model at the end.

`pretrain` runs until the budget is spent or the piece is over, and goes on from the last checkpoint when it is called
again. With a budget of steps or tokens, an interrupted training ends in the same weights, bit for bit, as one that was
not, on the same machine with the same number of threads. A budget of minutes counts seconds of training over all
pieces (measurements and compilation not included); its rate follows the clock, so its weights do not repeat exactly.

`OUT/` holds `config.json`, `model.safetensors`, `tokenizer.json` (the Hugging Face layout), `recipe.json`, `log.jsonl`,
`checkpoints/`. Several processes may share a model (`sharding`); all of them must see `OUT/` and the corpus.
Not covered: tensor or pipeline parallelism.
"""

from __future__ import annotations

import math
import platform
import shutil
import time
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from typing import Any

import torch
from torch import Tensor, nn

from shopwright.errors import ConfigError, CorpusError, ModelError
from shopwright.train.corpus.shards import TOKENIZER, PackedCorpus
from shopwright.train.pretrain import losses
from shopwright.train.pretrain import model as models
from shopwright.train.pretrain.checkpoint import Checkpoints
from shopwright.train.pretrain.data import Batch, Mixture
from shopwright.train.pretrain.evaluate import Score, evaluate, held_out_text
from shopwright.train.pretrain.forgetting import Anchor, Steering, fisher
from shopwright.train.pretrain.machine import Machine
from shopwright.train.pretrain.monitor import Log, Spikes
from shopwright.train.pretrain.optimiser import Average, Optimiser
from shopwright.train.pretrain.schedule import rate_share
from shopwright.train.pretrain.settings import PretrainSettings
from shopwright.train.pretrain.sharding import Processes, gathered, sharded_like, whole

_FISHER_BATCHES = 32
_MOST_LEFT_OUT = 20
_FISHER_SEED = 7_919
Say = Callable[[str], None]


@dataclass(slots=True)
class Progress:
    """How far a training is.

    Args:
        step: optimiser steps taken.
        batch: batches drawn; more than steps where some were skipped.
        tokens: trained on.
        seconds: of training.
        start_loss: general loss before the first step, in nats a token.
    """

    step: int = 0
    batch: int = 0
    tokens: int = 0
    seconds: float = 0.0
    start_loss: float = math.nan


@dataclass(frozen=True, slots=True)
class Outcome:
    """What `pretrain` did.

    Args:
        finished: whether the budget is spent; else a piece is over and the same call goes on.
        scores: held-out text by source and by kind.
    """

    finished: bool
    step: int
    tokens: int
    seconds: float
    loss: float
    scores: dict[str, Score]


def pretrain(settings: PretrainSettings, say: Say = lambda _: None) -> Outcome:
    """Train, or go on training, as the settings say.

    Raises:
        ConfigError: `out` holds a training with other settings.
        CorpusError: the corpus is damaged, or has no text of a kind that is asked for.
        ModelError: the base cannot be loaded, a checkpoint is damaged, or the loss is no longer finite.
    """
    return Trainer(settings, say).run()


class Trainer:
    """One training, made from its settings and its last checkpoint.

    Args:
        settings: what to do.
        say: told of progress, a line at a time.
    """

    def __init__(self, settings: PretrainSettings, say: Say) -> None:
        self._settings, self._processes = settings, _processes(settings)
        self._say = say if self._processes.first else _silently
        self._corpus = PackedCorpus(settings.corpus)
        self._checkpoints = Checkpoints(settings.out, settings.recipe(), writes=self._processes.first)
        saved = self._checkpoints.latest()
        if settings.base:
            models.check_tokenizer(settings.base, self._corpus.folder / TOKENIZER)
        self._machine = Machine(settings, self._processes)
        manifest = self._corpus.manifest
        model = models.build(settings, manifest.vocabulary, settings.seed, manifest.end)
        self._size = models.size(model, settings.context)
        if settings.adapter != "none":
            model = models.adapted(model, settings.adapter, settings.rank)
        self._model: nn.Module = model.to(self._machine.device)
        self._within = self._processes.shard(self._model, compile=settings.compile)
        self._body = models.Body(self._model, compile=settings.compile and not settings.fsdp)
        self._optimiser = Optimiser(self._model, settings)
        self._average = Average(self._model, settings.ema) if settings.ema else None
        self._data = _mixture(self._corpus, settings)
        self._spikes, self._progress, self._left_out = Spikes(), Progress(), 0
        self._held = held_out_text(self._corpus, settings.context, settings.eval_tokens, self._machine.device)
        self._teacher = self._starting_model() if settings.distil else None
        self._steering = _steering(settings, self._data, [held.kind for held in self._held.values()])
        self._anchor = self._new_anchor(resumed=saved is not None)
        if saved:
            self._load(saved)
        self._log = Log(settings.out / "log.jsonl" if self._processes.first else None, self._progress.step)

    def run(self) -> Outcome:
        """Train until the budget is spent or the piece is over; then the model is in `out`."""
        settings, done, began = self._settings, self._progress, time.perf_counter()
        self._model.train()
        self._tell_start()
        if settings.compile and self._spent() < 1:
            self._loss_of_all(self._data.preview(settings.micro_batch)).backward()
            self._optimiser.clear()
        if done.step == 0:
            done.start_loss = _loss_of(self._measure(), "general")
        loss = math.nan
        while self._spent() < 1 and not self._piece_is_over(began):
            loss = self._take_step()
            if done.step % settings.eval_every == 0:
                self._steer(self._measure())
            if done.step % settings.save_every == 0:
                self._save()
        self._save()
        scores = self._measure()
        self._export()
        return Outcome(self._spent() >= 1, done.step, done.tokens, done.seconds, loss, scores)

    def _spent(self) -> float:
        """Share of the budget that is behind."""
        settings, done = self._settings, self._progress
        if settings.steps is not None:
            return done.step / settings.steps
        if settings.tokens is not None:
            return done.tokens / settings.tokens
        return done.seconds / (60 * (settings.minutes or math.inf))

    def _take_step(self) -> float:
        """Draw a batch, compute its gradient, take the step unless it stands out; returns the loss."""
        settings, done, began = self._settings, self._progress, time.perf_counter()
        batch = self._data.batch(done.batch, settings.rows)
        done.batch += 1
        loss = self._gradient(batch)
        if self._anchor is not None:
            self._anchor.pull()
        norm = float(whole(nn.utils.clip_grad_norm_(self._model.parameters(), settings.clip or math.inf)))
        warning = self._spikes.check(loss, norm)
        rate = settings.rate * self._rate_share()
        if warning is None or (settings.on_spike == "warn" and math.isfinite(loss + norm)):
            self._optimiser.step(rate)
            if self._average is not None:
                self._average.update(self._model)
            done.step += 1
            done.tokens += settings.batch_tokens
            self._left_out = 0
        took = self._processes.agreed(time.perf_counter() - began)
        done.seconds += took
        if warning is not None:
            self._spiked(warning, loss, norm)
        elif done.step % settings.log_every == 0 or self._spent() >= 1:
            self._tell(loss, norm, rate, took)
        return loss

    def _piece_is_over(self, began: float) -> bool:
        limit = self._settings.piece_minutes
        return limit is not None and self._processes.agreed(time.perf_counter() - began) >= 60 * limit

    def _rate_share(self) -> float:
        settings = self._settings
        return rate_share(
            settings.schedule,
            self._progress.step,
            self._spent(),
            warmup=settings.warmup,
            decay=settings.decay,
            final=settings.final_rate,
        )

    def _gradient(self, batch: Batch) -> float:
        """Add up the gradients of a batch in pieces of `micro_batch` windows; returns its mean loss."""
        size, processes = self._settings.micro_batch, self._processes
        total = torch.zeros((), device=self._machine.device)
        own = batch.rows(processes.rank, step=processes.count)
        for start in range(0, len(own), size):
            loss = self._loss(own.rows(start, start + size), batch)
            (loss * processes.count).backward()  # sharded gradients are averaged over the processes
            total += loss.detach()
        return float(processes.total(total))

    def _loss(self, part: Batch, batch: Batch) -> Tensor:
        """What a few windows of a batch add to its mean loss; see `_loss_within`."""
        loss: Tensor = self._within(lambda: self._loss_within(part, batch))
        return loss

    def _loss_of_all(self, batch: Batch) -> Tensor:
        """The mean loss of a small batch, computed at once."""
        return self._loss(batch, batch)

    def _loss_within(self, part: Batch, batch: Batch) -> Tensor:
        """Cross-entropy over the batch's targets, and the divergence from the starting model on general windows."""
        settings, machine = self._settings, self._machine
        inputs = torch.from_numpy(part.inputs).to(machine.device)
        targets = torch.from_numpy(part.targets).to(machine.device)
        with machine.autocast():
            states = self._body(inputs).to(machine.dtype)
        loss = losses.cross_entropy(states, self._body.head, targets, settings.z_loss, count=batch.told)
        if self._teacher is not None and part.general.any():
            general = torch.from_numpy(part.general).to(machine.device)
            with torch.no_grad(), machine.autocast():
                begun = self._teacher(inputs[general]).to(machine.dtype)
            apart = losses.divergence(states[general], self._body.head, begun, self._teacher.head)
            loss = loss + settings.distil * apart * float(part.general.sum() / len(batch))
        return loss

    def _measure(self) -> dict[str, Score]:
        """Bits per byte of held-out text, into the log."""
        if not self._held:
            return {}
        if self._average is not None and self._progress.step:
            self._average.swap(self._model)
        self._model.eval()
        rows = self._settings.micro_batch
        scores = evaluate(self._body, self._held, self._machine.autocast, rows, self._within)
        self._model.train()
        if self._average is not None and self._progress.step:
            self._average.swap(self._model)
        bits = {name: score.bits_per_byte for name, score in scores.items()}
        self._log.write({"step": self._progress.step, **{f"bits_per_byte:{name}": bit for name, bit in bits.items()}})
        kinds = ", ".join(f"{name} {bits[name]:.4f}" for name in ("general", "domain") if name in bits)
        self._say(f"step {self._progress.step:,}: held-out bits per byte {kinds}")
        return scores

    def _steer(self, scores: Mapping[str, Score]) -> None:
        if self._steering is not None:
            self._data.replay = self._steering.measured(_loss_of(scores, "general") - self._progress.start_loss)
            self._say(f"step {self._progress.step:,}: replay ratio {self._data.replay:.3f}")

    def _spiked(self, warning: str, loss: float, norm: float) -> None:
        """Tell of a step that stood out, and leave it out or go back where that was asked for."""
        settings, done = self._settings, self._progress
        self._log.write({"step": done.step, "warning": warning, "loss": loss, "grad_norm": norm})
        self._say(f"step {done.step:,}: {warning} ({settings.on_spike})")
        if not math.isfinite(loss + norm) and settings.on_spike == "warn":
            raise ModelError(f"step {done.step:,}: {warning}; lower --rate, or give --on-spike skip or rollback")
        self._optimiser.clear()
        self._left_out += settings.on_spike != "warn"
        if self._left_out >= _MOST_LEFT_OUT:
            raise ModelError(
                f"step {done.step:,}: {self._left_out} batches in a row were left out, the last for: {warning}; "
                "lower --rate, or give --on-spike warn"
            )
        if settings.on_spike == "rollback" and (saved := self._checkpoints.latest()) is not None:
            batch, data, seconds = done.batch, self._data.state(), done.seconds
            self._load(saved)
            self._progress.batch, self._progress.seconds = batch, seconds
            self._data.load(data)

    def _tell_start(self) -> None:
        machine, settings = self._machine, self._settings
        rate, kind = machine.peak / 1e9, str(machine.dtype).removeprefix("torch.")
        shares = ", ".join(
            f"{name} {share:.1%}" for name, share in zip(self._data.names, self._data.shares, strict=True)
        )
        self._say(
            f"{self._size.parameters:,} parameters, {self._size.flops_per_token / 1e6:.1f} MFLOP a token, "
            f"{self._processes.count} x {machine.device.type} in {kind}, matrix products at {rate:,.0f} GFLOP/s"
        )
        self._say(f"sources: {shares}")
        facts = {"parameters": self._size.parameters, "torch": torch.__version__, "device": _name(machine.device)}
        facts |= {"threads": torch.get_num_threads(), "processes": self._processes.count, "computed_in": kind}
        if self._processes.first:
            self._checkpoints.tell(facts)
        if self._progress.step:
            self._say(
                f"going on from step {self._progress.step:,} ({self._spent():.1%} of the budget) in {settings.out}"
            )

    def _tell(self, loss: float, norm: float, rate: float, took: float) -> None:
        settings, done = self._settings, self._progress
        speed = settings.batch_tokens / took
        mfu = speed * self._size.flops_per_token / self._machine.peak
        record = {"step": done.step, "tokens": done.tokens, "seconds": done.seconds, "loss": loss, "rate": rate}
        record |= {"grad_norm": norm, "tokens_per_s": speed, "mfu": mfu}
        if self._steering is not None:
            record["replay"] = float(self._data.replay or 0)
        self._log.write(record)
        self._say(
            f"step {done.step:,}  loss {loss:.4f}  rate {rate:.2e}  norm {norm:.2f}  {speed:,.0f} tokens/s  "
            f"MFU {mfu:.0%}  {self._spent():.1%}"
        )

    def _save(self) -> None:
        """Write a checkpoint of everything that the next step depends on."""
        state: dict[str, Any] = {
            "progress": asdict(self._progress),
            "model": dict(self._model.state_dict()),
            "optimiser": self._optimiser.state(),
            "data": self._data.state(),
            "spikes": self._spikes.state(),
            "random": torch.get_rng_state(),
        }
        if self._machine.device.type == "cuda":
            state["random_cuda"] = torch.cuda.get_rng_state()
        for name, part in (("average", self._average), ("anchor", self._anchor), ("steering", self._steering)):
            if part is not None:
                state[name] = part.state()
        state = gathered(state, self._processes.first)
        if self._processes.first:
            self._checkpoints.save(self._progress.step, state)
        self._processes.wait()

    def _load(self, state: Mapping[str, Any]) -> None:
        for name, value in state["progress"].items():
            setattr(self._progress, name, value)
        patterns = self._model.state_dict()
        self._model.load_state_dict(
            {name: sharded_like(value, patterns[name]) for name, value in state["model"].items()}
        )
        self._optimiser.load(state["optimiser"])
        self._data.load(state["data"])
        self._spikes.load(state["spikes"])
        torch.set_rng_state(state["random"])
        if "random_cuda" in state and self._machine.device.type == "cuda":
            torch.cuda.set_rng_state(state["random_cuda"])
        for name, part in (("average", self._average), ("anchor", self._anchor), ("steering", self._steering)):
            if part is not None:
                part.load(state[name])

    def _starting_model(self) -> models.Body:
        frozen = models.load(self._settings.base).to(self._machine.device).requires_grad_(False)
        return models.Body(frozen.eval())

    def _new_anchor(self, *, resumed: bool) -> Anchor | None:
        """The pull to the start; a resumed training finds its importance in the checkpoint."""
        settings = self._settings
        if not (settings.l2 or settings.ewc):
            return None
        weights: list[Tensor] = []
        if settings.ewc and not resumed:
            general = _mixture(self._corpus, settings, seed=_FISHER_SEED, replay=1.0)
            weights = fisher(
                self._model,
                lambda number: self._loss_of_all(general.batch(number, settings.micro_batch)),
                _FISHER_BATCHES,
            )
        return Anchor(self._model, settings.l2, settings.ewc, weights)

    def _export(self) -> None:
        """Write the model into `out` in the Hugging Face layout, each file whole."""
        if self._average is not None:
            self._average.swap(self._model)
        weights = gathered(dict(self._model.state_dict()), self._processes.first)
        if not self._processes.first:
            return
        out = self._settings.out
        part = out / "model.part"
        model: Any = models.merged(self._model)
        model.save_pretrained(str(part), state_dict=weights if self._settings.fsdp else None)
        shutil.copyfile(self._corpus.folder / TOKENIZER, part / TOKENIZER)
        for name in models.WITH_TOKENIZER if self._settings.base else ():
            if (own := models.file_of(self._settings.base, name)) is not None:
                shutil.copyfile(own, part / name)
        for file in sorted(part.iterdir()):
            file.replace(out / file.name)
        part.rmdir()


def _processes(settings: PretrainSettings) -> Processes:
    """Those that train together.

    Raises:
        ConfigError: a batch cannot be shared out evenly.
    """
    found = Processes(settings.fsdp)
    if settings.rows % found.count:
        raise ConfigError(
            f"--fsdp with {found.count} processes and --batch-tokens {settings.batch_tokens} contradict: "
            f"{settings.rows} windows cannot be shared out; give a multiple of {found.count * settings.context}"
        )
    return found


def _mixture(
    corpus: PackedCorpus, settings: PretrainSettings, *, seed: int | None = None, replay: float | None = None
) -> Mixture:
    replay = settings.replay if replay is None else replay
    if settings.general_budget is not None and replay is None:
        replay = 0.25
    return Mixture(
        corpus,
        settings.context,
        settings.seed if seed is None else seed,
        temperature=settings.temperature,
        replay=replay,
    )


def _steering(settings: PretrainSettings, data: Mixture, held: list[str]) -> Steering | None:
    if settings.general_budget is None:
        return None
    if "general" not in held:
        raise CorpusError(
            f"--general-budget {settings.general_budget}: {settings.corpus} holds out no window of general text"
        )
    return Steering(settings.general_budget, data.replay or 0.0)


def _loss_of(scores: Mapping[str, Score], kind: str) -> float:
    return scores[kind].loss if kind in scores else math.nan


def _name(device: torch.device) -> str:
    return torch.cuda.get_device_name(device) if device.type == "cuda" else platform.processor() or platform.machine()


def _silently(_: str) -> None:
    """Told of progress by a process that is not the first."""
