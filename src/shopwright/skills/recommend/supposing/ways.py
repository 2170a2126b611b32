"""Ways from what is known of a shopper to product types that the shop sells: tips, and edges of common sense.

    ways = Ways(graph, beyond, assortment)
    for way in ways.of("activity:sourdough baking"):
        print(way.end, way.worth, way.because)

From a product type lead its tips, what goes with it and what it requires. From an activity, an event, a need lead its
tips, what it uses or is met by, and what the things that it leads to use, a hop further. A way is worth the product of
what its steps are worth; the best to each type counts, and a tip, which says more, before an edge. Found when a node is
first asked for, and kept.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from shopwright.knowledge.assortment import Assortment
from shopwright.knowledge.beyond import Beyond, Tip, When
from shopwright.knowledge.graph import Edge, Graph, kind_of, name_of
from shopwright.skills.recommend.supposing.seasons import seasons_for
from shopwright.skills.recommend.supposing.sentences import sentence
from shopwright.types.recommending import ChainStep

LEAST = 0.15
"""Worth under which a way is not followed."""
TIP = 1.0
_DAMPING = 0.7
"""What a hop beyond the first takes off."""
_TO_PRODUCTS: Mapping[str, float] = {
    "uses": 0.8, "met_by": 0.8, "requires": 0.9, "goes_with": 0.75, "gift": 0.5,
}  # fmt: skip
_ONWARD: Mapping[str, float] = {"leads_to": 0.9, "likes": 0.7}
_OBVIOUS, _FURTHER, _UNSURE = 0.1, 0.2, 0.3
"""Surprise of an edge's end: of any, for each hop more, and for each part that its author was not sure."""
_SPECIAL = ("activity", "place", "season", "recipient")
"""Kinds of nodes whose name in that of a thing keeps it to themselves: who rides a bicycle needs no ski helmet."""
_VAGUE_WORDS = """
repair care cleaning maintenance spare second extra replacement starter basic small large good protective storage
accessory accessories kit set bag box case cover filter pad part battery charger adapter cable refill holder stand mount
cleaner tool tools book guide mat sheet lid strap hook
"""
_VAGUE = frozenset(_VAGUE_WORDS.split())
"""Words that say nothing of what a thing is for, alone or together."""
_TELLING = ("activity", "event", "need", "occasion", "place", "season")
"""Kinds of nodes that a way may pass."""


@dataclass(frozen=True, slots=True)
class Way:
    """From a node to a product type.

    Args:
        end: the product type, a node.
        worth: how surely it helps, 0 to 1.
        surprise: how few would have thought of it, 0 to 1.
        when: the time for which it is meant.
        steps: for the merchant.
        because: a sentence that holds of any product of the type.
        tip: somebody wrote it for this.
        passes: the nodes from the first one to the last but one.
        seasons: nodes of those that the product type is for.
    """

    end: str
    worth: float
    surprise: float
    when: When
    steps: tuple[ChainStep, ...]
    because: str
    tip: bool = False
    passes: tuple[str, ...] = ()
    seasons: tuple[str, ...] = ()


class Ways:
    """Finds ways over one state of the graph, the tips and the shop. Safe to share between threads."""

    def __init__(self, graph: Graph, beyond: Beyond, assortment: Assortment) -> None:
        self._graph, self._beyond, self._assortment = graph, beyond, assortment
        self._special = {graph.stems[node][0] for node in graph.of_kind(*_SPECIAL) if len(graph.stems[node]) == 1}
        self._kept: dict[str, tuple[Way, ...]] = {}

    def of(self, node: str) -> tuple[Way, ...]:
        """The ways from a node, the one that is worth most first; () when nothing is sold that it leads to."""
        ways = self._kept.get(node)
        if ways is None:
            ways = self._kept[node] = self._found(node)
        return ways

    def _found(self, node: str) -> tuple[Way, ...]:
        best: dict[str, Way] = {}
        for way in (*map(_tipped, self._beyond.of(node)), *self._walked(node)):
            known = best.get(way.end)
            better = known is None or (way.tip, way.worth) > (known.tip, known.worth)
            if better and way.end != node and self._assortment.members(way.end) and not _vague(way.end):
                best[way.end] = replace(way, seasons=seasons_for(self._graph, way.end))
        return tuple(sorted(best.values(), key=lambda way: -way.worth))

    def _walked(self, node: str) -> Iterator[Way]:
        yield from _ends((), self._graph.out(node), 1.0)
        if kind_of(node) == "product":
            return
        for edge in self._graph.out(node, *_ONWARD):
            worth = edge.confidence * _ONWARD[edge.relation] * _DAMPING
            if worth >= LEAST and kind_of(edge.tail) in _TELLING:
                on_the_way = {*self._graph.stems[node], *self._graph.stems[edge.tail]}
                for way in _ends((edge,), self._graph.out(edge.tail), worth):
                    if self._special.isdisjoint(set(self._graph.stems[way.end]) - on_the_way):
                        yield way


def _vague(node: str) -> bool:
    """Whether a type's name leaves open what thing it is: a repair kit for bicycles, or for floors."""
    return _VAGUE.issuperset(name_of(node).split())


def _tipped(tip: Tip) -> Way:
    step = ChainStep(f"{name_of(tip.head)} → {tip.tail}", tip.place)
    return Way(tip.node, TIP * tip.sense, tip.surprise, tip.when, (step,), tip.because, tip=True, passes=(tip.head,))


def _ends(before: tuple[Edge, ...], edges: Iterable[Edge], worth: float) -> Iterator[Way]:
    """The ways that end in products by one more edge."""
    for edge in edges:
        weight = _TO_PRODUCTS.get(edge.relation, 0.0)
        total = worth * edge.confidence * weight
        if total < LEAST or kind_of(edge.tail) != "product" or (before and edge.relation == "gift"):
            continue
        steps = (*before, edge)
        surprise = _OBVIOUS + _FURTHER * len(before) + _UNSURE * (1 - edge.confidence)
        told = tuple(ChainStep(f"{name_of(one.head)} → {name_of(one.tail)}", one.place) for one in steps)
        yield Way(edge.tail, total, surprise, When(), told, sentence(steps), passes=tuple(one.head for one in steps))
