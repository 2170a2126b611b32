"""A simulated log of a shop: thousands of sessions with planted reformulations, programs, and changes of mind.

Nothing in it comes from a real shopper. Queries are drawn by popularity (Zipf). A planted query finds nothing that is
clicked; most of those who typed it try again with the planted rewrite, the others leave, search something popular, or
click after a query of their own that nobody else types.
"""

from __future__ import annotations

import random
from dataclasses import dataclass

from shopwright.types import Event

THINGS = (
    "rain coat", "hair dryer", "office chair", "garden hose", "coffee grinder", "desk lamp", "winter boots", "yoga mat",
    "phone case", "dog bed", "water bottle", "wall clock", "frying pan", "bath towel", "night light", "travel pillow",
    "tool box", "bread knife", "picture frame", "camping stove", "shower curtain", "bike pump", "cat tree", "door mat",
    "rice cooker", "standing desk", "sleeping bag", "ski goggles", "tea pot", "laundry basket",
)  # fmt: skip
SYNONYMS = (
    ("mackintosh", "rain coat"), ("blow drier", "hair dryer"), ("swivel seat", "office chair"), ("sprinkler pipe", "garden hose"),
    ("nap sack", "sleeping bag"), ("hamper", "laundry basket"), ("skillet", "frying pan"), ("reading light", "desk lamp"),
    ("hound sofa", "dog bed"), ("flask", "water bottle"),
)  # fmt: skip
PLANTED = (*((thing.replace(" ", "")[:-2] + "w", thing) for thing in THINGS[:20]), *SYNONYMS)
"""Pairs of a query that finds nothing and the one that finds it: 20 slips, 10 other words."""


@dataclass(frozen=True)
class Log:
    """The events in the order of time, and the pairs that are in them often enough to be found."""

    events: list[Event]
    pairs: set[tuple[str, str]]
    sessions: int
    bots: int


def simulate(sessions: int = 6_000, seed: int = 7, least: int = 3) -> Log:
    """A log; a planted pair counts as one to be found when at least so many sessions made the step."""
    rng = random.Random(seed)
    ranks = [1 / (place + 1) for place in range(len(THINGS))]
    made: dict[tuple[str, str], int] = {}
    events: list[Event] = []
    bots = 0
    for number in range(sessions):
        act = _Session(events, f"s{number}", 1_767_225_600 + rng.random() * 1e6)
        kind = rng.random()
        if kind < 0.01:
            bots += 1
            for step in range(80):
                query, target = rng.choice(PLANTED)
                act("search", step * 2, query)
                act("search", step * 2 + 1, rng.choice(THINGS))
                act("view_item", step * 2 + 1.5, None, "any")
        elif kind < 0.25:
            query, target = rng.choice(PLANTED)
            act("search", 0, query)
            act("view_search_results", 1, query.upper())
            way = rng.random()
            if way < 0.5:
                made[query, target] = made.get((query, target), 0) + 1
                act("search", 30, target)
                _buy(act, rng, 40, target)
            elif way < 0.7:
                other = rng.choices(THINGS, ranks)[0]
                act("search", 45, other)
                _buy(act, rng, 60, other)
            elif way < 0.8:
                act("search", 50, f"{rng.choice(THINGS)} {rng.randrange(10_000)}")
                act("view_item", 55, None, "odd")
            elif way < 0.85:
                act("search", 5_000, target)  # much later
                _buy(act, rng, 5_010, target)
        else:
            for step in range(rng.randrange(1, 4)):
                query = rng.choices(THINGS, ranks)[0]
                act("search", step * 100, query)
                if rng.random() < 0.6:
                    _buy(act, rng, step * 100 + 10, query)
    events.sort(key=lambda event: event.time)
    return Log(events, {pair for pair, count in made.items() if count >= least}, sessions, bots)


@dataclass(frozen=True)
class _Session:
    """Writes the events of a session."""

    events: list[Event]
    name: str
    start: float

    def __call__(self, name: str, after_s: float, query: str | None = None, *items: str) -> None:
        self.events.append(Event(name, self.name, self.start + after_s, items, query=query))


def _buy(act: _Session, rng: random.Random, after_s: float, thing: str) -> None:
    item = f"{thing.replace(' ', '-')}-{rng.randrange(3)}"
    act("view_item", after_s, None, item)
    if rng.random() < 0.4:
        act("add_to_cart", after_s + 5, None, item)
        if rng.random() < 0.5:
            act("purchase", after_s + 20, None, item)
