"""What products let one suppose of a shopper: flour, a proofing basket and a scale speak of baking bread.

Evidence is added up backwards over the edges by which activities, events, needs and places use things. A thing tells
the more the fewer use it (as inverse document frequency): nearly everything uses a bag. What a thing carries in its
name (a fishing rod's fishing) or is hardly used for otherwise it tells by itself; else two different things must say
the same, and several products of one type are one thing.

What is private (health, faith, origin, who belongs to a shopper, love, loss) is never concluded. It counts when
somebody says it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from math import log
from typing import NamedTuple

from shopwright.knowledge.graph import Edge, Graph, kind_of, name_of, stemmed
from shopwright.skills.recommend.supposing.trail import Clue, Supposed
from shopwright.types.recommending import ChainStep

LEAST = 0.3
"""Confidence from which something is supposed."""
MOST = 8
_SHOWN = 3
_FEW, _CERTAIN = 3, 0.8
"""What so few activities use, so surely, tells them by itself, where its name is more than a noun: a towel does not."""
_ALONE = 0.85
"""How sure a product must be of its type to tell something by itself."""
_KINDS = ("activity", "event", "need", "place")
"""What may be concluded; the other kinds of nodes are who somebody is, believes or suffers."""
_PRIVATE_WORDS = """
baby birth breastfeeding pregnancy pregnant weaning teething potty breakup divorce separation death dying funeral grief
mourning loss gender coming wedding engagement honeymoon prayer praying pilgrimage pilgrim ramadan faith religious
church mosque vegan vegetarian halal kosher hospital surgery operation illness sick therapy chemotherapy cancer
incontinence continence period menstruation menopause sex intimacy contraception fertility depression anxiety
loneliness lonely addiction sober diet dieting slimming diabetes blood allergy fall dementia carer nursing disability
hearing lice snoring braces court prison debt unemployment redundancy asylum
"""
_PRIVATE = frozenset(stemmed([_PRIVATE_WORDS])[0])
_RELATIONS: Mapping[str, float] = {"uses": 1.0, "met_by": 0.8}


class _Telling(NamedTuple):
    """A thing that is used for something: how much it tells of that, and whether it is enough by itself."""

    node: str
    weight: float
    enough: bool
    edge: Edge


class Supposing:
    """Supposes over one graph. Build it once; safe to share between threads."""

    def __init__(self, graph: Graph) -> None:
        users: defaultdict[str, list[Edge]] = defaultdict(list)
        for edge in graph.edges:
            if edge.relation in _RELATIONS and kind_of(edge.tail) == "product":
                users[edge.tail].append(edge)
        total = log(1 + len({edge.head for edges in users.values() for edge in edges}))
        self._of: dict[str, tuple[_Telling, ...]] = {}
        for node, edges in users.items():
            rare = 1 - log(len(edges)) / total if total else 1.0
            few = len(edges) <= _FEW and len(graph.stems[node]) > 1
            self._of[node] = tuple(
                _telling(edge, rare, few, graph) for edge in edges if _may_conclude(edge.head, graph)
            )

    def of(self, clues: Iterable[Clue]) -> list[Supposed]:
        """What clues that are product types let suppose, the surest first.

        Args:
            clues: a product's types one after the other; each product speaks for a node by the type that tells most.
        """
        votes: defaultdict[str, dict[str, tuple[float, Clue, _Telling]]] = defaultdict(dict)
        for clue in clues:
            for one in self._of.get(clue.node) or _as_told(clue.node):
                weight = clue.weight * one.weight
                known = votes[one.node].get(clue.product)
                if known is None or known[0] < weight:
                    votes[one.node][clue.product] = (weight, clue, one)
        found = [_added_up(node, list(by_product.values())) for node, by_product in votes.items()]
        held = [one for one in found if one is not None]
        return sorted(held, key=lambda one: (-one.confidence, one.node))[:MOST]


def _added_up(node: str, votes: Sequence[tuple[float, Clue, _Telling]]) -> Supposed | None:
    """A node with all that speaks for it; None when that is too little."""
    best: dict[str, tuple[float, Clue, _Telling]] = {}
    for vote in sorted(votes, key=lambda vote: -vote[0]):
        best.setdefault(vote[1].node, vote)
    doubt = 1.0
    for weight, *_ in best.values():
        doubt *= 1 - weight
    enough = len({clue.product for _, clue, _ in best.values()}) > 1 or any(
        one.enough and (clue.sure >= _ALONE or clue.node == node) for _, clue, one in best.values()
    )
    if not enough or 1 - doubt < LEAST:
        return None
    shown = list(best.values())[:_SHOWN]
    steps = tuple(
        ChainStep(f"{name_of(clue.node)} → {name_of(node)}", one.edge.place)
        for _, clue, one in shown
        if clue.node != node
    )
    return Supposed(node, 1 - doubt, tuple(clue for _, clue, _ in best.values()), steps)


def _telling(edge: Edge, rare: float, few: bool, graph: Graph) -> _Telling:
    own = set(graph.stems[edge.head])
    activity = kind_of(edge.head) == "activity"
    named = activity and bool(own) and own <= set(graph.stems[edge.tail])
    worth = edge.confidence * _RELATIONS[edge.relation] * (1.0 if named else rare)
    return _Telling(edge.head, worth, named or (activity and few and edge.confidence >= _CERTAIN), edge)


def _as_told(node: str) -> tuple[_Telling, ...]:
    """An activity that a product's category is called after tells itself."""
    if kind_of(node) != "activity":
        return ()
    return (_Telling(node, 1.0, True, Edge(node, "uses", node, 1.0, "category", "its category")),)


def _may_conclude(node: str, graph: Graph) -> bool:
    return kind_of(node) in _KINDS and _PRIVATE.isdisjoint(graph.stems[node])
