"""AdamW, and Muon for hidden matrices with AdamW for the rest, under one rate.

Muon (Jordan et al., 2024; torch.optim.Muon) orthogonalises the momentum of a matrix by Newton-Schulz iterations. Its
update is scaled to AdamW's size (arXiv:2502.16982, "match_rms_adamw"), so that one peak rate serves both.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import torch
from torch import Tensor, nn

from shopwright.train.pretrain.settings import PretrainSettings
from shopwright.train.pretrain.sharding import sharded_like

_EMBEDDINGS = ("embed", "wte", "wpe", "lm_head")


class Optimiser:
    """One or two optimisers that step together."""

    def __init__(self, model: nn.Module, settings: PretrainSettings) -> None:
        hidden: list[Tensor] = []
        matrices: list[Tensor] = []
        vectors: list[Tensor] = []
        for name, weight in model.named_parameters():
            if not weight.requires_grad:
                continue
            inner = weight.ndim == 2 and not any(part in name for part in _EMBEDDINGS)
            (hidden if inner and settings.optimiser == "muon" else matrices if weight.ndim > 1 else vectors).append(
                weight
            )
        decayed = {"params": matrices, "weight_decay": settings.weight_decay}
        groups = [group for group in (decayed, {"params": vectors, "weight_decay": 0.0}) if group["params"]]
        self.parts: list[torch.optim.Optimizer] = []
        if groups:
            adam = torch.optim.AdamW(groups, lr=settings.rate, betas=(0.9, settings.beta2), eps=1e-8, fused=True)
            self.parts.append(adam)
        if hidden:
            decay = settings.weight_decay
            muon = torch.optim.Muon(hidden, lr=settings.rate, weight_decay=decay, adjust_lr_fn="match_rms_adamw")
            self.parts.append(muon)

    def step(self, rate: float) -> None:
        """Take one step at a learning rate and clear the gradients."""
        for part in self.parts:
            for group in part.param_groups:
                group["lr"] = rate
            part.step()
        self.clear()

    def clear(self) -> None:
        """Forget the gradients."""
        for part in self.parts:
            part.zero_grad(set_to_none=True)

    def state(self) -> list[dict[str, Any]]:
        """The state of the parts."""
        return [part.state_dict() for part in self.parts]

    def load(self, states: Iterable[Mapping[str, Any]]) -> None:
        """Go on from what `state` returned."""
        for part, state in zip(self.parts, states, strict=True):
            weights = [weight for group in part.param_groups for weight in group["params"]]
            own = {place: _sharded(values, weights[place]) for place, values in state["state"].items()}
            part.load_state_dict({**state, "state": own})


class Average:
    """An exponential average of a model's trained weights.

    Args:
        decay: of a step; early on it is smaller, so that the random start is soon forgotten.
    """

    def __init__(self, model: nn.Module, decay: float) -> None:
        self._decay, self._steps = decay, 0
        self._weights = [weight.detach().clone() for weight in _trained(model)]

    def update(self, model: nn.Module) -> None:
        """Take in the weights after a step."""
        self._steps += 1
        share = 1 - min(self._decay, self._steps / (self._steps + 10))
        for mean, weight in zip(self._weights, _trained(model), strict=True):
            mean.lerp_(weight.detach(), share)

    def swap(self, model: nn.Module) -> None:
        """Exchange the model's weights with the average; again to undo."""
        for mean, weight in zip(self._weights, _trained(model), strict=True):
            kept = weight.detach().clone()
            with torch.no_grad():
                weight.copy_(mean)
            mean.copy_(kept)

    def state(self) -> dict[str, Any]:
        """The average and how many steps it has seen."""
        return {"steps": self._steps, "weights": self._weights}

    def load(self, state: Mapping[str, Any]) -> None:
        """Go on from what `state` returned."""
        self._steps = state["steps"]
        for mean, saved in zip(self._weights, state["weights"], strict=True):
            mean.copy_(sharded_like(saved, mean))


def _sharded(values: Mapping[str, Any], weight: Tensor) -> dict[str, Any]:
    """The optimiser's memory of a weight, of which that of the weight's shape is sharded as it is."""
    return {
        name: sharded_like(value, weight) if isinstance(value, Tensor) and value.shape == weight.shape else value
        for name, value in values.items()
    }


def _trained(model: nn.Module) -> Iterator[Tensor]:
    return (weight for weight in model.parameters() if weight.requires_grad)
