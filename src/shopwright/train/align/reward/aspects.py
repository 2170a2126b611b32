"""Fits the ridge regressions of `models/reward_aspects` on people's scores in UniEval's layout.

    {"task", "source", "context", "output", "scores": {aspect: number}}

Rows go to parts by the hash of their source, so that answers to one source stay together.
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
from shopwright.train.align.examples import Splits, prompt_id
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


def fit_aspects(rated: Sequence[Rated], splits: Splits) -> AspectModel:
    """Weights from the rows that are not of the test part, for each task's aspect that has at least twenty."""
    learned = [row for row in rated if splits.of(prompt_id(row.source)) != "test"]
    seen = np.array([aspect_figures(row.source, row.context, row.answer) for row in learned])
    weights = {}
    for task, aspect in sorted({(row.task, aspect) for row in learned for aspect in row.scores}):
        at = [place for place, row in enumerate(learned) if row.task == task and aspect in row.scores]
        if len(at) >= _LEAST:
            weights[task, aspect] = _ridge(seen[at], np.array([learned[place].scores[aspect] for place in at]))
    return AspectModel(weights, frozenset(row.key for row in learned))


def write_aspects(model: AspectModel, target: Path, about: str) -> None:
    """Writes the file that `read_aspects` reads."""
    aspects = [
        {"task": task, "aspect": aspect, "weights": [round(float(one), _DIGITS) for one in weights]}
        for (task, aspect), weights in model.weights.items()
    ]
    held = {"about": about, "aspects": aspects, "trained": sorted(model.trained)}
    (target / FILE).write_text(json.dumps(held, indent=None) + "\n", encoding="utf-8")


def _ridge(seen_NF: Floats, scores_N: Floats) -> Floats:
    """The bias, then a weight a figure, in the figures' own units."""
    mean_F, spread_F = seen_NF.mean(axis=0), seen_NF.std(axis=0) + 1e-2
    standard_NF = (seen_NF - mean_F) / spread_F
    square_FF = standard_NF.T @ standard_NF + _RIDGE * np.eye(seen_NF.shape[1])
    weights_F = np.linalg.solve(square_FF, standard_NF.T @ (scores_N - scores_N.mean())) / spread_F
    return np.concatenate([[scores_N.mean() - weights_F @ mean_F], weights_F])
