"""Simulated visits as GA4-named events: for development, for trying what learns from clicks, and for load.

    write_visits(products, Path("events.jsonl"), visits=100_000, seed=0)

A visitor has a shelf and a budget in mind, sees a list of the shelf by popularity (Zipf), looks down it as the cascade
has it, opens what fits and now and then what does not, comes back for more with some chance, and buys. `catalog.events`
reads what is written, as an export of Google Analytics 4. Nobody is real: every visitor's id begins with "simulated".

Simplifications: lists are the shelf by popularity, no search decides them; budgets are the only preference; visits do
not overlap in taste from one to the next visit of the same visitor.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import orjson

from shopwright.catalog.conditions import lowest_price
from shopwright.errors import ConfigError
from shopwright.train.intent.shoppers.settings import ShopperSettings
from shopwright.types import Product

START = 1_767_225_600
"""2026-01-01, in seconds since the epoch."""
_LISTED, _MOST_LISTS = 12, 5
_COMES_BACK = 0.5
"""Chance of another list in the same visit, of the same shelf three times out of four."""
_SAME_SHELF = 0.75
_PHONES = 0.6
_VISITS_A_VISITOR = 2.5
_VISITS_A_DAY = 5_000
_DWELL_S = 25.0
_BUYERS, _CART_WITHOUT_PURCHASE = 0.15, 0.5
"""Share of visits that may end in a purchase; carts beside each purchase that lead to none."""
_CHUNK = 1 << 14


def events_from(
    products: Iterable[Product],
    visits: int,
    seed: int = 0,
    start: float = START,
    settings: ShopperSettings | None = None,
) -> Iterator[dict[str, Any]]:
    """The events of simulated visits, a visit after another; times are in order within a visit.

    Args:
        products: those without a category or a price are passed over.
        visits: how many.
        start: seconds since the epoch of the first visit.

    Raises:
        ConfigError: no product has a category and a price.
    """
    yield from _Visits(_shelves(products), settings or ShopperSettings(), seed).events(visits, start)


def write_visits(
    products: Iterable[Product],
    path: Path,
    visits: int,
    seed: int = 0,
    start: float = START,
    settings: ShopperSettings | None = None,
) -> int:
    """Write simulated visits as JSON lines; returns how many events.

    Raises:
        ConfigError: as `events_from`, or the file cannot be written.
    """
    count, chunk = 0, list[bytes]()
    try:
        with path.open("wb") as file:
            for event in events_from(products, visits, seed, start, settings):
                chunk.append(orjson.dumps(event))
                if len(chunk) == _CHUNK:
                    file.write(b"\n".join(chunk) + b"\n")
                    count, chunk = count + len(chunk), []
            file.write(b"\n".join((*chunk, b"")))
    except OSError as error:
        raise ConfigError(f"{path}: {error.strerror}; name a file in a folder that can be written") from error
    return count + len(chunk)


def _shelves(products: Iterable[Product]) -> dict[str, list[tuple[str, float, str]]]:
    """Id, price and currency of what stands on each shelf, by id."""
    found: defaultdict[str, list[tuple[str, float, str]]] = defaultdict(list)
    for product in products:
        price = lowest_price(product)
        if product.category and price:
            currency = product.price.currency if product.price else "EUR"
            found[product.category[-1]].append((product.id, price, currency))
    if not found:
        raise ConfigError("no product has a category and a price: nothing can be looked for or bought")
    return {shelf: sorted(found[shelf]) for shelf in sorted(found)}


def _zipf(count: int) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    weights = 1 / np.arange(1, count + 1)
    return np.asarray(weights / weights.sum(), np.float64)


class _Visits:
    def __init__(self, shelves: dict[str, list[tuple[str, float, str]]], settings: ShopperSettings, seed: int) -> None:
        self._random = np.random.default_rng(seed)
        self._settings = settings
        self._names = [list(shelves)[place] for place in self._random.permutation(len(shelves))]
        self._goods = {
            name: [shelves[name][at] for at in self._random.permutation(len(shelves[name]))] for name in shelves
        }
        self._share = _zipf(len(self._names))
        self._pool: list[float] = []

    def events(self, visits: int, start: float) -> Iterator[dict[str, Any]]:
        """The events of so many visits; each visit begins a little after the one before."""
        apart = 86_400 / _VISITS_A_DAY
        visitors = max(1, int(visits / _VISITS_A_VISITOR))
        for begin in range(0, visits, _CHUNK):
            size = min(_CHUNK, visits - begin)
            shelves = self._random.choice(len(self._names), (size, _MOST_LISTS), p=self._share).tolist()
            whose = self._random.integers(0, visitors, size).tolist()
            for each in range(size):
                number = begin + each
                yield from self._visit(number, whose[each], shelves[each], start + number * apart)

    def _visit(self, number: int, visitor: int, shelves: Sequence[int], time: float) -> Iterator[dict[str, Any]]:
        phone = self._draw() < _PHONES
        who = {
            "user_pseudo_id": f"simulated.{visitor}",
            "params": {"ga_session_id": str(number)},
            "device": {"category": "mobile" if phone else "desktop"},
        }
        at, buys = shelves[0], self._settings.buys * (self._draw() < _BUYERS)
        budget = self._budget(at)
        for turn in range(_MOST_LISTS):
            if turn and self._draw() >= _COMES_BACK:
                return
            if turn and self._draw() >= _SAME_SHELF:
                at = shelves[turn]
                budget = self._budget(at)
            time = time + _DWELL_S * (0.5 + self._draw())
            for event in self._list(self._names[at], budget, phone, buys, time):
                time = event["time"]
                yield _record(event, who)
                if event["name"] == "purchase":
                    return

    def _budget(self, shelf: int) -> float:
        """What may be spent: a little more than some product of the shelf costs."""
        goods = self._goods[self._names[shelf]]
        return 1.1 * goods[int(self._draw() * len(goods))][1]

    def _list(self, shelf: str, budget: float, phone: bool, buys: float, time: float) -> Iterator[dict[str, Any]]:
        """A list of a shelf is looked down; what is opened, put into the cart and bought."""
        mind, goods = self._settings, self._goods[shelf]
        first = int(len(goods) * self._draw() ** 3) if len(goods) > _LISTED else 0
        shown = goods[first : first + _LISTED]
        yield {"name": "view_search_results", "time": time, "query": shelf.lower(), "items": shown}
        goes_on = mind.goes_on("phone" if phone else "desktop")
        for one in shown:
            fits = one[1] <= budget
            if self._draw() < (mind.opens_wanted / 2 if fits else mind.opens_other):
                time += _DWELL_S * (0.2 + self._draw())
                yield {"name": "view_item", "time": time, "items": (one,), "value": one[1]}
                if fits and (drawn := self._draw()) < buys * (1 + _CART_WITHOUT_PURCHASE):
                    time += _DWELL_S * (0.2 + self._draw())
                    yield {"name": "add_to_cart", "time": time, "items": (one,), "value": one[1]}
                    if drawn < buys:
                        yield {"name": "purchase", "time": time + 3 * _DWELL_S, "items": (one,), "value": one[1]}
                        return
                elif not fits and self._draw() < mind.put_off:
                    return
            if self._draw() >= goes_on:
                return

    def _draw(self) -> float:
        """A number from 0 to 1; drawn by the ten thousand, as one at a time is slow."""
        if not self._pool:
            self._pool = self._random.random(_CHUNK).tolist()
        return self._pool.pop()


def _record(event: dict[str, Any], who: dict[str, Any]) -> dict[str, Any]:
    """An event as Google Analytics 4 exports it."""
    params = who["params"]
    if "query" in event:
        params = params | {"search_term": event["query"]}
    if "value" in event:
        params = params | {"value": event["value"], "currency": event["items"][0][2]}
    return {
        "event_name": event["name"],
        "event_timestamp": str(int(event["time"] * 1e6)),
        "user_pseudo_id": who["user_pseudo_id"],
        "event_params": params,
        "items": [{"item_id": one[0]} for one in event["items"]],
        "device": who["device"],
    }
