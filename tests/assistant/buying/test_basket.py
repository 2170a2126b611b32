"""The basket is the best there is, to the cent, and says when there is none."""

from __future__ import annotations

import itertools
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shopwright.assistant.buying.basket import Candidate, best_basket
from shopwright.errors import ToolError
from shopwright.types import Money


def euro(text: str) -> Money:
    return Money(Decimal(text), "EUR")


def candidate(name: str, price: str, worth: float = 1.0) -> Candidate:
    return Candidate(name, euro(price), worth)


TENTS = [candidate("light tent", "289.00", 1.0), candidate("plain tent", "99.00", 0.5)]
MATS = [candidate("down mat", "120.00", 1.0), candidate("foam mat", "19.90", 0.6)]


def test_the_best_that_the_budget_allows() -> None:
    assert best_basket([TENTS, MATS], euro("500")).ids == ("light tent", "down mat")
    middle = best_basket([TENTS, MATS], euro("310"))
    assert middle.ids == ("light tent", "foam mat")
    assert middle.total == euro("308.90")
    assert best_basket([TENTS, MATS], euro("219.00")).ids == ("plain tent", "down mat")


def test_an_impossible_budget_gives_the_cheapest_and_says_by_how_much_it_misses() -> None:
    basket = best_basket([TENTS, MATS], euro("100"))
    assert basket.ids == ("plain tent", "foam mat")
    assert not basket.fits
    assert basket.over == euro("18.90")


def test_quantities_count() -> None:
    assert best_basket([TENTS, MATS], euro("345"), [1, 2]).total == euro("328.80")
    assert best_basket([MATS], None, [3]).total == euro("360.00")


def test_of_equals_the_cheapest() -> None:
    assert best_basket([[candidate("dear", "20.00"), candidate("cheap", "10.00")]]).ids == ("cheap",)


@pytest.mark.parametrize(
    ("groups", "budget", "quantities", "says"),
    [
        ([], None, (), "leave a group out"),
        ([TENTS, []], None, (), "leave a group out"),
        ([TENTS], None, (0,), "from 1"),
        ([TENTS], None, (1, 1), "1 groups"),
        ([TENTS, [Candidate("x", Money(Decimal(1), "USD"))]], None, (), "EUR, USD"),
        ([TENTS], Money(Decimal(1), "SEK"), (), "EUR, SEK"),
        ([[candidate(str(i), "1.00") for i in range(2001)]], None, (), "2,001"),
    ],
)
def test_what_cannot_be_chosen_from_is_refused(
    groups: list[list[Candidate]], budget: Money | None, quantities: tuple[int, ...], says: str
) -> None:
    with pytest.raises(ToolError, match=says):
        best_basket(groups, budget, quantities)


@given(
    st.lists(
        st.lists(st.tuples(st.integers(1, 9000), st.integers(0, 100)), min_size=1, max_size=4), min_size=1, max_size=3
    ),
    st.integers(1, 20_000),
)
def test_no_other_choice_is_better(rows: list[list[tuple[int, int]]], cents: int) -> None:
    groups = [
        [Candidate(f"{g}-{i}", Money(Decimal(price) / 100, "EUR"), worth / 100) for i, (price, worth) in enumerate(row)]
        for g, row in enumerate(rows)
    ]
    basket = best_basket(groups, Money(Decimal(cents) / 100, "EUR"))
    every = list(itertools.product(*groups))
    fitting = [choice for choice in every if sum(each.price.amount for each in choice) * 100 <= cents]
    assert basket.fits == bool(fitting)
    worth = {each.id: each.worth for group in groups for each in group}
    if fitting:
        best = max(sum(each.worth for each in choice) for choice in fitting)
        assert sum(worth[key] for key in basket.ids) >= best - 1e-3 * len(groups) - 1e-6
        assert basket.total.amount * 100 <= cents
    else:
        assert basket.total.amount == min(sum(each.price.amount for each in choice) for choice in every)
