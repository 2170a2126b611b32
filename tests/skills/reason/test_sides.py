from __future__ import annotations

import re
from decimal import Decimal

import pytest

from shopwright.skills.reason.sides import sides
from shopwright.types import Money, Need

_FILLERS = re.compile(r"\b(?:the|a|an|with|ones?|which|is)\b\s*", re.IGNORECASE)


def read(text: str) -> Need:
    """A reader that takes every word but fillers for the goal."""
    return Need(text, goal=_FILLERS.sub("", text).strip(" ,.?!").lower())


@pytest.mark.parametrize(
    ("message", "expected"),
    [
        ("moka pot or french press, whats less faff", ["moka pot", "french press"]),
        ("cast iron vs carbon steel", ["cast iron", "carbon steel"]),
        ("Cannot decide: wool duvet or the down duvet. I sweat", ["wool duvet", "down duvet"]),
        ("squeeze filter or tablets or a lamp pen for Nepal", ["squeeze filter", "tablets", "lamp pen"]),
        ("magnetic tiles, wooden blocks or a marble run for a boy", ["magnetic tiles", "wooden blocks", "marble run"]),
        ("a water rower against a fold up bike", ["water rower", "fold up bike"]),
    ],
)
def test_what_is_weighed_against_one_another(message: str, expected: list[str]) -> None:
    assert [side.goal for side in sides(read(message), read)] == expected


@pytest.mark.parametrize("message", ["a red kettle", "", "tent or", "or"])
def test_one_thing_is_no_choice(message: str) -> None:
    assert sides(read(message), read) == ()


def test_a_budget_holds_for_each_side() -> None:
    budget = Money(Decimal(80), "EUR")
    need = Need("foil shaver or safety razor", "shaver razor", budget=budget)
    assert {side.budget for side in sides(need, read)} == {budget}
