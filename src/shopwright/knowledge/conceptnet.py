"""Joins a file of ConceptNet triples to the graph: which of them say something that a shop can use.

    edges = read_conceptnet(Path("conceptnet_train.tsv"), graph, encoder)
    write_edges(edges, home.path / "knowledge" / "conceptnet.tsv")

A file has a triple a line: relation, head, tail, with tabs. It stays where it is; what is joined is written to a file
of edges that names each triple's line. Four sieves, the cheap ones first:

1. relations: ten of them mean something here (`MAPPED`), some the other way round ("UsedFor(rod, fish)": fishing uses
   a rod);
2. goods: what is used must be a product type that the graph has, a place one of its kinds of places (a kitchen, no
   mine), and what somebody does begin with one of its verbs;
3. stop lists: bodies, crime, death and what is too general to help ("thing", "person", "fun");
4. the critic (`critic`): plausible enough; its probability, scaled down, becomes the edge's confidence.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from shopwright.errors import ConfigError
from shopwright.knowledge.critic import Critic, scores
from shopwright.knowledge.graph import Edge, Graph, line_of, stemmed
from shopwright.models.protocols import Encoder

SCALED = 0.6
"""What a joined edge is worth beside one that was written for the purpose."""
LEAST = 0.6
"""Probability of being plausible from which a triple is joined."""
SOURCE = "conceptnet"


@dataclass(frozen=True, slots=True)
class _Rule:
    """What a relation becomes: whether its ends change places, the kinds of the ends, the relation here."""

    turned: bool
    head: str
    relation: str
    tail: str


MAPPED: dict[str, tuple[_Rule, ...]] = {
    "UsedFor": (_Rule(True, "activity", "uses", "product"),),
    "AtLocation": (_Rule(True, "place", "uses", "product"),),
    "HasPrerequisite": (_Rule(False, "activity", "uses", "product"), _Rule(False, "activity", "leads_to", "activity")),
    "HasSubevent": (_Rule(False, "activity", "leads_to", "activity"),),
    "HasFirstSubevent": (_Rule(False, "activity", "leads_to", "activity"),),
    "MotivatedByGoal": (_Rule(True, "need", "leads_to", "activity"),),
    "CausesDesire": (_Rule(False, "need", "leads_to", "activity"),),
    "Causes": (_Rule(False, "activity", "leads_to", "need"),),
    "Desires": (_Rule(False, "recipient", "likes", "activity"),),
    "HasA": (_Rule(False, "place", "uses", "product"),),
}
_BAD_LIST = """
kill murder suicide die death dead sex rape drug cocaine heroin marijuana gun bomb weapon shoot war hate steal rob crime
prison jail vomit urine poop corpse slave torture stab hang
"""
_GENERAL_LIST = """
thing object something someone person people human man woman it fun pleasure enjoy happy happiness money life live exist
love world place everyone everything stuff use work time satisfaction entertainment earth universe
"""
_BAD = frozenset(word for stems in stemmed([_BAD_LIST]) for word in stems)
_GENERAL = frozenset(word for stems in stemmed([_GENERAL_LIST]) for word in stems)
_ACQUIRED = re.compile(r"^(?:have|get|buy|find|own|use|need|take|bring|wear|pick up|put on|hold|carry)\s+")
_ARTICLES = re.compile(r"\b(?:a|an|the|your|their|his|her|my|some|one|you|to)\b\s*")
_PLAIN = re.compile(r"[a-z][a-z '-]{2,40}")
_BEGINS = re.compile(r"(?:on|in|at|under|over|near|inside|many|most|every|all|not|no|will|with|from|be|it|put|of)\b")
"""How names begin that are parts of a sentence."""
_MOST_WORDS = 4


def read_conceptnet(path: Path, graph: Graph, encoder: Encoder, critic: Critic | None = None) -> list[Edge]:
    """The triples of a file that are worth joining, as edges of this graph, surest first.

    Raises:
        ConfigError: the file is missing or a line has no three columns.
    """
    known = {(edge.head, edge.tail) for edge in graph.edges}
    found = [edge for edge in candidates(path, graph) if (edge.head, edge.tail) not in known]
    chances = scores(found, graph, encoder, critic or Critic.packaged())
    joined = [
        edge._replace(confidence=round(SCALED * float(chance), 2))
        for edge, chance in zip(found, chances, strict=True)
        if chance >= LEAST
    ]
    return sorted(joined, key=lambda edge: -edge.confidence)


def candidates(path: Path, graph: Graph) -> list[Edge]:
    """The triples that pass the first three sieves, each once, with confidence 1."""
    goods = _Goods(graph)
    found: dict[tuple[str, str, str], Edge] = {}
    for number, (relation, head, tail) in _triples(path):
        for rule in MAPPED.get(relation, ()):
            first, last = (tail, head) if rule.turned else (head, tail)
            ends = goods.node(rule.head, first), goods.node(rule.tail, last)
            if not all(ends) or goods.repeats(*ends):
                continue
            if ends[0] in graph or ends[1] in graph:  # what touches nothing known leads nowhere
                edge = Edge(ends[0], rule.relation, ends[1], 1.0, SOURCE, f"{path.name}:{number}")
                found.setdefault(edge[:3], edge)
                break
    return list(found.values())


def write_edges(edges: Iterable[Edge], path: Path) -> None:
    """Write edges so that `Graph.packaged([path])` reads them; where each came from stands in the line before it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    lines = (f"# {edge.place}\n{line_of(edge)}\n" for edge in edges)
    path.write_text("".join(lines), encoding="utf-8")


class _Goods:
    """Names in a triple as nodes of a graph."""

    def __init__(self, graph: Graph) -> None:
        self._forms = graph.forms
        named = [(node.partition(":")[0], stems) for node, stems in graph.stems.items() if stems]
        self._verbs = frozenset(stems[0] for kind, stems in named if kind == "activity")
        self._places = frozenset(stems[-1] for kind, stems in named if kind == "place")

    def repeats(self, head: str, tail: str) -> bool:
        """Whether one end only says again what the other one says: who drills needs a drill."""
        first, last = (set(stems) for stems in stemmed(node.partition(":")[2] for node in (head, tail)))
        return last <= first

    def node(self, kind: str, text: str) -> str:
        """The node that a text names, one of the graph where it has it; "" when it is none for a shop."""
        name = _ARTICLES.sub("", text.lower().strip())
        if kind == "product":
            name = _ACQUIRED.sub("", name)
        (stems,) = stemmed([name])
        words = set(stems)
        if not stems or len(stems) > _MOST_WORDS or not _PLAIN.fullmatch(name) or _BEGINS.match(name):
            return ""
        if words & _BAD or words <= _GENERAL:
            return ""
        named = [node for node in self._forms.get(stems, ()) if node.startswith(f"{kind}:")]
        if named:
            return named[0]
        known = {"activity": stems[0] in self._verbs, "place": stems[-1] in self._places, "product": False}
        if not known.get(kind, True):
            return ""
        return f"{kind}:{name}"


def _triples(path: Path) -> Iterator[tuple[int, tuple[str, str, str]]]:
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path}: {error}; name a file of triples: relation, head and tail with tabs") from error
    for number, line in enumerate(text.splitlines(), 1):
        cells = line.split("\t")
        if len(cells) < 3:
            raise ConfigError(f"{path} line {number}: {line[:80]!r} is not relation, head and tail with tabs between")
        yield number, (cells[0], cells[1], cells[2])
