"""Which categories of the shop become sub-goals: what each is worth for a wish, and which differ enough.

Every category is judged by what leads to it and by meaning (`ranking`). They are picked one after the other, each
discounted when one of the same aisle was picked before (maximal marginal relevance; Carbonell & Goldstein, 1998).

A sub-goal bears the name of the product type that its best chain ends in. Where people in a like situation say more
than the graph, the chain is what is told, their reason and their product type, with the file and line of it. A category
that is only near in meaning to a clause of the wish says so itself: its chain is that clause and the category.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from shopwright.knowledge.graph import Edge, Graph, kind_of, name_of, stemmed
from shopwright.knowledge.links import MIDDLE, Link, Links
from shopwright.models.protocols import Encoder, Vectors
from shopwright.skills.reason.chains import Chain
from shopwright.skills.reason.neighbours import Neighbour, Situations, Votes
from shopwright.skills.reason.ranking import Array, Ranker, Ranking, Told
from shopwright.skills.reason.wishes import Mention, content
from shopwright.types import Need

LEAST = 0.01
"""Chance of being needed under which a category is no sub-goal: one in fifty-five is, on average."""
NEAR = 0.48
"""Cosine of a clause and a node from which the clause may mean it."""
MEANT = 2
"""Nodes that a clause may mean."""
CLOSE = 0.3
"""Cosine of a clause and a product from which a category may be a sub-goal without a chain."""
FAINT = 0.1
"""The same where something else is surer: "hello" is near to nothing, and needs nothing."""
VOTED = 0.3
"""Worth of a vote from which the situation is the reason for a sub-goal."""
_TRUST = 0.03
"""Chance that a chain of worth 1 gives a category however far it is in meaning."""
_LOOKED_AT = 80
"""Categories that are explained at most."""
_SAME_AISLE = 0.8
_SAME_NAME = 0.75
_READ, _NAMED, _SAID = 0.6, 0.6, 0.3
"""What a category is worth that the reader took for the goods, that several words of the wish name, or one."""
_LONGEST_CLAUSE = 60


@dataclass(frozen=True, slots=True)
class Candidate:
    """A category that may be needed.

    Args:
        node: the product type that it is needed as, or `product:NAME` of the category.
        worth: chance that it is needed, 0 to 1.
        chain: the best one to it; without steps where the wish names it.
        link: its place in the shop.
    """

    node: str
    worth: float
    chain: Chain
    link: Link

    @property
    def shelf(self) -> str:
        """Its category."""
        return self.link.categories[0]


@dataclass(frozen=True, slots=True)
class Wish:
    """A need with its clauses.

    Args:
        need: as it was read.
        texts: the message and, behind it, its clauses.
        vectors: of the texts, shape (C, D).
        mentioned: what it names, and what its clauses may mean (those have no place in the text).
        avoided: product types that must not be shown.
    """

    need: Need
    texts: tuple[str, ...]
    vectors: Vectors
    mentioned: tuple[Mention, ...]
    avoided: tuple[str, ...] = ()


class Candidates:
    """Ranks and picks over one state of the graph and of the shop. Safe to share between threads.

    Args:
        graph, links, encoder: of the shop.
        ranking, situations, association: what was fitted; what ships by default.
    """

    def __init__(
        self,
        graph: Graph,
        links: Links,
        encoder: Encoder,
        ranking: Ranking | None = None,
        situations: Situations | None = None,
        association: Array | None = None,
    ) -> None:
        self._graph = graph
        self._links = links
        self._encoder = encoder
        self._ranking = ranking or Ranking.packaged()
        self._situations = situations
        self._association = association

    def prepare(self) -> None:
        """Encode every name now, so that no wish waits for it."""
        _ = self._vectors, self._middle_rows, self.ranker, self._graph.forms

    def meant(self, mentioned: Sequence[Mention], said_CD: Vectors) -> list[Mention]:
        """What the clauses of a wish may mean without naming it."""
        if not len(self._middle_rows):
            return []
        named = {mention.node for mention in mentioned}
        cosines_NC = self._vectors[self._middle_rows] @ said_CD.T
        found: dict[str, float] = {}
        for column in range(cosines_NC.shape[1]):
            for place in np.argsort(-cosines_NC[:, column])[:MEANT]:
                node, cosine = self._nodes[self._middle_rows[place]], float(cosines_NC[place, column])
                if cosine >= NEAR and node not in named:
                    found[node] = max(found.get(node, 0.0), cosine)
        return [Mention(node, min(0.8, 1.4 * (cosine - 0.3)), 0, 0) for node, cosine in found.items()]

    def ranked(self, wish: Wish, chains: Iterable[Chain]) -> list[Candidate]:
        """The categories that may be needed, best first."""
        if not self.ranker.paths:
            return []  # the shop sells nothing yet
        best: dict[int, tuple[float, Candidate]] = {}
        votes = self.ranker.neighbours.votes(wish.vectors)
        chances = self._ranking.chances(self.features(wish, chains, best, votes))
        for place, (worth, _) in best.items():
            chances[place] = max(float(chances[place]), _TRUST * worth)
        refused = self._refused(wish)
        found: list[Candidate] = []
        for place in np.argsort(-chances)[:_LOOKED_AT]:
            if chances[place] < LEAST:
                break
            one = self._explained(int(place), float(chances[place]), best.get(int(place)), wish, votes, refused)
            if one is not None:
                found.append(one)
        return found if any(one.link.how != "meaning" or one.link.confidence >= CLOSE for one in found) else []

    def _explained(
        self,
        place: int,
        worth: float,
        known: tuple[float, Candidate] | None,
        wish: Wish,
        votes: Votes,
        refused: set[str],
    ) -> Candidate | None:
        """A category with the best reason for it: a chain, a like situation, a near clause; None where it has none."""
        path = self.ranker.paths[place]
        named = refused.isdisjoint(stemmed([path.rpartition(" > ")[2]])[0])
        told = self.ranker.neighbours.told(votes, place) if named else None
        if known is not None and (told is None or known[0] >= told.worth):
            return Candidate(known[1].node, worth, known[1].chain, Link((path,), known[0], known[1].link.how))
        if told is not None and told.worth >= VOTED and refused.isdisjoint(stemmed([told.product])[0]):
            return _told(path, wish.texts[told.row], worth, told)
        if known is not None:
            return Candidate(known[1].node, worth, known[1].chain, Link((path,), known[0], known[1].link.how))
        row, cosine = self.ranker.nearest_clause(wish.vectors, place)
        return _near(path, wish.texts[row], worth, cosine) if named and cosine >= FAINT else None

    def features(
        self,
        wish: Wish,
        chains: Iterable[Chain],
        best: dict[int, tuple[float, Candidate]] | None = None,
        votes: Votes | None = None,
    ) -> Array:
        """What is known of every category, shape (P, F); see `ranking.FEATURES`.

        Args:
            best: receives the best chain to each place, with its worth.
            votes: of like situations, where they are known already.
        """
        spoken = {mention.node for mention in wish.mentioned if mention.end}
        told: list[Told] = []
        by_node: dict[str, list[Chain]] = {}
        for chain in chains:
            by_node.setdefault(chain.end, []).append(chain)
        for said in (True, False):
            rows: list[tuple[tuple[str, ...], float, bool, bool]] = []
            for node, every in by_node.items():
                mine = [chain for chain in every if (chain.origin in spoken) is said]
                if mine and (found := self._candidate(node, mine)) is not None:
                    theme = kind_of(node) != "product"
                    rows.append((found.link.categories, found.worth, theme, not found.chain.steps and not theme))
                    if best is not None:
                        self._keep(best, found)
            told.append(self.ranker.told(rows))
        shelves = np.zeros(len(self.ranker.paths), np.float32)
        for path, worth in self._shelves(wish).items():
            places = self.ranker.under(path)
            for place in places:
                shelves[place] = max(shelves[place], worth / len(places) ** 0.3)
                if best is not None:
                    node = _shelf_node(path)
                    self._keep(best, Candidate(node, worth, Chain((), worth, node), Link((path,), worth, "category")))
        return self.ranker.features(wish.vectors, shelves, told, votes)

    def choose(self, candidates: Sequence[Candidate], most: int) -> list[Candidate]:
        """The best that differ, best first; a product type that comes again bears the name of its category."""
        left = list(candidates)
        worths = np.array([candidate.worth for candidate in left])
        aisles = np.array([_aisle(candidate.shelf) for candidate in left])
        chosen: list[Candidate] = []
        while len(chosen) < min(most, len(left)):
            place = int(np.argmax(worths))
            picked = left[place]
            again = any(picked.node == other.node for other in chosen)
            chosen.append(replace(picked, node=_shelf_node(picked.shelf)) if again else picked)
            worths = np.where(aisles == aisles[place], worths * _SAME_AISLE, worths)
            worths[place] = -1.0
        return chosen

    def nearest_clause(self, wish: Wish, path: str) -> str:
        """What of a wish is nearest in meaning to a category."""
        places = self.ranker.under(path)
        return wish.texts[self.ranker.nearest_clause(wish.vectors, places[0])[0]] if places else wish.texts[0]

    def named(self, name: str) -> Link | None:
        """Where the shop has what somebody calls so: in the graph, among the categories, or near enough in meaning."""
        (stems,) = stemmed([name])
        for node in self._graph.forms.get(stems, ()):
            if (link := self._links.products.get(node)) is not None:
                return link
        if paths := self._links.shelves.get(" ".join(stems)):
            return Link(paths, 1.0, "category")
        rows = [row for row, node in enumerate(self._nodes) if self._links.sells(node)]
        if not rows:
            return None
        cosines = self._vectors[rows] @ self._encoder.encode([name])[0]
        best = int(np.argmax(cosines))
        return self._links.products[self._nodes[rows[best]]] if cosines[best] >= _SAME_NAME else None

    # ── inside ──

    def _candidate(self, node: str, chains: Sequence[Chain]) -> Candidate | None:
        """A product type or a theme, worth what its chains from different mentions are together (noisy or)."""
        link = self._links.products.get(node) or self._links.themes.get(node)
        if link is None:
            return None
        missed = 1.0
        for worth in {chain.origin: chain.worth for chain in reversed(chains)}.values():
            missed *= 1 - min(worth, 0.99)
        return Candidate(node, (1 - missed) * link.confidence, chains[0], link)

    def _keep(self, best: dict[int, tuple[float, Candidate]], found: Candidate) -> None:
        """Remember the best chain to each category of a product type."""
        for rank, path in enumerate(found.link.categories):
            places = self.ranker.under(path)
            worth = found.worth / (1 + 0.3 * rank) / max(1, len(places)) ** 0.3
            for place in places:
                if place not in best or best[place][0] < worth:
                    best[place] = (worth, found)

    def _refused(self, wish: Wish) -> set[str]:
        """Stems of what the wish refuses and of the heads of what is avoided."""
        need = wish.need
        refused = {stem for one in wish.mentioned if one.denied for stem in content(need.text[one.start : one.end])}
        refused |= {stem for word in need.negations for stem in content(word)}
        return refused | {stems[-1] for node in wish.avoided if (stems := self._graph.stems.get(node))}

    def _shelves(self, wish: Wish) -> Mapping[str, float]:
        """The merchant's own categories that the wish names: surest where the reader took one for the goods."""
        refused, read = self._refused(wish), set(wish.need.category)
        found: dict[str, float] = {}
        stems = content(wish.need.text)
        for length in (3, 2, 1):
            for i in range(len(stems) - length + 1):
                run = stems[i : i + length]
                if refused.isdisjoint(run):
                    for path in self._links.shelves.get(" ".join(run), ()):
                        said = _READ if path.rpartition(" > ")[2] in read else _NAMED if length > 1 else _SAID
                        found.setdefault(path, said)
        return found

    @cached_property
    def ranker(self) -> Ranker:
        """The shop's categories by name and meaning."""
        return Ranker(self._links, self._encoder, self._situations, self._association)

    @cached_property
    def _nodes(self) -> list[str]:
        """The product types that are sold and what lies on the way to them."""
        named = self._graph.of_kind("product", *MIDDLE)
        return [node for node in named if kind_of(node) != "product" or self._links.sells(node)]

    @cached_property
    def _vectors(self) -> Vectors:
        return self._encoder.encode([name_of(node) for node in self._nodes])

    @cached_property
    def _middle_rows(self) -> NDArray[np.int64]:
        return np.array([row for row, node in enumerate(self._nodes) if kind_of(node) != "product"], np.int64)


def _shelf_node(path: str) -> str:
    """A category as a product type of its name."""
    return f"product:{path.rpartition(' > ')[2].lower()}"


def _near(path: str, text: str, worth: float, cosine: float) -> Candidate:
    """A category that a clause of the wish is near to in meaning."""
    step = Edge(f"need:{text[:_LONGEST_CLAUSE].strip()}", "met_by", _shelf_node(path), round(cosine, 2), "meaning", "")
    return Candidate(step.tail, worth, Chain((step,), cosine, step.head), Link((path,), cosine, "meaning"))


def _told(path: str, text: str, worth: float, told: Neighbour) -> Candidate:
    """A category that people in a like situation needed: what is told, why, and as what."""
    steps = [f"need:{text[:_LONGEST_CLAUSE].strip()}", f"need:{told.why}", f"product:{told.product}"]
    if not told.why:
        del steps[1]
    sure = round(min(told.worth, 1.0), 2)
    relations = ("leads_to", "met_by")[-(len(steps) - 1) :]
    edges = tuple(
        Edge(head, relation, tail, sure, "a like situation", told.place)
        for (head, tail), relation in zip(pairwise(steps), relations, strict=True)
    )
    return Candidate(steps[-1], worth, Chain(edges, sure, steps[0]), Link((path,), sure, "situation"))


def _aisle(path: str) -> str:
    """The first two levels of a category."""
    return " > ".join(path.split(" > ")[:2])
