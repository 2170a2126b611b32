"""A conversation that adds things up and changes a cart: sums by code, nothing written without a yes, nothing twice."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from shopwright.shop import Shop
from shopwright.types import Strategy, Turn


@pytest.fixture
def shop(own_home: Path) -> Iterator[Shop]:
    (own_home / "delivery.toml").write_text(
        'currency = "EUR"\n[[zones]]\ncountries = ["FR"]\nstandard = { price = "6.90", days = [3, 5] }\n'
    )
    with Shop.open(own_home) as shop:
        yield shop


def talk(shop: Shop, *messages: str) -> list[Turn]:
    turns: list[Turn] = []
    for message in messages:
        turns.append(shop.chat(message, session_id=turns[-1].session_id if turns else None))
    return turns


def test_the_cart_changes_after_a_yes_and_shows_beforehand_what_will_change(shop: Shop) -> None:
    found, asked, done, again = talk(shop, "green tea", "add the first one to my basket", "yes", "what's in my cart?")
    first = found.answer.cards[0]
    assert asked.answer.approval is not None
    (change,) = asked.answer.approval.changes
    assert first.title in change.what
    assert (change.before, change.after) == ("0", "1")
    assert asked.answer.options == ("Yes", "No")
    assert done.trace.decision.strategy is Strategy.SERVE
    assert again.answer.bill is not None
    assert [(line[0], line[2]) for line in again.answer.bill.lines] == [(first.product_id, 1)]


def test_a_no_or_anything_else_leaves_the_cart_alone(shop: Shop) -> None:
    *_, refused, cart = talk(shop, "green tea", "add the first one to my basket", "no", "what's in my cart?")
    assert "leave it" in refused.answer.text
    assert cart.answer.bill is None
    *_, cart = talk(shop, "green tea", "add the first one to my basket", "which is the cheapest?", "yes", "my cart")
    assert cart.answer.bill is None


def test_a_yes_acts_once(shop: Shop) -> None:
    *_, cart = talk(shop, "green tea", "put the first one into my cart", "yes", "yes", "my cart")
    assert cart.answer.bill is not None
    assert [line[2] for line in cart.answer.bill.lines] == [1]


def test_the_same_wish_in_another_turn_is_another_act(shop: Shop) -> None:
    *_, cart = talk(
        shop, "green tea", "add the first to my cart", "yes", "add the first to my cart", "yes", "show my cart"
    )
    assert cart.answer.bill is not None
    assert [line[2] for line in cart.answer.bill.lines] == [2]


def test_a_total_with_delivery_is_the_sum_of_its_lines(shop: Shop) -> None:
    found, total = talk(shop, "tea", "how much are the first two in total with delivery to France?")
    assert total.answer.bill is not None
    assert [line[0] for line in total.answer.bill.lines] == [card.product_id for card in found.answer.cards[:2]]
    assert total.answer.bill.rows == (("Standard delivery to FR", "€6.90"),)
    parts = [float(text.lstrip("€")) for *_, text in total.answer.bill.lines] + [6.90]
    assert float(total.answer.bill.total.lstrip("€")) == pytest.approx(sum(parts))
    assert total.answer.bill.total in total.answer.text


def test_what_matters_for_a_kind_of_thing_is_told_with_its_values(shop: Shop) -> None:
    (turn,) = talk(shop, "what should I look for in a green tea?")
    assert turn.trace.plan.steps[0].tool == "factors"
    assert turn.answer.text.startswith("What decides for")
    assert all(sentence.citations for sentence in turn.answer.sentences)


def test_a_cart_needs_something_to_put_into_it(shop: Shop) -> None:
    (turn,) = talk(shop, "put it into my cart")
    assert turn.answer.approval is None
    assert "which product" in turn.answer.text
