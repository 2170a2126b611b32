"""Rotary positions: closed forms, the methods' known ends, and errors."""

from __future__ import annotations

import math

import numpy as np
import pytest

from shopwright.errors import ConfigError
from shopwright.train.context.rope import Scaling, attention_scale, frequencies, parameters

BASE, SIZE, WINDOW = 10_000.0, 64, 512
PLAIN = BASE ** (-np.arange(0, SIZE, 2) / SIZE)


def of(method, factor=4.0, **more):
    return frequencies(Scaling(method, factor, WINDOW), BASE, SIZE, **more)


def test_unscaled_is_the_closed_form() -> None:
    np.testing.assert_allclose(of("none"), PLAIN)


def test_interpolation_divides_every_pair() -> None:
    np.testing.assert_allclose(of("pi"), PLAIN / 4)


def test_ntk_keeps_the_fastest_pair_and_divides_the_slowest() -> None:
    found = of("ntk")
    assert found[0] == 1
    assert found[-1] == pytest.approx(PLAIN[-1] / 4)


def test_dynamic_scales_only_beyond_the_window() -> None:
    np.testing.assert_allclose(of("dynamic", length=WINDOW), PLAIN)
    np.testing.assert_allclose(of("dynamic", length=100), PLAIN)
    longer = of("dynamic", length=4 * WINDOW)
    assert longer[-1] == pytest.approx(PLAIN[-1] / (4 * 4 - 3))


def test_yarn_keeps_fast_pairs_and_divides_slow_ones() -> None:
    found = of("yarn")
    turns = WINDOW * PLAIN / (2 * math.pi)
    np.testing.assert_allclose(found[turns > 32], PLAIN[turns > 32])
    np.testing.assert_allclose(found[turns < 0.5], PLAIN[turns < 0.5] / 4)
    between = (turns < 20) & (turns > 2)
    assert ((found < PLAIN) & (found > PLAIN / 4))[between].all()


def test_the_factor_acts_in_every_method() -> None:
    for method in ("pi", "ntk", "dynamic", "yarn"):
        assert (of(method, 8.0)[-1] < of(method, 2.0)[-1]).all(), method
        np.testing.assert_allclose(of(method, 1.0), PLAIN, err_msg=method)


def test_only_yarn_scales_attention() -> None:
    assert attention_scale(Scaling("yarn", 4.0, WINDOW)) == pytest.approx(1.1386, abs=1e-4)
    assert attention_scale(Scaling("ntk", 4.0, WINDOW)) == 1


def test_parameters_name_the_library_s_method() -> None:
    told = parameters(Scaling("yarn", 4.0, WINDOW), BASE, SIZE)
    assert (told["rope_type"], told["factor"], told["original_max_position_embeddings"]) == ("yarn", 4.0, 512)
    assert parameters(Scaling("ntk", 4.0, WINDOW), BASE, SIZE)["rope_theta"] > 4 * BASE


def test_a_window_is_never_shrunk() -> None:
    with pytest.raises(ConfigError, match="at least 1"):
        Scaling("yarn", 0.5, WINDOW)
    with pytest.raises(ConfigError, match="window 0"):
        Scaling("yarn", 2.0, 0)
