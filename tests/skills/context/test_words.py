"""Words as recall counts them, and who a question is about."""

from __future__ import annotations

import pytest

from shopwright.skills.context.words import read_question, stems
from shopwright.types.memory import ASSISTANT, SHOPPER


def test_stems_drop_function_words_and_endings() -> None:
    assert stems("The tents are waterproof") == ["tent", "waterproof"]
    assert stems("\ud800 kayaks") == ["kayak"]


@pytest.mark.parametrize(
    ("question", "text", "speaker"),
    [
        ("What is Mia's dog called?", "What is dog called?", "Mia"),
        ("Where did mia and Tom meet at the station?", "Where did and meet at the station?", None),
        ("What is a miasma?", "What is a miasma?", None),
        ("Who is Mia?", "Who is Mia?", "Mia"),
    ],
)
def test_names_are_taken_out(question: str, text: str, speaker: str | None) -> None:
    read = read_question(question, ("Mia", "Tom"))
    assert (read.text, read.speaker, read.named) == (text, speaker, speaker is not None)


@pytest.mark.parametrize(
    ("question", "speaker"),
    [
        ("what is my shoe size?", SHOPPER),
        ("what did I tell you about my kitchen?", SHOPPER),
        ("which tent did you show me first?", ASSISTANT),
        ("what discount have you promised?", ASSISTANT),
        ("how heavy is the red tent?", None),
    ],
)
def test_in_a_shop_pronouns_name_the_speaker(question: str, speaker: str | None) -> None:
    read = read_question(question, (SHOPPER, ASSISTANT))
    assert (read.speaker, read.named) == (speaker, False)
    assert read_question(question, ("Mia", "Tom")).speaker is None
