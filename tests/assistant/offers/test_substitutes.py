"""What can be bought in place of something."""

from __future__ import annotations

import pytest

from assistant.offers.shops import NORTH, SOUTH, item
from shopwright.assistant.offers.substitutes import SLIGHT, kept_measures, substitutes, tolerance

OFFERS = [*NORTH.products, *SOUTH.products]


def ids(key: str, cheaper: bool = False, **allowed: float) -> list[str]:
    product = next(product for product in OFFERS if product.id == key)
    return [one.product.id for one in substitutes(product, OFFERS, cheaper, **allowed)]


def test_the_same_kind_with_the_same_values() -> None:
    assert ids("s4") == []  # the other kit is of another generation
    assert ids("n10") == ["n9"]  # more space will do
    assert ids("n9") == []


def test_cheaper_counts_sale_prices_and_another_offer_of_it_is_no_alternative() -> None:
    assert ids("n2", cheaper=True, loss=SLIGHT) == ["n1", "s1"]
    assert "s1" not in ids("n1")


def test_levels_stand_for_clocks() -> None:
    fast = item("a", "Velmor RTX4060 Ti Graphics Card, 8GB, 2590MHz", "399")
    near = item("b", "Velmor RTX4060 Graphics Card, 8GB, 2530MHz", "329")
    slow = item("c", "Velmor RTX3050 Graphics Card, 8GB, 2600MHz", "299")
    assert [one.product.id for one in substitutes(fast, [near, slow], loss=SLIGHT)] == ["b"]


@pytest.mark.parametrize(("said", "loss"), [("only a slight loss", SLIGHT), ("the same speed", 0.05), ("", 0.05)])
def test_what_may_be_lost(said: str, loss: float) -> None:
    assert tolerance(said) == loss


def test_what_must_stay() -> None:
    assert kept_measures("with the same radiator size") == {"length"}
    assert kept_measures("with the same capacity and speed") == {"data", "frequency"}
    assert kept_measures("for less") == frozenset()
