from __future__ import annotations

from collections.abc import Sequence

import pytest

from shopwright.skills.verify.claims import claims_of
from shopwright.skills.verify.exact import compare
from shopwright.skills.verify.repair import repaired
from shopwright.types import Mark, Verdict


def by_code(text: str, evidence: str) -> list[Verdict]:
    """Verdicts of the comparisons alone: what they mark is refuted; "false" is not supported."""
    found = []
    for claim in claims_of(text):
        marks = compare(claim.text, [evidence]).marks
        if "false" in claim.text:
            marks = (Mark(0, 3, "words"),)
        found.append(Verdict(claim, "refuted" if marks else "supported", 0.5, marks=marks, reason="because"))
    return found


def repair(answer: str, evidence: str) -> str:
    return repaired(answer, by_code(answer, evidence), lambda text: by_code(text, evidence)).text


@pytest.mark.parametrize(
    ("answer", "evidence", "text"),
    [
        ("The lamp runs 12 h.", "The lamp runs 7.5 h.", "The lamp runs 7.5 h."),
        ("The mug costs €20.", "The mug costs €24.90.", "The mug costs €24.90."),
        ("The mug costs 20 €.", "The mug costs 24,90 €.", "The mug costs 24,90 €."),
        ("The mug costs 20 EUR.", "The mug costs EUR 24.90.", "The mug costs EUR 24.90."),
        ("The sale ends on 3 March 2021.", "The sale ends on 3 March 2022.", "The sale ends on 3 March 2022."),
        ("The sale ends on 3 March.", "The sale ends on 5 March.", "The sale ends on 5 March."),
        ("Shipping takes 3 days.", "Shipping takes 3 weeks.", "Shipping takes 3 weeks."),
    ],
)
def test_the_told_value_takes_the_place_of_the_wrong_one(answer: str, evidence: str, text: str) -> None:
    assert repair(answer, evidence) == text


@pytest.mark.parametrize(
    ("answer", "text"),
    [
        ("One is fine. This is false. Two is fine.", "One is fine. Two is fine."),
        ("This is false. Two is fine.", "Two is fine."),
        ("One is fine. This is false.", "One is fine."),
        ("One is fine.\n\n- This is false.\n- Two is fine.\n", "One is fine.\n\n- Two is fine."),
        ("1. This is false.\n2. Two is fine.", "2. Two is fine."),
        ("This is false.", ""),
        ("This is false. And this is false!", ""),
    ],
)
def test_what_is_unsupported_is_dropped_with_its_line(answer: str, text: str) -> None:
    assert repair(answer, "") == text


def test_what_was_done_is_told_in_order() -> None:
    evidence = "The lamp runs 7.5 hours."
    answer = "The lamp runs 12 hours. This is false."
    done = repaired(answer, by_code(answer, evidence), lambda text: by_code(text, evidence))
    assert [(one.done, one.sentence, one.written, one.reason) for one in done.changes] == [
        ("corrected", "The lamp runs 12 hours.", "The lamp runs 7.5 hours.", "because"),
        ("dropped", "This is false.", "", "because"),
    ]


def test_a_correction_that_does_not_pass_is_dropped() -> None:
    def never(text: str) -> Sequence[Verdict]:
        return [Verdict(claim, "unsupported", 0.1) for claim in claims_of(text)]

    answer = "The lamp runs 12 h."
    done = repaired(answer, by_code(answer, "The lamp runs 7.5 h."), never)
    assert (done.text, [one.done for one in done.changes]) == ("", ["dropped"])


def test_what_says_not_where_the_evidence_does_not_is_dropped() -> None:
    assert repair("The jacket is waterproof.", "The jacket is not waterproof.") == ""


@pytest.mark.parametrize("answer", ["", "Hello!", "The lamp runs 7.5 h.\n", "  \n"])
def test_an_answer_that_stands_is_left_as_it_is(answer: str) -> None:
    assert repair(answer, "The lamp runs 7.5 h.") == answer
