"""The four linear heads, the gate that mixes them, the linear baseline, and what length explains.

A head sees the figures of its own objective, each less what the logarithm of length predicts of it within a group, so
that its score has no linear correlation with length there (very short answers aside: `head_scores`); none is weighed
against the sign that the rule gives it. Accuracy and coverage learn from what people said of them (`labels`), a group
of answers at a time, in turn with as many groups of the overall preference; professionalism and depth from the latter
alone, since labels made professionalism no better (docs/log.md). The gate learns from the preference with the heads
held fixed.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from shopwright.models.reward import ASKED, LENGTH, head_scores, length_terms, places_of
from shopwright.models.reward_features import Floats
from shopwright.models.reward_objectives import COLUMNS, OBJECTIVES, SIGNS
from shopwright.train.align.reward.groups import SOFT, Encoded
from shopwright.train.align.reward.labels import Labels
from shopwright.train.align.reward.network import Scaling, pair_loss

_RATE, _BATCH, _PENALTY = 0.02, 8, 1e-3
OWN_LABELS = frozenset(("accuracy", "coverage"))
"""Objectives whose heads learn from labels of their own, where there are any."""
_AT_ONCE = 32
"""Answers to different prompts that are compared in a step."""
_SHARPER = 4.0
"""By how much the mixture of heads is multiplied in the loss: a mean of logits is flatter than a logit."""


@dataclass(frozen=True, slots=True, eq=False)
class Heads:
    """Weights of the heads (F x K), of the gate (A x K) and its bias (K)."""

    weights: Floats
    gate: Floats
    bias: Floats


def fit_heads(
    groups: Sequence[Encoded],
    scaling: Scaling,
    labels: Sequence[Labels] = (),
    fold: int | None = None,
    passes: int = 4,
    seed: int = 0,
) -> Heads:
    """Heads, then the gate over them.

    Args:
        groups: those of the soft annotator are learned from.
        scaling: of the figures.
        labels: of single objectives.
        fold: whose labels are left out, as its groups are.
        passes: over all groups.
        seed: of their order.
    """
    soft = [group for group in groups if group.annotator == SOFT]
    seen = [scaling.standard(group.figures) for group in soft]
    wins = [torch.from_numpy(group.wins) for group in soft]
    slopes_F = _slopes(seen)
    columns = []
    for objective, places in zip(OBJECTIVES, COLUMNS, strict=True):
        at = list(places)
        own = [one for one in labels if one.objective == objective and objective in OWN_LABELS]
        drawn = _drawn(own, scaling, fold, len(soft), seed)
        free = [
            torch.from_numpy(each[:, at] - each[:, [LENGTH]] * slopes_F[at]).float()
            for each in [*seen, *(shown for shown, _ in drawn)]
        ]
        weights = torch.zeros(len(at), requires_grad=True)
        signs = torch.sign(torch.tensor(list(SIGNS[objective].values()), dtype=torch.float32))
        _fit([weights], _linear(free, weights), [*wins, *(said for _, said in drawn)], passes, seed, signs=signs)
        column_F = np.zeros(seen[0].shape[1], np.float32)
        column_F[at] = weights.detach().numpy()
        column_F[LENGTH] -= float(slopes_F[at] @ column_F[at])
        columns.append(column_F)
    weights_FK = np.stack(columns, axis=1)
    weights_FK /= np.concatenate([(each - each.mean(0)) @ weights_FK for each in seen]).std(axis=0) + 1e-6
    scores = [torch.from_numpy(head_scores(each, weights_FK)) for each in seen]
    asked = [torch.from_numpy(each[0, list(ASKED)]).float() for each in seen]
    gate = torch.zeros(len(ASKED), len(OBJECTIVES), requires_grad=True)
    bias = torch.zeros(len(OBJECTIVES), requires_grad=True)

    def mixed(place: int) -> Tensor:
        return _SHARPER * scores[place] @ torch.softmax(asked[place] @ gate + bias, dim=0)

    _fit([gate, bias], mixed, wins, passes, seed)
    return Heads(weights_FK, gate.detach().numpy(), bias.detach().numpy())


def _drawn(
    labels: Sequence[Labels], scaling: Scaling, fold: int | None, amount: int, seed: int
) -> list[tuple[Floats, Tensor]]:
    """About so many groups of answers with their labels, as many of every label, drawn again where there are fewer."""
    random, drawn = np.random.default_rng(seed), list[tuple[Floats, Tensor]]()
    for each in labels:
        standard_NF, values_N = scaling.standard(each.figures), torch.from_numpy(each.values)
        known = np.flatnonzero(each.folds != (-1 if fold is None else fold))
        places: list[NDArray[np.int64]] = []
        while len(known) > 1 and len(places) < amount // len(labels):
            places += _together(each, known, random)
        drawn += [(standard_NF[at], values_N[at]) for at in places[: amount // len(labels)]]
    return drawn


def _together(labels: Labels, known: NDArray[np.int64], random: np.random.Generator) -> list[NDArray[np.int64]]:
    """The answers in groups: of a prompt, or mixed."""
    if labels.alone:
        return np.array_split(random.permutation(known), -(-len(known) // _AT_ONCE))
    prompts = labels.prompts[known]
    return [known[prompts == prompt] for prompt in random.permutation(np.unique(prompts))]


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
    signs: Tensor | None = None,
) -> None:
    """Lowers the pair loss of the groups by Adam, in place; a weight of the first stays on the side of its sign."""
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
            if signs is not None:
                with torch.no_grad():
                    weights[0][weights[0] * signs < 0] = 0
