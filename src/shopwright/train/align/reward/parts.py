"""One part of the reward model: all that is trained without one fold of the prompts, and what it says of these."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch

from shopwright.models.reward import LENGTH, places_of
from shopwright.models.reward_features import Floats
from shopwright.train.align.reward.groups import SOFT, Encoded, fold_of
from shopwright.train.align.reward.heads import Heads, fit_heads, fit_linear
from shopwright.train.align.reward.labels import Labels
from shopwright.train.align.reward.network import Member, RewardSettings, Scaling, train_member
from shopwright.train.outcome import Report


@dataclass(frozen=True, slots=True, eq=False)
class Unseen:
    """N responses to a prompt that a part was not trained on.

    Args:
        scores: mean of its members, not calibrated, N.
        wins: P(better than the baseline), N.
        lengths: standardised logarithms of length, N.
    """

    scores: Floats
    wins: Floats
    lengths: Floats


@dataclass(frozen=True, slots=True, eq=False)
class Part:
    """Members, heads with their gate, the baseline (V weights and one of length), and the fold that was left out."""

    members: tuple[Member, ...]
    heads: Heads
    linear: Floats
    linear_length: float
    unseen: tuple[Unseen, ...]


def train_part(
    groups: Sequence[Encoded],
    labels: Sequence[Labels],
    scaling: Scaling,
    settings: RewardSettings,
    fold: int,
    report: Report = print,
) -> Part:
    """Train on all groups and labels but those of a fold, whose groups of the soft annotator are scored."""
    seen = [group for group in groups if fold_of(group.prompt_id) != fold]
    kept_back = [group for group in groups if fold_of(group.prompt_id) == fold and group.annotator == SOFT]
    first = settings.seed + fold * settings.members
    report(f"fold {fold + 1}: {len(seen)} groups, {len(kept_back)} prompts left out")
    members = tuple(train_member(seen, scaling, settings, first + place, report) for place in range(settings.members))
    linear_V, linear_length = fit_linear(seen, scaling)
    unseen = tuple(_scored(members, group, scaling) for group in kept_back)
    return Part(members, fit_heads(seen, scaling, labels, fold), linear_V, float(linear_length[0]), unseen)


def _scored(members: Sequence[Member], group: Encoded, scaling: Scaling) -> Unseen:
    grams, standard_NF = [places_of(each, scaling.rows) for each in group.grams], scaling.standard(group.figures)
    with torch.no_grad():
        scores = [member(grams, torch.from_numpy(standard_NF).float())[:, 0].numpy() for member in members]
    return Unseen(np.asarray(np.mean(scores, axis=0), np.float32), group.wins, standard_NF[:, LENGTH])
