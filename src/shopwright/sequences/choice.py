"""A conditional logit: weights of features under which the item that was chosen outscores the other candidates.

Method: McFadden (1974); the mean log-likelihood over the sets is raised by Adam (Kingma and Ba, 2015). Sets whose
choice is not among the candidates teach nothing and are left out.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from shopwright.errors import CorpusError
from shopwright.sequences.log import Floats

_BATCH = 400
_PENALTY = 1e-4
_LEAST_STEPS = 400
"""Few sets are passed over until there were so many steps."""


@dataclass(frozen=True, slots=True, eq=False)
class ChoiceSet:
    """F features of each of C candidates (C x F; there are many sets, hence 32 bits), and which of them was chosen."""

    features: NDArray[np.float32]
    chosen: int


@dataclass(frozen=True, slots=True, eq=False)
class Logit:
    """Scores of candidates: features, standardised, times weights."""

    mean: Floats
    scale: Floats
    weights: Floats

    def scores(self, features_CF: Floats) -> Floats:
        """One score a candidate; their softmax is the probability of each among them."""
        return np.asarray((features_CF - self.mean) @ (self.weights / self.scale), np.float64)


def fit_logit(sets: Sequence[ChoiceSet], seed: int, passes: int = 10, rate: float = 0.02) -> Logit:
    """The weights that explain the choices best.

    Raises:
        CorpusError: there is no set with a choice in it.
    """
    if not sets:
        raise CorpusError("no choices to learn from: the sessions held out for the weights have no known next item")
    flat = np.concatenate([each.features for each in sets])
    mean, scale = flat.mean(axis=0, dtype=np.float64), flat.std(axis=0, dtype=np.float64) + 1e-6
    flat -= mean.astype(np.float32)
    flat /= scale.astype(np.float32)
    ends = np.cumsum([len(each.features) for each in sets])
    begins = ends - [len(each.features) for each in sets]
    chosen = begins + [each.chosen for each in sets]
    weights, slope, spread = np.zeros(flat.shape[1]), np.zeros(flat.shape[1]), np.zeros(flat.shape[1])
    batches = -(-len(sets) // _BATCH)
    turns = max(passes, -(-_LEAST_STEPS // batches))
    random, step = np.random.default_rng(seed), 0
    for _ in range(turns):
        for batch in np.array_split(random.permutation(len(sets)), batches):
            at = np.concatenate([np.arange(begins[one], ends[one]) for one in batch])
            rows = flat[at]
            share = _softmax(rows @ weights, (ends - begins)[batch])
            gradient = (share @ rows - flat[chosen[batch]].sum(axis=0)) / len(batch) + _PENALTY * weights
            step += 1
            slope = 0.9 * slope + 0.1 * gradient
            spread = 0.999 * spread + 0.001 * gradient**2
            size = rate * (1 - step / (turns * batches + 1))
            weights = weights - size * (slope / (1 - 0.9**step)) / (np.sqrt(spread / (1 - 0.999**step)) + 1e-8)
    return Logit(mean, scale, weights)


def _softmax(scores: Floats, sizes: np.ndarray[tuple[int], np.dtype[np.int64]]) -> Floats:
    """Softmax within each set of a batch."""
    first = np.cumsum(sizes) - sizes
    raised = np.exp(scores - np.repeat(np.maximum.reduceat(scores, first), sizes))
    return np.asarray(raised / np.repeat(np.add.reduceat(raised, first), sizes), np.float64)
