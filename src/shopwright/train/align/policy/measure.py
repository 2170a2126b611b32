"""What policies are worth on prompts that nothing was trained on: a mean in each objective for every weighting asked.

    scores_NK = scored(policy, assignments, rules, weights, conditioned=True)
    souped(policies, shares, into)    # rewarded soups (Rame et al., 2023): weights of specialists, interpolated

`best_of` is the baseline that training has to beat: n answers of a policy, of which the judge itself picks the best.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from numpy.typing import NDArray

from shopwright.errors import ConfigError
from shopwright.train.align.assignments import Assignment
from shopwright.train.align.policy.generation import CachedGenerator
from shopwright.train.align.policy.guarding import RewardFunction
from shopwright.train.align.policy.model import Policy
from shopwright.train.align.policy.settings import told

Floats = NDArray[np.float64]
_TOGETHER = 16


def answered(
    policy: Policy,
    assignments: Sequence[Assignment],
    weights: Sequence[float],
    *,
    conditioned: bool,
    samples: int = 2,
    longest: int = 64,
    temperature: float = 0.7,
    seed: int = 0,
) -> list[list[str]]:
    """`samples` answers to each of N assignments."""
    line, draws = told(weights) if conditioned else "", torch.Generator().manual_seed(seed)
    generator, found = CachedGenerator(policy, longest, temperature), []
    for start in range(0, len(assignments), _TOGETHER):
        part = assignments[start : start + _TOGETHER]
        texts = generator([one.prompt + line for one in part], samples, draws).texts
        found += [list(texts[place * samples : (place + 1) * samples]) for place in range(len(part))]
    return found


def scored(assignments: Sequence[Assignment], answers: Sequence[Sequence[str]], rules: RewardFunction) -> Floats:
    """The mean of each objective over a prompt's answers, (N, K)."""
    return np.array(
        [np.mean(rules(one, texts), axis=0) for one, texts in zip(assignments, answers, strict=True)], np.float64
    )


def best_of(
    assignments: Sequence[Assignment],
    answers: Sequence[Sequence[str]],
    rules: RewardFunction,
    weights: Sequence[float],
) -> Floats:
    """The objectives of the one answer of each prompt that the weighted sum prefers, (N, K)."""
    found = []
    for one, texts in zip(assignments, answers, strict=True):
        scores_GK = np.asarray(rules(one, texts), np.float64)
        found.append(scores_GK[int(np.argmax(scores_GK @ np.asarray(weights)))])
    return np.array(found, np.float64)


def souped(policies: Sequence[Policy], shares: Sequence[float], into: Policy) -> None:
    """Set the weights of a policy to the weighted mean of others' that began alike.

    Raises:
        ConfigError: the policies differ in shape, or the shares do not fit.
    """
    if len(policies) != len(shares) or min(shares) < 0 or not sum(shares) > 0:
        raise ConfigError(f"shares {list(shares)} of {len(policies)} policies: expected one of 0 or more for each")
    parts = (np.asarray(shares, np.float64) / sum(shares)).tolist()
    states = [each.model.state_dict() for each in policies]
    with torch.no_grad():
        for name, weight in into.model.state_dict().items():
            if any(name not in state or state[name].shape != weight.shape for state in states):
                raise ConfigError(f"the policies differ in {name}: only those that began alike can be mixed")
            if weight.is_floating_point():
                weight.copy_(sum(part * state[name] for part, state in zip(parts, states, strict=True)))
