"""What a pre-training is asked to do: one dataclass, read from TOML, flags or code, checked when it is made.

No torch here: settings are made, printed and refused without the extra `train`.
"""

from __future__ import annotations

import types
import typing
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from typing import Any, Literal

from shopwright.config import flag, option
from shopwright.errors import ConfigError

CONFIGS = Path(__file__).with_name("configs")
_SHAPE = ("layers", "width", "heads", "kv_heads", "head_size", "ffn", "tied", "rope_theta")


@dataclass(frozen=True, slots=True)
class PretrainSettings:
    """All options of `shopwright train pretrain`.

    Raises:
        ConfigError: at construction, when an option is out of range or two contradict each other.
    """

    corpus: Path = field(metadata={"help": "folder of a packed corpus, written by `train corpus`"})
    out: Path = field(metadata={"help": "folder of the model, its checkpoints and its log; run again to go on"})
    base: str = option("", "checkpoint to go on from (a folder or a name that transformers knows); empty: from scratch")

    layers: int = option(6, "transformer layers, from scratch")
    width: int = option(256, "size of a hidden state, from scratch")
    heads: int = option(4, "query heads, from scratch")
    kv_heads: int = option(2, "key and value heads, from scratch")
    head_size: int = option(64, "size of a head, from scratch")
    ffn: int = option(768, "inner size of the feed-forward layers, from scratch")
    tied: bool = option(True, "one matrix for embedding and output, from scratch")
    rope_theta: float = option(10_000.0, "base of the rotary positions, from scratch")
    context: int = option(512, "tokens of a training window")

    steps: int | None = option(None, "budget in optimiser steps", "budget")
    tokens: int | None = option(None, "budget in tokens", "budget")
    minutes: float | None = option(None, "budget in minutes of training, summed over resumed pieces", "budget")
    piece_minutes: float | None = option(None, "stop with a checkpoint after so many minutes; run again to go on")

    optimiser: Literal["adamw", "muon"] = option("muon", "muon: hidden matrices by Muon, the rest by AdamW")
    rate: float = option(3e-3, "peak learning rate")
    weight_decay: float = option(0.1, "decoupled decay of matrices")
    beta2: float = option(0.95, "second-moment decay of AdamW")
    clip: float = option(1.0, "largest norm of a gradient; 0: unbounded")
    batch_tokens: int = option(8_192, "tokens an optimiser step")
    micro_batch: int = option(8, "windows computed at once; the rest of the batch is accumulated")
    z_loss: float = option(0.0, "weight of the squared log-normaliser, which keeps logits from drifting")
    ema: float = option(0.0, "decay of an average of the weights, which is then what is measured and kept; 0: none")

    schedule: Literal["wsd", "wsd-sqrt", "cosine", "constant"] = option("wsd", "shape of the learning rate")
    warmup: int = option(100, "steps of linear rise")
    decay: float = option(0.3, "last share of the budget in which a wsd schedule falls")
    final_rate: float = option(0.0, "rate at the end, as a share of the peak")

    seed: int = option(1, "of the weights and of the order of the data")
    temperature: float = option(1.0, "above 1 evens out the sources' weights, below 1 sharpens them")
    replay: float | None = option(None, "share of windows from general sources; none: as the corpus weighs them")
    general_budget: float | None = option(
        None, "largest rise of general perplexity (0.05 is 5 %); the replay ratio is steered during training to meet it"
    )
    l2: float = option(0.0, "pull of all weights towards the start")
    ewc: float = option(
        0.0, "the same weighted by the Fisher information of general text (elastic weight consolidation)"
    )
    distil: float = option(0.0, "weight of the divergence from the starting model on replayed general windows")
    adapter: Literal["none", "lora", "dora"] = option("none", "train low-rank adapters alone, merged at the end")
    rank: int = option(16, "rank of the adapters")

    precision: Literal["auto", "fp32", "bf16"] = option("auto", "auto: bf16 where its matrix products are the faster")
    compile: bool = option(False, "compile the model with torch.compile")
    recompute: bool = option(False, "gradient checkpointing: less memory, a third more work")
    fsdp: bool = option(
        False, "shard the model over the processes of `accelerate launch --num-processes N -m shopwright`"
    )
    threads: int = option(0, "threads on a processor; 0: as torch decides")

    eval_every: int = option(250, "steps between two measurements on held-out text")
    eval_tokens: int = option(65_536, "held-out tokens measured of each source")
    save_every: int = option(250, "steps between two checkpoints")
    log_every: int = option(10, "steps between two lines of the log")
    on_spike: Literal["warn", "skip", "rollback"] = option("warn", "what to do about a spike of loss or gradient")

    def __post_init__(self) -> None:
        object.__setattr__(self, "corpus", Path(self.corpus))
        object.__setattr__(self, "out", Path(self.out))
        _check_types(self)
        _check_budget(self)
        _check_ranges(self)
        _check_together(self)

    @property
    def rows(self) -> int:
        """Windows an optimiser step."""
        return self.batch_tokens // self.context

    def recipe(self) -> dict[str, Any]:
        """What must not change between two pieces of one training, in plain values."""
        free = {
            "corpus",
            "out",
            "piece_minutes",
            "fsdp",
            "threads",
            "eval_tokens",
            "save_every",
            "log_every",
            "on_spike",
        }
        return {name: value for name, value in asdict(self).items() if name not in free}


def _check_types(settings: PretrainSettings) -> None:
    hints = typing.get_type_hints(PretrainSettings)
    for each in fields(settings):
        value, hint = getattr(settings, each.name), hints[each.name]
        if typing.get_origin(hint) is Literal:
            if value not in typing.get_args(hint):
                raise ConfigError(f"{flag(each.name)} {value!r} is not one of {', '.join(typing.get_args(hint))}")
            continue
        allowed = typing.get_args(hint) if isinstance(hint, types.UnionType) else (hint,)
        widened = (*allowed, int) if float in allowed else allowed
        if not isinstance(value, widened) or (isinstance(value, bool) and bool not in allowed):
            expected = getattr(allowed[0], "__name__", str(allowed[0]))
            raise ConfigError(f"{flag(each.name)} {value!r}: expected {expected}")


def _check_budget(settings: PretrainSettings) -> None:
    given = [name for name in ("steps", "tokens", "minutes") if getattr(settings, name) is not None]
    if not given:
        raise ConfigError("no budget: give one of --steps, --tokens, --minutes")
    if len(given) > 1:
        raise ConfigError(f"--{given[0]} and --{given[1]} are both budgets: give one")
    for name in (*given, "piece_minutes"):
        value = getattr(settings, name)
        if value is not None and value <= 0:
            raise ConfigError(f"{flag(name)} {value} must be above 0")


def _check_ranges(settings: PretrainSettings) -> None:
    for name in ("layers", "width", "heads", "kv_heads", "head_size", "ffn", "context", "batch_tokens", "micro_batch"):
        _within(settings, name, 1)
    for name in ("rank", "eval_every", "eval_tokens", "save_every", "log_every"):
        _within(settings, name, 1)
    for name in ("weight_decay", "clip", "z_loss", "l2", "ewc", "distil", "warmup", "threads"):
        _within(settings, name, 0)
    for name in ("ema", "beta2"):
        _within(settings, name, 0, 0.999_999)
    for name in ("decay", "final_rate", "replay"):
        _within(settings, name, 0, 1)
    if settings.rate <= 0 or settings.temperature <= 0 or settings.rope_theta <= 0:
        raise ConfigError("--rate, --temperature and --rope-theta must be above 0")
    if settings.general_budget is not None and settings.general_budget <= 0:
        raise ConfigError(f"--general-budget {settings.general_budget} must be above 0, e.g. 0.05 for 5 %")


def _check_together(settings: PretrainSettings) -> None:
    if settings.batch_tokens % settings.context:
        raise ConfigError(
            f"--batch-tokens {settings.batch_tokens} is no multiple of --context {settings.context}: "
            f"e.g. {max(round(settings.batch_tokens / settings.context), 1) * settings.context}"
        )
    if settings.heads % settings.kv_heads:
        raise ConfigError(f"--heads {settings.heads} is no multiple of --kv-heads {settings.kv_heads}")
    if settings.head_size % 2:
        raise ConfigError(f"--head-size {settings.head_size} is odd: rotary positions turn pairs of values")
    defaults = {each.name: each.default for each in fields(settings)}
    if settings.base:
        for name in _SHAPE:
            if getattr(settings, name) != defaults[name]:
                raise ConfigError(f"--base and {flag(name)} contradict: the checkpoint decides the shape; drop one")
    else:
        for name in ("general_budget", "l2", "ewc", "distil"):
            if getattr(settings, name):
                raise ConfigError(f"{flag(name)} needs --base: without a start there is nothing to forget")
        if settings.adapter != "none":
            raise ConfigError("--adapter needs --base: adapters adapt a trained model")
    if settings.adapter != "none":
        for name in ("l2", "ewc"):
            if getattr(settings, name):
                raise ConfigError(
                    f"--adapter and {flag(name)} contradict: adapters leave the starting weights as they are"
                )
        if settings.fsdp:
            raise ConfigError("--adapter and --fsdp contradict: adapters are small, one GPU trains them; drop one")
    elif settings.rank != defaults["rank"]:
        raise ConfigError("--rank needs --adapter lora or --adapter dora")
    if settings.distil and settings.replay == 0 and settings.general_budget is None:
        raise ConfigError("--distil and --replay 0 contradict: distillation reads the replayed general windows")


def _within(settings: PretrainSettings, name: str, low: float, high: float | None = None) -> None:
    value = getattr(settings, name)
    if value is None:
        return
    if value < low or (high is not None and value > high):
        allowed = f"at least {low}" if high is None else f"from {low} to {high}"
        raise ConfigError(f"{flag(name)} {value}: must be {allowed}")
