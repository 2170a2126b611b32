"""A phrase is a kind, a name, bounds, values, words and a wish."""

from __future__ import annotations

import pytest

from shopwright.assistant.offers.goals import read_goal


def test_bounds_are_strict_or_not_and_say_of_what() -> None:
    goal = read_goal("graphics cards with over 1800 MHz clock speed and at least 12GB VRAM")
    clock, memory = goal.conditions
    assert goal.kind == "graphics card"
    assert (clock.dimension, clock.low, clock.strict) == ("frequency", 1.8e9, True)
    assert "clock" in clock.words
    assert (memory.dimension, memory.low, memory.strict) == ("data", 12.0, False)
    assert not clock.holds(1.8e9)
    assert memory.holds(12.0)


@pytest.mark.parametrize(
    ("phrase", "what", "low", "high", "strict"),
    [
        ("cables longer than 4 metres", "quantity", 400.0, None, True),
        ("monitors with a resolution higher than 1600x900", "pixels", 1600.0 * 900, None, True),
        ("tents with a price below 450 euros", "price", None, 450.0, True),
        ("motherboards which have 6 DDR5 slots", "count", 6.0, 6.0, False),
        ("cases that can fit a 360mm radiator", "quantity", 36.0, None, False),
        ("coolers with a 360mm radiator", "quantity", 36.0, 36.0, False),
        ("power supplies with no more than 600 W", "quantity", None, 600.0, False),
    ],
)
def test_bounds(phrase: str, what: str, low: float | None, high: float | None, strict: bool) -> None:
    (found,) = read_goal(phrase).conditions
    assert found.what == what
    assert (found.low, found.high, found.strict) == (
        None if low is None else pytest.approx(low), None if high is None else pytest.approx(high), strict
    )  # fmt: skip


def test_a_model_is_a_name_and_a_quality_is_not() -> None:
    named = read_goal("Velmor TWIN QX4060 NOVA GPU")
    assert named.model
    assert [token.text for token in named.name] == ["velmor", "twin", "qx", "4060", "nova"]
    plain = read_goal("gaming monitors from the brand Velmor")
    assert (plain.kind, plain.model, plain.words) == ("monitor", False, {"gaming"})
    assert [token.text for token in plain.name] == ["velmor"]


def test_values_of_properties_are_no_names() -> None:
    goal = read_goal("LGA1700 motherboard with DDR5 support")
    assert not goal.model
    assert dict(goal.values) == {"socket": {"LGA1700"}, "memory type": {"DDR5"}}
    assert not goal.words


def test_what_is_left_is_a_wish() -> None:
    goal = read_goal("large PC case that can be carried to friends")
    assert (goal.kind, goal.words, goal.wish) == ("pc case", {"large"}, "can be carried to friends")
    assert read_goal("PC case with RGB lighting").wish == ""
    assert read_goal("something that records my console").kind is None


def test_model_numbers_are_no_temperatures() -> None:
    assert read_goal("Intel Core i5-13600K processor").conditions == ()
