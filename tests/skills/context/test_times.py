"""Times in a text as spans."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from shopwright.skills.context.times import asked_times, find_times

_NOW = datetime(2023, 5, 10, 12, tzinfo=UTC).timestamp()  # a Wednesday


def _days(text: str) -> list[tuple[str, str]]:
    spans = asked_times(text, _NOW)
    return [(str(date.fromtimestamp(span.begins)), str(date.fromtimestamp(span.ends))) for span in spans]


@pytest.mark.parametrize(
    ("text", "begins", "ends"),
    [
        ("in May 2022", "2022-05-01", "2022-06-01"),
        ("on 25 May, 2022", "2022-05-25", "2022-05-26"),
        ("October 24th, 2023", "2023-10-24", "2023-10-25"),
        ("on the 4th of July", "2022-07-04", "2022-07-05"),
        ("2022-12-31", "2022-12-31", "2023-01-01"),
        ("in 2019", "2019-01-01", "2020-01-01"),
        ("during April", "2023-04-01", "2023-05-01"),
        ("in June", "2022-06-01", "2022-07-01"),
        ("yesterday", "2023-05-09", "2023-05-10"),
        ("the day before yesterday", "2023-05-08", "2023-05-09"),
        ("this morning", "2023-05-10", "2023-05-11"),
        ("two weeks ago", "2023-04-23", "2023-04-30"),
        ("a few days ago", "2023-05-06", "2023-05-09"),
        ("3 years ago", "2020-01-01", "2021-01-01"),
        ("last week", "2023-05-01", "2023-05-08"),
        ("this weekend", "2023-05-12", "2023-05-15"),
        ("next month", "2023-06-01", "2023-07-01"),
        ("last year", "2022-01-01", "2023-01-01"),
        ("last Friday", "2023-05-05", "2023-05-06"),
        ("next Wednesday", "2023-05-17", "2023-05-18"),
        ("last summer", "2022-06-01", "2022-09-01"),
        ("last winter", "2022-12-01", "2023-03-01"),
        ("the summer of 2021", "2021-06-01", "2021-09-01"),
        ("between August 11 and August 15 2023", "2023-08-11", "2023-08-16"),
    ],
)
def test_spans(text: str, begins: str, ends: str) -> None:
    assert _days(f"What was it {text}?") == [(begins, ends)]


@pytest.mark.parametrize(
    "text", ["may I ask", "we march in order", "it costs 1999.50", "model A-2020", "a second time", ""]
)
def test_what_is_no_time(text: str) -> None:
    assert _days(text) == []


def test_a_month_that_is_a_verb_needs_more_than_its_name() -> None:
    assert [span.start for span in find_times("I may go in May", _NOW)] == [9]


@pytest.mark.parametrize("at", [float("nan"), float("inf"), -1e18, 1e18])
def test_a_moment_of_no_calendar_gives_nothing(at: float) -> None:
    assert find_times("yesterday", at) == []


def test_a_date_that_does_not_exist_gives_nothing() -> None:
    assert find_times("2023-02-30", _NOW) == []
    assert find_times("999 years ago", -62_000_000_000.0) == []


def test_two_times_stay_two_unless_they_are_a_range() -> None:
    assert len(_days("in May 2022 or in June 2022")) == 2
    assert _days("from May 2022 to June 2022") == [("2022-05-01", "2022-07-01")]
