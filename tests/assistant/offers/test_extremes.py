"""Superlatives, series, and one of each model."""

from __future__ import annotations

from assistant.offers.shops import NORTH, SOUTH, item
from shopwright.assistant.offers.extremes import Extreme, cheapest_of_each, narrowed, read_extreme
from shopwright.assistant.offers.finding import Offer
from shopwright.assistant.offers.mall import Mall, Storefront


def test_what_is_asked_for() -> None:
    assert read_extreme("biggest MX70 by Crux") == (Extreme("biggest"), "MX70 by Crux")
    assert read_extreme("each model of lamps in the 4000 series") == (Extreme("", "4", True), "lamps")
    assert read_extreme("tent") == (Extreme(), "tent")


def test_the_largest_is_of_what_the_kind_is_measured_in() -> None:
    found = Mall([NORTH, SOUTH]).run("Find all offers for the biggest Hexa TR88.").offers
    assert [offer.product.id for offer in found] == ["n9"]
    found = Mall([NORTH]).run("Find all offers for the shortest HDMI cable.").offers
    assert [offer.product.id for offer in found] == ["n11"]


def test_a_series_and_one_of_each_model() -> None:
    cards = [
        item("a", "Velmor RTX4060 Graphics Card, 8GB", "329"), item("b", "Brask RTX4060 Graphics Card, 8GB", "309"),
        item("c", "Velmor RTX4070 Graphics Card, 12GB", "599"), item("d", "Velmor RTX3060 Graphics Card, 12GB", "279"),
    ]  # fmt: skip
    offers = [Offer("x", card) for card in cards]
    series = narrowed(Extreme(series="4"), offers)
    assert [offer.product.id for offer in series] == ["a", "b", "c"]
    assert [offer.product.id for offer in cheapest_of_each(series)] == ["b", "c"]
    task = "List the cheapest offers for every model of middle class graphics cards of the 4000 series."
    assert {offer.product.id for offer in Mall([Storefront("x", cards)]).run(task).offers} == {"b", "c"}
