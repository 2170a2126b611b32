from __future__ import annotations

from pathlib import Path

import pytest

from common_sense import graph_of
from shopwright.errors import ConfigError
from shopwright.knowledge.conceptnet import SCALED, candidates, read_conceptnet, write_edges
from shopwright.knowledge.critic import FEATURES, RELATIONS, Critic
from shopwright.knowledge.graph import Graph, read_edges
from shopwright.models.scripted import HashingEncoder

TRIPLES = """\
UsedFor	tent	camping in wood
UsedFor	wine glass	kill person
AtLocation	rake	herb garden
IsA	tent	shelter
UsedFor	grand piano	camping
Desires	father	fishing
"""
CREDULOUS = Critic((0.0,) * (len(FEATURES) + len(RELATIONS)), 2.0, (0.0,) * 13, (1.0,) * 13)


def test_triples_become_edges_with_the_line_they_stand_in(tmp_path: Path) -> None:
    path = tmp_path / "triples.tsv"
    path.write_text(TRIPLES)
    found = {edge[:3]: edge.place for edge in candidates(path, graph_of(tmp_path))}
    assert found[("place:herb garden", "uses", "product:rake")] == "triples.tsv:3"
    assert ("activity:camping in wood", "uses", "product:tent") in found
    assert ("recipient:father", "likes", "activity:fishing") in found
    assert len(found) == 3  # no crime, no piano, no kinds of things


def test_joined_edges_are_worth_less_and_can_be_read_again(tmp_path: Path) -> None:
    path = tmp_path / "triples.tsv"
    path.write_text(TRIPLES)
    edges = read_conceptnet(path, graph_of(tmp_path), HashingEncoder(64), CREDULOUS)
    assert edges
    assert all(edge.confidence < SCALED and edge.source == "conceptnet" for edge in edges)
    assert ("recipient:father", "likes", "activity:fishing") not in {edge[:3] for edge in edges}  # known already
    write_edges(edges, tmp_path / "knowledge" / "conceptnet.tsv")
    again = read_edges(tmp_path / "knowledge" / "conceptnet.tsv")
    assert [edge[:4] for edge in again] == [edge[:4] for edge in edges]
    assert "product:tent" in Graph(again)


def test_a_file_that_is_none_is_named(tmp_path: Path) -> None:
    path = tmp_path / "triples.tsv"
    path.write_text("UsedFor tent camping\n")
    with pytest.raises(ConfigError, match=r"triples.tsv line 1"):
        candidates(path, graph_of(tmp_path))
