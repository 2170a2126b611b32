"""What speaks against a way from a shopper to a product type: the critic of hypotheses.

Somebody concerned avoids the thing, or a custom forbids it; the shopper said no to it, has it or looked at it already,
or has what it stands in for; it is for another season, or for a time after a purchase that is not now; the sense of it
is too small. Each doubt is told in words, for the merchant.

Not here: whether the chosen product can be bought, and what the shopper never wants to see again.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from shopwright.knowledge.graph import Graph, Value, kind_of, name_of
from shopwright.knowledge.links import Links
from shopwright.skills.recommend.supposing.seasons import out_of_season
from shopwright.skills.recommend.supposing.trail import Clue
from shopwright.skills.recommend.supposing.ways import Way
from shopwright.types import Filter

AVOIDED = 0.35
"""Confidence of an edge from which what it avoids is avoided."""
SENSE = 0.2
"""Confidence of a whole chain under which it is dropped."""
_OWNED = ("bought", "in the basket", "looked at")


@dataclass(frozen=True, slots=True)
class Against:
    """What is known against product types.

    Args:
        avoided: product types with the words why.
        had: product types that the shopper has, or looked at, with how.
        replaced: product types that something of these stands in for.
        bought_days: product types that were bought, with the days since; 0 where nobody knows.
        month: 1 to 12; 0 for any.
    """

    avoided: Mapping[str, str]
    had: Mapping[str, str]
    replaced: Mapping[str, str]
    bought_days: Mapping[str, float]
    month: int


def against(graph: Graph, clues: Iterable[Clue], active: Iterable[str], denied: Iterable[str], month: int) -> Against:
    """What a trail says against product types.

    Args:
        clues: of the shopper's products.
        active: nodes that hold of the shopper, told or supposed; product types among them.
        denied: nodes that the shopper said no to.
    """
    avoided = {node: "the shopper said no to it" for node in denied if kind_of(node) == "product"}
    for node in active:
        for edge in graph.out(node, "avoids", "taboo"):
            if kind_of(edge.tail) == "product" and edge.confidence >= AVOIDED:
                avoided.setdefault(edge.tail, f"{name_of(node)} avoids it ({edge.place})")
    had: dict[str, str] = {}
    days: dict[str, float] = {}
    for clue in clues:
        if kind_of(clue.node) != "product":
            continue
        if clue.act in _OWNED:
            had.setdefault(clue.node, clue.act)
        if clue.act == "bought":
            days[clue.node] = min(days.get(clue.node, clue.days or 0.0), clue.days or 0.0)
    replaced = {
        edge.head if edge.tail == node else edge.tail: f"stands in for {name_of(node)}, {how} ({edge.place})"
        for node, how in had.items()
        for edge in (*graph.out(node, "replaces"), *graph.into(node, "replaces"))
    }
    return Against(avoided, had, replaced, days, month)


def doubt(way: Way, confidence: float, known: Against, graph: Graph) -> str:
    """Why a way is not taken; "" when nothing speaks against it.

    Args:
        confidence: of the whole chain, from what is known of the shopper on.
    """
    if confidence < SENSE:
        return f"too little sense ({confidence:.2f})"
    if why := known.avoided.get(way.end, "") or _narrower(way.end, known.avoided, graph):
        return why
    if how := known.had.get(way.end):
        return f"{how} already"
    if why := known.replaced.get(way.end, ""):
        return why
    if why := _met(way, known, graph):
        return why
    if way.when.kind != "any":
        held = way.when.holds(known.month, known.bought_days.get(way.passes[0]))
        return "" if held else f"not now: it is meant for {way.when}"
    return f"out of season: it is for {name_of(way.seasons[0])}" if out_of_season(way.seasons, known.month) else ""


def avoided_values(graph: Graph, links: Links, active: Iterable[str]) -> tuple[Filter, ...]:
    """Properties that anything recommended must not have, as conditions on the merchant's attributes."""
    found: dict[str, Filter] = {}
    for node in active:
        for edge in graph.out(node, "avoids", "taboo"):
            value, wanted = Value.parse(edge.tail), links.filters.get(edge.tail)
            if value and wanted and value.scope == "*" and wanted.op == "is" and edge.confidence >= AVOIDED:
                found[edge.tail] = replace(wanted, op="not")
    return tuple(found.values())


def _met(way: Way, known: Against, graph: Graph) -> str:
    """What of the shopper's meets the need already that a way passes; a tip is for those who know their needs."""
    for node in () if way.tip else way.passes:
        if kind_of(node) == "need":
            for edge in graph.out(node, "met_by"):
                if edge.tail in known.had:
                    return f"{name_of(edge.tail)}, {known.had[edge.tail]}, meets {name_of(node)} ({edge.place})"
    return ""


def _narrower(node: str, avoided: Mapping[str, str], graph: Graph) -> str:
    """The doubt about a wider type: who avoids nuts avoids salted nuts."""
    stems = graph.stems.get(node, ())
    for other, why in avoided.items():
        wider = graph.stems.get(other, ())
        if wider and stems[-len(wider) :] == wider:
            return why
    return ""
