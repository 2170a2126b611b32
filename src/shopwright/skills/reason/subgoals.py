"""A wish becomes sub-goals: what is needed for what it says, each with the chain of common sense that led there.

    reasoner = Reasoner(graph, links, encoder)
    for goal in reasoner.goals(reader.read("My dad retires in June. He fishes and reads till late.")).goals:
        print(goal.name, goal.need.filters, goal.chain)

`wishes` finds what the wish mentions, `chains` walks from there, `refute` drops what does not hold, `candidates` ranks
what is left and picks what differs, `conditions` says what each must be. A wish that mentions little is compared with
the graph by meaning. Which products are bought together within the budget is for another tool to say: `share` is only
how much of it a sub-goal deserves.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Self

import numpy as np

from shopwright.knowledge.graph import Edge, Graph, name_of
from shopwright.knowledge.links import Links
from shopwright.models.protocols import Encoder
from shopwright.skills.reason.candidates import Candidate, Candidates, Wish
from shopwright.skills.reason.chains import Chain, Walk, walk
from shopwright.skills.reason.conditions import Conditions
from shopwright.skills.reason.ranking import clauses
from shopwright.skills.reason.refute import AVOIDED, Conflict, Dropped, Evidence, Refuted, conflicts, refute
from shopwright.skills.reason.wishes import Mention, denied_words, mentions
from shopwright.types import Need

MOST = 8
ADVICE = 0.5
"""Worth of a chain to a piece of advice from which it is given."""
_ADVISED = 3
_CHAINS = 3
"""Chains to one node that are looked at, from different mentions."""
_READ = 400
"""Characters of a wish that are compared by meaning."""
_NAMED = 0.6
"""What a thing is worth that somebody else (an endpoint) says is needed."""
_GIFT = re.compile(r"\b(?:gifts?|presents?|give|giving|surprise|for my|for our|for a|for the|treat)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class SubGoal:
    """One thing that a wish needs.

    Args:
        need: what to look for: the name as goal, the category and all conditions as constraints.
        name: as people call it ("landing net").
        chain: why it is needed; without steps where the wish names it.
        confidence: 0 to 1.
        share: part of the budget that it deserves; the shares of all sub-goals add up to 1.
        query: what to search its category for: the name and the nearest clause of the wish.
    """

    need: Need
    name: str
    chain: Chain
    confidence: float
    share: float = 0.0
    query: str = ""


@dataclass(frozen=True, slots=True)
class Reasoned:
    """What a wish comes down to.

    Args:
        goals: best first; () when common sense has nothing to say.
        conflicts: wishes that contradict one another; ask.
        advice: what an informed person would add.
        dropped: chains that do not hold, each with its reason; those that are "not sold here" among them.
        mentioned: what the wish was understood to mention.
    """

    goals: tuple[SubGoal, ...] = ()
    conflicts: tuple[Conflict, ...] = ()
    advice: tuple[Edge, ...] = ()
    dropped: tuple[Dropped, ...] = ()
    mentioned: tuple[Mention, ...] = ()


@dataclass(frozen=True, slots=True)
class Understood:
    """What a need mentions, the chains that hold, what can be reached, and what speaks against it."""

    wish: Wish
    judged: Refuted
    walked: Walk
    evidence: Evidence


class Reasoner:
    """Turns needs into sub-goals over one state of the graph and of the shop. Safe to share between threads.

    Args:
        graph: of common sense.
        links: what the shop has of it.
        encoder: one that remembers (`CachedEncoder`) makes the first wish fast: the names of nodes are encoded once.
        candidates: ranks the shop's categories; with what ships by default.
    """

    def __init__(self, graph: Graph, links: Links, encoder: Encoder, candidates: Candidates | None = None) -> None:
        self.graph = graph
        self.links = links
        self._encoder = encoder
        self.candidates = candidates or Candidates(graph, links, encoder)
        self._conditions = Conditions(links)

    def prepare(self) -> Self:
        """Compute now what the first wish would wait for: seconds with an encoder that does not remember."""
        self.candidates.prepare()
        return self

    def goals(self, need: Need, denied: Sequence[str] = (), most: int = MOST) -> Reasoned:
        """The sub-goals of a need.

        Args:
            denied: what the shopper ruled out in earlier messages ("he does not drink", "not fishing").
            most: no more sub-goals than this.
        """
        read = self.understand(need, denied)
        ranked = self.candidates.ranked(read.wish, read.judged.kept)
        return self._reasoned(need, read, self.candidates.choose(ranked, most), read.judged.dropped)

    def named(
        self, need: Need, things: Sequence[tuple[str, Sequence[str]]], denied: Sequence[str] = (), most: int = MOST
    ) -> Reasoned:
        """The sub-goals that somebody else names, as far as the shop has them and nothing speaks against them.

        Args:
            things: names of product types, each with the steps that lead to it, from the wish on.
        """
        read = self.understand(need, denied)
        chains = {name: _told(name, why) for name, why in things if name.strip()}
        judged = refute(chains.values(), replace(read.evidence, links=None), self.graph)
        dropped = [*judged.dropped]
        found: dict[str, Candidate] = {}
        for chain in judged.kept:
            link = self.candidates.named(name_of(chain.end))
            if link is None:
                dropped.append(Dropped(chain, chain.end, "not sold here"))
            else:
                found.setdefault(link.categories[0], Candidate(chain.end, _NAMED * link.confidence, chain, link))
        return self._reasoned(need, read, list(found.values())[:most], tuple(dropped))

    def understand(self, need: Need, denied: Sequence[str] = ()) -> Understood:
        """What a need mentions and the chains from there; the half of `goals` that ranks nothing."""
        texts = (need.text[:_READ], *clauses(_without_prices(need)))
        whole, parts = self._encoder.encode(texts[:1]), texts[1:]  # apart, so that no clause is padded to the whole
        vectors = np.concatenate([whole, self._encoder.encode(parts)]) if parts else whole
        found = mentions(need.text, self.graph)
        mentioned = (*found, *self.candidates.meant(found, vectors))
        gift = bool(need.recipient or need.occasion or _GIFT.search(need.text))
        walked = walk(self.graph, mentioned, gift=gift)
        blocked = frozenset(mention.node for mention in mentioned if mention.denied)
        words = tuple(denied_words([*denied, *need.negations]))
        evidence = Evidence(blocked, words, walked.avoided, self.links)
        judged = refute((chain for every in walked.reached.values() for chain in every[:_CHAINS]), evidence, self.graph)
        avoided = tuple(chain.end for chain in walked.avoided if chain.worth >= AVOIDED)
        return Understood(Wish(need, texts, vectors, mentioned, avoided), judged, walked, evidence)

    def _reasoned(
        self, need: Need, read: Understood, chosen: Sequence[Candidate], dropped: tuple[Dropped, ...]
    ) -> Reasoned:
        total = sum(candidate.worth for candidate in chosen)
        goals = tuple(self._goal(read, candidate, total) for candidate in chosen)
        on_the_way = {node for goal in goals for node in goal.chain.nodes} | {one.node for one in read.wish.mentioned}
        return Reasoned(
            goals,
            conflicts(need, read.wish.mentioned, read.walked.avoided, self.graph),
            tuple(_advice(read.walked, on_the_way)),
            dropped,
            read.wish.mentioned,
        )

    def _goal(self, read: Understood, candidate: Candidate, total: float) -> SubGoal:
        need, name = read.wish.need, name_of(candidate.node)
        constraints = self._conditions.of(need, candidate, read.walked)
        wanted = replace(need, goal=name, product_type=name, constraints=constraints, asks=())
        share = candidate.worth / total if total else 0.0
        query = f"{name}, {self.candidates.nearest_clause(read.wish, candidate.shelf)}"
        return SubGoal(wanted, name, candidate.chain, candidate.worth, share, query)


def _without_prices(need: Need) -> str:
    """The message without what it says of money: "15 euros" is no clause that needs anything."""
    text = need.text
    for one in need.constraints:
        if one.filter.field == "price":
            start, end = one.span
            text = f"{text[:start]}{' ' * (end - start)}{text[end:]}"
    return text


def _told(name: str, why: Sequence[str]) -> Chain:
    """A chain as somebody else tells it; its steps have no place in a file."""
    nodes = [f"need:{step.strip().lower()}" for step in why if step.strip()] + [f"product:{name.strip().lower()}"]
    steps = tuple(Edge(head, "leads_to", tail, _NAMED, "endpoint", "") for head, tail in pairwise(nodes))
    return Chain(steps, _NAMED, nodes[0])


def _advice(walked: Walk, nodes: set[str]) -> Iterable[Edge]:
    """The best advice on what was mentioned and on the way to the goals."""
    steps = [chain.steps[-1] for chain in walked.advised if chain.worth >= ADVICE and chain.steps[-1].head in nodes]
    return steps[:_ADVISED]
