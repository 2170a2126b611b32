"""The graph of consumer common sense: what an occasion, a person, an activity or a fact of life means for shopping.

    graph = Graph.packaged()
    for edge in graph.out("activity:fly fishing", "uses"):
        print(edge.tail, edge.confidence, edge.place)

`commonsense/edges-*.tsv` holds an edge a line (DATASHEET.md there): head, relation, tail, confidence, source. A node is
`kind:name`. Every edge keeps the file and line that it stands in, so that an answer can be traced to whoever wrote it.
More files of the same form can be given (`own_files`): a merchant's own, those of `conceptnet` and of `train reason`.
An edge that stands in several files counts once, with its highest confidence.

`forms` finds the nodes that a run of stems names, also under another name of the same thing (`synonyms`).

Not here: the walk (`skills.reason`), and what a shop sells of it (`links`).
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from hashlib import blake2b
from pathlib import Path
from typing import NamedTuple, Self

from shopwright.errors import ConfigError
from shopwright.knowledge.synonyms import Synonyms, stems_of

FOLDER = Path(__file__).parent / "commonsense"
KINDS = (
    "occasion", "recipient", "event", "activity", "season", "place", "condition", "culture", "need", "product",
    "value", "advice",
)  # fmt: skip
RELATIONS = (
    "leads_to", "likes", "met_by", "uses", "wants", "avoids", "goes_with", "requires", "replaces", "gift", "taboo",
    "advises",
)  # fmt: skip
_COLUMNS = 5
_PREFIXES = tuple(f"{kind}:" for kind in KINDS)
_KNOWN = frozenset(RELATIONS)
_VALUE = re.compile(r"([^|=<>]+)\|([^|=<>]+?)\s*(<=|>=|=|<|>)\s*([^|=<>]+)")

_WORD = re.compile(r"[^\W_]+")
_OWNER = re.compile(r"['’]s?\b")

Stems = tuple[str, ...]


class Edge(NamedTuple):
    """One piece of common sense.

    Args:
        head, tail: nodes, `kind:name`.
        relation: one of `RELATIONS`.
        confidence: how sure an informed person is that it holds for most people concerned, 0 to 1.
        source: what kind of knowledge it is ("safety guidance", "custom"), or the file that it was joined from.
        place: file and line, "edges-doing.tsv:12".
    """

    head: str
    relation: str
    tail: str
    confidence: float
    source: str
    place: str


@dataclass(frozen=True, slots=True)
class Value:
    """A wished or unwanted property: of a product type, or of anything when `scope` is "*"."""

    scope: str
    attribute: str
    op: str
    text: str

    @classmethod
    def parse(cls, node: str) -> Self | None:
        """The property that a node names ("value:backpack|weight<1.5 kg"); None when it does not have that form."""
        parts = _value_parts(node)
        return cls(*parts) if parts else None

    def __str__(self) -> str:
        if self.text == "true":
            return self.attribute
        return f"{self.attribute} {'' if self.op == '=' else self.op + ' '}{self.text}"


@lru_cache(10_000)
def _value_parts(node: str) -> tuple[str, str, str, str] | None:
    match = _VALUE.fullmatch(name_of(node))
    return (match[1].strip(), match[2].strip(), match[3], match[4].strip()) if match else None


def kind_of(node: str) -> str:
    """The kind of a node: "activity"."""
    return node.partition(":")[0]


def name_of(node: str) -> str:
    """The name of a node: "fly fishing"."""
    return node.partition(":")[2]


class Graph:
    """Edges by their heads and tails. Build it once; it is never changed.

    Args:
        edges: those of the same head, relation and tail are one, the surest.
        fingerprint: names the edges: what was computed for other ones must not be used.
        synonyms: other names of things.
    """

    def __init__(self, edges: Iterable[Edge], fingerprint: str = "", synonyms: Synonyms | None = None) -> None:
        best: dict[tuple[str, str, str], Edge] = {}
        for edge in edges:
            key = edge[:3]
            known = best.get(key)
            if known is None or known.confidence < edge.confidence:
                best[key] = edge
        self.edges = tuple(best.values())
        self.fingerprint = fingerprint
        self._synonyms = synonyms
        self._out: defaultdict[str, list[Edge]] = defaultdict(list)
        for edge in self.edges:
            self._out[edge.head].append(edge)
        for listed in self._out.values():
            listed.sort(key=lambda edge: -edge.confidence)

    @classmethod
    def packaged(cls, more: Sequence[Path] = ()) -> Graph:
        """The project's own graph, and the edges of more files; read on first use and kept while they do not change."""
        stamps = tuple((path, path.stat().st_mtime_ns) for path in more)
        return _packaged(stamps)

    @classmethod
    def read(cls, files: Sequence[Path], synonyms: Synonyms | None = None) -> Self:
        """The graph of some files.

        Raises:
            ConfigError: a file is missing, or a line is not an edge; see `read_edges`.
        """
        texts = [_text(path) for path in files]
        digest = blake2b("\0".join(texts).encode(), digest_size=8).hexdigest()
        edges = [edge for path, text in zip(files, texts, strict=True) for edge in _parse(path, text)]
        return cls(edges, digest, synonyms)

    def out(self, node: str, *relations: str) -> Sequence[Edge]:
        """The edges that begin at a node, surest first; of some relations, or all."""
        edges = self._out.get(node, ())
        return [edge for edge in edges if edge.relation in relations] if relations else edges

    def into(self, node: str, *relations: str) -> Sequence[Edge]:
        """The edges that end at a node."""
        edges = self._into.get(node, ())
        return [edge for edge in edges if edge.relation in relations] if relations else edges

    def __contains__(self, node: object) -> bool:
        return node in self._out or node in self._into

    @cached_property
    def nodes(self) -> tuple[str, ...]:
        """Every node once, in the order of the files."""
        return tuple(dict.fromkeys(node for edge in self.edges for node in (edge.head, edge.tail)))

    def of_kind(self, *kinds: str) -> list[str]:
        """The nodes of some kinds."""
        return [node for node in self.nodes if kind_of(node) in kinds]

    @cached_property
    def forms(self) -> dict[Stems, tuple[str, ...]]:
        """The nodes that a run of stems names; those of advice and values, which nobody says, left out."""
        found: defaultdict[Stems, list[str]] = defaultdict(list)
        others: defaultdict[Stems, list[str]] = defaultdict(list)
        for node, stems in self.stems.items():
            found[stems].append(node)
            for other in renamed(stems, self._synonyms):
                others[other].append(node)
        for stems, nodes in others.items():
            if stems not in found:
                found[stems] = nodes
        return {stems: tuple(dict.fromkeys(nodes)) for stems, nodes in found.items()}

    @cached_property
    def stems(self) -> dict[str, Stems]:
        """The stems of every node's name, values and advice left out; "dog (small)" is "dog small"."""
        named = [node for node in self.nodes if not node.startswith(("advice:", "value:"))]
        return dict(zip(named, stemmed(map(name_of, named)), strict=True))

    @cached_property
    def _into(self) -> dict[str, list[Edge]]:
        into: defaultdict[str, list[Edge]] = defaultdict(list)
        for edge in self.edges:
            into[edge.tail].append(edge)
        return into


def own_folder(home: Path) -> Path:
    """Where a shop keeps edges of its own: every `*.tsv` in it counts, what waits to be accepted lies below."""
    return home / "knowledge"


def own_files(home: Path) -> list[Path]:
    """The files of a shop's own edges."""
    return sorted(own_folder(home).glob("*.tsv"))


def stemmed(texts: Iterable[str]) -> list[Stems]:
    """The stems of many short texts, every distinct word stemmed once; an owner's 's is left out."""
    split = [_WORD.findall(_OWNER.sub("", text.lower())) for text in texts]
    distinct = list(dict.fromkeys(word for words in split for word in words))
    stem_of = {word: _stem(word) for word in distinct}
    return [tuple([stem_of[word] for word in words]) for words in split]


def read_edges(path: Path) -> list[Edge]:
    """The edges of one file.

    Raises:
        ConfigError: the file is missing, or a line is not five columns with tabs between them that name two nodes, a
            relation and a confidence.
    """
    return _parse(path, _text(path))


def line_of(edge: Edge) -> str:
    """An edge as it stands in a file, without the end of the line."""
    return f"{edge.head}\t{edge.relation}\t{edge.tail}\t{edge.confidence:.2f}\t{edge.source}"


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path}: {error}; name a text file of edges in UTF-8") from error


def _parse(path: Path, text: str) -> list[Edge]:
    edges: list[Edge] = []
    for number, line in enumerate(text.split("\n"), 1):
        if not line or line[0] == "#":
            continue
        cells = line.rstrip("\r").split("\t")
        if len(cells) == _COLUMNS:
            head, relation, tail, sure, source = cells
            if relation in _KNOWN and head.startswith(_PREFIXES) and tail.startswith(_PREFIXES):
                try:
                    edges.append(Edge(head, relation, tail, float(sure), source, f"{path.name}:{number}"))
                    continue
                except ValueError:
                    pass
        raise ConfigError(
            f"{path} line {number}: {line[:80]!r} is not head, relation, tail, confidence and source with tabs between "
            f"them; a node is KIND:NAME with a kind of {', '.join(KINDS)}, a relation one of {', '.join(RELATIONS)}"
        )
    return edges


def _stem(word: str) -> str:
    stems = stems_of(word)
    return stems[0] if stems else word


def renamed(stems: Stems, synonyms: Synonyms | None) -> Iterable[Stems]:
    """The same name with one run of it replaced by another name of that thing."""
    if synonyms is not None:
        for span in synonyms.of(stems):
            for other in span.stems:
                yield (*stems[: span.start], *other, *stems[span.end :])


@lru_cache(4)
def _packaged(more: tuple[tuple[Path, int], ...]) -> Graph:
    files = [*sorted(FOLDER.glob("edges-*.tsv")), *(path for path, _ in more)]
    return Graph.read(files, Synonyms.packaged())
