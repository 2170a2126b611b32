"""What a training tells of itself: a log of JSON lines, its speed against the machine, and early warning of spikes."""

from __future__ import annotations

import json
import math
import statistics
import time
from collections import deque
from pathlib import Path
from typing import Any

import torch

_SEEN = 64
_ENOUGH = 20


class Log:
    """A file of JSON lines, one a record; lines of steps that a resumed training will repeat are taken back.

    Args:
        path: None: nothing is written.
        resumed: the step that the training goes on from.
    """

    def __init__(self, path: Path | None, resumed: int) -> None:
        self._path = path
        if path is not None and path.exists():
            kept = [line for line in path.read_text(encoding="utf-8").splitlines() if _step(line) <= resumed]
            part = path.with_name(path.name + ".part")
            part.write_text("".join(line + "\n" for line in kept), encoding="utf-8")
            part.replace(path)

    def write(self, record: dict[str, Any]) -> None:
        """Add a record; figures are rounded to six digits."""
        rounded = {name: float(f"{value:.6g}") if isinstance(value, float) else value for name, value in record.items()}
        if self._path is None:
            return
        with self._path.open("a", encoding="utf-8") as file:
            file.write(json.dumps(rounded) + "\n")


class Spikes:
    """Warns of a step whose loss or gradient stands far out from the last ones.

    Args:
        deviations: how many standard deviations above the mean a loss may be.
        times: how many medians a gradient norm may be.
    """

    def __init__(self, deviations: float = 6.0, times: float = 8.0) -> None:
        self._deviations, self._times = deviations, times
        self._losses: deque[float] = deque(maxlen=_SEEN)
        self._norms: deque[float] = deque(maxlen=_SEEN)

    def check(self, loss: float, norm: float) -> str | None:
        """What is wrong with a step, None when nothing; a step that stands out is not counted among the usual."""
        if not math.isfinite(loss) or not math.isfinite(norm):
            return f"loss {loss}, gradient norm {norm}: not finite"
        if len(self._losses) >= _ENOUGH:
            spread = max(statistics.pstdev(self._losses), 0.01)
            score = (loss - statistics.fmean(self._losses)) / spread
            if score > self._deviations:
                return f"loss {loss:.3f} is {score:.1f} deviations above the last {len(self._losses)}"
            usual = statistics.median(self._norms)
            if norm > self._times * max(usual, 1e-6):
                return f"gradient norm {norm:.3g} is {norm / usual:.1f} times the usual"
        self._losses.append(loss)
        self._norms.append(norm)
        return None

    def state(self) -> dict[str, list[float]]:
        """The last losses and norms."""
        return {"losses": list(self._losses), "norms": list(self._norms)}

    def load(self, state: dict[str, list[float]]) -> None:
        """Go on from what `state` returned."""
        self._losses = deque(state["losses"], maxlen=_SEEN)
        self._norms = deque(state["norms"], maxlen=_SEEN)


def matrix_rate(device: torch.device, dtype: torch.dtype, seconds: float = 0.3) -> float:
    """Operations a second of a large matrix product, the best of several: what a step could do at most."""
    side = 8_192 if device.type == "cuda" else 1_024
    left, right = (torch.randn(side, side, device=device).to(dtype) for _ in range(2))
    best, started = math.inf, time.perf_counter()
    for turn in range(1_000):
        _wait(device)
        before = time.perf_counter()
        left @ right
        _wait(device)
        if turn:
            best = min(best, time.perf_counter() - before)
        if turn > 2 and time.perf_counter() - started > seconds:
            break
    return 2.0 * side**3 / best


def _wait(device: torch.device) -> None:
    if device.type == "cuda":
        torch.cuda.synchronize(device)


def _step(line: str) -> float:
    try:
        return float(json.loads(line)["step"])
    except (ValueError, KeyError, TypeError):
        return math.inf
