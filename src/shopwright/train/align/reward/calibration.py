"""The temperature by which differences of scores become logits (Guo et al., 2017), and how well they keep the promise.

A pair of responses to one prompt counts where the annotator's labels differ at all; what is promised is the probability
that the one with the higher score is the one that the annotator put first. Pairs have no side, so Platt's bias is 0 and
one number remains.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from shopwright.metrics import calibration_error
from shopwright.models.reward_features import Floats
from shopwright.selective import brier

_STEPS = 30
_STEEPEST = 10.0
_BINS = 20
"""Over 0 to 1; of the higher-scored response's probability, ten of them are used."""


def gaps(scores: Sequence[Floats], wins: Sequence[Floats]) -> NDArray[np.float64]:
    """How much the better response of each pair of some groups scores above the other."""
    found = []
    for scores_N, wins_N in zip(scores, wins, strict=True):
        better, worse = np.nonzero(wins_N[:, None] > wins_N[None, :])
        found.append(scores_N[better].astype(np.float64) - scores_N[worse])
    return np.concatenate([*found, np.zeros(0)])


def fit_temperature(gaps_P: NDArray[np.float64]) -> float:
    """What gaps are divided by for the least log loss, by Newton's method; 1 where pairs do not decide it."""
    if not np.any(gaps_P):
        return 1.0
    inverse = 1.0
    for _ in range(_STEPS):
        wrong_P = 1 / (1 + np.exp(np.clip(inverse * gaps_P, -50, 50)))
        bend = float((wrong_P * (1 - wrong_P) * gaps_P**2).sum())
        inverse = min(max(inverse + float((wrong_P * gaps_P).sum()) / max(bend, 1e-9), inverse / 2), inverse * 2)
    return 1 / min(max(inverse, 1 / _STEEPEST), _STEEPEST)


def kept_promise(gaps_P: NDArray[np.float64]) -> tuple[float, float]:
    """Expected calibration error and Brier score of the gaps as logits; NaN without pairs."""
    promised = 1 / (1 + np.exp(-np.abs(gaps_P)))
    return calibration_error(promised.tolist(), (gaps_P > 0).tolist(), _BINS), brier(promised, (gaps_P > 0).tolist())
