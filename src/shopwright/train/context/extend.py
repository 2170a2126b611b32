"""Teach a causal model to find what stands in its window, and stretch the window.

    extend(ContextSettings(Path("lm"), Path("corpus"), Path("out"), method="yarn", factor=4, minutes=30))

A step reads windows of one length, drawn from `lengths`, written by `retrieval`, with the loss on what can be told from
the window alone; and windows of the corpus with the usual loss, so that the language stays. `--method none` teaches
retrieval at the trained window; the other methods scale the rotary positions first (`rope`) and train on, which is what
the papers call the short further training. The learning rate rises, stays and falls linearly.

`OUT/` is a Hugging Face folder with `recipe.json` (settings) and `log.jsonl`: at the end of the training the share of
told tokens that is right on held-out documents, by length, and bits per byte of the corpus's held-out text.
Not covered: resuming, several processes (`train pretrain` has both).
"""

from __future__ import annotations

import json
import math
import shutil
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from shopwright.errors import ModelError
from shopwright.train.context.retrieval import Lessons, Shares
from shopwright.train.context.rope import Scaling
from shopwright.train.context.settings import ContextSettings
from shopwright.train.context.stretch import apply
from shopwright.train.corpus.shards import TOKENIZER, PackedCorpus
from shopwright.train.pretrain import losses
from shopwright.train.pretrain import model as models
from shopwright.train.pretrain.data import IGNORED, Mixture
from shopwright.train.pretrain.evaluate import evaluate, held_out_text
from shopwright.train.pretrain.optimiser import Optimiser
from shopwright.train.pretrain.schedule import rate_share
from shopwright.train.pretrain.settings import PretrainSettings

_FIRST_HELD_OUT = 1 << 40
_CLIP = 1.0
_MOST_AT_ONCE = 4_096


@dataclass(frozen=True, slots=True)
class Extended:
    """What a training did.

    Args:
        steps, tokens, seconds: of training; tokens of documents and of the corpus.
        accuracy: share of told tokens that are the likeliest, on held-out documents, by length of window.
        bits_per_byte: of the corpus's held-out text at `replay_length`, by source and by kind.
    """

    steps: int
    tokens: int
    seconds: float
    accuracy: dict[int, float]
    bits_per_byte: dict[str, float]


def extend(settings: ContextSettings, say: Callable[[str], None] = lambda _: None) -> Extended:
    """Train as the settings say and write the model.

    Raises:
        ModelError: the checkpoint cannot be loaded, has another tokenizer than the corpus, or its positions cannot be
            scaled.
        CorpusError: the corpus is damaged.
    """
    return _Training(settings, say).run()


class _Training:
    def __init__(self, settings: ContextSettings, say: Callable[[str], None]) -> None:
        self._settings, self._say = settings, say
        if settings.threads:
            torch.set_num_threads(settings.threads)
        torch.manual_seed(settings.seed)
        corpus = PackedCorpus(settings.corpus)
        models.check_tokenizer(str(settings.checkpoint), corpus.folder / TOKENIZER)
        self._tokenizer_file = corpus.folder / TOKENIZER
        self._held = held_out_text(corpus, settings.replay_length, settings.eval_tokens, torch.device("cpu"))
        self.model: Any = models.load(settings.checkpoint)
        self.model.config.use_cache = False
        window = int(self.model.config.max_position_embeddings)
        if settings.method != "none":
            apply(self.model, Scaling(settings.method, settings.factor, window))
            window = int(settings.factor * window)
        self.lengths = settings.lengths or (window, window // 2, window // 4)
        if not settings.embedding:
            self.model.get_input_embeddings().requires_grad_(False)
        self._body = models.Body(self.model)
        self._teacher = models.Body(models.load(settings.teacher).eval()) if settings.teacher else None
        self._optimiser = Optimiser(self.model, _optimiser_settings(settings))
        self._replay = Mixture(corpus, settings.replay_length, settings.seed, replay=0.5)
        self._lessons = lessons(settings, corpus, self._tokenizer_file)
        self._seconds, self._loss = 0.0, math.nan

    def run(self) -> Extended:
        """Take the steps of the budget."""
        settings, step, tokens = self._settings, 0, 0
        self.model.train()
        while self._spent(step) < 1:
            began = time.perf_counter()
            length = self.lengths[int(np.random.default_rng([settings.seed, 2, step]).integers(len(self.lengths)))]
            rows = max(settings.batch_tokens // length, 1)
            share = rate_share("wsd", step, self._spent(step), warmup=settings.warmup, decay=settings.decay)
            self._loss, right = self._lesson(step, length, rows)
            replayed = self._replayed(step)
            nn.utils.clip_grad_norm_(self.model.parameters(), _CLIP)
            self._optimiser.step(settings.rate * share)
            step, tokens = step + 1, tokens + rows * length + round(settings.replay * settings.batch_tokens)
            self._seconds += time.perf_counter() - began
            if step % settings.log_every == 0:
                self._say(
                    f"step {step:,}  window {length:,}  loss {self._loss:.4f}  right {right:.4f}  "
                    f"corpus {replayed:.4f}  {self._seconds / step:.2f} s a step  {self._spent(step):.0%}"
                )
        self.model.eval()
        accuracy = {length: told_accuracy(self._body, self._lessons, length) for length in self.lengths}
        scores = evaluate(self._body, self._held, nullcontext)
        bits = {name: score.bits_per_byte for name, score in scores.items()}
        done = Extended(step, tokens, self._seconds, accuracy, bits)
        self._write(done)
        return done

    def _spent(self, step: int) -> float:
        settings = self._settings
        return step / settings.steps if settings.steps else self._seconds / (60 * (settings.minutes or 1.0))

    def _lesson(self, step: int, length: int, rows: int) -> tuple[float, float]:
        """The gradient of windows of documents; their loss, and the share of tokens that are told right."""
        total, right, count = 0.0, 0, 0
        batch = list(_windows(self._lessons, step * 4096, length, rows))
        told = sum(int((targets != IGNORED).sum()) for _, targets in batch)
        for inputs, targets in _stacked(batch, max(_MOST_AT_ONCE // length, 1)):
            states, wanted = self._body(inputs), targets != IGNORED
            loss = losses.cross_entropy(states[wanted], self._body.head, targets[wanted], count=told)
            loss.backward()
            total += float(loss.detach())
            if (step + 1) % self._settings.log_every == 0:
                right += _right(states[wanted], self._body.head, targets[wanted])
                count += int(wanted.sum())
        return total, right / max(count, 1)

    def _replayed(self, step: int) -> float:
        """The gradient of windows of the corpus; their loss in nats a token."""
        settings = self._settings
        rows = round(settings.replay * settings.batch_tokens / settings.replay_length)
        if not rows or not settings.replay_weight:
            return float("nan")
        batch = self._replay.batch(step, rows)
        states = self._body(torch.from_numpy(batch.inputs))
        loss = told = losses.cross_entropy(states, self._body.head, torch.from_numpy(batch.targets))
        if self._teacher is not None:
            with torch.no_grad():
                begun = self._teacher(torch.from_numpy(batch.inputs))
            apart = losses.divergence(states, self._body.head, begun, self._teacher.head)
            loss = (1 - settings.distil) * told + settings.distil * apart
        (settings.replay_weight * loss).backward()
        return float(told.detach())

    def _write(self, done: Extended) -> None:
        """The model in the Hugging Face layout, and what was done, in the form that `train lm` reads."""
        out, recipe = self._settings.out, self._settings.recipe()
        out.mkdir(parents=True, exist_ok=True)
        self.model.save_pretrained(str(out))
        shutil.copyfile(self._tokenizer_file, out / TOKENIZER)
        at = {"step": done.steps, "tokens": done.tokens, "seconds": round(done.seconds, 1)}
        right = {f"right@{length}": value for length, value in done.accuracy.items()}
        bits = {f"bits_per_byte:{name}": value for name, value in done.bits_per_byte.items()}
        lines = [{**at, "loss": self._loss}, {**at, **right, **bits}]
        (out / "log.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
        facts = {"base": str(self._settings.checkpoint), **recipe, "torch": torch.__version__}
        (out / "recipe.json").write_text(json.dumps(facts, indent=1) + "\n", encoding="utf-8")


def lessons(settings: ContextSettings, corpus: PackedCorpus, tokenizer: Path) -> Lessons:
    """The documents of a training; running text comes from the corpus's own training part.

    Raises:
        ModelError: the tokenizer is damaged.
    """
    from tokenizers import Tokenizer

    try:
        encoder = Tokenizer.from_buffer(tokenizer.read_bytes())
    except ValueError as error:
        raise ModelError(f"{tokenizer} is damaged: {error}") from error
    shares = Shares(settings.copies, settings.records, settings.needles)
    end, vocabulary = corpus.manifest.end, corpus.manifest.vocabulary
    filler = Filler(corpus, settings.seed)
    return Lessons(encoder, filler, settings.seed, end=end, vocabulary=vocabulary, shares=shares, uuids=settings.uuids)


class Filler:
    """Running text of a corpus's general sources, from a random place at each call."""

    def __init__(self, corpus: PackedCorpus, seed: int) -> None:
        info = corpus.manifest.sources
        names = [name for name in corpus.sources("train") if info[name].kind == "general"] or corpus.sources("train")
        self._shards = [shard for name in names for shard in corpus.tokens(name)]
        self._shares = np.array([len(shard) for shard in self._shards], float)
        self._shares /= self._shares.sum()
        self._chance = np.random.default_rng([seed, 3])

    def __call__(self, count: int) -> list[int]:
        """So many tokens; a shard that is shorter is repeated."""
        shard = self._shards[int(self._chance.choice(len(self._shards), p=self._shares))]
        start = int(self._chance.integers(max(len(shard) - count, 0) + 1))
        found = np.asarray(shard[start : start + count], np.int64)
        return np.resize(found, count).tolist() if count else []


def told_accuracy(body: models.Body, lessons: Lessons, length: int, rows: int = 8) -> float:
    """Share of told tokens that are the likeliest, on windows that training never draws."""
    right = count = 0
    for inputs, targets in _stacked(list(_windows(lessons, _FIRST_HELD_OUT, length, rows)), 1):
        with torch.no_grad():
            states, wanted = body(inputs), targets != IGNORED
            right += _right(states[wanted], body.head, targets[wanted])
        count += int(wanted.sum())
    return right / max(count, 1)


def _windows(lessons: Lessons, first: int, length: int, rows: int) -> Iterator[tuple[Tensor, Tensor]]:
    """What is read and what must be said, each of shape (T,)."""
    for number in range(first, first + rows):
        ids, told = lessons.window(number, length)
        targets = np.where(told, ids, IGNORED)[1:]
        yield torch.from_numpy(ids[:-1]), torch.from_numpy(targets)


def _stacked(windows: Sequence[tuple[Tensor, Tensor]], size: int) -> Iterator[tuple[Tensor, Tensor]]:
    for start in range(0, len(windows), size):
        inputs, targets = zip(*windows[start : start + size], strict=True)
        yield torch.stack(inputs), torch.stack(targets)


def _right(states_ND: Tensor, head_VD: Tensor, targets_N: Tensor) -> int:
    with torch.no_grad():
        return int(((states_ND @ head_VD.t()).argmax(-1) == targets_N).sum())


def _optimiser_settings(settings: ContextSettings) -> PretrainSettings:
    return PretrainSettings(
        settings.corpus,
        settings.out,
        steps=1,
        rate=settings.rate,
        optimiser=settings.optimiser,
        weight_decay=settings.weight_decay,
    )
