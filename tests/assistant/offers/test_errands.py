"""A task says what is looked for, what it points at and what to do; a card's number is kept nowhere."""

from __future__ import annotations

import pytest

from shopwright.assistant.offers.errands import Buyer, Card, read_errand


@pytest.mark.parametrize(
    ("task", "phrases", "cheapest", "act"),
    [
        ("Find all offers for the Lark 2 tent.", ("Lark 2 tent",), False, "list"),
        (
            "Find the cheapest offer for a tent. If multiple offers share the lowest price, return all of them.",
            ("tent",), True, "list",
        ),
        ("Find all offers for the Lark 2 and add each of them to the cart of its shop.", ("Lark 2",), False, "cart"),
        ("Add the Lark 2 tent to the shopping cart.", ("Lark 2 tent",), False, "cart"),
        ("I am looking for a tent with two doors", ("tent with two doors",), False, "list"),
        (
            "Find the cheapest offer for the Velmor QX40, add it to the cart and complete the checkout process.",
            ("Velmor QX40",), True, "checkout",
        ),
    ],
)  # fmt: skip
def test_what_is_looked_for(task: str, phrases: tuple[str, ...], cheapest: bool, act: str) -> None:
    errand = read_errand(task)
    assert (errand.relation, errand.phrases, errand.cheapest, errand.act) == ("find", phrases, cheapest, act)


@pytest.mark.parametrize(
    ("task", "relation", "phrases"),
    [
        ("Find straps that fit this watch: https://a.test/product/orbit-8/ .", "compatible", "straps that fit"),
        ("Find the cheapest alternative for this drill: https://a.test/product/orbit-8/", "substitute", "drill"),
        ("Add the product on page ['https://a.test/product/orbit-8/'] to the shopping cart.", "this", ""),
    ],
)
def test_what_is_wanted_of_a_page(task: str, relation: str, phrases: str) -> None:
    errand = read_errand(task)
    assert errand.relation == relation
    assert errand.pointed == ("https://a.test/product/orbit-8/".rstrip(),)
    assert " ".join(errand.phrases).startswith(phrases)


def test_several_things() -> None:
    errand = read_errand("Find the cheapest offer for the Velmor QX40 and the cheapest offer for the Brask Z640.")
    assert errand.phrases == ("Velmor QX40", "Brask Z640")


def test_a_card_is_never_kept() -> None:
    number, code = "4111 1111 1111 1111", "987"
    task = (
        "Find the cheapest tent and check out. Pay via credit card: Address: Ann Lee, ann@shop.test, High Street, 5, "
        f"12345, BY, Germany, Credit card number: {number}, CVV: {code}, expiry date: 01/30."
    )
    errand = read_errand(task)
    assert errand.card == Card("1111", "01/30")
    assert errand.buyer == Buyer("Ann Lee", "ann@shop.test", ("High Street", "5"), "12345", "BY", "Germany")
    everything = repr(errand) + errand.said
    assert "4111" not in everything
    assert code not in everything
