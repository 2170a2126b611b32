from __future__ import annotations

import math

import pytest

from shopwright.metrics import calibration_error


def test_what_comes_as_often_as_promised_has_no_error() -> None:
    assert calibration_error([0.25] * 4 + [0.75] * 4, [True, False, False, False, True, True, True, False]) == 0.0
    assert calibration_error([0.0, 1.0], [False, True]) == 0.0


def test_sure_and_wrong_is_all_error() -> None:
    assert calibration_error([1.0, 1.0, 0.0], [False, False, True]) == 1.0


def test_it_is_the_gap_of_each_bin_by_its_size() -> None:
    promised = [0.95] * 3 + [0.05]
    assert calibration_error(promised, [True, True, False, False]) == pytest.approx((3 * (0.95 - 2 / 3) + 0.05) / 4)


def test_errors_in_two_directions_cancel_only_within_a_bin() -> None:
    promised, came = [0.4, 0.6], [True, False]
    assert calibration_error(promised, came, bins=1) == pytest.approx(0.0)
    assert calibration_error(promised, came, bins=2) == pytest.approx(0.6)


def test_nothing_has_no_error_to_speak_of() -> None:
    assert math.isnan(calibration_error([], []))
