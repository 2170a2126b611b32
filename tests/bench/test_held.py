from __future__ import annotations

import pytest

from bench.small_catalogue import LARK
from shopwright.bench.catalogue import Catalogue
from shopwright.bench.held import Said, held_by, held_in_text, measuring_unit, numbers
from shopwright.types import Quantity


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("It costs €1,299.50, or 12 € a month", [(1299.5, True), (12.0, True)]),
        ("1.9 kg for 2 persons", [(1.9, False), (2.0, False)]),
        ("E27 lamp, A4 paper, 27W", [(27.0, False)]),
        ("1. Lark\n2. Tarn", []),
        ("a 45-day right", [(45.0, False)]),
        ("to -5 °C or −20, 4-7 days", [(-5.0, False), (-20.0, False), (4.0, False), (7.0, False)]),
    ],
)
def test_numbers_are_read_from_text(text: str, found: list[tuple[float, bool]]) -> None:
    assert [(said.value, said.price) for said in numbers(text)] == found


@pytest.mark.parametrize(
    ("said", "quantity", "right"),
    [
        (Said(1.9, 1, unit="kg"), Quantity(1.9, "kg"), True),
        (Said(2.0, 0, unit="kg"), Quantity(1.9, "kg"), False),
        (Said(1900.0, 0, unit="g"), Quantity(1.9, "kg"), True),
        (Said(4.2, 1, unit="lb"), Quantity(1.9, "kg"), True),
        (Said(4.0, 0, unit="lb"), Quantity(1.9, "kg"), False),
        (Said(1.9, 1, unit="cm"), Quantity(1.9, "kg"), False),
        (Said(1.9, 1), Quantity(1.9, "kg"), False),
    ],
)
def test_a_quantity_may_be_converted_but_not_rounded_away(said: Said, quantity: Quantity, right: bool) -> None:
    assert said.measures(quantity) is right


def test_counting_words_are_no_units_of_measure() -> None:
    assert measuring_unit("kilos") == "kg"
    assert measuring_unit("pieces") is None
    assert measuring_unit("versions") is None


def test_a_text_holds_prices_measures_and_plain_numbers() -> None:
    held = held_in_text("€4.90 for 12 kg in 3 parcels")
    assert (held.prices, held.plain) == ({4.9}, {3.0})
    assert held.quantities == [Quantity(12.0, "kg")]


@pytest.mark.parametrize(
    ("field", "text", "right"),
    [
        ("price", "€249.00", True),
        ("price", "1.9 kg", False),
        ("weight", "1.9 kg", True),
        ("Weight", "€249.00", False),
        ("rating", "4.7", True),
        ("availability", "7", True),
        ("weight", "7", False),
        ("attributes", "46 cm", True),
        ("attributes", "€249.00", False),
        ("", "€249.00", True),
    ],
)
def test_each_field_of_a_product_holds_its_own_numbers(
    field: str, text: str, right: bool, catalogue: Catalogue
) -> None:
    assert held_by(LARK, catalogue, field).has(numbers(text)[0]) is right
