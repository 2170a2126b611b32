"""A member of the reward ensemble in torch, and its training by the pairs that groups imply.

Each response is encoded once; the loss of a group is the logistic loss of all its pairs, weighted by how far apart
their probabilities are (Bradley and Terry, 1952; Burges et al., 2005). N-grams are left out at random, labels are moved
towards the mean of their system, which takes noise out of them, and the second output learns from the annotator of
hard labels beside the first.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn.functional import softplus

from shopwright.models.reward import places_of
from shopwright.models.reward_features import FIGURES, Floats
from shopwright.train.align.reward.groups import SOFT, Encoded
from shopwright.train.outcome import Report

_DECAY = 1e-4
_GIVEN = tuple(FIGURES.index(figure) for figure in ("pairs_from_request", "triples_from_request"))
_LEAST_SPREAD = 0.2
"""Of the shares of a response that stand in the request: most requests give nothing, those with evidence nearly all."""


@dataclass(frozen=True, slots=True)
class RewardSettings:
    """How a member is trained.

    Args:
        passes: over all groups.
        batch: groups a step.
        rate: of Adam, falling to a fiftieth in a straight line.
        width, hidden: of an n-gram's row, and of the first layer (the second has 64).
        dropout, gram_dropout: share of units and of n-grams that are left out.
        blend: how far a label is moved to its system's mean.
        beside: weight of the hard annotator's loss.
        least_prompts: an n-gram must occur under so many prompts to have a row.
        members: of each part.
        seed: of the first member.
    """

    passes: int = 3
    batch: int = 4
    rate: float = 2e-3
    width: int = 16
    hidden: int = 128
    dropout: float = 0.3
    gram_dropout: float = 0.3
    blend: float = 0.3
    beside: float = 0.5
    least_prompts: int = 10
    members: int = 2
    seed: int = 0


class Member(nn.Module):
    """Wide and deep over n-grams and figures; two outputs, one an annotator.

    Args:
        rows: how many n-grams have a row.
        figures: F.
        settings: widths and dropout.
    """

    def __init__(self, rows: int, figures: int, settings: RewardSettings) -> None:
        super().__init__()
        self.wide = nn.EmbeddingBag(rows, 2, mode="sum")
        self.deep = nn.EmbeddingBag(rows, settings.width, mode="sum")
        nn.init.zeros_(self.wide.weight)
        nn.init.normal_(self.deep.weight, std=0.05)
        self.straight = nn.Linear(figures, 2, bias=False)
        self.first = nn.Linear(figures + settings.width, settings.hidden)
        self.second = nn.Linear(settings.hidden, 64)
        self.out = nn.Linear(64, 2)
        self.drop = nn.Dropout(settings.dropout)

    def forward(self, grams: Sequence[NDArray[np.integer]], standard_NF: Tensor) -> Tensor:
        """Scores of N responses for both annotators, N x 2."""
        sizes = np.array([len(each) for each in grams])
        flat = torch.from_numpy(np.concatenate([*grams, np.zeros(0, np.int64)]).astype(np.int64))
        starts = torch.from_numpy(np.cumsum(sizes) - sizes)
        scale_N1 = torch.from_numpy(1 / np.sqrt(np.maximum(sizes, 1))).float()[:, None]
        seen = torch.cat([standard_NF, self.deep(flat, starts) * scale_N1], dim=1)
        hidden = self.drop(torch.relu(self.first(self.drop(seen))))
        hidden = self.drop(torch.relu(self.second(hidden)))
        scores: Tensor = self.wide(flat, starts) * scale_N1 + self.straight(standard_NF) + self.out(hidden)
        return scores


@dataclass(frozen=True, slots=True, eq=False)
class Scaling:
    """What the training groups say of figures and n-grams: means, spreads, and the n-grams that have a row."""

    mean: Floats
    scale: Floats
    rows: NDArray[np.int32]

    def standard(self, figures_NF: Floats, clip: float = 5.0) -> Floats:
        """Standardised figures, cut."""
        return np.clip((figures_NF - self.mean) / self.scale, -clip, clip)


def scaling_of(groups: Sequence[Encoded], least_prompts: int) -> Scaling:
    """Means, spreads and frequent n-grams of the training groups."""
    flat_NF = np.concatenate([group.figures for group in groups])
    by_prompt: dict[int, list[NDArray[np.integer]]] = {}
    for group in groups:
        by_prompt.setdefault(group.prompt_id, []).extend(group.grams)
    every = np.concatenate([np.unique(np.concatenate(grams)) for grams in by_prompt.values()])
    rows, prompts = np.unique(every, return_counts=True)
    spread_F = flat_NF.std(axis=0) + 1e-3
    spread_F[list(_GIVEN)] = np.maximum(spread_F[list(_GIVEN)], _LEAST_SPREAD)
    return Scaling(flat_NF.mean(axis=0), spread_F, rows[prompts >= least_prompts].astype(np.int32))


def pair_loss(scores_N: Tensor, wins_N: Tensor, margin: float = 0.1) -> Tensor:
    """The logistic loss over the pairs of a group, weighted by how far apart their probabilities are."""
    apart_NN = wins_N[:, None] - wins_N[None, :]
    weights_NN = apart_NN * (apart_NN > margin)
    losses_NN = softplus(scores_N[None, :] - scores_N[:, None])
    return (weights_NN * losses_NN).sum() / weights_NN.sum().clamp(min=1e-6)


def blended(groups: Sequence[Encoded], share: float) -> list[Tensor]:
    """The labels of every group, moved towards the mean of their system under the same annotator."""
    said: dict[tuple[str, str], list[float]] = {}
    for group in groups:
        for system, win in zip(group.systems, group.wins.tolist(), strict=True):
            said.setdefault((group.annotator, system), []).append(win)
    means: Mapping[tuple[str, str], float] = {key: float(np.mean(wins)) for key, wins in said.items()}
    return [
        torch.from_numpy(
            (1 - share) * group.wins
            + share * np.array([means[group.annotator, system] for system in group.systems], np.float32)
        ).float()
        for group in groups
    ]


def train_member(
    groups: Sequence[Encoded], scaling: Scaling, settings: RewardSettings, seed: int, report: Report = print
) -> Member:
    """One member, trained on the groups; the same seed gives the same member."""
    torch.manual_seed(seed)
    random = np.random.default_rng(seed)
    member = Member(max(len(scaling.rows), 1), len(scaling.mean), settings)
    decayed = [weights for name, weights in member.named_parameters() if name != "wide.weight"]
    parts = [{"params": decayed, "weight_decay": _DECAY}, {"params": [member.wide.weight]}]
    optimizer = torch.optim.Adam(parts, lr=settings.rate)
    labels = blended(groups, settings.blend)
    seen = [torch.from_numpy(scaling.standard(group.figures)).float() for group in groups]
    grams = [[places_of(each, scaling.rows) for each in group.grams] for group in groups]
    steps, step = settings.passes * -(-len(groups) // settings.batch), 0
    for turn in range(settings.passes):
        total = 0.0
        member.train()
        for places in np.array_split(random.permutation(len(groups)), -(-len(groups) // settings.batch)):
            for rates in optimizer.param_groups:
                rates["lr"] = settings.rate * max(0.02, 1 - step / steps)
            step += 1
            loss = torch.zeros(())
            for place in places.tolist():
                kept = [each[random.random(len(each)) >= settings.gram_dropout] for each in grams[place]]
                soft = groups[place].annotator == SOFT
                scores_N = member(kept, seen[place])[:, 0 if soft else 1]
                loss = loss + (1.0 if soft else settings.beside) * pair_loss(scores_N, labels[place])
            optimizer.zero_grad()
            (loss / len(places)).backward()
            optimizer.step()
            total += float(loss.detach())
        report(f"seed {seed}, pass {turn + 1}: loss {total / len(groups):.4f}")
    return member.eval()
