"""Weight interpolation after training: between where a model started and what it became, with a sweep over the way.

Weights are named tensors (`state_dict`); those that are no floating-point numbers are taken from the trained model.
Sources: WiSE-FT (Wortsman et al., arXiv:2109.01903), SLERP (Shoemake 1985), TIES (Yadav et al., arXiv:2306.01708).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Literal

import torch
from torch import Tensor

from shopwright.errors import ConfigError, ModelError

Weights = Mapping[str, Tensor]
Way = Literal["linear", "slerp", "ties"]
_PARALLEL = 1e-6


def linear(start: Weights, trained: Weights, share: float) -> dict[str, Tensor]:
    """WiSE-FT: (1 - share) x start + share x trained."""
    return _each(start, trained, lambda old, new: old + share * (new - old))


def slerp(start: Weights, trained: Weights, share: float) -> dict[str, Tensor]:
    """Along the great circle between the two, tensor by tensor; linear where they are parallel or zero."""

    def between(old: Tensor, new: Tensor) -> Tensor:
        size = float(old.norm() * new.norm())
        cosine = float((old * new).sum()) / size if size else 1.0
        angle = torch.arccos(torch.tensor(min(max(cosine, -1.0), 1.0)))
        if float(torch.sin(angle)) < _PARALLEL:
            return old + share * (new - old)
        turned = torch.sin((1 - share) * angle) * old + torch.sin(share * angle) * new
        return turned / torch.sin(angle)

    return _each(start, trained, between)


def ties(start: Weights, trained: Sequence[Weights], share: float, density: float = 0.2) -> dict[str, Tensor]:
    """Trim each change to its largest part, elect a sign by the summed changes, and add the mean of those that agree.

    Args:
        start: what all began from.
        trained: one or several models trained from it.
        share: of the merged change that is added.
        density: share of the entries of a tensor's change that are kept.

    Raises:
        ConfigError: the density is not in (0, 1], or there is no model.
    """
    if not 0 < density <= 1 or not trained:
        raise ConfigError(f"TIES: density {density} must be above 0 and at most 1, with at least one trained model")

    def between(name: str) -> Tensor:
        changes = torch.stack([_trimmed(each[name].float() - start[name].float(), density) for each in trained])
        sign = torch.sign(changes.sum(0))
        agree = (torch.sign(changes) == sign) & (changes != 0)
        mean = (changes * agree).sum(0) / agree.sum(0).clamp(min=1)
        return (start[name].float() + share * mean).to(start[name].dtype)

    for each in trained:
        _check_same(start, each)
    return {
        name: between(name) if weight.is_floating_point() else trained[0][name].clone()
        for name, weight in start.items()
    }


def sweep(start: Weights, trained: Weights, way: Way, shares: Sequence[float]) -> list[tuple[float, dict[str, Tensor]]]:
    """The merged weights at each share of the way, 0 the start and 1 (of `linear` and `slerp`) the trained model."""
    merge: Mapping[str, Callable[[float], dict[str, Tensor]]] = {
        "linear": lambda share: linear(start, trained, share),
        "slerp": lambda share: slerp(start, trained, share),
        "ties": lambda share: ties(start, [trained], share),
    }
    return [(share, merge[way](share)) for share in shares]


def _trimmed(change: Tensor, density: float) -> Tensor:
    """The change with all but its largest entries zero; ties at the threshold are kept."""
    kept = max(round(density * change.numel()), 1)
    threshold = change.abs().flatten().kthvalue(change.numel() - kept + 1).values
    return torch.where(change.abs() >= threshold, change, torch.zeros_like(change))


def _each(start: Weights, trained: Weights, between: Callable[[Tensor, Tensor], Tensor]) -> dict[str, Tensor]:
    _check_same(start, trained)
    return {
        name: between(old.float(), trained[name].float()).to(old.dtype)
        if old.is_floating_point()
        else trained[name].clone()
        for name, old in start.items()
    }


def _check_same(start: Weights, trained: Weights) -> None:
    other = [
        name
        for name in sorted({*start, *trained})
        if name not in start or name not in trained or start[name].shape != trained[name].shape
    ]
    if other:
        raise ModelError(f"the two models differ in {other[0]!r}: only models of one shape can be merged")
