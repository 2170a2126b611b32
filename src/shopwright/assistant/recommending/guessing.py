"""What common sense thinks of for somebody in a place: their trail as `skills.recommend.supposing.hypotheses` reads it.

On a product's page only that product counts, beside a basket what is in it, after a purchase what was bought; elsewhere
everything, with the month, what was said and what the shopper let the shop keep of themselves.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date

from shopwright.assistant.recommending.knowing import Known
from shopwright.assistant.thinking import CommonSense
from shopwright.skills.recommend.supposing.trail import Bought, Thoughts, Trail
from shopwright.types import Place

_LATEST = 20
"""Products looked at, and bought, that are thought about where everything counts."""


def thoughts(
    sense: CommonSense | None, known: Known, place: Place, today: date, usable: Callable[[str], bool]
) -> Thoughts:
    """What follows from what is known of somebody; nothing while there is no common sense.

    Args:
        place: where it is to appear; in a conversation a large model is asked too, if there is one.
        usable: whether a product, by id, may be recommended.
    """
    thinker = sense.thinker(asks_model=place == "conversation") if sense else None
    if sense is None or thinker is None:
        return Thoughts()
    trail = trail_of(known, place, today)
    return thinker.of(replace(trail, nodes=sense.mentioned(trail.said)), usable)


def trail_of(known: Known, place: Place, today: date) -> Trail:
    """What of somebody counts in a place."""
    if place == "product" and known.product:
        return Trail(seen=(known.product,))
    if place == "basket":
        return Trail(basket=known.basket)
    if place == "after":
        return Trail(bought=tuple(Bought(each, known.bought_days.get(each, 0.0)) for each in known.bought))
    bought = tuple(Bought(each, known.bought_days.get(each)) for each in known.bought[-_LATEST:])
    return Trail(known.seen[-_LATEST:], known.basket, bought, known.said, known.tastes, month=today.month)
