"""Stage 3: the model comes to prefer the rewrites that the search prefers.

Preference ranking optimisation (PRO; Song et al., 2024, as BEQUE uses it): of each list of candidates, best first, the
first is set against all that follow, then the second against all that follow it, and so on, each worse candidate
weighed by how much worse its reward is; the likelihood of the best, as in stage 1, keeps the language.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from shopwright.train.outcome import Report
from shopwright.train.rewrite.decoder import Decoder
from shopwright.train.rewrite.feedback import Ranked
from shopwright.train.rewrite.pairs import Pair
from shopwright.train.transformer import Checkpoints, fit, recipe_of

_LEAST_GAP = 0.02


@dataclass(frozen=True, slots=True)
class AlignmentSettings:
    """Numbers of the stage.

    Args:
        passes: over all lists.
        lists: of a step.
        candidates: of a list: the best, and the worst ones.
        rate: peak learning rate.
        sharpness: how much a difference of 1 in reward weighs.
        likelihood: weight of the likelihood of the best.
    """

    passes: float = 1.0
    lists: int = 16
    candidates: int = 4
    rate: float = 1e-4
    sharpness: float = 10.0
    likelihood: float = 0.5
    seed: int = 0


def align(
    decoder: Decoder,
    ranked: Sequence[Ranked],
    work: Path,
    settings: AlignmentSettings,
    *,
    steps: int | None = None,
    report: Report = print,
) -> None:
    """Train the decoder in place; goes on from its last checkpoint in `work`.

    Args:
        decoder: after stage 1.
        ranked: of stage 2.
        work: folder of checkpoints.
        settings: see there.
        steps: stop early, for trying.
        report: told of progress.
    """
    lists = [(each.task, each.query, _distinct(each, settings.candidates)) for each in ranked]
    lists = [each for each in lists if len(each[2]) > 1]
    if not lists:
        return
    planned = max(int(settings.passes * len(lists) / settings.lists), 1)

    def loss_of(step: int) -> Tensor:
        turn, place = divmod(step * settings.lists, len(lists))
        order = np.random.default_rng((settings.seed, turn)).permutation(len(lists))
        chosen = [lists[at] for at in order[place : place + settings.lists].tolist()]
        asked = [decoder.asked(Pair(task, query, text)) for task, query, found in chosen for text, _ in found]
        sums, counts = decoder.logprobs(asked)
        losses, start = [], 0
        for _, _, found in chosen:
            end = start + len(found)
            rewards = torch.tensor([reward for _, reward in found])
            means = sums[start:end] / counts[start:end]
            losses.append(preference(means, settings.sharpness * rewards) - settings.likelihood * means[0])
            start = end
        return torch.stack(losses).mean()

    recipe = recipe_of(settings, lists)
    fit(decoder, settings.rate, planned, settings.seed, Checkpoints(work, recipe), loss_of, steps=steps, report=report)


def preference(scores_N: Tensor, rewards_N: Tensor) -> Tensor:
    """The loss of a list: negative log-likelihood of its order, each pair weighed by its difference in reward.

    Args:
        scores_N: mean log-probability a token of each candidate, best candidate first.
        rewards_N: their rewards, falling.
    """
    total = scores_N.new_zeros(())
    for place in range(len(scores_N) - 1):
        gaps = rewards_N[place] - rewards_N[place + 1 :]
        against = torch.cat([(scores_N[place] * gaps.max())[None], scores_N[place + 1 :] * gaps])
        total = total + torch.logsumexp(against, 0) - against[0]
    return total / (len(scores_N) - 1)


def _distinct(ranked: Ranked, most: int) -> list[tuple[str, float]]:
    """The best candidate and some that are worse by something, falling."""
    kept = [(ranked.candidates[0].text, ranked.candidates[0].reward)]
    for each in ranked.candidates[1:]:
        if kept[-1][1] - each.reward >= _LEAST_GAP:
            kept.append((each.text, each.reward))
    return [*kept[: most - 1], *kept[most - 1 :][-1:]]
