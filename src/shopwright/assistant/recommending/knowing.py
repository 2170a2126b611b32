"""What is known of somebody to whom something is recommended: what the request says, and what the shop kept.

Of a visit count the events under its id, of a shopper those of their last visits, if they agreed that something is kept
about them. A product that was shown among recommendations and left alone grows stale; a click makes it fresh again.
What was forgotten is not there to be read, and nothing of a shopper is held in memory.

Simplification: of very long histories only the latest `LATEST` products count, of visits only their last `_EVENTS`
events.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from shopwright.assistant.recommending.goods import Goods
from shopwright.catalog.events.kept import Events
from shopwright.catalog.events.names import CART, PURCHASE, VIEW
from shopwright.catalog.memory import storable
from shopwright.catalog.nevers import Nevers
from shopwright.catalog.profile import Profiles
from shopwright.errors import NotFoundError
from shopwright.types import Event, Filter, RecommendRequest

LATEST = 200
"""Products looked at that count, and likewise bought ones."""
LIST = "recommendations"
"""`item_list_id` of the events that say which recommendations were shown and which of them was opened."""
_EVENTS = 300
_DAY_S = 86_400.0
_TASTES = ("like", "dislike", "allergy", "diet", "person", "other")
_UNWANTED = ("dislike", "allergy")
Number = TypeVar("Number", int, float)
_OPENED = frozenset((VIEW, "select_item", CART, PURCHASE, "add_to_wishlist"))


@dataclass(frozen=True, slots=True)
class Known:
    """What counts of somebody. All ids are of products that the shop has.

    Args:
        product: whose page it is.
        seen, basket, bought: oldest first, each id once.
        bought_days: how long ago something was bought, where that is known.
        idle_days: how long ago they last had to do with it, where that is known.
        said: a wish in their words.
        tastes: what they let the shop keep of themselves, in words: "vegan", "no wool".
        never: what is not to be shown again.
        shown: how often something was recommended and left alone.
        filters: all hold on what is recommended.
        notes: what was left out of the request, and why.
    """

    product: str | None = None
    seen: tuple[str, ...] = ()
    basket: tuple[str, ...] = ()
    bought: tuple[str, ...] = ()
    bought_days: Mapping[str, float] = field(default_factory=dict)
    idle_days: Mapping[str, float] = field(default_factory=dict)
    said: str = ""
    tastes: tuple[str, ...] = ()
    never: frozenset[str] = frozenset()
    shown: Mapping[str, int] = field(default_factory=dict)
    filters: tuple[Filter, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def history(self) -> tuple[str, ...]:
        """What they had to do with, oldest first: bought, looked at, put into the basket, on whose page they are."""
        own = (self.product,) if self.product else ()
        every = dict.fromkeys(reversed((*self.bought, *self.seen, *self.basket, *own)))
        return tuple(reversed(every))

    @property
    def empty(self) -> bool:
        """Whether nothing is known that could be gone by."""
        return not self.history and not self.said

    def told(self, product_id: str, name: str) -> str:
        """What they had to do with a product, as they are told: "You bought NAME"."""
        if product_id in self.bought:
            return f"You bought {name}"
        return f"{name} is in your basket" if product_id in self.basket else f"You looked at {name}"


class Knowing:
    """Finds what is known of whoever asks.

    Args:
        events: of the shop.
        profiles: of its shoppers.
        nevers: their refusals.
    """

    def __init__(self, events: Events, profiles: Profiles, nevers: Nevers) -> None:
        self._events, self._profiles, self._nevers = events, profiles, nevers

    def of(self, request: RecommendRequest, goods: Goods, now: float) -> Known:
        """What is known of whoever asks; ids that the shop does not have are left out and told of.

        Raises:
            NotFoundError: there is no such product as that whose page it is.
        """
        session, shopper, notes = storable(request.session), storable(request.shopper), []
        if shopper and self._profiles.consent(shopper) is None:
            shopper = ""
            notes.append("This shopper has not agreed that anything is kept about them: earlier visits do not count.")
        done = self._events.recent(session, shopper, _EVENTS) if session or shopper else ()
        refused = self._nevers.of(shopper, session) if session or shopper else ()
        did = _Did.of(done, now)
        ids = _Ids(goods)
        return Known(
            product=ids.page(request.product),
            seen=ids.latest((*did.seen, *request.seen)),
            basket=ids.latest((*did.basket, *request.basket)),
            bought=ids.latest((*did.bought_days, *request.bought)),
            bought_days=ids.mapped(did.bought_days),
            idle_days=ids.mapped(did.idle_days),
            said=" ".join(request.said.split()),
            tastes=self._tastes(shopper, now),
            never=frozenset((*request.never, *refused)),
            shown=ids.mapped(Counter(did.shown) + Counter(dict(request.shown))),
            filters=tuple(request.filters),
            notes=(*notes, *ids.notes()),
        )

    def _tastes(self, shopper: str, now: float) -> tuple[str, ...]:
        known = self._profiles.preferences(shopper, now).values() if shopper else ()
        return tuple(f"no {one.value}" if one.kind in _UNWANTED else one.value for one in known if one.kind in _TASTES)


@dataclass(frozen=True, slots=True)
class _Did:
    """What events tell: products by when they were last looked at, put into the basket, bought, and shown in vain."""

    seen: dict[str, None] = field(default_factory=dict)
    basket: dict[str, None] = field(default_factory=dict)
    bought_days: dict[str, float] = field(default_factory=dict)
    idle_days: dict[str, float] = field(default_factory=dict)
    shown: dict[str, int] = field(default_factory=dict)

    @classmethod
    def of(cls, done: Iterable[Event], now: float) -> _Did:
        """The events in order of time."""
        did = cls()
        for event in done:
            for item in event.items:
                did._take(item, event, max(now - event.time, 0.0) / _DAY_S)
        return did

    def _take(self, item: str, event: Event, days: float) -> None:
        if event.name == "view_item_list" and event.fields.get("item_list_id") == LIST:
            self.shown[item] = self.shown.get(item, 0) + 1
        if event.name == "remove_from_cart":
            self.basket.pop(item, None)
        if event.name not in _OPENED:
            return
        self.shown.pop(item, None)
        self.idle_days[item] = days
        place = self.basket if event.name == CART else self.seen
        if event.name == PURCHASE:
            self.basket.pop(item, None)
            self.bought_days.pop(item, None)
            self.bought_days[item] = days
        else:
            place.pop(item, None)
            place[item] = None


class _Ids:
    """Reads ids of products or variants as those of products, and counts those that the shop does not have."""

    def __init__(self, goods: Goods) -> None:
        self._goods = goods
        self._gone: set[str] = set()
        self._cut = 0

    def page(self, product_id: str | None) -> str | None:
        """The product whose page it is.

        Raises:
            NotFoundError: there is none.
        """
        if product_id is None:
            return None
        if (row := self._goods.row(product_id)) < 0:
            raise NotFoundError(f"product {product_id!r}: no product or variant has this id; search for it by name")
        return self._goods.id(row)

    def latest(self, ids: Sequence[str]) -> tuple[str, ...]:
        """The last `LATEST` different products, in their order; what stands before them is not looked at."""
        found: dict[int, None] = {}
        for place, each in enumerate(reversed(ids), 1):
            row = self._goods.row(each)
            if row < 0:
                self._gone.add(each)
            elif row not in found:
                if len(found) == LATEST:
                    self._cut = max(self._cut, len(ids) - place + 1)
                    break
                found[row] = None
        return tuple(self._goods.id(row) for row in reversed(found))

    def mapped(self, values: Mapping[str, Number]) -> dict[str, Number]:
        """The values under ids of products; of several variants the smallest."""
        found: dict[str, Number] = {}
        for each, value in values.items():
            if (row := self._goods.row(each)) >= 0:
                key = self._goods.id(row)
                found[key] = min(found.get(key, value), value)
        return found

    def notes(self) -> tuple[str, ...]:
        """What was left out."""
        told = []
        if self._gone:
            told.append(f"{len(self._gone):,} of the named products are not in this shop, or not any more.")
        if self._cut:
            told.append(f"Only the latest {LATEST} products of a list count; {self._cut:,} entries before them do not.")
        return tuple(told)
