"""Hypotheses about a shopper, and products outside the usual paths that follow from them, each with its reasons.

    hypotheses = Hypotheses(graph, beyond, assortment, links)
    thoughts = hypotheses.of(Trail(seen=("rye-flour", "banneton"), month=11))
    for one in thoughts.proposed:
        print(one.candidate.id, one.candidate.because, [step.source for step in one.candidate.chain])

What was looked at, put into the basket and bought becomes product types (`knowledge.assortment`), what was said becomes
nodes (`said`), and both what the shopper is taken to do (`supposing`). From each lead ways to product types (`ways`),
those that something speaks against are dropped (`doubts`), and the rest become the products of the shop that are of the
type. Every step is told with the file and line where it stands.

The relevance of a candidate is how surely an informed person would agree that it helps this shopper: the clue's weight,
times what the way is worth, times how sure the product is of its type; ways from several clues to one type add up as
independent ones do. It is not the chance of a click, and sources that give that should be weighed against it.

No encoder is asked. Simplification: a product type is looked for under one name and its synonyms; which of its products
suits the shopper best is for the caller's order to say.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from shopwright.knowledge.assortment import SPARE, Assortment
from shopwright.knowledge.beyond import Beyond
from shopwright.knowledge.graph import Graph, Stems, kind_of, name_of, stemmed
from shopwright.knowledge.links import Links
from shopwright.skills.recommend.supposing.doubts import Against, against, avoided_values, doubt
from shopwright.skills.recommend.supposing.said import Names
from shopwright.skills.recommend.supposing.seasons import seasons_of
from shopwright.skills.recommend.supposing.supposing import Supposing
from shopwright.skills.recommend.supposing.trail import Act, Clue, Dropped, Proposed, Supposed, Thoughts, Trail
from shopwright.skills.recommend.supposing.ways import Way, Ways
from shopwright.types.recommending import Candidate, ChainStep, Purpose

MOST = 40
"""Product types that are proposed at most."""
_EACH = 3
"""Products of a type at most."""
_LATEST = 50
"""Products looked at, in the basket and bought that count, the latest of each."""
_OWN = 400
"""Products, the latest of each, that are not proposed again."""
_WEIGHTS: Mapping[Act, float] = {"bought": 1.0, "in the basket": 0.95, "looked at": 0.75, "said": 0.9, "known": 0.8}
_OLDER, _RECENT = 0.6, 8
"""What is taken from products that were looked at before the latest few."""
_SEASON = 0.5
"""What the month tells of a shopper."""
_NAMED = 0.6
"""How sure a product must be of a type for what belongs to the type to belong to it."""
_HELD = 0.5
"""Confidence from which what is supposed speaks against things, too."""
_MOST_DROPPED = 200


@dataclass(frozen=True, slots=True)
class _Start:
    """A node from which ways lead, and how it is known."""

    node: str
    confidence: float
    clue: Clue
    steps: tuple[ChainStep, ...]


@dataclass(frozen=True, slots=True)
class _Found:
    """A way with its beginning, and how sure both are together."""

    start: _Start
    way: Way
    confidence: float


class Hypotheses:
    """Thinks about shoppers over one state of the graph, the tips and the shop. Safe to share between threads.

    Args:
        graph: of common sense.
        beyond: tips.
        assortment: which products are of which type.
        links: of the graph; for properties that somebody avoids.
    """

    def __init__(self, graph: Graph, beyond: Beyond, assortment: Assortment, links: Links | None = None) -> None:
        self.graph, self.assortment = graph, assortment
        self._links = links or Links()
        self._supposing = Supposing(graph)
        self._ways = Ways(graph, beyond, assortment)
        nodes = list(assortment.nodes)
        self._sold = dict(zip(stemmed(map(name_of, nodes)), nodes, strict=True))
        self._names = Names(_forms(graph, beyond))

    def of(
        self,
        trail: Trail,
        usable: Callable[[str], bool] = bool,
        more: Sequence[tuple[Supposed, Way]] = (),
    ) -> Thoughts:
        """What follows from a trail.

        Args:
            usable: whether a product, by id, may be proposed at all (sellable, within the filters, not unwanted).
            more: ways that somebody else names, with what they begin at; they are doubted like all others.
        """
        clues = list(self._clues(trail))
        told, denied = self._told(trail)
        supposed = [*told, *self._supposing.of(clues)]
        supposed = [one for one in _once(supposed) if one.node not in denied]
        active = [clue.node for clue in clues] + [one.node for one in supposed if one.confidence >= _HELD]
        known = against(self.graph, clues, dict.fromkeys(active), denied, trail.month)
        dropped: list[Dropped] = []
        stranger = not (trail.seen or trail.basket or trail.bought or told)
        starts = self._starts(clues, supposed, trail.month if stranger else 0)
        ways = [*((start, way) for start in starts for way in self._ways.of(start.node)), *map(_begun, more)]
        found = self._found(ways, known, dropped)
        proposed = self._proposed(found, known, trail, usable)
        return Thoughts(
            tuple(sorted(proposed, key=lambda one: (-one.candidate.relevance, one.candidate.id))),
            tuple(supposed),
            tuple(dropped[:_MOST_DROPPED]),
            avoided_values(self.graph, self._links, dict.fromkeys(active)),
        )

    def sold(self, name: str) -> str | None:
        """The product type of a name, by its stems, where the shop has products of it."""
        return self._sold.get(stemmed([name])[0])

    def near(self, trail: Trail, limit: int) -> list[str]:
        """Sold product types that common sense connects with a trail, and others up to a limit."""
        heads = [*(clue.node for clue in self._clues(trail)), *(one.node for one in self._told(trail)[0])]
        ends = (way.end for head in heads for way in self._ways.of(head))
        return list(dict.fromkeys((*ends, *self.assortment.nodes)))[:limit]

    # ── what is known ──

    def _clues(self, trail: Trail) -> Iterator[Clue]:
        """The types of the shopper's products, product after product."""
        seen = list(dict.fromkeys(reversed(trail.seen[-_OWN:])))[:_LATEST]
        acts: list[tuple[str, Act, float, float | None]] = [
            *((one.id, "bought", _WEIGHTS["bought"], one.days) for one in trail.bought[-_LATEST:]),
            *((key, "in the basket", _WEIGHTS["in the basket"], None) for key in trail.basket[-_LATEST:]),
            *(
                (key, "looked at", _WEIGHTS["looked at"] * (1.0 if place < _RECENT else _OLDER), None)
                for place, key in enumerate(seen)
            ),
        ]
        done: set[str] = set()
        for key, act, weight, days in acts:
            if key not in done:
                done.add(key)
                for named in self.assortment.types(key):
                    if name_of(named.node).split()[0] not in SPARE:
                        yield Clue(named.node, weight * named.confidence, act, key, days, named.confidence)

    def _told(self, trail: Trail) -> tuple[list[Supposed], set[str]]:
        """What words name, and what they deny."""
        nodes: dict[str, tuple[float, Act]] = {node: (sure, "said") for node, sure in trail.nodes.items()}
        denied: set[str] = set()
        texts: list[tuple[str, Act]] = [(trail.said, "said"), *((text, "known") for text in trail.profile)]
        for text, act in texts:
            for one in self._names.heard(text):
                if one.denied:
                    denied.add(one.node)
                else:
                    nodes.setdefault(one.node, (_WEIGHTS[act], act))
        return [
            Supposed(node, sure, (Clue(node, sure, act),), (ChainStep(f"{act} → {name_of(node)}", act),))
            for node, (sure, act) in nodes.items()
        ], denied

    def _starts(self, clues: list[Clue], supposed: list[Supposed], month: int) -> Iterator[_Start]:
        """Nodes that ways lead from: what is supposed, each type with its strongest clue; the season for a stranger."""
        for one in supposed:
            clue = one.clues[0]
            origin = (_origin(clue),) if clue.product else ()
            yield _Start(one.node, one.confidence, clue, (*origin, *one.steps))
        best: dict[str, Clue] = {}
        for clue in clues:
            if clue.sure >= _NAMED and (clue.node not in best or best[clue.node].weight < clue.weight):
                best[clue.node] = clue
        for node, clue in best.items():
            yield _Start(node, clue.weight, clue, (_origin(clue),))
        for node in seasons_of(month):
            step = ChainStep(f"the month → {name_of(node)}", f"month {month}")
            yield _Start(node, _SEASON, Clue(node, _SEASON, "season"), (step,))

    # ── what follows ──

    def _found(
        self, ways: Iterable[tuple[_Start, Way]], known: Against, dropped: list[Dropped]
    ) -> dict[str, list[_Found]]:
        """Ways that nothing speaks against, by the type that they lead to, the surest first."""
        found: defaultdict[str, list[_Found]] = defaultdict(list)
        for start, way in ways:
            confidence = start.confidence * way.worth
            if why := doubt(way, confidence, known, self.graph):
                dropped.append(Dropped(start.node, name_of(way.end), why, way.steps[-1].source))
            else:
                found[way.end].append(_Found(start, way, confidence))
        for listed in found.values():
            listed.sort(key=lambda one: (-one.way.tip, -one.confidence))
        return found

    def _proposed(
        self, found: Mapping[str, list[_Found]], known: Against, trail: Trail, usable: Callable[[str], bool]
    ) -> Iterator[Proposed]:
        own = {*trail.seen[-_OWN:], *trail.basket[-_OWN:], *(one.id for one in trail.bought[-_OWN:])}
        together = {node: _together(listed) for node, listed in found.items()}
        done: set[str] = set()
        for node in sorted(found, key=lambda node: (-together[node], node))[:MOST]:
            left = _EACH
            for key in self.assortment.members(node):
                if key in own or key in done or not usable(key) or self._clashes(key, known):
                    continue
                done.add(key)
                yield _candidate(key, found[node][0], together[node] * self._sure(key, node), trail.month)
                left -= 1
                if not left:
                    break

    def _clashes(self, key: str, known: Against) -> bool:
        """Whether a product is, under another name, what the shopper has or what is avoided."""
        return any(one.node in known.had or one.node in known.avoided for one in self.assortment.types(key))

    def _sure(self, key: str, node: str) -> float:
        return next(one.confidence for one in self.assortment.types(key) if one.node == node)


def _candidate(key: str, found: _Found, relevance: float, month: int) -> Proposed:
    start, way = found.start, found.way
    type_ = name_of(way.end)
    later = way.when.kind in ("after", "days")
    purpose: Purpose = "next" if later else "goes_with" if kind_of(start.node) == "product" else "for_you"
    chain = (*start.steps, *way.steps, ChainStep(f"{type_} → {key}", "its title"))
    candidate = Candidate(key, "knowledge", purpose, relevance, start.clue.product, chain, way.because)
    in_time = way.when.kind == "days" or (way.when.kind == "months" and month > 0)
    return Proposed(candidate, way.surprise, type_, start.node, start.clue.act, in_time or start.clue.act == "season")


def _begun(more: tuple[Supposed, Way]) -> tuple[_Start, Way]:
    supposed, way = more
    return _Start(supposed.node, supposed.confidence, supposed.clues[0], supposed.steps), way


def _origin(clue: Clue) -> ChainStep:
    return ChainStep(f"{clue.act} → {name_of(clue.node)}", clue.product)


def _together(found: list[_Found]) -> float:
    """How sure ways to one type are together; of those that begin at one product the surest counts."""
    best: dict[str, float] = {}
    for one in found:
        begin = one.start.clue.product or one.start.node
        best[begin] = max(best.get(begin, 0.0), one.confidence)
    doubt_left = 1.0
    for confidence in best.values():
        doubt_left *= 1 - confidence
    return 1 - doubt_left


def _once(supposed: list[Supposed]) -> list[Supposed]:
    """Each node once, as it is surest, the surest first."""
    best: dict[str, Supposed] = {}
    for one in sorted(supposed, key=lambda one: -one.confidence):
        best.setdefault(one.node, one)
    return list(best.values())


def _forms(graph: Graph, beyond: Beyond) -> Mapping[Stems, tuple[str, ...]]:
    """The nodes that a run of stems names, of the graph and of the tips."""
    forms = dict(graph.forms)
    new = [node for node in beyond.heads if node not in graph]
    for node, stems in zip(new, stemmed(map(name_of, new)), strict=True):
        forms[stems] = (*forms.get(stems, ()), node)
    return forms
