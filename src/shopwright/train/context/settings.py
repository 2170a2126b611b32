"""What `shopwright train context` is asked to do; no torch here."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Literal

from shopwright.config import option
from shopwright.errors import ConfigError

Method = Literal["none", "pi", "ntk", "dynamic", "yarn"]


@dataclass(frozen=True, slots=True)
class ContextSettings:
    """All options of `shopwright train context`.

    Raises:
        ConfigError: at construction, when an option is out of range or two contradict each other.
    """

    checkpoint: Path = field(metadata={"help": "folder of a causal model of the Llama or Qwen family"})
    corpus: Path = field(metadata={"help": "packed corpus of its tokenizer, for replay and running text"})
    out: Path = field(metadata={"help": "folder that receives the model"})
    method: Method = option("yarn", "how rotary positions are scaled; none: the window stays")
    factor: float = option(4.0, "how many times longer the window becomes")

    steps: int | None = option(None, "budget in optimiser steps", "budget")
    minutes: float | None = option(None, "budget in minutes", "budget")
    lengths: tuple[int, ...] = option((), "lengths of windows, drawn evenly; default: 1, 1/2 and 1/4 of the new window")
    batch_tokens: int = option(4_096, "tokens of retrieval an optimiser step")
    replay: float = option(0.25, "tokens of the corpus an optimiser step, as a share of --batch-tokens")
    replay_weight: float = option(0.5, "weight of their loss beside that of the answers")
    teacher: str = option("", "checkpoint whose predictions are followed on the corpus, so that the language stays")
    distil: float = option(0.5, "share of the divergence from the teacher in the corpus's loss, 0 to 1")
    replay_length: int = option(256, "tokens of a window of the corpus")
    copies: float = option(0.2, "share of documents that repeat random tokens")
    records: float = option(0.6, "share of lists of keys and values")
    needles: float = option(0.2, "share of running text with facts in it")
    uuids: float = option(0.5, "share of lists whose keys and values are UUIDs")

    embedding: bool = option(
        True, "train the embedding too; --no-embedding keeps it as it is, and the language with it"
    )
    optimiser: Literal["adamw", "muon"] = option("muon", "as in `train pretrain`")
    rate: float = option(2e-3, "peak learning rate")
    warmup: int = option(20, "steps of linear rise")
    decay: float = option(0.5, "last share of the budget in which the rate falls to nothing")
    weight_decay: float = option(0.1, "decoupled decay of matrices")
    seed: int = option(1, "of the documents")
    threads: int = option(0, "threads on a processor; 0: as torch decides")
    eval_tokens: int = option(16_384, "held-out tokens of each source measured at the end")
    log_every: int = option(20, "steps between two lines")

    def __post_init__(self) -> None:
        for name in ("checkpoint", "corpus", "out"):
            object.__setattr__(self, name, Path(getattr(self, name)))
        object.__setattr__(self, "lengths", tuple(self.lengths))
        if (self.steps is None) == (self.minutes is None):
            raise ConfigError("give one budget: --steps or --minutes")
        for name in ("steps", "minutes", "rate", "batch_tokens", "replay_length", "eval_tokens", "log_every"):
            value = getattr(self, name)
            if value is not None and value <= 0:
                raise ConfigError(f"--{name.replace('_', '-')} {value}: must be above 0")
        for name in ("replay", "replay_weight", "copies", "records", "needles", "warmup", "weight_decay"):
            if getattr(self, name) < 0:
                raise ConfigError(f"--{name.replace('_', '-')} {getattr(self, name)}: must be at least 0")
        for name in ("decay", "uuids", "distil"):
            if not 0 <= getattr(self, name) <= 1:
                raise ConfigError(f"--{name} {getattr(self, name)}: a share, from 0 to 1")
        if self.method != "none" and self.factor < 1:
            raise ConfigError(f"--factor {self.factor}: must be at least 1")
        if any(length < 64 for length in self.lengths):
            raise ConfigError(f"--lengths {min(self.lengths)}: a window has at least 64 tokens")

    def recipe(self) -> dict[str, Any]:
        """Everything but the folders, in plain values."""
        return {name: value for name, value in asdict(self).items() if name not in ("checkpoint", "corpus", "out")}
