"""Sub-goals: a need that names several things ("a tent and a sleeping bag under 300") becomes one need for each.

Simplification: only things joined by "and", "plus" or a comma, each of which the shop has a category for; constraints
stated once hold for each, a budget is for all of them together and so bounds each.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

from shopwright.types import Need

_JOINT = re.compile(r"\s*(?:,|;|\band\b|\bplus\b|\bas well as\b|&)\s*", re.IGNORECASE)


def split(need: Need, read: Callable[[str], Need], most: int = 4) -> tuple[Need, ...]:
    """The sub-goals of a need, or the need alone.

    Args:
        read: reads a piece of the message by itself.
        most: no more sub-goals than this.
    """
    if need.references or need.asks:
        return (need,)
    pieces = [read(piece) for piece in _JOINT.split(need.text) if piece.strip()]
    named = [piece for piece in pieces if _category(piece)]
    if len({_category(piece) for piece in named}) < 2:
        return (need,)
    shared = tuple(c for c in need.constraints if c.filter.field in ("price", "availability", "on_sale"))
    return tuple(
        replace(
            piece,
            constraints=(*(c for c in piece.constraints if c.filter.field != "price"), *shared),
            budget=need.budget,
        )
        for piece in named[:most]
    )


def _category(need: Need) -> tuple[str, ...]:
    return next((c.filter.values for c in need.constraints if c.filter.field == "category"), ())
