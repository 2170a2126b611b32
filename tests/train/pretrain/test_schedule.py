from itertools import pairwise

import pytest

from shopwright.train.pretrain.schedule import rate_share


def test_it_rises_stays_and_falls() -> None:
    rates = [rate_share("wsd", step, step / 100, warmup=9, decay=0.2) for step in range(101)]
    assert rates[0] == pytest.approx(0.1)
    assert rates[9:81] == [1.0] * 72
    assert rates[90] == pytest.approx(0.5)
    assert rates[100] == pytest.approx(0.0)
    assert all(later <= earlier for earlier, later in pairwise(rates[10:]))


def test_the_square_root_falls_faster_at_first() -> None:
    assert rate_share("wsd-sqrt", 90, 0.9, decay=0.2) == pytest.approx(1 - 0.5**0.5)


def test_cosine_ends_at_the_final_share() -> None:
    assert rate_share("cosine", 50, 0.5, final=0.1) == pytest.approx(0.55)
    assert rate_share("cosine", 100, 1.0, final=0.1) == pytest.approx(0.1)


def test_constant_does_not_fall_and_overtime_is_the_end() -> None:
    assert rate_share("constant", 500, 1.0) == 1.0
    assert rate_share("wsd", 500, 1.7, final=0.2) == pytest.approx(0.2)
