"""What the generator of codes is asked to be: one dataclass, checked when it is made. No torch here."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from shopwright.config import option
from shopwright.errors import ConfigError
from shopwright.train.pretrain.settings import PretrainSettings


@dataclass(frozen=True, slots=True)
class GeneratorSettings:
    """All options of the generator of codes.

    A `base` shares the body of a language model: its layers are where training starts from, and the digits of codes
    get rows of their own in place of its word pieces. Without one the same architecture starts from its seed.

    Raises:
        ConfigError: at construction, when an option is out of range or two contradict each other.
    """

    levels: int = option(3, "digits of a code, the one that tells items of one cell apart not counted")
    centroids: int = option(256, "values of a digit; fewer when there are few items")
    window: int = option(20, "items of a history that are read, the latest")
    base: str = option("", "Qwen3 checkpoint whose layers are the start; empty: from scratch")
    layers: int = option(2, "transformer layers, from scratch")
    width: int = option(128, "size of a hidden state, from scratch")
    heads: int = option(4, "attention heads, from scratch")
    head_size: int = option(32, "size of a head, from scratch")
    ffn: int = option(384, "inner size of the feed-forward layers, from scratch")
    least: int = option(2, "choices of a prefix of codes from which it has a vector of its own")
    passes: int = option(18, "over all histories")
    batch: int = option(128, "histories a step")
    rate: float = option(2e-3, "peak learning rate")
    dropout: float = option(0.2, "share of the numbers of a state that a step does not see")
    forgetting: float = option(0.6, "share of the prefixes that a step reads as if they had no vector")
    jitter: float = option(2.0, "places by which items move in a history, as a standard deviation; 0 keeps the order")
    smoothing: float = option(0.0, "share of a target that is spread over all digits of its level")
    seed: int = option(0, "of codes, weights, dropout and order")

    def __post_init__(self) -> None:
        for name in (
            "levels",
            "centroids",
            "window",
            "layers",
            "width",
            "heads",
            "head_size",
            "ffn",
            "passes",
            "batch",
        ):
            if getattr(self, name) < 1:
                raise ConfigError(f"{name} {getattr(self, name)}: must be 1 or more")
        for name in ("dropout", "forgetting", "smoothing"):
            if not 0 <= getattr(self, name) < 1:
                raise ConfigError(f"{name} {getattr(self, name)}: must be 0 or more and below 1")
        if self.rate <= 0 or self.jitter < 0:
            raise ConfigError(f"rate {self.rate}, jitter {self.jitter}: rate must be above 0, jitter 0 or more")
        if self.head_size % 2:
            raise ConfigError(f"head_size {self.head_size} is odd: rotary positions turn pairs of values")

    @property
    def tokens(self) -> int:
        """The longest sequence: the opening token, the window's digits, and those of an item that follows."""
        return 1 + (self.window + 1) * (self.levels + 1)

    def body(self) -> PretrainSettings:
        """The decoder as the builder of language models makes it."""
        return PretrainSettings(
            corpus=Path(),
            out=Path(),
            steps=1,
            layers=self.layers,
            width=self.width,
            heads=self.heads,
            kv_heads=self.heads,
            head_size=self.head_size,
            ffn=self.ffn,
            context=self.tokens,
            batch_tokens=self.tokens,
        )
