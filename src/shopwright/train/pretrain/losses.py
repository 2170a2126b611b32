"""Losses on hidden states and the output matrix, computed in pieces of rows so that no batch of logits is ever whole.

The gradient of the cross-entropy is made in the forward pass, while a piece of logits is at hand: the largest array is
(piece, V), and the logits are computed once instead of twice.
"""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from shopwright.train.pretrain.data import IGNORED

_PIECE = 512


class _CrossEntropy(torch.autograd.Function):
    @staticmethod
    def forward(
        ctx: Any, states_ND: Tensor, head_VD: Tensor, targets_N: Tensor, z_loss: float, count: int, piece: int
    ) -> Tensor:
        d_states, d_head = torch.empty_like(states_ND), torch.zeros_like(head_VD, dtype=torch.float32)
        total = torch.zeros((), device=states_ND.device)
        for start in range(0, len(targets_N), piece):
            states, targets = states_ND[start : start + piece], targets_N[start : start + piece]
            logits = (states @ head_VD.t()).float()
            weight = (targets != IGNORED).float().unsqueeze(1) / count
            told = targets.clamp(min=0).unsqueeze(1)
            normaliser = torch.logsumexp(logits, 1, keepdim=True)
            total += (weight * (normaliser - logits.gather(1, told) + z_loss * normaliser.square())).sum()
            gradient = logits.sub_(normaliser).exp_().mul_(weight * (1 + 2 * z_loss * normaliser))
            gradient.scatter_add_(1, told, -weight)
            gradient = gradient.to(states_ND.dtype)
            torch.mm(gradient, head_VD, out=d_states[start : start + piece])
            d_head += gradient.t() @ states
        ctx.save_for_backward(d_states, d_head.to(head_VD.dtype))
        return total

    @staticmethod
    def backward(ctx: Any, *gradients: Any) -> Any:
        d_states, d_head = ctx.saved_tensors
        return d_states * gradients[0], d_head * gradients[0], None, None, None, None


def cross_entropy(
    states_BTD: Tensor,
    head_VD: Tensor,
    targets_BT: Tensor,
    z_loss: float = 0.0,
    *,
    count: int | None = None,
    piece: int = _PIECE,
) -> Tensor:
    """Mean cross-entropy in nats over the targets that are not `IGNORED`, plus `z_loss` times the mean of log(Z)^2.

    PaLM's auxiliary loss (arXiv:2204.02311, section 5). Differentiable once in the states and the matrix.

    Args:
        count: what the sums are divided by; None: the targets here. A part of a batch gives the whole batch's.
    """
    states = states_BTD.flatten(0, -2)
    head = head_VD.to(states.dtype)
    targets = targets_BT.flatten()
    count = int((targets != IGNORED).sum()) if count is None else count
    found: Tensor = _CrossEntropy.apply(states, head, targets, z_loss, max(count, 1), piece)
    return found


def nats(states_BTD: Tensor, head_VD: Tensor, targets_BT: Tensor, piece: int = _PIECE) -> float:
    """The sum of the cross-entropy in nats over all targets."""
    states, targets = states_BTD.detach().flatten(0, -2), targets_BT.flatten()
    head, total = head_VD.detach().to(states.dtype), 0.0
    for start in range(0, len(targets), piece):
        logits = (states[start : start + piece] @ head.t()).float()
        part = torch.nn.functional.cross_entropy(logits, targets[start : start + piece], reduction="sum")
        total += float(part)
    return total


def divergence(
    states_BTD: Tensor, head_VD: Tensor, start_states_BTD: Tensor, start_head_VD: Tensor, piece: int = _PIECE
) -> Tensor:
    """Mean Kullback-Leibler divergence of the model from the starting model, in nats a token.

    Learning without forgetting (arXiv:1606.09282), on text of the old kind.
    """
    states, begun = states_BTD.flatten(0, -2), start_states_BTD.flatten(0, -2)
    head, start_head = head_VD.to(states.dtype), start_head_VD.to(begun.dtype)
    total = states.new_zeros((), dtype=torch.float32)
    for start in range(0, len(states), piece):
        now = torch.log_softmax((states[start : start + piece] @ head.t()).float(), -1)
        with torch.no_grad():
            before = torch.log_softmax((begun[start : start + piece] @ start_head.t()).float(), -1)
        total = total + torch.nn.functional.kl_div(now, before, log_target=True, reduction="sum")
    return total / max(len(states), 1)
