"""Chains of common sense: from what a wish mentions, step by step, to what can be bought, wished for or avoided.

The walk is best-first: a chain is worth the product of the confidences of its edges, each further hop damped, and at
every node only the best chain counts (Dijkstra's algorithm on -log worth). Four hops at most. Whatever is known about
a product type itself (what goes with it, what it needs) is one hop more.

A chain explains itself: `str(chain)` is "retirement → free time → fishing → landing net".
"""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import count

from shopwright.knowledge.graph import Edge, Graph, kind_of, name_of
from shopwright.skills.reason.wishes import Mention

HOPS = 4
DAMPING = 0.8
"""What a hop beyond the first takes off."""
LEAST = 0.09
"""Worth under which a chain is not followed."""
WEIGHTS: Mapping[str, float] = {
    "leads_to": 0.95, "likes": 0.85, "met_by": 1.0, "uses": 1.0, "gift": 1.0, "goes_with": 0.5, "requires": 0.7,
    "replaces": 0.3,
}  # fmt: skip
"""What a step along a relation is worth beside its confidence; the others end a chain."""
_NO_GIFT = 0.5
"""The same for `gift` when nobody is to be given anything."""
_ENDS = ("wants", "avoids", "taboo", "advises")
ORIGINS: Mapping[str, float] = {
    "activity": 1.0, "event": 1.0, "need": 1.0, "product": 1.0, "condition": 0.95, "place": 0.85, "occasion": 0.85,
    "season": 0.75, "culture": 0.7, "recipient": 0.7,
}  # fmt: skip
"""How much the kinds of nodes tell about what is needed: what somebody does says more than who they are."""


@dataclass(frozen=True, slots=True)
class Chain:
    """Steps that follow one another, and what they are worth together, 0 to 1.

    Args:
        steps: the first begins at what the wish mentions; empty when the wish names the thing itself.
        worth: see the module.
        origin: the node that the wish mentions.
    """

    steps: tuple[Edge, ...]
    worth: float = 1.0
    origin: str = ""

    @property
    def end(self) -> str:
        """The node that it leads to."""
        return self.steps[-1].tail if self.steps else self.origin

    @property
    def nodes(self) -> tuple[str, ...]:
        """Every node on the way, the first one included."""
        return (self.origin or self.steps[0].head, *(step.tail for step in self.steps))

    def __str__(self) -> str:
        return " → ".join(name_of(node) for node in self.nodes)


@dataclass(frozen=True, slots=True)
class Walk:
    """Everything that can be reached from the mentions: the best chain of every origin, by the node it ends at.

    Args:
        reached: product types and what lies on the way.
        wanted, avoided, advised: chains that end in `wants`, in `avoids` or `taboo`, in `advises`.
    """

    reached: Mapping[str, tuple[Chain, ...]]
    wanted: tuple[Chain, ...]
    avoided: tuple[Chain, ...]
    advised: tuple[Chain, ...]


def walk(
    graph: Graph, mentioned: Iterable[Mention], *, gift: bool = True, blocked: frozenset[str] = frozenset()
) -> Walk:
    """Follow the graph from every mention that is not denied.

    Args:
        gift: whether something is to be given to somebody.
        blocked: nodes that no chain may pass.
    """
    reached: dict[str, list[Chain]] = {}
    ends: dict[str, list[Chain]] = {relation: [] for relation in _ENDS}
    for mention in mentioned:
        if mention.denied or mention.node in blocked:
            continue
        start = Chain((), mention.confidence * ORIGINS.get(kind_of(mention.node), 0.7), mention.node)
        for node, chain in _spread(graph, start, gift, blocked, ends):
            reached.setdefault(node, []).append(chain)
    best = {node: tuple(sorted(chains, key=lambda chain: -chain.worth)) for node, chains in reached.items()}
    return Walk(best, _best(ends["wants"]), _best([*ends["avoids"], *ends["taboo"]]), _best(ends["advises"]))


def _spread(
    graph: Graph, start: Chain, gift: bool, blocked: frozenset[str], ends: Mapping[str, list[Chain]]
) -> Iterable[tuple[str, Chain]]:
    """Every node in reach with the best chain to it, best first; what chains end in is put into `ends`."""
    order = count()
    queue: list[tuple[float, int, str, Edge | None, Chain]] = [(-start.worth, 0, start.origin, None, start)]
    done: set[str] = set()
    while queue:
        minus, _, node, last, before = heapq.heappop(queue)
        if node in done:
            continue
        done.add(node)
        chain = before if last is None else Chain((*before.steps, last), -minus, start.origin)
        yield node, chain
        if len(chain.steps) >= HOPS:
            continue
        damped = chain.worth * (DAMPING if chain.steps else 1.0)
        for edge in graph.out(node):
            if edge.tail in done or edge.tail in blocked:
                continue
            weight = WEIGHTS.get(edge.relation)
            if weight is None:
                ends[edge.relation].append(Chain((*chain.steps, edge), damped * edge.confidence, start.origin))
                continue
            if edge.relation == "gift" and not gift:
                weight = _NO_GIFT
            worth = damped * edge.confidence * weight
            if worth >= LEAST:
                heapq.heappush(queue, (-worth, next(order), edge.tail, edge, chain))


def _best(chains: Iterable[Chain]) -> tuple[Chain, ...]:
    """The best chain to each end, best first."""
    best: dict[str, Chain] = {}
    for chain in sorted(chains, key=lambda chain: -chain.worth):
        best.setdefault(chain.end, chain)
    return tuple(best.values())
