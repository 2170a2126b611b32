"""What speaks against a chain, and wishes that contradict one another.

A chain is dropped when one of its steps is denied by the shopper ("he does not drink", "not fishing"), when it ends in
something that a person, a rule or a custom avoids, or when the shop sells nothing of the kind. Each drop says why, so
that the assistant can say it too, and what the shopper says next can undo it.

Conflicts are not resolved here: they are named, for the assistant to ask.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from shopwright.knowledge.graph import Graph, Stems, Value, kind_of, name_of, stemmed
from shopwright.knowledge.links import Links
from shopwright.skills.reason.chains import Chain
from shopwright.skills.reason.wishes import Mention, content
from shopwright.types import Filter, Need

AVOIDED = 0.35
"""Worth of a chain to something avoided from which it is."""
_MEANT: Mapping[str, str] = {
    "drink": "alcohol wine beer whisky whiskey gin cocktail champagne spirits corkscrew decanter bottle opener",
    "smoke": "cigar cigarette lighter tobacco ashtray",
    "cook": "cooking",
    "read": "reading book",
}
"""What somebody does who is said to do it without an object -> words of what it takes."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """What is known against chains.

    Args:
        nodes: denied by the message itself.
        words: denied in earlier messages: stems that a node's name must all have to be meant.
        avoided: chains that end in `avoids` or `taboo`.
        links: what the shop sells; None: everything.
    """

    nodes: frozenset[str] = frozenset()
    words: tuple[frozenset[str], ...] = ()
    avoided: tuple[Chain, ...] = ()
    links: Links | None = None


@dataclass(frozen=True, slots=True)
class Dropped:
    """A chain that does not hold: which of its nodes, and why."""

    chain: Chain
    node: str
    why: str


@dataclass(frozen=True, slots=True)
class Refuted:
    """Chains after evidence was held against them."""

    kept: tuple[Chain, ...] = ()
    dropped: tuple[Dropped, ...] = ()


@dataclass(frozen=True, slots=True)
class Conflict:
    """Two wishes that cannot both be met: what, with what, and why as one says it."""

    what: str
    with_what: str
    why: str


def refute(chains: Iterable[Chain], evidence: Evidence, graph: Graph) -> Refuted:
    """Keep the chains that nothing speaks against."""
    judge = _Judge(evidence, graph)
    kept: list[Chain] = []
    dropped: list[Dropped] = []
    for chain in chains:
        against = judge.against(chain)
        if against is None:
            kept.append(chain)
        else:
            dropped.append(Dropped(chain, *against))
    return Refuted(tuple(kept), tuple(dropped))


class _Judge:
    """Evidence, made ready to be held against many chains."""

    def __init__(self, evidence: Evidence, graph: Graph) -> None:
        self._evidence = evidence
        self._graph = graph
        self._against: dict[str, str | None] = {}
        no = dict.fromkeys(evidence.nodes, "the shopper said no to it")
        avoided = {chain.end: f"avoided: {chain}" for chain in reversed(evidence.avoided) if chain.worth >= AVOIDED}
        self._goods: defaultdict[str, list[tuple[Stems, str]]] = defaultdict(list)
        self._shelves: dict[str, str] = {}
        for node, why in {**avoided, **no}.items():
            if kind_of(node) == "product" and (stems := graph.stems[node]):
                self._goods[stems[-1]].append((stems, why))
                link = evidence.links.products.get(node) if evidence.links else None
                if link is not None and link.how == "category" and node in avoided:
                    self._shelves |= dict.fromkeys(link.categories, why)

    def against(self, chain: Chain) -> tuple[str, str] | None:
        """The first node that does not hold and why; None when all do."""
        links, end = self._evidence.links, chain.end
        if links is not None and not links.sells(end) and kind_of(end) == "product":
            return end, "not sold here"
        for node in chain.nodes:
            if node not in self._against:
                self._against[node] = self._why(node)
            if (why := self._against[node]) is not None:
                return node, why
        return None

    def _why(self, node: str) -> str | None:
        """Denied, avoided, a narrower kind of such a thing, or on a shelf that bears its name; None if none of it."""
        stems = self._graph.stems.get(node, ())
        if node in self._evidence.nodes or denies(self._evidence.words, stems):
            return "the shopper said no to it"
        if kind_of(node) != "product" or not stems:
            return None
        if why := next((why for wider, why in self._goods.get(stems[-1], ()) if _narrower(stems, wider)), None):
            return why
        link = self._evidence.links.products.get(node) if self._evidence.links else None
        return self._shelves.get(link.categories[0]) if link else None


def _narrower(stems: Stems, wider: Stems) -> bool:
    """Whether a name ends in a wider one: a kitchen scale is a scale."""
    return bool(wider) and stems[-len(wider) :] == wider


def denies(words: Sequence[frozenset[str]], stems: Stems) -> bool:
    """Whether one of the denials is about something of this name."""
    have = set(stems)
    return any(denied <= have or any(have & _meant(stem) for stem in denied if len(denied) == 1) for denied in words)


def _meant(stem: str) -> frozenset[str]:
    return _MEANT_STEMS.get(stem, frozenset())


_MEANT_STEMS = {stemmed([verb])[0][0]: frozenset(stemmed([words])[0]) for verb, words in _MEANT.items()}


def conflicts(need: Need, mentioned: Sequence[Mention], avoided: Iterable[Chain], graph: Graph) -> tuple[Conflict, ...]:
    """Wishes of one message that contradict one another.

    A thing or a property that is wished for while something else that was said avoids it ("leather but vegan"), a
    range without anything in it, and a value that is both asked for and refused.
    """
    found = [*_avoided_wishes(need, mentioned, avoided, graph), *_impossible(need)]
    return tuple({(one.what, one.with_what): one for one in found}.values())


def _avoided_wishes(
    need: Need, mentioned: Sequence[Mention], avoided: Iterable[Chain], graph: Graph
) -> Iterable[Conflict]:
    refused = [need.text[mention.start : mention.end] for mention in mentioned if mention.denied]
    said = set(content(need.text)) - {stem for text in refused for stem in content(text)}
    said -= {stem for word in need.negations for stem in content(word)}
    wished = {mention.node for mention in mentioned if not mention.denied}
    asked = said & {
        stem
        for one in need.filters
        if one.op == "is" and one.field.startswith("attr:")
        for stems in stemmed(one.values)
        for stem in stems
    }
    for chain in avoided:
        if len(chain.steps) != 1:
            continue
        value = Value.parse(chain.end)
        for stem in asked.intersection(graph.stems.get(chain.end, ())[:-1]):  # who avoids a leather wallet ...
            what = next(word for word in need.text.lower().split() if stem in content(word))
            yield Conflict(what, name_of(chain.origin), f"{name_of(chain.origin)} and {what} do not go together")
        names = set(stemmed([value.text if value.text != "true" else value.attribute])[0]) if value else set()
        origin = set(graph.stems.get(chain.origin, ()))
        if chain.end in wished or (names and names <= said and not names & origin):
            what = (
                str(value.text if value and value.text != "true" else value.attribute) if value else name_of(chain.end)
            )
            yield Conflict(what, name_of(chain.origin), f"{name_of(chain.origin)} and {what} do not go together")


def _impossible(need: Need) -> Iterable[Conflict]:
    by_field: dict[str, list[Filter]] = {}
    for stated in need.filters:
        by_field.setdefault(stated.field, []).append(stated)
    for name, wanted in by_field.items():
        label = name.removeprefix("attr:").replace("_", " ")
        low = max((one.low for one in wanted if one.low is not None), default=None)
        high = min((one.high for one in wanted if one.high is not None), default=None)
        if low is not None and high is not None and low > high:
            yield Conflict(f"{label} from {low:g}", f"{label} up to {high:g}", f"no {label} is both")
        asked = {value for one in wanted if one.op == "is" for value in one.values}
        refused = {value for one in wanted if one.op == "not" for value in one.values}
        for value in sorted(asked & refused):
            yield Conflict(value, f"no {value}", f"{value} is both asked for and refused")
    for word in need.negations:
        if set(content(word)) and set(content(word)) <= set(content(need.goal)):
            yield Conflict(word, f"no {word}", f"{word} is both asked for and refused")
