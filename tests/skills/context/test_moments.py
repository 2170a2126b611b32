"""When utterances were said and what times they name."""

from __future__ import annotations

import pytest

from shopwright.skills.context.moments import Moments, asks_when
from shopwright.skills.context.times import TimeSpan

_DAY = 86_400.0


def test_said_then_or_about_then() -> None:
    moments = Moments()
    moments.add("Hello.", 100 * _DAY)
    moments.add("I fell yesterday.", 110 * _DAY)
    moments.add("No time here.", 109.5 * _DAY)
    moments.add("Nor here.", float("nan"))
    assert moments.during([TimeSpan(0, 0, 109 * _DAY, 110 * _DAY)]).tolist() == [False, True, True, False]
    assert moments.naming().tolist() == [False, True, False, False]
    assert moments.last == 0.0


def test_an_empty_conversation() -> None:
    assert Moments().last == 0.0
    assert Moments().naming().tolist() == []
    assert Moments().during([TimeSpan(0, 0, 0.0, 1.0)]).tolist() == []


@pytest.mark.parametrize(
    ("question", "asks"),
    [
        ("When did it arrive?", True),
        ("On what date was it sent?", True),
        ("Which year was it?", True),
        ("How long ago did I buy it?", True),
        ("What did you say when I asked?", False),
        ("Which tent was it?", False),
    ],
)
def test_questions_for_a_time(question: str, asks: bool) -> None:
    assert asks_when(question) is asks
