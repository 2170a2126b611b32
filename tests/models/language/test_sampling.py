"""Tokens are drawn as asked."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from shopwright.errors import ConfigError
from shopwright.models.language.sampling import GREEDY, Sampling, choose, log_softmax

LOGITS = np.log(np.array([0.5, 0.3, 0.15, 0.05], np.float32))
ALL = np.ones(4, np.bool_)


def draws(sampling: Sampling, count: int = 4000, allowed=ALL) -> np.ndarray:
    generator = np.random.default_rng(0)
    chosen = [choose(LOGITS, allowed, sampling, generator) for _ in range(count)]
    return np.bincount(chosen, minlength=4) / count


def test_greedy_takes_the_likeliest_allowed_token():
    assert choose(LOGITS, ALL, GREEDY, np.random.default_rng(0)) == 0
    assert choose(LOGITS, np.array([False, False, True, True]), GREEDY, np.random.default_rng(0)) == 2


def test_draws_follow_the_probabilities():
    assert np.allclose(draws(Sampling(1.0)), [0.5, 0.3, 0.15, 0.05], atol=0.03)


def test_top_p_keeps_the_fewest_tokens_that_hold_the_mass():
    assert np.allclose(draws(Sampling(1.0, top_p=0.7)), [0.625, 0.375, 0, 0], atol=0.03)
    assert draws(Sampling(1.0, top_p=0.01))[0] == 1


def test_a_low_temperature_sharpens():
    assert draws(Sampling(0.2))[0] > 0.9


@given(st.lists(st.booleans(), min_size=4, max_size=4).filter(any), st.floats(0, 5), st.floats(0.01, 1))
def test_a_token_that_is_not_allowed_is_never_drawn(allowed, temperature, top_p):
    generator = np.random.default_rng(1)
    for _ in range(5):
        assert allowed[choose(LOGITS, np.array(allowed), Sampling(temperature, top_p), generator)]


def test_log_softmax_adds_up_and_does_not_overflow():
    assert np.exp(log_softmax(np.array([1e4, 1e4, 0], np.float32))) == pytest.approx([0.5, 0.5, 0])


@pytest.mark.parametrize("bad", [{"temperature": -1}, {"temperature": float("nan")}, {"top_p": 0}, {"seed": -1}])
def test_values_out_of_range_are_refused(bad):
    with pytest.raises(ConfigError, match=next(iter(bad))):
        Sampling(**bad)
