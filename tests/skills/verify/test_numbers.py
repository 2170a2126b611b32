from __future__ import annotations

import pytest

from shopwright.skills.verify.numbers import Stated, stated


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("twelve", [12]),
        ("one hundred and fifty", [150]),
        ("twenty-one people", [21]),
        ("half a dozen", [6]),
        ("half an hour", [0.5]),
        ("two and a half hours", [2.5]),
        ("a quarter of an hour", [0.25]),
        ("two million", [2e6]),
        ("1.5k", [1500]),
        ("999 million", [999e6]),
        ("€5m", [5e6]),
        ("1.5万", [15000]),
        ("7,5 h", [7.5]),
        ("7-8 h", [7, 8]),
        ("between 7 and 8 h", [7, 8]),
        ("½", [0.5]),
        ("no one knows this one", []),
    ],
)
def test_numbers_in_digits_and_words(text: str, values: list[float]) -> None:
    assert [number.value for number in stated(text)] == values


def test_units_and_currencies_stand_beside_their_numbers() -> None:
    said = stated("12-month, twelve hours, £20, 25 euros, 50%")
    assert [(number.value, number.unit, number.currency) for number in said] == [
        (12, "months", None),
        (12, "h", None),
        (20, None, "GBP"),
        (25, None, "EUR"),
        (50, "%", None),
    ]


def test_cold_is_not_warm() -> None:
    assert not stated("-10 °C")[0].is_told_by(stated("10 °C")[0])


def test_a_year_is_twelve_months() -> None:
    assert Stated(1, "years").is_told_by(Stated(12, "months"))
    assert stated("a year")[0].is_told_by(Stated(12, "months"))


def test_offsets_are_of_the_text() -> None:
    text = "line\n" * 400 + "It weighs 1.9 kg."
    number = stated(text)[-1]
    assert text[number.start : number.end] == "1.9 kg"
