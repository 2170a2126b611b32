"""What lasts is found with the words that said it; wishes, questions and other people's matters are not."""

from __future__ import annotations

import time

import pytest

from shopwright.skills.context.preferences import CHILD_SIZE_LASTS, YEAR, find_preferences
from shopwright.skills.context.statements import statements


def found(message: str) -> list[tuple[str, str]]:
    return [(one.kind, one.value) for one in find_preferences(message, "s", 0, 0.0)]


@pytest.mark.parametrize(
    ("message", "expected"),
    [
        ("I wear 44.", [("size", "shoes 44")]),
        ("I’m a size 44, and M in tops", [("size", "shoes 44"), ("size", "clothes M")]),
        ("I take a UK 7.5", [("size", "shoes UK 7.5")]),
        ("My waist is 34 inches", [("size", "waist 34")]),
        ("I usually buy a large", [("size", "clothes L")]),
        ("I'm allergic to nuts, latex and wool.", [("allergy", "nuts"), ("allergy", "latex"), ("allergy", "wool")]),
        ("I'm allergic to nuts, is this safe?", [("allergy", "nuts")]),
        ("I can't eat eggs", [("allergy", "eggs")]),
        ("We are vegetarians and we never eat fish", [("diet", "vegetarian"), ("diet", "no fish")]),
        ("I hate polyester. I never wear red!", [("dislike", "polyester"), ("dislike", "red")]),
        ("My favourite brand is Kestrel & Co.", [("like", "Kestrel & Co")]),
        ("My son is six. He wears size 31 shoes.", [("person", "son 6"), ("size", "son: shoes 31")]),
        ("I have two cats", [("person", "two cats")]),
        ("We live in a small flat without a lift", [("place", "small flat")]),
        ("I never pay more than 100 euros for a coat", [("budget", "100 euros for a coat")]),
        ("Don't forget that I'm vegan", [("diet", "vegan")]),
    ],
)
def test_statements(message: str, expected: list[tuple[str, str]]) -> None:
    assert found(message) == expected


@pytest.mark.parametrize(
    "message",
    [
        "I need a red one today",
        "I need a medium",
        "do you have it in 44?",
        "I'll take a 44",
        "I'm 44",
        "I'm 3 minutes late",
        "I take 2 of them",
        "My friend is allergic to nuts",
        "She is allergic to nuts",
        "I'm not allergic to nuts",
        "If I were vegan I would ask",
        "I used to be vegan",
        "Forget that I'm vegan",
        "I love it",
        "I like the second one",
        "I'd love a green tent",
        "I hate waiting",
        "I don't like the price",
        "My budget is 80",
        "I live at 12 Mill Road",
        "",
        "?!...",
    ],
)
def test_what_does_not_last(message: str) -> None:
    assert found(message) == []


def test_provenance_and_how_long_it_is_kept() -> None:
    said = "Hello! I wear 44. My daughter wears size 30 shoes and is 8. I'm allergic to wool."
    kept = {one.value: one for one in find_preferences(said, "s7", 3, 1_000.0)}
    shoes = kept["shoes 44"]
    assert (shoes.quote, shoes.session_id, shoes.turn, shoes.at) == ("I wear 44.", "s7", 3, 1_000.0)
    assert shoes.expires == 1_000.0 + 2 * YEAR
    assert kept["daughter: shoes 30"].expires == 1_000.0 + CHILD_SIZE_LASTS
    assert kept["wool"].expires is None


def test_each_once_and_a_megabyte_in_a_second() -> None:
    assert len(find_preferences("I wear 44. " * 5, "s", 0, 0.0)) == 1
    for text in ("I hate red and " * 70_000, "I'm a " * 170_000, "my son, " * 125_000, "x" * 1_000_000):
        begun = time.perf_counter()
        find_preferences(text, "s", 0, 0.0)
        assert time.perf_counter() - begun < 2.0


def test_sentences_that_state() -> None:
    said = "I’m vegan. Is it? If so, fine. I wear 9.5 US; good – I hate wool\nwhat now"
    assert list(statements(said)) == ["I'm vegan.", "I wear 9.5 US;", "good", "I hate wool"]
