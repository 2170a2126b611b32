"""What keeps a model from forgetting while it learns something new: pulls to the start, and replay that is steered.

- `Anchor`: L2 to the starting weights, or elastic weight consolidation (Kirkpatrick et al., arXiv:1612.00796): each
  weight is pulled by its Fisher information on general text. Simplification: the empirical Fisher, its diagonal, taken
  from the gradients of small batches instead of single tokens, and scaled to mean 1.
- `Steering`: the replay ratio that a budget of general perplexity asks for, adjusted while training.

Distillation from the start is a loss (`losses.divergence`), adapters are part of the model (`model.adapted`), merging
comes after training (`merge`).
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor, nn

from shopwright.train.pretrain.sharding import sharded_like, whole

_LEAST, _MOST = 0.02, 0.9


class Anchor:
    """Holds the trained weights near where they are when it is made.

    Args:
        model: at its start.
        l2: strength of the plain pull.
        ewc: strength of the pull by importance.
        importance: of each trained weight, in order; needed for ewc.
    """

    def __init__(self, model: nn.Module, l2: float, ewc: float = 0.0, importance: list[Tensor] | None = None) -> None:
        self._trained = [weight for weight in model.parameters() if weight.requires_grad]
        self._start = [weight.detach().clone() for weight in self._trained]
        self._importance = importance or []
        self._l2, self._ewc = l2, ewc

    def pull(self) -> None:
        """Add the gradient of (l2 + ewc x importance) / 2 x distance^2 to the weights' gradients."""
        for place, (weight, start) in enumerate(zip(self._trained, self._start, strict=True)):
            strength = self._l2 + self._ewc * self._importance[place] if self._importance else self._l2
            pulled = strength * (weight.detach() - start)
            weight.grad = pulled if weight.grad is None else weight.grad.add_(pulled)

    def state(self) -> dict[str, Any]:
        """The start and the importance."""
        return {"start": self._start, "importance": self._importance}

    def load(self, state: dict[str, Any]) -> None:
        """Go on from what `state` returned."""
        self._start = self._placed(state["start"])
        self._importance = self._placed(state["importance"])

    def _placed(self, saved: list[Tensor]) -> list[Tensor]:
        """Where the weights are, and sharded as they are."""
        weights = self._trained[: len(saved)]
        return [sharded_like(each.to(weight.device), weight) for each, weight in zip(saved, weights, strict=True)]


def fisher(model: nn.Module, loss_of: Callable[[int], Tensor], batches: int) -> list[Tensor]:
    """The importance of each trained weight: its mean squared gradient over general batches, scaled to mean 1."""
    trained = [weight for weight in model.parameters() if weight.requires_grad]
    found = [torch.zeros_like(weight) for weight in trained]
    for number in range(batches):
        loss_of(number).backward()
        for square, weight in zip(found, trained, strict=True):
            if weight.grad is not None:
                square.add_(weight.grad.square())
                weight.grad = None
    mean = sum(float(whole(each.sum())) for each in found) / sum(each.numel() for each in found)
    return [each / max(mean, 1e-30) for each in found]


class Steering:
    """The replay ratio that keeps the rise of general loss within a budget.

    After each measurement the ratio's odds are multiplied by exp(gain x (rise - target) / budget), where the rise is in
    nats: proportional control in the logit. The target is a little under the budget, since a ratio that is too low is
    only seen when the loss has risen.

    Args:
        budget: largest relative rise of general perplexity.
        ratio: the first one.
    """

    def __init__(self, budget: float, ratio: float, gain: float = 0.7, margin: float = 0.8) -> None:
        self._budget = math.log1p(budget)
        self._gain, self._target = gain, margin * self._budget
        self.ratio = min(max(ratio, _LEAST), _MOST)

    def measured(self, rise: float) -> float:
        """Take in the rise of general loss over the start, in nats a token; returns the ratio from now on."""
        push = min(max((rise - self._target) / self._budget, -1.0), 3.0)
        odds = self.ratio / (1 - self.ratio) * math.exp(self._gain * push)
        self.ratio = min(max(odds / (1 + odds), _LEAST), _MOST)
        return self.ratio

    def state(self) -> dict[str, float]:
        """The ratio."""
        return {"ratio": self.ratio}

    def load(self, state: dict[str, float]) -> None:
        """Go on from what `state` returned."""
        self.ratio = state["ratio"]
