from __future__ import annotations

import pytest

from shopwright.skills.intent.ideas import about, asks_ideas, silences, unsilenced


@pytest.mark.parametrize(
    "text",
    [
        "surprise me",
        "what else could I need for hiking?",
        "something unusual for a keen baker",
        "what am I forgetting for the camping trip?",
        "what might we be overlooking?",
        "anything that goes with it people don't think of",
        "things nobody thinks of for a baby",
        "an unusual present for my sister",
        "something out of the ordinary for a keen cyclist",
        "what do beginners not think of when they start gardening?",
        "more ideas",
    ],
)
def test_ideas_are_asked_for(text: str) -> None:
    assert asks_ideas(text)


@pytest.mark.parametrize(
    "text",
    [
        "what do people think of it?",
        "I forgot my password",
        "what else do you sell?",
        "I don't think of it as heavy",
        "a present for my dad who fishes",
        "did I miss a delivery?",
        "surprise me, but no suggestions",
        "",
    ],
)
def test_other_messages_ask_for_none(text: str) -> None:
    assert not asks_ideas(text)


@pytest.mark.parametrize(
    ("text", "silence"),
    [
        ("no suggestions, please", "only"),
        ("never again", "only"),
        ("please don't recommend anything else", "only"),
        ("no tips. show me stoves", "also"),
        ("don't suggest anything plastic", ""),
        ("no ideas for dad", ""),
        ("I have no idea", ""),
    ],
)
def test_what_wants_no_suggestions(text: str, silence: str) -> None:
    assert silences(text) == silence


def test_what_wants_none_is_left_out_of_what_is_read() -> None:
    assert unsilenced("no more tips please, show me a lantern") == "please, show me a lantern"


@pytest.mark.parametrize(
    ("text", "wish"),
    [
        ("surprise me", ""),
        ("Hello there. An unusual gift for my aunt who loves tea, below 25 euros", "for my aunt who loves tea"),
        ("for our hike, what am I forgetting?", ""),
        ("for our hike what am I forgetting?", "for our hike"),
    ],
)
def test_what_ideas_are_for(text: str, wish: str) -> None:
    assert about(text) == wish
