"""`shopwright train reason --names FILE`: the vectors of names that ship beside the graph.

What is encoded is what linking a shop asks for whatever it sells: product types and what lies on the way to them, the
things that properties are wished of, and what the packaged situations need. Categories and titles are the shop's own
and not among them. Nothing is fitted and nothing is random; the file is as good as the encoder (`knowledge/names.py`).
"""

from __future__ import annotations

from pathlib import Path

from shopwright.knowledge.graph import Graph, Value, name_of
from shopwright.knowledge.links import MIDDLE
from shopwright.knowledge.names import write
from shopwright.models.protocols import Encoder
from shopwright.skills.reason.neighbours import Situations


def known_names(graph: Graph, situations: Situations) -> list[str]:
    """The names that linking any shop encodes, each once, in the order of the graph."""
    nodes = [name_of(node) for node in graph.of_kind("product", *MIDDLE)]
    values = [value for node in graph.of_kind("value") if (value := Value.parse(node)) is not None]
    scopes = [value.scope for value in values if value.scope != "*"]
    needs = [name for situation in situations.told for name, _ in situation.needs]
    return list(dict.fromkeys([*nodes, *scopes, *needs]))


def write_names(graph: Graph, encoder: Encoder, file: Path, situations: Situations | None = None) -> int:
    """Encode the names of a graph, and of the packaged situations or others; returns how many were written."""
    file.parent.mkdir(parents=True, exist_ok=True)
    return write(known_names(graph, situations or Situations.packaged()), encoder, file)
