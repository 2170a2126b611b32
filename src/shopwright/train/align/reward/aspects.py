"""Fits the ridge regressions of `models/reward_aspects` on people's scores in UniEval's layout.

    {"task", "source", "context", "output", "scores": {aspect: number}}

Rows go to folds by the hash of their source, so that answers to one source stay together; of every regression there
are as many as folds, each fitted without one of them.
"""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from shopwright.errors import CorpusError
from shopwright.models.reward_aspects import FILE, AspectModel, Floats, aspect_figures
from shopwright.train.align.examples import prompt_id
from shopwright.train.align.reward.groups import FOLDS, fold_of
from shopwright.train.verify.examples import records

_RIDGE = 30.0
_LEAST = 20
_DIGITS = 5


@dataclass(frozen=True, slots=True, eq=False)
class Rated:
    """One answer with what people gave it in each aspect."""

    task: str
    source: str
    context: str
    answer: str
    scores: dict[str, float]

    @property
    def key(self) -> str:
        """Names the source."""
        return f"{prompt_id(self.source):016x}"


def read_rated(path: Path) -> list[Rated]:
    """The rows of the file; a score that is no number is left out.

    Raises:
        CorpusError: the file is missing, damaged or empty.
    """
    rated = []
    try:
        for row in records(path):
            given = {name: float(value) for name, value in row["scores"].items() if isinstance(value, int | float)}
            known = {name: value for name, value in given.items() if math.isfinite(value)}
            rated.append(Rated(row["task"], row["source"], row.get("context") or "", row["output"], known))
    except (OSError, EOFError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise CorpusError(f"{path}, line {len(rated) + 1} cannot be read ({error}): copy the file again") from error
    if not rated:
        raise CorpusError(f"{path} is empty: copy the file again")
    return rated


def fit_aspects(rated: Sequence[Rated]) -> AspectModel:
    """Weights, a row a fold that is left out, for each task's aspect that has at least twenty rows without it."""
    seen_NF = np.array([aspect_figures(row.source, row.context, row.answer) for row in rated])
    folds_N = np.array([fold_of(prompt_id(row.source)) for row in rated])
    weights = {}
    for task, aspect in sorted({(row.task, aspect) for row in rated for aspect in row.scores}):
        has_N = np.array([row.task == task and aspect in row.scores for row in rated])
        kept = [np.flatnonzero(has_N & (folds_N != fold)) for fold in range(FOLDS)]
        if min(map(len, kept)) >= _LEAST:
            given = [np.array([rated[place].scores[aspect] for place in at.tolist()]) for at in kept]
            fitted = [_ridge(seen_NF[at], scores) for at, scores in zip(kept, given, strict=True)]
            weights[task, aspect] = np.stack(fitted)
    return AspectModel(weights, {row.key: int(fold) for row, fold in zip(rated, folds_N, strict=True)})


def write_aspects(model: AspectModel, target: Path, about: str) -> None:
    """Writes the file that `read_aspects` reads."""
    aspects = [
        {"task": task, "aspect": aspect, "weights": np.round(weights, _DIGITS).tolist()}
        for (task, aspect), weights in model.weights.items()
    ]
    held = {"about": about, "aspects": aspects, "trained": dict(sorted(model.trained.items()))}
    (target / FILE).write_text(json.dumps(held, indent=None) + "\n", encoding="utf-8")


def _ridge(seen_NF: Floats, scores_N: Floats) -> Floats:
    """The bias, then a weight a figure, in the figures' own units."""
    mean_F, spread_F = seen_NF.mean(axis=0), seen_NF.std(axis=0) + 1e-2
    standard_NF = (seen_NF - mean_F) / spread_F
    square_FF = standard_NF.T @ standard_NF + _RIDGE * np.eye(seen_NF.shape[1])
    weights_F = np.linalg.solve(square_FF, standard_NF.T @ (scores_N - scores_N.mean())) / spread_F
    return np.concatenate([[scores_N.mean() - weights_F @ mean_F], weights_F])
