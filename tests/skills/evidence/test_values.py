from __future__ import annotations

import pytest

from shopwright.skills.evidence.values import agree, named, value_of, values


@pytest.mark.parametrize(
    ("text", "date"),
    [
        ("released on July 21, 2017.", (2017, 7, 21)),
        ("released 21 July 2017", (2017, 7, 21)),
        ("Nov. 3rd, 2020", (2020, 11, 3)),
        ("since 2020-06-11", (2020, 6, 11)),
        ("于2013年11月15日发售", (2013, 11, 15)),
        ("5月12日", (0, 5, 12)),
        ("in March 2019", (2019, 3, 0)),
        ("a 2017 game", (2017, 0, 0)),
    ],
)
def test_dates_are_read_in_every_form(text: str, date: tuple[int, int, int]) -> None:
    assert [value.date for value in values(text)] == [date]


@pytest.mark.parametrize(
    ("text", "dimension", "low"),
    [
        ("revenue of $6.3 billion", "$", 6.3e9),
        ("就业1361万人", "number", 13_610_000),
        ("出生率为10.48‰", "‰", 10.48),
        ("增长6.1%", "percentage", 6.1),
        ("about 90 min", "time", 1.5),
    ],
)
def test_amounts_carry_scale_and_unit(text: str, dimension: str, low: float) -> None:
    (value,) = values(text)
    assert (value.dimension, value.low) == (dimension, pytest.approx(low))


def test_a_date_agrees_with_a_vaguer_one_and_not_with_another() -> None:
    whole, month, other = (values(text)[0] for text in ("3 March 2017", "March 2017", "13 March 2019"))
    assert agree(whole, month)
    assert not agree(whole, other)


def test_quantities_agree_across_units_within_the_tolerance() -> None:
    hours, minutes, more = (values(text)[0] for text in ("1.5 h", "90 minutes", "2 h"))
    assert agree(hours, minutes)
    assert not agree(hours, more, 0.1)
    assert agree(hours, more, 0.3)


def test_a_name_agrees_with_its_part() -> None:
    assert agree(named("Simona Halep"), named("Halep"))
    assert not agree(named("Simona Halep"), named("Angelique Kerber"))


def test_a_number_inside_a_name_does_not_make_it_a_number() -> None:
    text = "Toy Story 4 won"
    assert value_of(text, 0, 11).kind == "name"


def test_a_date_that_no_calendar_has_is_no_date() -> None:
    assert all(value.kind != "date" for value in values("2020-99-99"))
    assert values("February 30, 2020")[0].weekday is None
