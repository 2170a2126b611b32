"""The Pareto front of trained policies: what it is worth, how sure that is, and a point picked on it.

    points = read_front(Path("runs/align/front.json"))
    hypervolume([point.objectives for point in points], reference)
    pick(points, weights=(1, 2, 1, 1), floors=(0.2, 0.5, -inf, -inf))

Every objective is maximised, in the order of `OBJECTIVES` unless the caller has others. A point dominates another that
it equals or betters in every objective, and betters in at least one. The hypervolume (Zitzler and Thiele, 1998) is the
volume between a reference point and all that the points dominate. It is computed exactly, by the WFG algorithm (While,
Bradstreet and Barone, 2012): the points in turn, each with what it adds to those before it, which is its own box less
the hypervolume of the boxes that it shares with them. They are taken from the highest in the last objective down, so
that what is shared needs one objective less; two objectives are swept. 50 points in five objectives take some 50 ms.

Objectives are compared as they are: a weighted sum over objectives of different scales weighs the scales too.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import orjson
from numpy.typing import ArrayLike, NDArray

from shopwright.errors import ConfigError, CorpusError
from shopwright.metrics import bootstrap_interval, mean
from shopwright.models.reward_objectives import OBJECTIVES
from shopwright.train.corpus.files import write_whole

FILE = "front.json"
"""The file of a training's points, beside their weights."""
Floats = NDArray[np.float64]
Interval = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Point:
    """A policy by what it reaches.

    Args:
        name: unique within a front.
        weights: K, of the objectives, that it was trained with or conditioned on.
        objectives: K means over prompts.
        ci95: K intervals, or None.
        path: where its weights are, relative to the front's file; None where one model serves all points.
    """

    name: str
    weights: tuple[float, ...]
    objectives: tuple[float, ...]
    ci95: tuple[Interval, ...] | None = None
    path: str | None = None

    def __post_init__(self) -> None:
        known = (self.weights, self.objectives, *(self.ci95 or ()))
        if not all(math.isfinite(value) for values in known for value in values):
            raise ConfigError(f"the point {self.name!r} has a figure that is no number: {self.objectives}")
        counts = {len(self.weights), len(self.objectives), len(self.objectives if self.ci95 is None else self.ci95)}
        if len(counts) > 1 or not self.objectives:
            raise ConfigError(f"the point {self.name!r} needs a weight, a value and, if any, an interval an objective")


def dominated(points_PK: ArrayLike) -> NDArray[np.bool_]:
    """Which of P points another one dominates, shape (P,). Equal points do not dominate one another."""
    rows_PK = _rows(points_PK)
    no_worse_PP = (rows_PK[:, None] >= rows_PK[None]).all(axis=2)
    return np.asarray((no_worse_PP & ~no_worse_PP.T).any(axis=0), np.bool_)


def front(points: Sequence[Point]) -> list[Point]:
    """The points that no other one dominates, in their order."""
    if not points:
        return []
    kept = ~dominated([point.objectives for point in points])
    return [point for point, keep in zip(points, kept, strict=True) if keep]


def hypervolume(points_PK: ArrayLike, reference_K: ArrayLike) -> float:
    """The volume that P points dominate above a reference, exact up to rounding.

    Args:
        points_PK: a point that is not above the reference in every objective adds nothing.
        reference_K: what counts as nothing reached, the same for all fronts that are compared.

    Raises:
        ConfigError: a value is no number, or the reference has other objectives than the points.
    """
    rows_PK, reference = _rows(points_PK), np.asarray(reference_K, np.float64)
    if not np.isfinite(reference).all() or (rows_PK.size and reference.shape != rows_PK.shape[1:]):
        raise ConfigError(f"reference {reference.tolist()}: expected a finite value for each objective of the points")
    boxes_PK = rows_PK - reference if rows_PK.size else np.zeros((0, len(reference)))
    boxes_PK = boxes_PK[(boxes_PK > 0).all(axis=1)]
    return _volume(_bare(boxes_PK)) if len(boxes_PK) else 0.0


def hypervolume_interval(fronts: Sequence[ArrayLike], reference_K: ArrayLike) -> tuple[float, Interval]:
    """The mean hypervolume over seeds, and its 95 % interval by a bootstrap over them.

    With three seeds the interval is little more than the lowest and the highest of them.

    Args:
        fronts: the points of each seed, shapes (P, K); numbers of points may differ.
        reference_K: of all of them.
    """
    found = [hypervolume(points_PK, reference_K) for points_PK in fronts]
    return mean(found)[0], bootstrap_interval(found)


def objective_intervals(scores_NK: ArrayLike) -> tuple[Interval, ...]:
    """The 95 % interval of the mean of each objective, by a bootstrap over prompts.

    Args:
        scores_NK: of N prompts, each the mean over its answers.
    """
    return tuple(bootstrap_interval(scores_N) for scores_N in _rows(scores_NK).T)


def measured(name: str, weights: Sequence[float], scores_NK: ArrayLike, path: str | None = None) -> Point:
    """A point out of what its policy reached on N prompts, with its intervals; see `objective_intervals`."""
    means_K = _rows(scores_NK).mean(axis=0)
    return Point(name, tuple(map(float, weights)), tuple(means_K.tolist()), objective_intervals(scores_NK), path)


def pick(
    points: Sequence[Point], weights: Sequence[float] | None = None, floors: Sequence[float] | None = None
) -> Point:
    """The point with the largest weighted sum of those that keep every floor; the first of equals.

    Args:
        points: dominated ones may be among them.
        weights: K, none below 0; equal by default.
        floors: K least means; -inf where an objective has none.

    Raises:
        ConfigError: no point keeps the floors, with the one that comes nearest; or the arguments do not fit.
    """
    if not points:
        raise ConfigError("there is no point to pick from: train a policy, or name another front.json")
    values_PK = _rows([point.objectives for point in points])
    weights_K = _fitting(weights, values_PK.shape[1], 1.0, "weights")
    floors_K = _fitting(floors, values_PK.shape[1], -math.inf, "floors")
    if not np.isfinite(weights_K).all() or (weights_K < 0).any() or not weights_K.any():
        raise ConfigError(f"weights {weights_K.tolist()}: expected finite ones of 0 or more, not all of them 0")
    if np.isnan(floors_K).any():
        raise ConfigError(f"floors {floors_K.tolist()}: expected numbers, -inf where an objective has none")
    keeps = (values_PK >= floors_K).all(axis=1)
    if not keeps.any():
        raise ConfigError(_nearest(points, values_PK, floors_K))
    return points[int(np.argmax(np.where(keeps, values_PK @ weights_K, -np.inf)))]


def by_objective(
    given: Mapping[str, float], default: float, objectives: Sequence[str] = OBJECTIVES
) -> tuple[float, ...]:
    """Values by the name of an objective, as K of them in order, for `pick`.

    Raises:
        ConfigError: a name is no objective.
    """
    if unknown := [name for name in given if name not in objectives]:
        raise ConfigError(f"{unknown[0]!r} is no objective: expected one of {', '.join(objectives)}")
    return tuple(float(given.get(name, default)) for name in objectives)


def write_front(points: Sequence[Point], path: Path, objectives: Sequence[str] = OBJECTIVES) -> None:
    """Write the points of a training, whole or not at all.

    Raises:
        ConfigError: two points share a name, or one has other objectives.
    """
    names = [point.name for point in points]
    if len(set(names)) < len(names):
        raise ConfigError(f"two points are named {max(names, key=names.count)!r}: give each its own name")
    if odd := [point.name for point in points if len(point.objectives) != len(objectives)]:
        raise ConfigError(f"the point {odd[0]!r} has other objectives than {', '.join(objectives)}")
    record = {"objectives": list(objectives), "points": [asdict(point) for point in points]}
    write_whole(path, orjson.dumps(record, option=orjson.OPT_INDENT_2))


def read_front(path: Path, objectives: Sequence[str] = OBJECTIVES) -> list[Point]:
    """The points that `write_front` wrote.

    Raises:
        CorpusError: the file is missing, is no front, or has other objectives.
    """
    try:
        record = orjson.loads(path.read_bytes())
        found = tuple(record["objectives"])
        points = [_point(each) for each in record["points"]]
    except OSError as error:
        raise CorpusError(f"{path}: {error.strerror}: expected the {FILE} that a training writes") from error
    except (ValueError, KeyError, TypeError, ConfigError) as error:
        raise CorpusError(f"{path} is no front ({error}): measure the training again to write it anew") from error
    if found != tuple(objectives) or any(len(point.objectives) != len(found) for point in points):
        raise CorpusError(f"{path} is about {', '.join(map(str, found))}: expected {', '.join(objectives)}")
    return points


def _point(record: Mapping[str, Any]) -> Point:
    intervals, path = record["ci95"], record["path"]
    return Point(
        str(record["name"]),
        tuple(map(float, record["weights"])),
        tuple(map(float, record["objectives"])),
        None if intervals is None else tuple((float(low), float(high)) for low, high in intervals),
        None if path is None else str(path),
    )


def _rows(points: ArrayLike) -> Floats:
    """Points as an array of two dimensions and of numbers."""
    try:
        rows = np.asarray(points, np.float64)
    except ValueError as error:
        raise ConfigError(f"points of different numbers of objectives cannot be compared: {error}") from error
    if rows.size == 0:
        return np.zeros((0, rows.shape[1] if rows.ndim == 2 else 0))
    if rows.ndim != 2 or not np.isfinite(rows).all():
        raise ConfigError(f"expected a finite value for each point and objective, not {rows.tolist()}")
    return rows


def _fitting(values: Sequence[float] | None, count: int, default: float, name: str) -> Floats:
    found = np.full(count, default) if values is None else np.asarray(values, np.float64)
    if found.shape != (count,):
        raise ConfigError(f"{name} {found.tolist()}: expected {count} of them, one for each objective")
    return found


def _nearest(points: Sequence[Point], values_PK: Floats, floors_K: Floats) -> str:
    """Says which point lacks least to the floors, each objective in parts of its range over the points."""
    short_PK = np.maximum(floors_K - values_PK, 0.0)
    spread_K = np.ptp(values_PK, axis=0)
    place = int(np.argmin((short_PK / np.where(spread_K > 0, spread_K, 1.0)).sum(axis=1)))
    names = OBJECTIVES if len(floors_K) == len(OBJECTIVES) else [f"objective {each}" for each in range(len(floors_K))]
    lacks = ", ".join(
        f"{name} {value:.3g} where {floor:.3g} is asked"
        for name, value, floor in zip(names, values_PK[place], floors_K, strict=True)
        if value < floor
    )
    return (
        f"none of {len(points)} points keeps all floors; the nearest is {points[place].name!r} ({lacks}): "
        "lower that floor, or train with it as a constraint"
    )


def _bare(boxes_PK: Floats) -> Floats:
    """Boxes without those that lie in another one, and each once."""
    unique_PK = np.unique(boxes_PK, axis=0)
    return unique_PK[~dominated(unique_PK)] if len(unique_PK) > 1 else unique_PK


def _volume(boxes_PK: Floats) -> float:
    """The volume of the union of boxes at the origin, none of which lies in another (WFG)."""
    if len(boxes_PK) == 1:
        return float(boxes_PK[0].prod())
    if boxes_PK.shape[1] == 1:
        return float(boxes_PK.max())
    if boxes_PK.shape[1] == 2:
        return _area(boxes_PK)
    return _sliced(boxes_PK[np.argsort(-boxes_PK[:, -1], kind="stable")])


def _sliced(boxes_PK: Floats) -> float:
    """The same for boxes that fall in the last objective: what each one shares with those before it is as low as it.

    So the shared boxes need one objective less, times the height of the box.
    """
    total = 0.0
    for place, box_K in enumerate(boxes_PK):
        base, height = box_K[:-1], box_K[-1]
        own = float(base.prod())
        if place:
            own -= _volume(_bare(np.minimum(boxes_PK[:place, :-1], base)))
        total += own * float(height)
    return total


def _area(boxes_P2: Floats) -> float:
    """The area of the union of rectangles, none of which lies in another: they rise as they get narrower."""
    widths, heights = boxes_P2[np.argsort(-boxes_P2[:, 0])].T
    return float((widths * np.diff(heights, prepend=0.0)).sum())
