"""What training the encoder and the reranker share: the body, batches of tokens, the optimiser, checkpoints.

The body is a BERT such as MiniLM, loaded from a folder of `config.json`, `model.safetensors` and `tokenizer.json`.
On a GPU arithmetic is bfloat16 under autocast, on a processor fp32: measured on a Xeon with AVX-512 BF16, one thread
trains 45 to 53 pairs a second in fp32 and 33 in bfloat16, and two threads are slower than one (15 to 23).

Needs the extra `train`; import it only where that is known to be there.
"""

from __future__ import annotations

import math
import os
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from hashlib import blake2b
from pathlib import Path
from typing import Any

import torch
from tokenizers import Tokenizer
from torch import Tensor, nn
from transformers import AutoModel

from shopwright.errors import ModelError
from shopwright.models.onnx_files import padded_inputs

Texts = Mapping[str, Mapping[str, str]]
"""What is read of each product: catalogue -> id -> text."""

LONGEST = 64
"""Tokens that are kept of a text, or of a pair, in training."""
SAVED_EVERY = 50
"""Steps between two checkpoints."""
_TOGETHER = 24
BODY_FILES = ("config.json", "model.safetensors", "tokenizer.json")


def load_body(folder: Path, dropout: float | None = None) -> nn.Module:
    """The transformer in a folder; word vectors stay as they are, which saves a fifth of a step and what is rare.

    Args:
        folder: holds `BODY_FILES`.
        dropout: of states and attention; the folder's own when None. On a processor 0 makes a step of 128 word pieces
            a text more than twice as fast: random numbers for attention cost as much as its matrices.

    Raises:
        ModelError: a file is missing.
    """
    missing = [name for name in BODY_FILES if not (folder / name).is_file()]
    if missing:
        raise ModelError(f"{folder} has no {', '.join(missing)}: name a folder with {', '.join(BODY_FILES)}")
    own = {} if dropout is None else {"hidden_dropout_prob": dropout, "attention_probs_dropout_prob": dropout}
    body: nn.Module = AutoModel.from_pretrained(str(folder), attn_implementation="sdpa", add_pooling_layer=False, **own)
    body.embeddings.word_embeddings.weight.requires_grad_(False)
    return body


class Tokens:
    """Gives texts, or pairs of texts, to a model as padded batches of token ids.

    Args:
        folder: of the body.
        longest: tokens kept of a text or of a pair.
        device: where the batches go.
    """

    def __init__(self, folder: Path, longest: int, device: torch.device) -> None:
        self._tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        self._tokenizer.enable_truncation(longest, strategy="longest_first")
        self._tokenizer.no_padding()
        self._device = device

    def through(self, model: nn.Module, texts: Sequence[str] | Sequence[tuple[str, str]]) -> Tensor:
        """What the model gives for the texts, in their order; texts of like length are padded together."""
        encoded = self._tokenizer.encode_batch(list(texts))
        order = sorted(range(len(encoded)), key=lambda place: len(encoded[place].ids))
        parts = [order[start : start + _TOGETHER] for start in range(0, len(order), _TOGETHER)]
        with half_precision(self._device):
            made = torch.cat([model(**self._inputs([encoded[place] for place in part])) for part in parts])
        back = torch.empty(len(order), dtype=torch.long)
        back[torch.tensor(order)] = torch.arange(len(order))
        return made[back.to(self._device)].float()

    def _inputs(self, encoded: Sequence[Any]) -> dict[str, Tensor]:
        return {name: torch.from_numpy(ids).to(self._device) for name, ids in padded_inputs(encoded).items()}


def mean_pooled(states_BTD: Tensor, mask_BT: Tensor) -> Tensor:
    """The mean of the states under the mask, shape (B, D)."""
    weights_BT1 = mask_BT.unsqueeze(-1).to(states_BTD.dtype)
    return (states_BTD * weights_BT1).sum(1) / weights_BT1.sum(1).clamp(min=1e-9)


def pick_device() -> torch.device:
    """The GPU when there is one."""
    return torch.device("cuda" if torch.cuda.is_available() else "cpu")


def half_precision(device: torch.device) -> AbstractContextManager[Any]:
    """bfloat16 for what is computed within, on a GPU; a processor without matrix units for it is slower that way."""
    return torch.autocast(device.type, dtype=torch.bfloat16, enabled=device.type == "cuda")


def optimiser(model: nn.Module, rate: float, steps: int, warm_up: float = 0.1) -> tuple[Any, Any]:
    """AdamW, and a schedule that rises linearly and falls along a cosine to a tenth."""
    plain = [p for name, p in model.named_parameters() if p.ndim < 2 or "LayerNorm" in name]
    decayed = [p for name, p in model.named_parameters() if not (p.ndim < 2 or "LayerNorm" in name)]
    groups = [{"params": decayed, "weight_decay": 0.01}, {"params": plain, "weight_decay": 0.0}]
    adam = torch.optim.AdamW(groups, lr=rate, betas=(0.9, 0.98), eps=1e-6)
    rising = max(int(warm_up * steps), 1)

    def share(step: int) -> float:
        if step < rising:
            return (step + 1) / rising
        return 0.1 + 0.45 * (1 + math.cos(math.pi * min((step - rising) / max(steps - rising, 1), 1.0)))

    return adam, torch.optim.lr_scheduler.LambdaLR(adam, share)


class Checkpoints:
    """The state of a training in a folder: the latest to go on from, and the last few weights to average.

    Args:
        folder: created when missing.
        recipe: what is trained on what; a checkpoint of another recipe is refused.
        averaged: how many of the last weights are kept.
    """

    def __init__(self, folder: Path, recipe: str, averaged: int = 3) -> None:
        self._folder, self._recipe, self._averaged = folder, recipe, averaged
        folder.mkdir(parents=True, exist_ok=True)

    def save(self, step: int, model: nn.Module, adam: Any, schedule: Any) -> None:
        """Write the state after `step` steps, all or nothing."""
        weights = {name: value.detach().cpu() for name, value in model.state_dict().items()}
        state = {"step": step, "recipe": self._recipe, "model": weights, "adam": adam.state_dict()}
        _write(self._folder / "latest.pt", {**state, "schedule": schedule.state_dict()})
        _write(self._folder / f"weights-{step:07d}.pt", weights)
        for path in sorted(self._folder.glob("weights-*.pt"))[: -self._averaged]:
            path.unlink()

    def resume(self, model: nn.Module, adam: Any, schedule: Any) -> int:
        """Load the latest state; returns its step, 0 when there is none.

        Raises:
            ModelError: it belongs to another recipe.
        """
        path = self._folder / "latest.pt"
        if not path.exists():
            return 0
        state = torch.load(path, map_location="cpu", weights_only=True)
        if state["recipe"] != self._recipe:
            raise ModelError(
                f"{path} was begun with other data or settings ({state['recipe']}, now {self._recipe}): "
                "give the same ones, or delete the folder to begin anew"
            )
        model.load_state_dict(state["model"])
        adam.load_state_dict(state["adam"])
        schedule.load_state_dict(state["schedule"])
        return int(state["step"])

    def average(self, model: nn.Module) -> int:
        """Give the model the mean of the kept weights; returns how many there were."""
        kept = [torch.load(path, weights_only=True) for path in sorted(self._folder.glob("weights-*.pt"))]
        if not kept:
            return 0
        first = kept[0]
        mean = {
            name: torch.stack([each[name].float() for each in kept]).mean(0).to(first[name].dtype) for name in first
        }
        model.load_state_dict(mean)
        return len(kept)


def fit(
    model: nn.Module,
    rate: float,
    planned: int,
    seed: int,
    checkpoints: Checkpoints,
    loss_of: Callable[[int], Tensor],
    *,
    steps: int | None = None,
    report: Callable[[str], None] = print,
) -> None:
    """Take the planned steps, from where the checkpoints stopped; the model is in evaluation mode afterwards.

    Args:
        model: changed in place.
        rate: peak learning rate.
        planned: how many steps there are in all; the schedule is made for them.
        seed: of dropout; a step's depends on nothing else, so that a resumed training repeats what it would have been.
        checkpoints: of this recipe.
        loss_of: the loss of a step, by its number.
        steps: stop early, for trying.
        report: told of progress.
    """
    adam, schedule = optimiser(model, rate, planned)
    done, started = checkpoints.resume(model, adam, schedule), time.perf_counter()
    losses: list[float] = []
    model.train()
    for step in range(done, planned if steps is None else min(done + steps, planned)):
        torch.manual_seed(1_000_003 * seed + step)
        loss = loss_of(step)
        adam.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        adam.step()
        schedule.step()
        losses.append(loss.item())
        if (step + 1) % SAVED_EVERY == 0 or step + 1 == planned:
            checkpoints.save(step + 1, model, adam, schedule)
            mean = sum(losses[-SAVED_EVERY:]) / len(losses[-SAVED_EVERY:])
            report(f"step {step + 1} of {planned}, loss {mean:.3f}, {time.perf_counter() - started:.0f} s")
    model.eval()


def recipe_of(settings: object, *parts: Iterable[object]) -> str:
    """What a training is, in a line that changes with its settings and with every example."""
    mark = blake2b(digest_size=8)
    for part in parts:
        for item in part:
            mark.update(f"{item}\n".encode("utf-8", "replace"))
    return f"{settings} on {mark.hexdigest()}"


def batches(size: int, count: int, generator: Any) -> Iterator[list[int]]:
    """The places 0 to `count` - 1 in random order, `size` at a time; what is left over at the end is left out."""
    order = generator.permutation(count).tolist()
    for start in range(0, max(count - size + 1, 1), size):
        yield order[start : start + size]


def _write(path: Path, content: Any) -> None:
    partial = path.with_suffix(f".{os.getpid()}.partial")
    torch.save(content, partial)
    partial.replace(path)
