"""Which episode a question means by its place."""

from __future__ import annotations

import pytest

from shopwright.skills.context.ordinals import asked_episode, asks_for_subject
from shopwright.types.memory import Episode

_TITLES = ("tents", "warm sleeping bags", "gas stoves", "the warranty of boots")
_EPISODES = [Episode(10 * place, 10 * place + 9, title) for place, title in enumerate(_TITLES)]


@pytest.mark.parametrize(
    ("question", "place"),
    [
        ("What is the first topic we discussed?", 0),
        ("what was our 3rd subject?", 2),
        ("What did we talk about last?", 3),
        ("the last thing we discussed", 3),
        ("What was our second to last topic?", 2),
        ("what was the penultimate subject of our conversation?", 2),
        ("which topic did we have as the one before that?", 2),
        ("What did we start our conversation with?", 0),
        ("What did we talk about before the stoves?", 1),
        ("What did we discuss after we talked about tents?", 1),
        ("the tenth topic we discussed", None),
        ("what did we discuss before the tents?", None),
        ("what is the first tent you showed me?", None),
        ("which topics did we discuss?", None),
    ],
)
def test_places(question: str, place: int | None) -> None:
    found = asked_episode(question, _EPISODES)
    assert found == (None if place is None else _EPISODES[place])


def test_no_episodes_and_other_questions() -> None:
    assert asked_episode("the first topic", []) is None
    assert not asks_for_subject("how heavy is the first tent you showed?")
    assert not asks_for_subject("What was the subject of Mia's last lecture?")
