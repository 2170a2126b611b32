"""Which seasons of common sense it is in a month, and what is out of season.

Months are those of temperate climates of the northern half of the world, the centre of the graph. Not here: feasts,
which follow calendars and customs; they count when somebody speaks of them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache

from shopwright.knowledge.beyond import When
from shopwright.knowledge.graph import Graph, kind_of
from shopwright.knowledge.links import MIDDLE

_MONTHS: Mapping[str, str] = {
    "winter": "12-02", "deep winter": "01-02", "spring": "03-05", "early spring": "03-03", "summer": "06-08",
    "autumn": "09-11", "heatwave": "07-08", "freezing weather": "12-02", "snowy day": "12-02", "first frost": "10-11",
    "ski season": "12-03", "dark season": "11-01", "dark winter evening": "12-01", "storm season": "10-12",
    "foggy season": "11-11", "autumn leaf fall": "10-11", "mushroom season": "09-10", "harvest time": "09-10",
    "back to school": "08-09", "school holidays": "07-08", "festival season": "06-08", "bathing season": "06-08",
    "grilling season": "05-08", "sailing season": "05-09", "planting season": "04-05", "spring cleaning": "03-04",
    "pollen time": "04-06", "hay fever spring": "04-06",
}  # fmt: skip
_TIMES = {f"season:{name}": When.parse(months) or When() for name, months in _MONTHS.items()}
_SURE, _PART = 0.6, 0.3
"""Confidence of a season's edge that says when a thing is for, and part of its uses that seasons must be."""


@lru_cache(24)
def seasons_of(month: int) -> tuple[str, ...]:
    """The nodes of the seasons that a month is in; () for month 0."""
    return tuple(node for node, time in _TIMES.items() if time.holds(month, None)) if month else ()


def seasons_for(graph: Graph, node: str) -> tuple[str, ...]:
    """The seasons that a product type is for; () where it is used all the year."""
    heads = [edge for edge in graph.into(node, "uses", "met_by") if kind_of(edge.head) in MIDDLE]
    seasons = tuple(edge.head for edge in heads if edge.head in _TIMES and edge.confidence >= _SURE)
    return seasons if len(seasons) >= _PART * len(heads) else ()


def out_of_season(seasons: Sequence[str], month: int) -> bool:
    """Whether none of some seasons is in a month or the next; never without seasons, or in month 0."""
    soon = (month, month % 12 + 1)
    return bool(month and seasons) and not any(_TIMES[season].holds(now, None) for season in seasons for now in soon)
