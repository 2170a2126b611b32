"""A story asks for common sense; a request says itself which goods it takes."""

from __future__ import annotations

import pytest

from shopwright.skills.reason.situation import TOLD, story_score, tells_situation
from shopwright.types import Constraint, Filter, Need


@pytest.mark.parametrize(
    "text",
    [
        "My grandmother turns ninety, she hardly leaves the house and her hands shake.",
        "We moved into our first flat on Saturday, and there is nothing in it but a mattress.",
        "Our son starts school in autumn; he is small, he loves animals and he loses everything.",
        "My brother and his wife had their baby, and we visit them at the weekend, what helps them?",
    ],
)
def test_stories_are_told(text: str) -> None:
    assert tells_situation(Need(text))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "tent",
        "I need a waterproof tent for two people under 2 kg, please",
        "Hello, do you have a desk lamp for my son?",
        "Please show me running shoes, size 43, that are light, cheap, and red",
        "What is your return policy for a kettle that my friend gave me?",
        "can you compare the first two, and say which is better for my mother?",
    ],
)
def test_requests_are_not(text: str) -> None:
    assert not tells_situation(Need(text))


def test_who_points_at_a_product_asks_about_it() -> None:
    story = "My father retires in June, he fishes and he reads, and we would like to give him this."
    assert tells_situation(Need(story))
    assert not tells_situation(Need(story, references=("rod",)))


def test_conditions_on_goods_make_a_request_of_it() -> None:
    story = "My sister runs in the mornings, she wants socks of wool in red and in size 38."
    stated = [("material", "wool"), ("colour", "red"), ("size", "38")]
    conditions = tuple(Constraint(Filter(f"attr:{name}", values=(value,))) for name, value in stated)
    free, limited = story_score(Need(story)), story_score(Need(story, constraints=conditions))
    assert limited == pytest.approx(free - 1.0)  # the first is free, as is a budget
    budget = Constraint(Filter("price", "range", high=80.0))
    assert story_score(Need(story, constraints=(budget,))) == free


def test_the_opening_counts_at_the_beginning_alone() -> None:
    story = "She sews, she knits, my mother, and her eyes get worse"
    assert story_score(Need(f"{story}. Which lamp?")) > story_score(Need(f"Which lamp? {story}."))
    assert story_score(Need(f"Good morning! Show me a lamp. {story}.")) < story_score(Need(f"Good morning! {story}."))


def test_people_count_four_times_at_most() -> None:
    many = "my wife, my son, my daughter, my aunt, my uncle"
    assert story_score(Need(many)) < TOLD + 3
    assert story_score(Need("x " * 20_000)) > TOLD  # long is a story, whatever it says, and takes no time
