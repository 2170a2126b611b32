"""Scores become probabilities: a logistic regression over named features, and an isotonic map of one score.

`Logistic` over the single feature "score" is Platt scaling (Platt, 1999); over several it weighs the signals that a
refusal rests on. `Isotonic` only asks that a higher score is no worse. Both are fitted here, without further
libraries, on at most some ten thousand rows, and are kept as JSON (`record`, `from_record`).
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from shopwright.errors import ConfigError, CorpusError
from shopwright.selective import paired

Floats = NDArray[np.float64]
_STEPS, _CLOSE = 50, 1e-8


@dataclass(frozen=True, slots=True)
class Logistic:
    """Probability = sigmoid(bias + sum of weight * (feature - mean) / scale).

    Args:
        names: of the features, in the order of the three tuples.
        weights: one a feature, for a change by one `scale`.
        bias: log-odds where every feature has its mean.
        means, scales: mean and standard deviation of each feature where it was known.
    """

    names: tuple[str, ...]
    weights: tuple[float, ...]
    bias: float
    means: tuple[float, ...]
    scales: tuple[float, ...]

    @classmethod
    def fit(cls, rows: Sequence[Mapping[str, float]], labels: Sequence[bool], ridge: float = 1.0) -> Self:
        """The most likely weights under a Gaussian prior: Newton's method (iteratively reweighted least squares).

        Args:
            rows: the features of each example; one that a row lacks counts as its mean over the others.
            labels: what each example is.
            ridge: half the penalty on a squared standardised weight, summed over rows; above 0, so that weights stay
                finite where the classes can be parted. The bias is free.

        Raises:
            ConfigError: a ridge of 0 or below.
            CorpusError: no rows, a feature that is not finite, two lengths, or labels of one class.
        """
        if not ridge > 0:
            raise ConfigError(f"ridge {ridge!r}: the penalty must be above 0, e.g. 1.0")
        truth = _two_classes(labels, len(rows))
        names = tuple(sorted({name for row in rows for name in row}))
        table_RF = np.array([[row.get(name, math.nan) for name in names] for row in rows], np.float64)
        for name, value in (pair for row in rows for pair in row.items()):
            if not math.isfinite(value):
                raise CorpusError(f"feature {name!r} is {value!r}: give a finite number, or leave it out where unknown")
        means_F = np.nanmean(table_RF, axis=0) if names else np.empty(0)
        scales_F = np.nanstd(table_RF, axis=0) if names else np.empty(0)
        scales_F[scales_F < 1e-12] = 1.0
        standard_RF = np.nan_to_num((table_RF - means_F) / scales_F, nan=0.0)
        found = _newton(np.column_stack([standard_RF, np.ones(len(rows))]), truth.astype(np.float64), ridge)
        *weights, bias = found.tolist()
        return cls(names, tuple(weights), bias, tuple(means_F.tolist()), tuple(scales_F.tolist()))

    def probability(self, features: Mapping[str, float]) -> float:
        """The calibrated probability; a missing or NaN feature counts as its mean, an unknown one not at all."""
        logit = self.bias
        for name, weight, mean, scale in zip(self.names, self.weights, self.means, self.scales, strict=True):
            value = features.get(name, mean)
            logit += 0.0 if math.isnan(value) else weight * (value - mean) / scale
        return 1.0 / (1.0 + math.exp(-min(max(logit, -500.0), 500.0)))

    def record(self) -> dict[str, Any]:
        """As JSON holds it."""
        return asdict(self)

    @classmethod
    def from_record(cls, record: Mapping[str, Any]) -> Self:
        """What `record` gave.

        Raises:
            ConfigError: fields that are missing or of different lengths.
        """
        try:
            many = [tuple(map(float, record[name])) for name in ("weights", "means", "scales")]
            read = cls(tuple(map(str, record["names"])), many[0], float(record["bias"]), many[1], many[2])
        except (KeyError, TypeError, ValueError) as error:
            raise ConfigError(f"not a logistic calibration ({error!r}): make it again with Logistic.fit") from error
        if {len(each) for each in many} != {len(read.names)}:
            raise ConfigError(f"{len(read.names)} names but {len(many[0])} weights: make it again with Logistic.fit")
        return read


@dataclass(frozen=True, slots=True)
class Isotonic:
    """A map that never falls, linear between its knots and level outside them.

    Args:
        scores: the knots, rising.
        values: the probability at each knot, never falling.
    """

    scores: tuple[float, ...]
    values: tuple[float, ...]

    @classmethod
    def fit(cls, scores: Sequence[float], labels: Sequence[bool]) -> Self:
        """Least squares among maps that never fall, by pooling adjacent violators (Ayer et al., 1955).

        Raises:
            CorpusError: no scores, one that is not finite, two lengths, or labels of one class.
        """
        truth = _two_classes(labels, len(scores))
        values, _ = paired(scores, labels)
        if not np.isfinite(values).all():
            raise CorpusError("a score is infinite: give finite ones, e.g. by clipping")
        distinct, place, counts = np.unique(values, return_inverse=True, return_counts=True)
        sums = np.bincount(place, truth)
        blocks: list[tuple[float, int, float, float]] = []  # sum, count, first and last score
        for total, count, score in zip(sums.tolist(), counts.tolist(), distinct.tolist(), strict=True):
            block = (total, count, score, score)
            while blocks and blocks[-1][0] * block[1] >= block[0] * blocks[-1][1]:
                before = blocks.pop()
                block = (before[0] + block[0], before[1] + block[1], before[2], block[3])
            blocks.append(block)
        knots = {score: total / count for total, count, first, last in blocks for score in (first, last)}
        return cls(tuple(knots), tuple(knots.values()))

    def __call__(self, score: float) -> float:
        """The calibrated probability of a score."""
        return float(np.interp(score, self.scores, self.values))

    def record(self) -> dict[str, Any]:
        """As JSON holds it."""
        return asdict(self)

    @classmethod
    def from_record(cls, record: Mapping[str, Any]) -> Self:
        """What `record` gave.

        Raises:
            ConfigError: fields that are missing, of different lengths, or falling.
        """
        try:
            read = cls(tuple(map(float, record["scores"])), tuple(map(float, record["values"])))
        except (KeyError, TypeError, ValueError) as error:
            raise ConfigError(f"not an isotonic calibration ({error!r}): make it again with Isotonic.fit") from error
        if not read.scores or len(read.scores) != len(read.values) or any(np.diff(read.scores) <= 0):
            raise ConfigError("the knots of the isotonic calibration do not rise: make it again with Isotonic.fit")
        return read


def _two_classes(labels: Sequence[bool], rows: int) -> NDArray[np.bool_]:
    truth = np.asarray(labels, np.bool_)
    if len(truth) != rows:
        raise CorpusError(f"{rows} rows but {len(truth)} labels: give one label for each row")
    if not rows or truth.all() or not truth.any():
        held = "no labels" if not rows else f"{rows} labels, all {bool(truth[0])}"
        raise CorpusError(f"{held}: a calibration needs examples of both kinds, right and wrong")
    return truth


def _newton(design_RF: Floats, truth_R: Floats, ridge: float) -> Floats:
    """Weights of the penalised logistic regression; the last column is the bias and is not penalised.

    A step that would raise the loss is halved, so the loss falls until it no longer moves.
    """
    penalty_F = np.append(np.full(design_RF.shape[1] - 1, ridge), 0.0)
    weights_F = np.zeros(design_RF.shape[1])

    def loss(weights: Floats) -> float:
        logits = design_RF @ weights
        return float(np.sum(np.logaddexp(0.0, logits) - truth_R * logits) + penalty_F @ weights**2 / 2)

    for _ in range(_STEPS):
        chance_R = 1.0 / (1.0 + np.exp(-np.clip(design_RF @ weights_F, -500, 500)))
        gradient_F = design_RF.T @ (chance_R - truth_R) + penalty_F * weights_F
        curvature_R = np.maximum(chance_R * (1 - chance_R), 1e-10)
        hessian_FF = (design_RF * curvature_R[:, None]).T @ design_RF + np.diag(penalty_F)
        step_F = np.linalg.solve(hessian_FF, gradient_F)
        now, size = loss(weights_F), 1.0
        while loss(weights_F - size * step_F) > now and size > _CLOSE:
            size /= 2
        weights_F = weights_F - size * step_F
        if float(np.abs(size * step_F).max()) < _CLOSE:
            break
    return weights_F
