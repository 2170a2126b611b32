from __future__ import annotations

import pytest

from shopwright.assistant.strategy.narrowing import NO_MATTER, Narrowing
from shopwright.skills.intent.asking import Option, Question
from shopwright.types import Constraint, Filter, Need

LAMPS, HOME = Filter("category", values=("Home > Lamps",)), Filter("category", values=("Home",))
CHEAP = Filter("price", "range", high=20.0)
WISH = Need("something nice", "something nice", constraints=(Constraint(HOME), Constraint(CHEAP)))
ASKED = Narrowing.asking(WISH, Question("category", (Option("Lamps", LAMPS, 0.6), Option("Vases", HOME, 0.4)), 0.9))


@pytest.mark.parametrize("said", ["Lamps", "lamps", " lamps. ", "LAMPS!"])
def test_an_answer_takes_the_place_of_what_was_known_of_its_field(said: str) -> None:
    need = ASKED.answered(said)
    assert need is not None
    assert need.goal == "something nice"
    assert need.filters == (CHEAP, LAMPS)
    assert need.follow_up


def test_no_preference_leaves_the_need_as_it_is() -> None:
    need = ASKED.answered(NO_MATTER)
    assert need is not None
    assert need.filters == WISH.filters


@pytest.mark.parametrize("said", ["", "lamps for the garden", "where is my order?"])
def test_anything_else_is_a_message(said: str) -> None:
    assert ASKED.answered(said) is None


def test_parts_of_the_shop_are_offered_without_a_way_out() -> None:
    parts = Narrowing(WISH, {"Lamps": LAMPS})
    assert parts.options == ("Lamps",)
    assert parts.answered(NO_MATTER) is None
    assert ASKED.options == ("Lamps", "Vases", NO_MATTER)
