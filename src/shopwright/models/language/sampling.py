"""Which token comes next: the arithmetic, on plain arrays."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from shopwright.errors import ConfigError
from shopwright.models.language.session import Floats

Allowed = NDArray[np.bool_]
_COLDEST = 1e-3


@dataclass(frozen=True, slots=True)
class Sampling:
    """How tokens are drawn.

    Args:
        temperature: below 0.001 the likeliest token is taken, always the same.
        top_p: draw from the likeliest tokens that hold this much probability (Holtzman et al., 2020).
        seed: of the draws; with the same seed, the n-th prompt of a call gets the same answer again.

    Raises:
        ConfigError: a value is out of its range.
    """

    temperature: float = 0.0
    top_p: float = 1.0
    seed: int = 0

    def __post_init__(self) -> None:
        if not 0 <= self.temperature <= 100:
            raise ConfigError(f"temperature={self.temperature}: must be from 0 to 100")
        if not 0 < self.top_p <= 1:
            raise ConfigError(f"top_p={self.top_p}: must be over 0 and at most 1")
        if self.seed < 0:
            raise ConfigError(f"seed={self.seed}: must be 0 or more")


GREEDY = Sampling()


def log_softmax(logits: Floats) -> Floats:
    """Log-probabilities over the last axis."""
    shifted = logits - logits.max(axis=-1, keepdims=True)
    result: Floats = shifted - np.log(np.exp(shifted).sum(axis=-1, keepdims=True))
    return result


def choose(logits_V: Floats, allowed_V: Allowed, sampling: Sampling, draws: np.random.Generator) -> int:
    """The next token among the allowed ones."""
    restricted: Floats = np.where(allowed_V, logits_V, np.float32(-np.inf))
    if sampling.temperature < _COLDEST:
        return int(restricted.argmax())
    chances = np.exp(log_softmax(restricted / np.float32(sampling.temperature))).astype(np.float64)
    order = np.argsort(-chances, kind="stable")
    before = np.cumsum(chances[order]) - chances[order]
    kept = order[before < sampling.top_p]
    mass = np.cumsum(chances[kept])
    place = int(np.searchsorted(mass, draws.random() * mass[-1], side="right"))
    return int(kept[min(place, len(kept) - 1)])
