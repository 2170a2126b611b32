from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from shopwright.errors import ConfigError
from shopwright.skills.recommend.serendipity import (
    DURABLE_DAYS,
    months_off,
    sensible,
    serendipity,
    timeliness,
    unexpectedness,
)

PART = st.floats(0, 1)


def score(relevance: float, unexpected: float, timely: float = 1.0, adventure: float = 0.3) -> float:
    return float(serendipity(np.array([relevance]), np.array([unexpected]), np.array([timely]), adventure)[0])


@given(PART, PART, PART, PART, PART)
def test_more_of_anything_is_never_worse(one: float, other: float, second: float, third: float, dial: float) -> None:
    less, more = sorted((one, other))
    assert score(less, second, third, dial) <= score(more, second, third, dial) + 1e-12
    assert score(second, less, third, dial) <= score(second, more, third, dial) + 1e-12
    assert score(second, third, less, dial) <= score(second, third, more, dial) + 1e-12


def test_the_dial_turns_from_the_relevant_to_the_unexpected() -> None:
    assert score(0.9, 0.1, adventure=0) > score(0.5, 0.9, adventure=0)
    assert score(0.9, 0.1, adventure=1) < score(0.5, 0.9, adventure=1)
    assert score(0.6, 0.0, adventure=0) == score(0.6, 1.0, adventure=0)
    assert score(0.4, 0.8, adventure=0.5) == pytest.approx(score(0.8, 0.4, adventure=0.5))


@pytest.mark.parametrize("adventure", [-0.1, 1.5, math.nan])
def test_a_dial_beyond_its_ends_is_refused(adventure: float) -> None:
    with pytest.raises(ConfigError, match="from 0"):
        score(1, 1, 1, adventure)


def test_without_sense_nothing_is_recommended() -> None:
    assert sensible(np.array([0.5, 0.06, 0.04, 0.0, math.nan])).tolist() == [True, True, False, False, False]
    assert not sensible(np.zeros(3)).any()
    assert not len(sensible(np.zeros(0)))


def test_what_anybody_would_list_is_expected() -> None:
    first, last, unlisted, unknown = unexpectedness([0, 149, None, math.nan], [0] * 4, [0] * 4)
    assert first == pytest.approx(0.5)
    assert first < last < unlisted
    assert unlisted == unknown == 1


def test_what_is_near_to_the_known_is_expected() -> None:
    near, far, textless = unexpectedness([None] * 3, [0.9, 0.1, None], [0, 0, 0])
    assert near < textless < far
    own, new = unexpectedness([None] * 2, [0.3, 0.3], [0.8, 0])
    assert own < new
    assert unexpectedness([0], [1], [1])[0] == 0
    assert not len(unexpectedness([], [], []))


def test_the_same_kind_is_not_timely_the_day_after() -> None:
    yesterday, years_ago, never = timeliness([None] * 3, [1, DURABLE_DAYS + 1, None], [None] * 3, [None] * 3)
    assert yesterday < 0.01
    assert years_ago == never == 1


def test_what_is_used_up_grows_timely_again() -> None:
    at_once, half, due, later = timeliness([None] * 4, [0, 15, 30, 300], [30] * 4, [None] * 4)
    assert (at_once, half, due, later) == (0, 0.25, 1, 1)


def test_seasons_and_old_interests_fade() -> None:
    now, soon, far = timeliness([0, 1, 6], [None] * 3, [None] * 3, [None] * 3)
    assert now == 1
    assert now > soon > far > 0
    fresh, month_old, forgotten = timeliness([None] * 3, [None] * 3, [None] * 3, [0, 30, 10_000])
    assert (fresh, month_old) == (1, 0.75)
    assert forgotten == pytest.approx(0.5)


@given(st.integers(1, 12), st.integers(1, 12), st.integers(1, 12))
def test_months_off_are_at_most_half_a_year_and_nothing_within(month: int, first: int, last: int) -> None:
    within = month in ([*range(first, 13), *range(1, last + 1)] if last < first else range(first, last + 1))
    away = months_off(month, first, last)
    assert (away == 0) == within
    assert away <= 6


def test_seasons_go_around_the_turn_of_the_year() -> None:
    assert [months_off(month, 10, 2) for month in (9, 10, 1, 2, 3, 6)] == [1, 0, 0, 0, 1, 4]
    with pytest.raises(ConfigError, match="1 to 12"):
        months_off(0, 3, 5)
