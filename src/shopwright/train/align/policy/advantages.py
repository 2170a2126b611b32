"""From rewards in several objectives to one advantage an answer, and the multipliers that hold floors.

    decoupled   each objective is normalised within its group, then they are weighted and added (GDPO: Liu et al., 2026;
                the caller brings the sum to unit spread over the batch). Objectives of small spread keep their voice.
    sum         they are weighted and added, then the sum is normalised within its group (GRPO: Shao et al., 2024)

A group in which an objective does not vary says nothing about it; one in which nothing varies teaches nothing, and an
alarm rings where there are many. Floors are constraints of a Lagrangian: a multiplier rises while the mean of its
objective is below its floor, falls while it is above, and is added to that objective's weight (Tessler et al., 2019).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
_LEAST_SPREAD = 1e-6
_MOST = 10.0


def advantages(
    rewards_PGK: Floats, weights_PK: Floats, aggregate: Literal["decoupled", "sum"], kept_P: NDArray[np.bool_]
) -> Floats:
    """Advantages of G answers to each of P prompts, shape (P, G); 0 in groups that are not kept."""
    weights_P1K = weights_PK[:, None, :]
    if aggregate == "sum":
        found_PG = _normalised((rewards_PGK * weights_P1K).sum(axis=2, keepdims=True))[:, :, 0]
    else:
        found_PG = (_normalised(rewards_PGK) * weights_P1K).sum(axis=2)
    return np.where(kept_P[:, None], found_PG, 0.0)


def _normalised(rewards_PGK: Floats) -> Floats:
    spread = rewards_PGK.std(axis=1, keepdims=True)
    centred = rewards_PGK - rewards_PGK.mean(axis=1, keepdims=True)
    return np.where(spread < _LEAST_SPREAD, 0.0, centred / np.maximum(spread, _LEAST_SPREAD))


class Multipliers:
    """Lagrange multipliers of floors under the means of K objectives.

    Args:
        floors: K; 0 where there is none.
        rate: of the ascent.
        memory: of the running mean that is compared with a floor.
    """

    def __init__(self, floors: Sequence[float], rate: float = 0.5, memory: float = 0.8) -> None:
        self.floors = np.asarray(floors, np.float64)
        self.values = np.zeros(len(self.floors))
        self._mean: Floats | None = None
        self._rate, self._memory = rate, memory

    def weights(self, weights_PK: Floats) -> Floats:
        """Weights with the multipliers added."""
        return weights_PK + self.values

    def see(self, means_K: Floats) -> None:
        """Move after a step whose answers had these means."""
        known = self._mean if self._mean is not None else means_K
        self._mean = self._memory * known + (1 - self._memory) * means_K
        moved = self.values + self._rate * (self.floors - self._mean)
        self.values = np.where(self.floors > 0, np.clip(moved, 0.0, _MOST), 0.0)

    def state(self) -> dict[str, list[float]]:
        """For a checkpoint."""
        return {"values": self.values.tolist(), "mean": [] if self._mean is None else self._mean.tolist()}

    def load(self, state: dict[str, list[float]]) -> None:
        """Go on from what `state` gave."""
        self.values = np.array(state["values"])
        self._mean = np.array(state["mean"]) if state["mean"] else None


def drawn_weights(random: np.random.Generator, prompts: int, base: Sequence[float], conditioned: bool) -> Floats:
    """The weighting of each of P prompts, rows that add up to 1, shape (P, K).

    Unconditioned all are the base. Conditioned, a third is the base, a third one objective at about half of all, and a
    third uniform over all weightings (a flat Dirichlet distribution).
    """
    even_K = np.asarray(base, np.float64) / max(float(np.sum(base)), 1e-9)
    weights_PK = np.tile(even_K, (prompts, 1))
    if conditioned:
        for place in range(prompts):
            kind = random.integers(3)
            if kind == 1:
                weights_PK[place] *= 0.5
                weights_PK[place, random.integers(len(even_K))] += 0.5
            elif kind == 2:
                weights_PK[place] = random.dirichlet(np.ones(len(even_K)))
    return weights_PK
