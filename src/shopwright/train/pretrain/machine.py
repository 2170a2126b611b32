"""Where a process of a training runs: device, precision and threads."""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext
from typing import Any, Protocol

import torch

from shopwright.train.pretrain.monitor import matrix_rate
from shopwright.train.pretrain.sharding import Processes


class Computing(Protocol):
    """How to compute: "fp32", "bf16" or "auto", on how many threads (0: as torch decides)."""

    @property
    def precision(self) -> str: ...  # noqa: D102

    @property
    def threads(self) -> int: ...  # noqa: D102


class Machine:
    """The GPU when there is one, else the processor.

    Args:
        settings: precision and threads.
        processes: that train together; their first decides the precision, `peak` is their sum.
    """

    def __init__(self, settings: Computing, processes: Processes | None = None) -> None:
        if settings.threads:
            torch.set_num_threads(settings.threads)
        self.processes = processes or Processes()
        self.device = self.processes.device
        self.dtype, self.peak = _precision(self.processes, settings.precision)

    def autocast(self) -> AbstractContextManager[Any]:
        """Arithmetic within is in bfloat16 where that was chosen; weights stay in fp32."""
        if self.dtype == torch.float32:
            return nullcontext()
        return torch.autocast(self.device.type, dtype=self.dtype)


def _precision(processes: Processes, asked: str) -> tuple[torch.dtype, float]:
    """The type to compute in, and the rate of matrix products in it, in operations a second."""
    rates = {dtype: processes.agreed(matrix_rate(processes.device, dtype)) for dtype in (torch.float32, torch.bfloat16)}
    chosen = {"fp32": torch.float32, "bf16": torch.bfloat16}.get(asked)
    if chosen is None:
        chosen = torch.bfloat16 if rates[torch.bfloat16] > 1.3 * rates[torch.float32] else torch.float32
    return chosen, rates[chosen] * processes.count
