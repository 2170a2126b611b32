"""What the clicks of a visit tell before a word is said: where it goes next, and whether it ends in a purchase.

The page sends its events with the conversation's id (`catalog.events`); the models are learned from the shop's own
events by `shopwright train visits` and lie in its folder of models. Without them, and in a visit without clicks, there
is nothing to tell. A model that is replaced counts from the next turn.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from shopwright.catalog.events.kept import Events
from shopwright.catalog.events.names import CART, PURCHASE, VIEW
from shopwright.models.kept_file import KeptFile
from shopwright.skills.intent.asking import entropy
from shopwright.skills.intent.sessions.buying import BuyingModel
from shopwright.skills.intent.sessions.products import ProductSessions
from shopwright.types import Event

NEXT_FILE, BUYING_FILE = "visits-next.npz", "visits-buying.npz"
OPENED = frozenset((VIEW, CART, PURCHASE))
"""Names of the events that say which products a visit was about."""
_LOOKED_AT = 50


@dataclass(frozen=True, slots=True)
class VisitModels:
    """The models of one shop's visits: of the next product, and of a purchase."""

    following: ProductSessions
    buying: BuyingModel | None = None

    @classmethod
    def load(cls, path: Path) -> Self:
        """The model of the next product in a file, and that of a purchase, if there is one beside it.

        Raises:
            ModelError: a file is damaged.
        """
        buying = path.with_name(BUYING_FILE)
        return cls(ProductSessions.load(path), BuyingModel.load(buying) if buying.is_file() else None)


class Visits:
    """Features of visits; safe to share between threads.

    Args:
        events: of the shop.
        folder: of its models.
    """

    def __init__(self, events: Events, folder: Path) -> None:
        self._events = events
        self._models: KeptFile[VisitModels | None] = KeptFile(folder / NEXT_FILE, VisitModels.load, None)

    def __call__(self, session_id: str) -> Mapping[str, float]:
        """The features of the visit that a conversation is part of, by name; empty where nothing was clicked."""
        models = self._models()
        done = self._events.of_conversation(session_id) if models else []
        return self.features(models, done) if models and done else {}

    def features(self, models: VisitModels, done: Sequence[Event]) -> dict[str, float]:
        """What is told of events in order of time."""
        opened = [item for event in done if event.name in OPENED for item in event.items]
        following = models.following.next(opened, _LOOKED_AT)
        products = self._events.store.products([key for key, _ in following])
        parts: dict[str, float] = {}
        for key, chance in following:
            if key in products and products[key].category:
                name = products[key].category[0]
                parts[name] = parts.get(name, 0.0) + chance
        found = {
            "visit:opened": math.log1p(len(opened)),
            "visit:again": float(len(opened) - len({*opened})),
            "visit:carts": float(sum(event.name == CART for event in done)),
            "visit:doubt": entropy([chance for _, chance in following]),
            "visit:parts": entropy(parts.values()),
            "visit:part": max(parts.values(), default=0.0),
        }
        if models.buying:
            found["visit:buys"] = models.buying.probability([(event.time, event.name, event.items) for event in done])
        return found
