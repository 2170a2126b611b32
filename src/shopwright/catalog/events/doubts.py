"""Which sessions and sources nobody should learn from: too fast for a person, or too loud for one.

Judged are the times of a session's events, in order, whatever order they arrived in; so nothing here depends on how a
file is sorted. Thresholds are deliberately wide: a wrong mark costs a session, a missing one is a bot among thousands.
A source is a shopper, or a session of nobody.

Simplifications: no lists of addresses or user agents, which are not kept; a bot that pauses like a person is not seen.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import pairwise

from shopwright.catalog.events.names import CART, PURCHASE, SEARCHES, VIEW

RATE, RATE_S = 100, 60.0
"""Events of a session within so many seconds that no person makes."""
HASTE, THINK_S = 20, 1.0
"""Pages in a row, the median pause between which is shorter than so many seconds."""
SHARE, SHARE_LEAST = 0.05, 1_000
"""The most that one source may have of all events, once it has so many."""
PRODUCT_SHARE, PRODUCT_LEAST = 0.5, 50
"""The most that one source may have of a product's views, carts and purchases, once it has so many."""
LOOKED_AT = 20
"""Events from which on a session can be conspicuous at all."""

BOT, POISON = 1, 2
"""Marks of a session; events of a marked one are kept, and neither rolled up nor learned from."""

REASONS = {
    "bot: rate": f"{RATE} events and more in {RATE_S:.0f} seconds",
    "bot: no think time": f"{HASTE} pages and more with less than {THINK_S:.0f} second between them",
    "poison: share": f"one source has more than {SHARE:.0%} of all events",
    "marked before": "the session was marked when it came in earlier",
    "poison: product": f"one source has more than {PRODUCT_SHARE:.0%} of what happened to a product",
}
"""What each mark says."""

_IMPRESSIONS = frozenset(("view_item_list", "view_promotion"))
_PAGES = SEARCHES | {VIEW}
_COUNTED = frozenset((VIEW, CART, PURCHASE))

Act = tuple[float, str, Sequence[str]]
"""An event of a session: its time, name and items."""


def bot_like(acts: Sequence[Act]) -> str | None:
    """Why a session looks like a program's; None when it does not.

    Args:
        acts: in order of time.
    """
    times = [time for time, name, _ in acts if name not in _IMPRESSIONS]
    if any(times[at + RATE - 1] - times[at] <= RATE_S for at in range(len(times) - RATE + 1)):
        return "bot: rate"
    pages = [time for time, name, _ in acts if name in _PAGES]
    pauses = sorted(after - before for before, after in pairwise(pages))
    if len(pages) >= HASTE and pauses[len(pauses) // 2] < THINK_S:
        return "bot: no think time"
    return None


def loud(events: int, total: int) -> bool:
    """Whether a source's events are too many of all."""
    return events >= SHARE_LEAST and events > SHARE * total


def pushed(acts: Iterable[Act]) -> dict[str, int]:
    """The products that a source did so much with that its share of them must be looked up, with how much."""
    counts = Counter(item for _, name, items in acts if name in _COUNTED for item in items)
    return {item: count for item, count in counts.items() if count >= PRODUCT_LEAST}
