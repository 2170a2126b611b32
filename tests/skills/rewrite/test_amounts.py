from __future__ import annotations

import pytest

from shopwright.skills.rewrite.amounts import digits_for_words, find_measures, find_prices


def prices(message: str) -> list[tuple[float | None, float | None, str | None]]:
    text = digits_for_words(message)
    assert len(text) == len(message)
    taken = [(measure.start, measure.end) for measure in find_measures(text)]
    return [(price.low, price.high, price.currency) for price in find_prices(text, taken)]


@pytest.mark.parametrize(
    ("message", "low", "high", "currency"),
    [
        ("a tent around 50", 40, 60, None),
        ("50-80 quid", 50, 80, "GBP"),
        ("priced above 114 PHP", 114, None, "PHP"),
        ("priced between 19 and 96 pesos", 19, 96, None),
        ("cost over 35 pesos", 35, None, None),
        ("at most 40 euros", None, 40, "EUR"),
        ("stocking fillers for a fiver", None, 5, "GBP"),
        ("twenty quid max mate", None, 20, "GBP"),
        ("I can't go above 250", None, 250, None),
        ("no more than £1,250", None, 1250, "GBP"),
        ("an e-bike for less than 2 grand", None, 2000, None),
        ("an exercise bike for max 1k", None, 1000, None),
        ("between two and three hundred pounds", 200, 300, "GBP"),
        ("over two hundred and fifty dollars", 250, None, "USD"),
        ("£20ish", 16, 24, "GBP"),
        ("30 quid-ish", 24, 36, "GBP"),
        ("30 EUR or less", None, 30, "EUR"),
        ("10 pounds and up", 10, None, "GBP"),
        ("minimum 150 maximum 250", 150, 250, None),
        ("sub 200", None, 200, None),
        ("for under 300 together", None, 300, None),
        ("all together under 300", None, 300, None),
        ("no more than 250 in total", None, 250, None),
        ("max 300 together", None, 300, None),
        ("within 300 in total", None, 300, None),
        ("under 150 combined", None, 150, None),
        ("up to 120 overall", None, 120, None),
        ("less than 200 between them", None, 200, None),
        ("below 80 incl. delivery", None, 80, None),
        ("under 300 including delivery", None, 300, None),
        ("at least 40 together", 40, None, None),
    ],
)
def test_prices(message: str, low: float | None, high: float | None, currency: str | None) -> None:
    assert prices(message) == [(low, high, currency)]


@pytest.mark.parametrize(
    "message",
    [
        "a table for 8 together",
        "the 3 of us together",
        "for 4 in total",
        "from 2 combined",
        "fifty shades of grey",
        "a tent for 2 people",
        "7 up",
        "two tone shoes",
        "isn't 400 bucks",
        "5 cm or more",
    ],
)
def test_what_only_looks_like_a_price(message: str) -> None:
    assert prices(message) == []


@pytest.mark.parametrize(
    ("message", "low", "high", "unit"),
    [
        ("a suitcase, max 55 cm tall", None, 55, "cm"),
        ("not wider than 60 cm", None, 60, "cm"),
        ("taller than 1.5m?", 1.5, None, "m"),
        ("128gb+", 128, None, "GB"),
        ("6 litre upwards", 6, None, "l"),
        ("10000 mm water column at least", 10000, None, "mm"),
        ("100-150 l", 100, 150, "l"),
        ("a weighted blanket between 15 and 20 pounds", 15, 20, "lb"),
    ],
)
def test_measures(message: str, low: float | None, high: float | None, unit: str) -> None:
    (measure,) = find_measures(digits_for_words(message))
    assert (measure.low, measure.high, measure.unit) == (low, high, unit)
