"""What a message wants done is read, and nothing is read into one that only asks or looks for something."""

from __future__ import annotations

import pytest

from shopwright.skills.rewrite.acts import answers_yes, find_acts, how_many


@pytest.mark.parametrize(
    ("text", "acts"),
    [
        ("add the first two to my basket", ("cart:add",)),
        ("Put it in the cart, please", ("cart:add",)),
        ("I'll take it", ("cart:add",)),
        ("what's in my cart?", ("cart:show",)),
        ("my basket", ("cart:show",)),
        ("take the mug out of my trolley", ("cart:remove",)),
        ("how much is everything together?", ("total",)),
        ("how much are both in total", ("total",)),
        ("What does delivery of it to Spain cost?", ("delivery:Spain",)),
        ("can you ship these to the Netherlands", ("delivery:the Netherlands",)),
        ("what should I look for in a tent?", ("factors",)),
        ("how do I choose a drill", ("factors",)),
        ("Show me something similar", ("substitute",)),
        ("alternatives to the Corrie 1", ("substitute",)),
        ("which batteries work with this drill?", ("compatible",)),
        ("what does it look like", ("image",)),
    ],
)
def test_acts(text: str, acts: tuple[str, ...]) -> None:
    assert find_acts(text) == acts


@pytest.mark.parametrize(
    "text",
    [
        "a laundry basket for the bathroom",
        "a shopping trolley under 60",
        "I want to have it before Christmas",
        "how much is the tent?",
        "is the lid dishwasher safe",
        "a photo album",
        "",
    ],
)
def test_nothing_is_read_into_other_messages(text: str) -> None:
    assert find_acts(text) == ()


@pytest.mark.parametrize(
    ("text", "agrees"),
    [
        ("Yes", True),
        ("ok, do it", True),
        ("Sounds good!", True),
        ("no", False),
        ("No, stop", False),
        ("cancel that", False),
        ("ok?", None),
        ("ok then any duvet below 100 euros please", None),
        ("a tent", None),
        ("", None),
    ],
)
def test_yes_and_no(text: str, agrees: bool | None) -> None:
    assert answers_yes(text) is agrees


@pytest.mark.parametrize(
    ("text", "count"),
    [("put 2 of the first into my cart", 2), ("3x the first one", 3), ("add it twice", 2), ("add the first 2", None)],
)
def test_how_many_pieces(text: str, count: int | None) -> None:
    assert how_many(text) == count
