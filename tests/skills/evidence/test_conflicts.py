from __future__ import annotations

import re

import pytest
from facts_of import cell, page, review

from shopwright.models.scripted import OverlapJudge
from shopwright.skills.evidence.conflicts import conflicts

LASTS = "How long does the battery last?"
SPEC = cell("battery_life", "12 h")


def test_the_maker_against_three_reviewers_is_told_and_left_open() -> None:
    facts = [
        SPEC,
        cell("charging_time", "3 h"),
        review("a", "I measured the battery at 7 hours."),
        review("b", "Battery life measured: 8 h."),
        review("c", "I timed it, the battery gave 7.5 hours but takes 3 h to charge."),
    ]
    (found,) = conflicts(LASTS, facts)
    assert found.words() == "the maker says 12 h; 3 reviewers measured 7 to 8 h"
    assert found.rule == "unresolved"
    assert found.stands is None


def test_one_reviewer_does_not_overturn_the_maker() -> None:
    (found,) = conflicts(LASTS, [SPEC, review("a", "The battery lasts 5 h.")])
    assert (found.rule, found.sides[0].value) == ("kind", "12 h")


@pytest.mark.parametrize(
    "text",
    [
        "The battery lasts about 11.5 hours.",
        "The battery lasts 720 minutes.",
        "The battery takes 3 h to charge.",
        "5 h.",
    ],
)
def test_what_agrees_or_speaks_of_something_else_is_no_conflict(text: str) -> None:
    assert conflicts(LASTS, [SPEC, cell("time_to_charge", "3 h"), review("a", text)]) == []


def test_the_newer_policy_stands() -> None:
    facts = [
        page("old", "You may return goods within 14 days.", "2022-01-01"),
        page("new", "You may return goods within 30 days.", "2024-05-01"),
    ]
    (found,) = conflicts("How many days do I have to return goods?", facts)
    assert found.rule == "newer"
    assert found.words() == "the shop (2024-05-01) says 30 days; the shop (2022-01-01) says 14 days"


def test_many_reviewers_stand_against_one() -> None:
    facts = [review("a", "It weighs 2 kg."), review("b", "weighs 2.1 kg on my scale"), review("c", "It weighs 3 kg")]
    (found,) = conflicts("How heavy is it?", facts)
    assert (found.rule, found.sides[0].count) == ("many", 2)


def test_yes_and_no_of_one_attribute() -> None:
    (found,) = conflicts("Is it waterproof?", [cell("waterproof", "yes"), review("a", "It is not waterproof at all.")])
    assert found.words() == "the maker says waterproof; 1 reviewer says not waterproof"


def test_numbers_that_are_told_stand_in_the_evidence() -> None:
    facts = [
        SPEC,
        review("a", "battery: 400 minutes"),
        review("b", "battery life of 7 hours"),
        review("c", "battery 8 h"),
    ]
    (found,) = conflicts(LASTS, facts)
    for side in found.sides:
        held = " ".join(fact.text for fact in side.evidence)
        assert all(number in held for number in re.findall(r"\d+(?:\.\d+)?", side.value))


def test_named_values_differ_by_what_the_judge_reads() -> None:
    facts = [page("a", "frame material of the tent: aluminium"), page("b", "frame material of the tent: fibreglass")]
    (found,) = conflicts("frame material of the tent", facts, OverlapJudge())
    assert {side.value for side in found.sides} == {"aluminium", "fibreglass"}


def test_a_review_that_contradicts_itself_is_no_conflict_between_sources() -> None:
    assert conflicts(LASTS, [review("a", "The battery lasts 5 h."), review("a", "The battery lasts 9 h.")]) == []


@pytest.mark.parametrize(
    ("question", "texts"),
    [
        ("Will it fit my 2012 truck?", ["It fits my 2009 truck.", "It fits my 2014 truck."]),
        ("Will gel pens fit?", ["It fits 96 pens.", "I bought 2 for my pens."]),
        ("How long is it?", ["3 m long", "4 m long", "5 m long", "6 m long", "7 m long"]),
    ],
)
def test_numbers_that_are_not_asked_for_or_of_many_things_are_no_conflict(question: str, texts: list[str]) -> None:
    assert conflicts(question, [review(str(place), text) for place, text in enumerate(texts)]) == []


def test_a_cell_with_several_measures_contradicts_nobody() -> None:
    size = cell("dimensions", "length 15 cm, width 20 cm, height 8 cm")
    assert conflicts("What are the dimensions?", [size, review("a", "The dimensions: width is 20 cm.")]) == []


def test_a_question_of_yes_or_no_is_told_as_such() -> None:
    facts = [review("a", "It comes with a pump."), review("b", "It does not come with a pump.")]
    assert conflicts("Does it come with a pump?", facts)[0].words() in (
        "1 reviewer says yes; 1 reviewer says no",
        "1 reviewer says no; 1 reviewer says yes",
    )
