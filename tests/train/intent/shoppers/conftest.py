"""A few products, wants for them, and an assistant that does what it is told."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import pytest

from shopwright.catalog.conditions import Condition
from shopwright.train.intent.shoppers.playing import Reply
from shopwright.train.intent.shoppers.shopper import Shopper
from shopwright.train.intent.shoppers.wants import Goods, Want
from shopwright.types import Answer, Card, Evidence, Money, Product, Sentence, Strategy, Table

TENTS, BAGS = ("Camping", "Tents"), ("Camping", "Sleeping bags")


def product(key: str, category: tuple[str, ...], price: str, stock: int = 5, **attributes: Any) -> Product:
    return Product(
        key,
        f"{key.title()} of the shop",
        brand="Kestrel",
        category=category,
        price=Money(Decimal(price), "EUR"),
        availability="in_stock" if stock else "out_of_stock",
        stock=stock,
        attributes=attributes,
    )


PRODUCTS = (
    product("lark", TENTS, "289.00", freestanding=True, season="summer"),
    product("tarn", TENTS, "319.00", freestanding=True, season="winter"),
    product("gone", TENTS, "99.00", 0, freestanding=True, season="summer"),
    product("down", BAGS, "150.00", filling="down"),
    product("wool", BAGS, "90.00", filling="wool"),
    product("pan", ("Kitchen", "Pans"), "45.00", material="iron"),
)


def goods(name: str, *where: tuple[str, str, Any], needed: bool = True) -> Goods:
    return Goods(name, tuple(Condition.parse(list(one)) for one in where), needed)


SUMMER_TENT = goods("summer tent", ("category", "=", "Tents"), ("attr:season", "=", "summer"))
DOWN_BAG = goods("down bag", ("category", "=", "Sleeping bags"), ("attr:filling", "=", "down"))


def answer(
    *shown: str, table: tuple[str, ...] = (), options: tuple[str, ...] = (), about: str = "", text: str = ""
) -> Answer:
    return Answer(
        (Sentence(text or "Here."),),
        tuple(Card(key, key, "€1") for key in shown),
        Table(table, table, ()) if table else None,
        options,
        (Evidence("e1", "document" if "-" in about else "product", about, "It is so."),) if about else (),
    )


@dataclass
class Scripted:
    """Answers by strategy; the rules search. A message that is an option leads to what stands under it."""

    answers: Mapping[Strategy, Answer]
    after: Mapping[str, Answer] = field(default_factory=dict)
    said: list[str] = field(default_factory=list)

    def say(self, message: str, strategy: Strategy | None, session: str | None) -> Reply:
        self.said.append(message)
        if session is not None:
            return Reply(session, Strategy.SEARCH, self.after[message], {}, ())
        taken = strategy or Strategy.SEARCH
        return Reply("s", taken, self.answers[taken], {"words": float(len(message))}, tuple(self.answers))


@pytest.fixture
def shopper() -> Shopper:
    return Shopper({one.id: one for one in PRODUCTS})


@pytest.fixture
def tent() -> Want:
    return Want("w1", "a tent", "find", (SUMMER_TENT,))


@pytest.fixture
def both() -> Want:
    return Want("w2", "first camping trip", "several", (SUMMER_TENT, DOWN_BAG))


@pytest.fixture
def tent_talker() -> Scripted:
    return Scripted(
        {
            Strategy.SEARCH: answer("tarn", "pan"),
            Strategy.ASK: answer(options=("summer", "winter", "No preference")),
            Strategy.RECOMMEND: answer("lark"),
        },
        {"summer": answer("lark"), "winter": answer("tarn"), "No preference": answer("tarn", "lark")},
    )
