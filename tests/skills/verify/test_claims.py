from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shopwright.skills.verify.claims import claims_of, states_something
from shopwright.types import Claim


def texts(answer: str) -> list[str]:
    return [claim.text for claim in claims_of(answer)]


@pytest.mark.parametrize(
    ("answer", "claims"),
    [
        ("It is approx. 30 cm tall. It weighs 1.9 kg.", ["It is approx. 30 cm tall.", "It weighs 1.9 kg."]),
        (
            "Mr. J. Smith of the U.S. Army came at 5 p.m. He left.",
            ["Mr. J. Smith of the U.S. Army came at 5 p.m.", "He left."],
        ),
        (
            "# Battery\n\n- Battery life: 12 h\n- **Weight:** 1.9 kg",
            ["Battery", "Battery life: 12 h", "Weight:** 1.9 kg"],
        ),
        ("| name | weight |\n|---|---|\n| Lark | 1.9 kg |", ["Lark | 1.9 kg"]),
        ("电池续航为12小时。重量1.9公斤！", ["电池续航为12小时。", "重量1.9公斤！"]),
        ("Great tent 😀 It is light", ["Great tent 😀", "It is light"]),
        ("no punctuation at all", ["no punctuation at all"]),
        ("", []),
        ("---\n***\n", []),
    ],
)
def test_sentences_of_any_shape_become_claims(answer: str, claims: list[str]) -> None:
    assert texts(answer) == claims


@pytest.mark.parametrize(
    ("answer", "claims"),
    [
        ("The Lark weighs 1.9 kg and costs €1,289.00.", ["The Lark weighs 1.9 kg", "costs €1,289.00."]),
        ("It is small; it ships in 3 days.", ["It is small", "it ships in 3 days."]),
        ("It weighs 2 kg, which is little.", ["It weighs 2 kg", "is little."]),
        ("It has two doors, and the poles are blue.", ["It has two doors", "the poles are blue."]),
        ("weight 1.9 kg, colour red", ["weight 1.9 kg", "colour red"]),
        ("Weight: 1.9 kg, colour: red", ["Weight: 1.9 kg", "colour: red"]),
    ],
)
def test_several_statements_are_taken_apart(answer: str, claims: list[str]) -> None:
    assert texts(answer) == claims


@pytest.mark.parametrize(
    "answer",
    [
        "Colours: red, blue, green",
        "The tent, which weighs 2 kg, is green.",
        "It is light and small.",
        "If it rains, and the tent is wet, dry it.",
        "Barry Mullane, a former comedian, took over in 2010.",
    ],
)
def test_in_doubt_a_sentence_stays_whole(answer: str) -> None:
    assert texts(answer) == [answer]


@pytest.mark.parametrize(
    ("text", "states"),
    [
        ("Happy to help!", False),
        ("Hello there!", False),
        ("Let me know if you need more than 3.", False),
        ("Would you like a larger one?", False),
        ("I could not find anything about that.", False),
        ("Sure, here you go:", False),
        ("😀", False),
        ("It is waterproof.", True),
        ("Not waterproof", True),
        ("Battery life: 12 h", True),
        ("Well, it weighs 2 kg.", True),
        ("电池续航为12小时。", True),
    ],
)
def test_greetings_questions_and_offers_state_nothing(text: str, states: bool) -> None:
    assert states_something(Claim(text, 0, len(text))) is states


@given(st.text(alphabet=st.one_of(st.characters(), st.sampled_from(' .!?,;:\n|-#*"()and is1')), max_size=300))
def test_claims_are_slices_in_order(answer: str) -> None:
    end = 0
    for claim in claims_of(answer):
        assert claim.text == answer[claim.start : claim.end]
        assert claim.start >= end
        end = claim.end
        states_something(claim)


@pytest.mark.parametrize(
    "piece", ["It weighs 1.9 kg and is red, e.g. for a hike. ", "word ", "x", '"(.! ', "- \n", "|"]
)
def test_a_megabyte_is_read(piece: str) -> None:
    text = piece * (1_000_000 // len(piece))
    assert all(text[claim.start : claim.end] == claim.text for claim in claims_of(text))
