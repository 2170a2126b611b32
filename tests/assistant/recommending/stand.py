"""A small shop of its own for recommending: a store, an index with hashed vectors, and scripted models beside them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np

from shopwright.assistant.recommending.dial import Dial
from shopwright.assistant.recommending.goods import Goods
from shopwright.assistant.recommending.recommending import Recommending
from shopwright.catalog.events.kept import Events
from shopwright.catalog.events.report import EventReport
from shopwright.catalog.events.row import row_of
from shopwright.catalog.events.taking import Taking
from shopwright.catalog.ingest import ingest_items
from shopwright.catalog.profile import Profiles
from shopwright.catalog.store import Store
from shopwright.models.scripted import HashingEncoder
from shopwright.search.embedded import EmbeddedIndex
from shopwright.skills.recommend.supposing.trail import Thoughts, Trail
from shopwright.types import Money, Product, Rating

NOW = 1_764_000_000.0
"""24 November 2025."""
DAY = 86_400.0
TENTS, PEGS, BAGS = ("Outdoor", "Tents"), ("Outdoor", "Tent accessories"), ("Outdoor", "Sleeping bags")


def good(key: str, title: str, *category: str, stars: float = 0.0, **more: Any) -> Product:
    """A product in stock."""
    rating = Rating(stars, 8) if stars else None
    price = Money(Decimal("20"), "EUR")
    return replace(Product(key, title, category=category, price=price, availability="in_stock", rating=rating), **more)


PRODUCTS = (
    good("lark", "Lark 2 trekking tent", *TENTS, stars=4.5, related={"accessory": ("pegs", "gone"), "substitute": ("tarn",)}),
    good("tarn", "Tarn 3 family tent", *TENTS, stars=4.1, attributes={"waterproof": True}),
    good("dune", "Dune beach tent", *TENTS, attributes={"waterproof": True}),
    good("sold", "Moor trekking tent", *TENTS, availability="out_of_stock"),
    good("pegs", "Steel tent pegs", *PEGS, stars=4.9),
    good("sheet", "Groundsheet", *PEGS, attributes={"fits": ("Tarn 3 family tent",)}),
    good("hammer", "Peg hammer", *PEGS, attributes={"fits": ("trekking tents",)}),
    good("eider", "Eider sleeping bag", *BAGS, stars=4.4, variants=()),
    good("brook", "Brook sleeping bag", *BAGS, attributes={"vegan": False}),
    good("pan", "Brigade frying pan", "Kitchen", "Pans", stars=4.7),
    good("pot", "Brigade stock pot", "Kitchen", "Pots", stars=4.2),
    good("tea", "Breakfast tea", "Pantry", "Tea", stars=4.6, released="2025-11-10"),
    good("rare", "", "Pantry"),
    good("bare", "Something"),
)  # fmt: skip


@dataclass
class Scored:
    """What a scripted model says of a product."""

    id: str
    relevance: float = 0.5
    because: str = ""
    together: int = 0


@dataclass
class Behaviour:
    """A model of behaviour that says what was written."""

    written: Sequence[Scored]
    visits: int = 0

    @property
    def model(self) -> Any:
        neighbours = SimpleNamespace(together=lambda *_: self.visits)
        return SimpleNamespace(memory=SimpleNamespace(neighbours=neighbours))

    def numbers(self, history: Sequence[str]) -> Any:
        return np.arange(len(history))

    def scored(self, history: Sequence[str], limit: int) -> Sequence[Scored]:
        return self.written[:limit] if history else []

    def popular(self, limit: int) -> Sequence[Scored]:
        return self.written[:limit]

    def primitive(self, history: Sequence[str]) -> Mapping[str, int]:  # noqa: ARG002 (the protocol's signature)
        return {}


@dataclass
class Sense:
    """Common sense that thinks what was written, and remembers the trails that it was asked about."""

    written: Thoughts
    trails: list[Trail] = field(default_factory=list)

    def thinker(self, *, asks_model: bool = False) -> Sense:  # noqa: ARG002 (the signature of `CommonSense`)
        return self

    def mentioned(self, said: str) -> Mapping[str, float]:
        return {"activity:hiking": 0.9} if "hike" in said else {}

    def of(self, trail: Trail, usable: Callable[[str], bool] = bool) -> Thoughts:
        self.trails.append(trail)
        return replace(self.written, proposed=tuple(one for one in self.written.proposed if usable(one.candidate.id)))


class Stand:
    """The shop, its events and its recommendations."""

    def __init__(self, folder: Path, products: Sequence[Product] = PRODUCTS) -> None:
        self.store = Store.open(folder / "store.db")
        if products:
            ingest_items(self.store, [replace(product) for product in products], source="test")
        encoder = HashingEncoder(64)
        self.index = EmbeddedIndex(folder / "index", encoder)
        self.index.apply(self.store.changes(0), self.store.sequence)
        self.index.fill(self.store.products)
        self.goods = Goods(self.index.state, self.store.products, encoder)
        self.events, self.profiles = Events(self.store, 3_650), Profiles(self.store)

    def recommending(self, behaviour: Any = None, sense: Any = None, dial: Dial | None = None) -> Recommending:
        """The service over the shop."""
        asked = (self.events, self.profiles, lambda: self.goods)
        return Recommending(*asked, lambda: behaviour, sense, dial, lambda: NOW)

    def did(self, session: str, *done: tuple[str, Sequence[str]], shopper: str | None = None, at: float = NOW) -> None:
        """Keep events, a minute between them, the last one a minute before `at`; a name may say a list: "view:list"."""
        rows = []
        for place, (name, items) in enumerate(done):
            named, _, listed = name.partition(":")
            when = at - 60.0 * (len(done) - place)
            fields = {"item_list_id": listed} if listed else None
            rows.append(
                row_of(
                    named, session, when, tuple(items), shopper=shopper, fields=fields, id=f"{session}-{place}-{when}"
                )
            )
        with self.events.writing() as connection:
            taking = Taking(connection, EventReport("test", "simple"), {})
            taking.add(list(enumerate(rows, 1)))
            taking.finish(loud_since=None)

    def close(self) -> None:
        self.index.close()
        self.store.close()
