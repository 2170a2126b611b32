"""The four linear heads, the gate that mixes them, the linear baseline, and what length explains.

A head sees the figures of its own objective, each less what the logarithm of length predicts of it within a group, so
that its score has no linear correlation with length there. Heads and gate learn from the same pairs as the ensemble,
the gate with the heads held fixed.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from shopwright.models.reward import ASKED, LENGTH, length_terms, places_of
from shopwright.models.reward_features import Floats
from shopwright.models.reward_objectives import COLUMNS, OBJECTIVES
from shopwright.train.align.reward.groups import SOFT, Encoded
from shopwright.train.align.reward.network import Scaling, pair_loss

_RATE, _BATCH, _PENALTY = 0.02, 8, 1e-3
_SHARPER = 4.0
"""By how much the mixture of heads is multiplied in the loss: a mean of logits is flatter than a logit."""


@dataclass(frozen=True, slots=True, eq=False)
class Heads:
    """Weights of the heads (F x K), of the gate (A x K) and its bias (K)."""

    weights: Floats
    gate: Floats
    bias: Floats


def fit_heads(groups: Sequence[Encoded], scaling: Scaling, passes: int = 4, seed: int = 0) -> Heads:
    """Heads, then the gate over them, from the groups of the soft annotator."""
    soft = [group for group in groups if group.annotator == SOFT]
    seen = [scaling.standard(group.figures) for group in soft]
    wins = [torch.from_numpy(group.wins) for group in soft]
    slopes_F = _slopes(seen)
    columns = []
    for places in COLUMNS:
        at = list(places)
        free = [torch.from_numpy(each[:, at] - each[:, [LENGTH]] * slopes_F[at]).float() for each in seen]
        weights = torch.zeros(len(at), requires_grad=True)
        score = _linear(free, weights)
        _fit([weights], score, wins, passes, seed)
        column_F = np.zeros(seen[0].shape[1], np.float32)
        column_F[at] = weights.detach().numpy()
        column_F[LENGTH] -= float(slopes_F[at] @ column_F[at])
        columns.append(column_F)
    weights_FK = np.stack(columns, axis=1)
    weights_FK /= np.concatenate([(each - each.mean(0)) @ weights_FK for each in seen]).std(axis=0) + 1e-6
    scores = [torch.from_numpy(each @ weights_FK).float() for each in seen]
    asked = [torch.from_numpy(each[0, list(ASKED)]).float() for each in seen]
    gate = torch.zeros(len(ASKED), len(OBJECTIVES), requires_grad=True)
    bias = torch.zeros(len(OBJECTIVES), requires_grad=True)

    def mixed(place: int) -> Tensor:
        return _SHARPER * scores[place] @ torch.softmax(asked[place] @ gate + bias, dim=0)

    _fit([gate, bias], mixed, wins, passes, seed)
    return Heads(weights_FK, gate.detach().numpy(), bias.detach().numpy())


def fit_linear(groups: Sequence[Encoded], scaling: Scaling, passes: int = 6, seed: int = 0) -> tuple[Floats, Floats]:
    """The baseline: one weight a row of the table, and one for the logarithm of length."""
    soft = [group for group in groups if group.annotator == SOFT]
    rows = [[torch.from_numpy(places_of(each, scaling.rows).astype(np.int64)) for each in g.grams] for g in soft]
    lengths = [torch.from_numpy(scaling.standard(group.figures)[:, LENGTH]).float() for group in soft]
    weights = torch.zeros(max(len(scaling.rows), 1), 1, requires_grad=True)
    length = torch.zeros(1, requires_grad=True)

    def score(place: int) -> Tensor:
        sizes = torch.tensor([len(each) for each in rows[place]])
        sums = torch.nn.functional.embedding_bag(
            torch.cat(rows[place]), weights, torch.cumsum(sizes, 0) - sizes, mode="sum"
        )
        return sums[:, 0] / sizes.clamp(min=1).sqrt() + length * lengths[place]

    _fit([weights, length], score, [torch.from_numpy(g.wins) for g in soft], passes, seed, rate=3e-3, penalty=0.0)
    return weights.detach().numpy()[:, 0], length.detach().numpy()


def fit_length(scores: Sequence[Floats], lengths: Sequence[Floats]) -> Floats:
    """The three weights of `explained`: least squares within groups."""
    terms = np.concatenate([(t := length_terms(each)) - t.mean(axis=0) for each in lengths]).astype(np.float64)
    aims = np.concatenate([each - each.mean() for each in scores]).astype(np.float64)
    return np.asarray(np.linalg.solve(terms.T @ terms + 1e-3 * np.eye(3), terms.T @ aims), np.float32)


def _slopes(seen: Sequence[Floats]) -> Floats:
    """How much each figure rises with the logarithm of length within a group, F."""
    centred = np.concatenate([each - each.mean(axis=0) for each in seen])
    length_N = centred[:, LENGTH]
    return np.asarray(centred.T @ length_N / (length_N @ length_N + 1e-6), np.float32)


def _linear(seen: Sequence[Tensor], weights: Tensor) -> Callable[[int], Tensor]:
    return lambda place: seen[place] @ weights


def _fit(
    weights: list[Tensor],
    score: Callable[[int], Tensor],
    wins: Sequence[Tensor],
    passes: int,
    seed: int,
    rate: float = _RATE,
    penalty: float = _PENALTY,
) -> None:
    """Lowers the pair loss of the groups by Adam, in place."""
    random, optimizer = np.random.default_rng(seed), torch.optim.Adam(weights, lr=rate)
    batches = -(-len(wins) // _BATCH)
    for turn in range(passes):
        for group in optimizer.param_groups:
            group["lr"] = rate * (1 - turn / passes)
        for places in np.array_split(random.permutation(len(wins)), batches):
            loss = torch.stack([pair_loss(score(place), wins[place]) for place in places.tolist()]).mean()
            if penalty:
                loss = loss + penalty * torch.stack([(each**2).sum() for each in weights]).sum()
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
