"""Rotary positions of a longer window: position interpolation, NTK-aware scaling, dynamic NTK, YaRN.

    frequencies(Scaling("yarn", 4.0, 512), base=10_000.0, size=64)      # angle of each pair a position, shape (32,)

A rotary embedding turns pair i of a head's values by position * f_i, f_i = base^(-2i/d) (Su et al., RoFormer,
arXiv:2104.09864). The methods choose other f_i, so that positions beyond the trained window look like known ones:

- `pi`: all f_i / s (Chen et al., arXiv:2306.15595).
- `ntk`: base * s^(d/(d-2)): the fastest pair stays, the slowest is divided by s (bloc97, 2023).
- `dynamic`: as `ntk` with s chosen for each length L of text, s = factor * L / window - (factor - 1), unscaled up to
  the window (emozilla, 2023).
- `yarn`: pairs that turn more than `fast` times within the window stay, those under `slow` are divided by s, a ramp
  between them; the logits of attention are scaled by (0.1 ln s + 1)^2, here on cosines and sines
  (Peng et al., arXiv:2309.00071, sections 3.2 to 3.4).

Pure functions without torch; `stretch` gives them to a model. `dynamic` with a cache keeps keys that were turned under
an earlier base, as it does everywhere.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from shopwright.errors import ConfigError
from shopwright.train.context.settings import Method

Frequencies = NDArray[np.float64]
FAST, SLOW = 32.0, 1.0


@dataclass(frozen=True, slots=True)
class Scaling:
    """How positions are scaled.

    Args:
        method: see the module.
        factor: how many times longer the window becomes, at least 1.
        window: tokens of the trained window.
    """

    method: Method
    factor: float
    window: int

    def __post_init__(self) -> None:
        if self.factor < 1:
            raise ConfigError(f"factor {self.factor}: a window is stretched, so it must be at least 1")
        if self.window < 1:
            raise ConfigError(f"window {self.window}: must be at least 1")


def frequencies(scaling: Scaling, base: float, size: int, length: int | None = None) -> Frequencies:
    """Angle of each pair a position, shape (size / 2,).

    Args:
        base: of the rotary embedding ("theta").
        size: of a head.
        length: tokens of the text, for `dynamic`; None: those of the stretched window.
    """
    if scaling.method == "ntk":
        return _plain(base * scaling.factor ** (size / (size - 2)), size)
    plain = _plain(base, size)
    if scaling.method == "pi":
        return plain / scaling.factor
    if scaling.method == "dynamic":
        longest = max(length or math.ceil(scaling.factor * scaling.window), scaling.window)
        stretch = scaling.factor * longest / scaling.window - (scaling.factor - 1)
        return _plain(base * stretch ** (size / (size - 2)), size)
    if scaling.method == "yarn":
        kept = _kept(base, size, scaling.window)
        return plain * kept + plain / scaling.factor * (1 - kept)
    return plain


def attention_scale(scaling: Scaling) -> float:
    """What cosines and sines are multiplied by."""
    return 0.1 * math.log(scaling.factor) + 1 if scaling.method == "yarn" else 1.0


def parameters(scaling: Scaling, base: float, size: int) -> dict[str, Any]:
    """The same as `rope_parameters` of a transformers configuration."""
    if scaling.method == "ntk":
        return {"rope_type": "default", "rope_theta": base * scaling.factor ** (size / (size - 2))}
    common = {"rope_theta": base, "factor": scaling.factor, "original_max_position_embeddings": scaling.window}
    match scaling.method:
        case "pi":
            return {"rope_type": "linear", **common}
        case "dynamic":
            return {"rope_type": "dynamic", **common}
        case "yarn":
            return {"rope_type": "yarn", **common, "beta_fast": FAST, "beta_slow": SLOW}
        case _:
            return {"rope_type": "default", "rope_theta": base}


def _plain(base: float, size: int) -> Frequencies:
    return np.asarray(base ** (-np.arange(0, size, 2, dtype=np.float64) / size))


def _kept(base: float, size: int, window: int) -> Frequencies:
    """How much of each pair's frequency stays, shape (size / 2,): 1 for fast pairs, 0 for slow ones."""

    def pair(turns: float) -> float:
        """The pair that turns so often within the window."""
        return size * math.log(window / (turns * 2 * math.pi)) / (2 * math.log(base))

    low, high = max(math.floor(pair(FAST)), 0), min(math.ceil(pair(SLOW)), size - 1)
    ramp = (np.arange(size // 2) - low) / max(high - low, 1e-3)
    return np.asarray(1 - np.clip(ramp, 0, 1))
