"""The Pareto front: an exact hypervolume, a point picked on it, a file that is whole or not there."""

from __future__ import annotations

import math
from itertools import combinations
from pathlib import Path
from random import Random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shopwright.errors import ConfigError, CorpusError
from shopwright.train.align.policy.front import (
    Floats,
    Point,
    by_objective,
    dominated,
    front,
    hypervolume,
    hypervolume_interval,
    measured,
    pick,
    read_front,
    write_front,
)
from shopwright.train.align.policy.front_plot import draw_fronts


@st.composite
def grids(draw: st.DrawFn) -> Floats:
    """Up to seven points of whole numbers in up to five objectives, some below the origin."""
    count, objectives = draw(st.integers(1, 7)), draw(st.integers(1, 5))
    row = st.lists(st.integers(-1, 5), min_size=objectives, max_size=objectives)
    return np.array(draw(st.lists(row, min_size=count, max_size=count)), np.float64)


def by_inclusion_and_exclusion(points_PK: Floats) -> float:
    boxes = [box for box in points_PK if (box > 0).all()]
    return sum(
        (-1) ** (size + 1) * float(np.min(some, axis=0).prod())
        for size in range(1, len(boxes) + 1)
        for some in combinations(boxes, size)
    )


@settings(deadline=None)
@given(grids())
def test_the_hypervolume_is_that_of_inclusion_and_exclusion(points_PK: Floats) -> None:
    assert hypervolume(points_PK, np.zeros(points_PK.shape[1])) == by_inclusion_and_exclusion(points_PK)


@settings(deadline=None)
@given(grids(), st.randoms())
def test_dominated_points_add_nothing_and_more_never_takes_away(points_PK: Floats, random: Random) -> None:
    reference = np.full(points_PK.shape[1], -2.0)
    whole = hypervolume(points_PK, reference)
    assert hypervolume(points_PK[~dominated(points_PK)], reference) == whole
    order = list(range(len(points_PK)))
    random.shuffle(order)
    assert hypervolume(points_PK[order], reference) == whole
    assert hypervolume(points_PK[1:], reference) <= whole <= hypervolume(points_PK + 1, reference)


def test_known_volumes() -> None:
    assert hypervolume([[1, 2], [2, 1]], [0, 0]) == 3
    assert hypervolume([[2, 1, 1, 1], [1, 2, 1, 1], [1, 1, 2, 1], [1, 1, 1, 2]], [0, 0, 0, 0]) == 5
    assert hypervolume([], [0, 0]) == 0
    assert hypervolume([[1, 0]], [0, 0]) == 0
    assert hypervolume([[0.5, 0.5]], [-0.5, -1]) == 1.5
    with pytest.raises(ConfigError, match="reference"):
        hypervolume([[1, 2]], [0, 0, 0])
    with pytest.raises(ConfigError, match="finite"):
        hypervolume([[1, math.nan]], [0, 0])


def test_intervals_over_seeds_and_prompts() -> None:
    middle, (low, high) = hypervolume_interval([[[1, 1]], [[1, 2], [2, 1]], [[2, 1]]], [0, 0])
    assert middle == 2
    assert 1 <= low <= 2 <= high <= 3
    point = measured("p", (1, 1), [[0, 1], [1, 1], [0, 1], [1, 1]], "weights")
    assert point.objectives == (0.5, 1.0)
    assert point.ci95 is not None
    assert point.ci95[0][0] < 0.5 < point.ci95[0][1]
    assert point.ci95[1] == (1.0, 1.0)


POINTS = [
    Point("careful", (2, 1, 1, 1), (0.9, 0.8, 0.3, 0.2), path="careful"),
    Point("even", (1, 1, 1, 1), (0.6, 0.6, 0.6, 0.5), ((0.5, 0.7),) * 4),
    Point("thorough", (1, 1, 2, 2), (0.3, 0.4, 0.9, 0.9)),
    Point("worse", (1, 1, 1, 1), (0.5, 0.6, 0.6, 0.5)),
]


def test_a_point_is_picked_by_weights_among_those_that_keep_the_floors() -> None:
    assert [point.name for point in front(POINTS)] == ["careful", "even", "thorough"]
    assert pick(POINTS).name == "thorough"
    assert pick(POINTS, weights=(3, 1, 0, 0)).name == "careful"
    floors = by_objective({"accuracy": 0.5}, -math.inf)
    assert pick(POINTS, floors=floors).name == "even"
    with pytest.raises(ConfigError, match=r"nearest is 'even' \(accuracy 0.6 where 0.7 is asked\)"):
        pick(POINTS, floors=by_objective({"accuracy": 0.7, "coverage": 0.5}, -math.inf))


@pytest.mark.parametrize("weights", [(1, 1), (0, 0, 0, 0), (1, -1, 1, 1), (1, math.nan, 1, 1)])
def test_weights_that_cannot_work_are_refused(weights: tuple[float, ...]) -> None:
    with pytest.raises(ConfigError, match="weights"):
        pick(POINTS, weights=weights)


def test_nothing_is_picked_from_nothing_or_by_an_unknown_objective() -> None:
    with pytest.raises(ConfigError, match="no point"):
        pick([])
    with pytest.raises(ConfigError, match="'wit' is no objective: expected one of professionalism"):
        by_objective({"wit": 1.0}, 0.0)
    with pytest.raises(ConfigError, match="no number"):
        Point("p", (1.0,), (math.nan,))


def test_the_file_gives_the_points_back_and_is_never_half_written(tmp_path: Path) -> None:
    path = tmp_path / "front.json"
    write_front(POINTS, path)
    assert read_front(path) == POINTS
    with pytest.raises(ConfigError, match="named 'even'"):
        write_front([POINTS[1], POINTS[1]], path)
    assert read_front(path) == POINTS
    assert [file.name for file in tmp_path.iterdir()] == ["front.json"]


@pytest.mark.parametrize("damage", [b"", b"[]", b'{"objectives": ["wit"], "points": []}'])
def test_a_damaged_file_is_refused(tmp_path: Path, damage: bytes) -> None:
    path = tmp_path / "front.json"
    with pytest.raises(CorpusError, match=r"front.json"):
        read_front(path)
    write_front(POINTS, path)
    path.write_bytes(damage or path.read_bytes()[:-40])
    with pytest.raises(CorpusError, match=r"front.json is"):
        read_front(path)


def test_the_picture_has_a_panel_a_pair_and_a_mark_a_point() -> None:
    drawn = draw_fronts({"ours <conditioned>": POINTS, "soups": POINTS[:1], "none": []}, "Four & more")
    assert drawn.count('<rect class="paper"') == 6
    assert drawn.count('class="interval"') == 6
    assert drawn.count("<title>careful: 0.900, 0.800, 0.300, 0.200</title>") == 12
    assert "ours &lt;conditioned&gt;" in drawn
    assert "Four &amp; more" in drawn
    assert "prefers-color-scheme: dark" in drawn
    assert "nan" not in drawn
    with pytest.raises(ConfigError, match="0 methods"):
        draw_fronts({"none": []}, "nothing")


def test_a_single_value_has_an_axis_too() -> None:
    point = Point("p", (1.0, 1.0), (0.0, 5e-7))
    assert "polyline" in draw_fronts({"one": [point]}, "one", objectives=("first", "second"))
