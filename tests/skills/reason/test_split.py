from __future__ import annotations

from shopwright.catalog.vocabulary import Vocabulary
from shopwright.skills.reason.split import split
from shopwright.skills.rewrite.reader import Reader


def test_two_things_are_two_goals_that_share_the_price(vocabulary: Vocabulary) -> None:
    reader = Reader(vocabulary)
    goals = split(reader.read("a tent and a sleeping bag under 300 euros"), reader.read)
    assert [goal.goal for goal in goals] == ["tent", "sleeping bag"]
    assert all(any(c.filter.field == "price" and c.filter.high == 300 for c in goal.constraints) for goal in goals)


def test_one_thing_stays_one(vocabulary: Vocabulary) -> None:
    reader = Reader(vocabulary)
    need = reader.read("a waterproof and light tent")
    assert split(need, reader.read) == (need,)
