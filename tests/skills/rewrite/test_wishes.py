from __future__ import annotations

import pytest

from shopwright.skills.rewrite.refusals import find_refusals
from shopwright.skills.rewrite.wishes import find_fits, find_occasion, find_quantity, find_recipient, find_sort


@pytest.mark.parametrize(
    ("message", "whom"),
    [
        ("a scarf for my sister in law", "sister in law"),
        ("chess set for my 8-year-old nephew", "nephew"),
        ("treats for my senior cat", "cat"),
        ("cufflinks for the groom", "groom"),
        ("boots for kids", None),
        ("a pillow for a stomach sleeper", None),
        ("looking for a watch", None),
    ],
)
def test_recipients(message: str, whom: str | None) -> None:
    said = find_recipient(message)
    assert (said.value if said else None) == whom


@pytest.mark.parametrize(
    ("message", "day"),
    [
        ("silver wedding anniversary present", "silver wedding anniversary"),
        ("diwali lamps", "diwali"),
        ("a pirate ship for his 5th birthday", "5th birthday"),
        ("a black tie", None),
    ],
)
def test_occasions(message: str, day: str | None) -> None:
    said = find_occasion(message)
    assert (said.value if said else None) == day


@pytest.mark.parametrize(
    ("message", "number"),
    [
        ("two pairs of wool socks", 2),
        ("3 x hdmi cable", 3),
        ("cushion covers x 4", 4),
        ("a dozen wine glasses", 12),
        ("half a dozen plant pots", 6),
        ("a pair of bedside lamps", 2),
        ("need 2 monitors, 24 inch each", 2),
        ("towels, 4 of them", 4),
        ("make it two", 2),
        ("two 5 litre tins of paint", 2),
        ("pack of 6 boxers", None),
        ("3-person tent", None),
        ("two tone shoes", None),
        ("five metres of chain", None),
        ("ceiling fan with 3 speeds", None),
    ],
)
def test_quantities(message: str, number: int | None) -> None:
    found = find_quantity(message)
    assert (found[0] if found else None) == number


@pytest.mark.parametrize(
    ("message", "order"),
    [
        ("the cheapest 65 inch tv", "price_asc"),
        ("kettles by price please", "price_asc"),
        ("rings, start with the most expensive", "price_desc"),
        ("humidifiers ordered by score", "rating"),
        ("show the latest arrivals", "newest"),
        ("a cheap kettle", None),
    ],
)
def test_orders(message: str, order: str | None) -> None:
    found = find_sort(message)
    assert (found[0] if found else None) == order


@pytest.mark.parametrize(
    ("message", "fits"),
    [
        ("case for my iphone 15", ["iphone 15"]),
        ("roof bars, fits a 2018 golf", ["2018 golf"]),
        ("charger that works with macbook air m2", ["macbook air m2"]),
        ("induction compatible moka pot", ["induction"]),
        ("wiper blades 2012 ford fiesta", ["2012 ford fiesta"]),
        ("dyson v11 filter", ["dyson v11"]),
        ("charger for iphone 14, apple watch and airpods", ["iphone 14", "apple watch", "airpods"]),
        ("looking for a case", []),
        ("a present for dad", []),
    ],
)
def test_what_it_must_fit(message: str, fits: list[str]) -> None:
    assert [said.value for said in find_fits(message)] == fits


@pytest.mark.parametrize(
    ("message", "refused"),
    [
        ("earrings without nickel", ["nickel"]),
        ("sofa, not leather", ["leather"]),
        ("t shirts no logo no print", ["logo", "print"]),
        ("pillow, no down or feathers", ["down", "feathers"]),
        ("curtains everything but beige or brown", ["beige", "brown"]),
        ("I don't want inkjet", ["inkjet"]),
        ("broth, no added salt", ["added salt"]),
        ("dress 👗 not 🔴 red", ["red"]),
        ("non-slip mat", []),
        ("no more than 50", []),
        ("not sure what to get", []),
        ("four pillows and nothing else", []),
    ],
)
def test_what_is_refused(message: str, refused: list[str]) -> None:
    assert [said.value for said in find_refusals(message)] == refused
