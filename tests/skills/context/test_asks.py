"""What is asked of the memory, and the many messages that only sound like it."""

from __future__ import annotations

import pytest

from shopwright.skills.context.asks import MemoryAsk, find_ask

ASKS = [
    ("Forget what I told you.", "forget_session", ""),
    ("please forget everything I said", "forget_session", ""),
    ("Can you forget all that we discussed?", "forget_session", ""),
    ("delete this conversation", "forget_session", ""),
    ("Clear our chat history, please.", "forget_session", ""),
    ("Forget everything.", "forget_session", ""),
    ("Delete my data", "forget_shopper", ""),
    ("I want you to erase all my personal data.", "forget_shopper", ""),
    ("Could you please delete everything you know about me?", "forget_shopper", ""),
    ("Wipe my profile", "forget_shopper", ""),
    ("Forget me.", "forget_shopper", ""),
    ("forget the last thing I said", "forget_last", ""),
    ("Actually, forget what I just said.", "forget_last", ""),
    ("Delete my last message", "forget_last", ""),
    ("Forget I said that", "forget_last", ""),
    ("forget my shoe size", "forget", "shoe size"),
    ("Please delete my allergies.", "forget", "allergies"),
    ("Forget about my nut allergy, it was wrong", "forget", "nut allergy"),
    ("forget that I'm vegan", "forget", "I'm vegan"),
    ("Forget what I told you about my flat.", "forget", "my flat"),
    ("Remove my son's size please", "forget", "son's size"),
    ("Stop remembering things about me", "stop", ""),
    ("Don't store my data.", "stop", ""),
    ("I withdraw my consent", "stop", ""),
    ("Remember that I wear 44", "remember", "I wear 44"),
    ("Please note that I'm allergic to nickel.", "remember", "I'm allergic to nickel"),
    ("keep in mind I live in a small flat", "remember", "I live in a small flat"),
    ("Don't forget that I'm vegan!", "remember", "I'm vegan"),
    ("Remember my size: 44", "remember", "my size: 44"),
    ("What do you know about me?", "profile", ""),
    ("what have you stored about me", "profile", ""),
    ("What data do you have on me?", "profile", ""),
    ("Show me everything you know about me", "profile", ""),
    ("Export my data", "export", ""),
    ("Could you send me a copy of all my data?", "export", ""),
    ("What did I tell you about my allergies?", "recall", "my allergies"),
    ("what did we talk about?", "recall", ""),
    ("What was the tent you showed me first?", "recall", "the tent you showed me first"),
    ("Which stove did you recommend before?", "recall", "stove did you recommend before"),
    ("What did you say about the warranty?", "recall", "about the warranty"),
    ("What did you show me at the beginning?", "recall", "at the beginning"),
    ("Do you remember the blue kettle?", "recall", "the blue kettle"),
    ("What is my shoe size?", "recall", "shoe size"),
    ("Did I mention my budget?", "recall", "my budget"),
    ("Remind me which lamp we looked at", "recall", "lamp we looked at"),
    ("What was the first thing I asked?", "recall", "first thing I asked"),
    ("I'm done here. Forget what I told you.", "forget_session", ""),
]
OTHERS = [
    "I forgot my password",
    "Don't forget the tent",
    "don't forget to add batteries",
    "Forget the tent, show me stoves",
    "forget about the blue one",
    "Forget it.",
    "forget that",
    "Never mind",
    "Delete my account",
    "Delete the last item from my cart",
    "Remove my order",
    "clear my cart",
    "Remove the red shoes from the list",
    "I can't remember my order number",
    "I remember this brand from school",
    "Remember me?",
    "Remember to gift-wrap it",
    "What do you know about tents?",
    "What did the reviewers say about the zip?",
    "What do people say about it?",
    "What was the price?",
    "Tell me about the tent",
    "Show me the first one",
    "Which is the cheapest?",
    "What size is the tent?",
    "What data does the watch store?",
    "Do you store bicycles?",
    "save 20 euros on this",
    "I want to save money",
    "A drop of oil",
    "drop the price please",
    "What is your return policy?",
    "forget-me-not seeds",
    "An unforgettable gift",
    "note paper A5",
    "A memory foam pillow",
    "stop",
    "",
]


@pytest.mark.parametrize(("message", "kind", "subject"), ASKS)
def test_asks(message: str, kind: str, subject: str) -> None:
    found = find_ask(message)
    assert found is not None
    assert (found.kind, found.subject) == (kind, subject)


@pytest.mark.parametrize("message", OTHERS)
def test_what_is_none(message: str) -> None:
    assert find_ask(message) is None


def test_curly_quotes_and_a_megabyte() -> None:
    assert find_ask("Don’t forget that I’m vegan") == MemoryAsk("remember", "I'm vegan")
    assert find_ask("forget " * 200_000) is None
