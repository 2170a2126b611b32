"""Words with which somebody changes the subject."""

from __future__ import annotations

import pytest

from shopwright.skills.context.subjects import closes_subject, opened_subject


@pytest.mark.parametrize(
    ("text", "subject"),
    [
        ("I would like to discuss the topic of the taste of tea.", "the taste of tea"),
        ("OK, let's talk about the warranty.", "the warranty"),
        ("Thanks! Can we talk about sleeping bags now?", "sleeping bags"),
        ("I'd also like to ask about delivery to Norway, if that is ok.", "delivery to Norway"),
        ("Moving on to shoes: do you have any?", "shoes: do you have any"),
        ("New topic: my last order", "my last order"),
        ("Let's go back to the red tent, please.", "the red tent"),
        ("I want to move on to stoves", "stoves"),
    ],
)
def test_openings(text: str, subject: str) -> None:
    assert opened_subject(text) == subject


@pytest.mark.parametrize(
    "text",
    [
        "Sure, I'd be happy to discuss that topic with you.",
        "Let's talk about it.",
        "Let's talk about the next topic.",
        "We talked about tents yesterday.",
        "I would like a tent.",
        "Can we talk about something else?",
        "",
    ],
)
def test_what_opens_nothing(text: str) -> None:
    assert opened_subject(text) is None


def test_closings() -> None:
    assert closes_subject("That is the end of our discussion of tents, on to the next topic.")
    assert closes_subject("Can we talk about something else?")
    assert closes_subject("Let us change the subject")
    assert not closes_subject("A new topic: let's talk about lamps.")
    assert not closes_subject("The tent is at the end of the aisle.")
