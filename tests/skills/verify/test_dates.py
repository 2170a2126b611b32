from __future__ import annotations

import pytest

from shopwright.skills.verify.dates import Calendar, dates


def missing(claim: str, evidence: str) -> str:
    calendar = Calendar(dates(evidence), [evidence])
    return "".join(calendar.missing(when) for when in dates(claim))


@pytest.mark.parametrize(
    ("claim", "evidence"),
    [
        ("July 27", "27 July 2018"),
        ("27 July 2018", "27/07/2018"),
        ("July 27, 2018", "2018-07-27T10:00:00"),
        ("2018年7月27日", "27 Jul 2018"),
        ("28 July 2018", "27-29 July 2018 and 28 July"),
        ("in 2018", "27/07/2018"),
        ("in 2019", "the 2018-19 season"),
        ("in the 1990s", "born in 1999"),
        ("in the eighties", "1984"),
        ("in the 19th century", "1850"),
        ("on Friday", "27 July 2018"),
        ("at 2 pm", "14:00"),
        ("in June", "open May to October"),
        ("4 March 2018", "03/04/2018"),
        ("3 April 2018", "03/04/2018"),
        ("in September 2016", "Sept. 2016"),
    ],
)
def test_dates_are_told_in_any_form(claim: str, evidence: str) -> None:
    assert missing(claim, evidence) == ""


@pytest.mark.parametrize(
    ("claim", "evidence", "parts"),
    [
        ("28 July 2018", "27 July 2018", "d"),
        ("July 2018", "June 2018", "m"),
        ("27 July 2019", "27 July 2018", "y"),
        ("in the 1980s", "1999", "s"),
        ("at 3 pm", "at 2 pm", "t"),
        ("on Monday", "on Tuesday", "w"),
    ],
)
def test_the_part_that_differs_is_named(claim: str, evidence: str, parts: str) -> None:
    assert missing(claim, evidence) == parts


def test_verbs_and_measures_are_no_dates() -> None:
    assert dates("You may march 3000 mm with 1,200 W and 2000 mAh.") == []
