"""A training in one process, or in several that share one model (FSDP): who does what, and how they agree.

The launcher (`accelerate launch --num-processes N -m shopwright ...`, or torchrun) starts the processes, and accelerate
joins them and gives each its device; the weights are sharded by torch's `fully_shard` (FSDP2, ZeRO-3: arXiv:1910.02054)
and not by accelerate's wrapper around it. That one puts the output matrix into a group that is gathered when
`lm_head.forward` is called, and here it never is: the loss reads the matrix itself, in pieces.

Each process computes every Nth row of the same batch, and losses and gradients are summed, so the result is that of one
process up to the order of sums. Measurements are made by all alike. State is kept whole, by the first process alone, in
the form that one process writes: it must fit into the memory of a host.
Simplifications: weights travel in fp32, gradients after each micro-batch; one mesh, no replicas, no tensor parallel.
"""

from __future__ import annotations

import atexit
import os
from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor, distributed, nn
from torch.distributed.fsdp import fully_shard
from torch.distributed.tensor import DTensor, distribute_tensor

from shopwright.errors import ConfigError, ModelError

Within = Callable[[Callable[[], Any]], Any]


class Processes:
    """The processes of a training; one of them is the first, which writes and tells.

    Args:
        fsdp: whether several share the model.

    Raises:
        ConfigError: several were started without `fsdp`, or one with it.
        ModelError: the package accelerate is missing.
    """

    def __init__(self, fsdp: bool = False) -> None:
        started = int(os.environ.get("WORLD_SIZE", "1"))
        if fsdp and started == 1:
            raise ConfigError(
                "--fsdp needs several processes: start with accelerate launch --num-processes N -m shopwright ..."
            )
        if not fsdp and started > 1:
            raise ConfigError(f"{started} processes were started without --fsdp: give it, or start one process")
        self.rank, self.count = 0, 1
        self.device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
        if fsdp:
            state = _joined()
            self.rank, self.count, self.device = state.process_index, state.num_processes, state.device

    @property
    def first(self) -> bool:
        """Whether this one writes and tells."""
        return self.rank == 0

    def total(self, value: Tensor) -> Tensor:
        """The sum of a figure over all processes."""
        if self.count > 1:
            distributed.all_reduce(value)
        return value

    def agreed(self, value: float) -> float:
        """What the first process says, where each has its own (a clock, a speed)."""
        if self.count == 1:
            return value
        said = torch.tensor(value, dtype=torch.float64, device=self.device)
        distributed.broadcast(said, 0)
        return float(said)

    def wait(self) -> None:
        """Go on when all have come this far."""
        self.agreed(0.0)

    def shard(self, model: nn.Module, *, compile: bool = False) -> Within:
        """Shard a causal model in place, layer by layer; returns what runs a function that reads its outer weights.

        Args:
            compile: compile each layer, since a whole sharded model does not trace.
        """
        if self.count == 1:
            return _plainly
        kinds = set(getattr(model, "_no_split_modules", None) or ())
        for layer in [module for module in model.modules() if type(module).__name__ in kinds]:
            if compile:
                layer.compile()
            fully_shard(layer)
        # Weights are let go after each forward pass, also where no backward pass follows: a measurement of the averaged
        # weights must leave nothing gathered behind.
        root: nn.Module = fully_shard(_Root(model), reshard_after_forward=True)
        return root


class _Root(nn.Module):
    """Gathers the weights outside of the layers (embedding, last norm, output matrix) while a function runs."""

    def __init__(self, model: nn.Module) -> None:
        super().__init__()
        self.model = model

    def forward(self, run: Callable[[], Any]) -> Any:
        return run()


def whole(tensor: Tensor) -> Tensor:
    """A tensor with all its shards; every process must ask."""
    return tensor.full_tensor() if isinstance(tensor, DTensor) else tensor


def sharded_like(tensor: Tensor, pattern: Tensor) -> Tensor:
    """A whole tensor, sharded as another one is."""
    if not isinstance(pattern, DTensor):
        return tensor
    mesh = pattern.device_mesh
    return distribute_tensor(tensor.to(pattern.device), mesh, pattern.placements, src_data_rank=None)


def gathered(state: Any, keep: bool) -> Any:
    """A state of dictionaries and lists with every sharded tensor whole, on the processor.

    Args:
        keep: False for processes that only take part: they hold no tensor longer than it takes to send it.
    """
    if isinstance(state, dict):
        return {name: gathered(value, keep) for name, value in state.items()}
    if isinstance(state, list | tuple):
        return [gathered(value, keep) for value in state]
    if isinstance(state, DTensor):
        full = whole(state.detach())
        return full.cpu() if keep else None
    return state


def _joined() -> Any:
    try:
        from accelerate import PartialState
    except ImportError as error:
        raise ModelError("--fsdp needs the package accelerate: pip install 'shopwright[train]'") from error
    state = PartialState(cpu=not torch.cuda.is_available())
    atexit.unregister(_leave)
    atexit.register(_leave)
    return state


def _leave() -> None:
    if distributed.is_initialized():
        distributed.destroy_process_group()


def _plainly(run: Callable[[], Any]) -> Any:
    return run()
