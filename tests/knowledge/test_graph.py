from __future__ import annotations

import time
from pathlib import Path

import pytest

from common_sense import graph_of
from shopwright.errors import ConfigError
from shopwright.knowledge.graph import FOLDER, Graph, Value, kind_of, line_of, own_files, read_edges


def test_an_edge_keeps_who_wrote_it_and_where(tmp_path: Path) -> None:
    edge = graph_of(tmp_path).out("activity:fishing", "uses")[0]
    assert (edge.tail, edge.confidence, edge.place) == ("product:fishing rod", 0.95, "edges-test.tsv:5")
    assert line_of(edge) == "activity:fishing\tuses\tproduct:fishing rod\t0.95\tcommon knowledge"


def test_edges_are_found_from_both_ends(tmp_path: Path) -> None:
    graph = graph_of(tmp_path)
    assert [edge.head for edge in graph.into("activity:fishing", "likes")] == ["recipient:father"]
    assert "product:rake" in graph
    assert "product:plough" not in graph


def test_the_surest_of_edges_that_stand_twice_counts(tmp_path: Path) -> None:
    own = tmp_path / "more.tsv"
    own.write_text("activity:fishing\tuses\tproduct:landing net\t.99\tcommon knowledge\n")
    graph_of(tmp_path)
    graph = Graph.read([tmp_path / "edges-test.tsv", own])
    assert [edge.confidence for edge in graph.out("activity:fishing") if edge.tail == "product:landing net"] == [0.99]


def test_nodes_are_found_by_their_stems_and_by_other_names(tmp_path: Path) -> None:
    forms = graph_of(tmp_path, "activity:fishing\tuses\tproduct:rubber boot\t.7\tcommon knowledge\n").forms
    assert forms[("fish",)] == ("activity:fishing",)
    assert ("product:rubber boot",) in forms.values()
    assert forms[("welli",)] == ("product:rubber boot",)


@pytest.mark.parametrize(
    "line",
    [
        "activity:fishing\tuses\tproduct:net",
        "a\tuses\tproduct:net\t.5\tx",
        "need:x\tis\tneed:y\t.5\tx",
        "need:x\tuses\tneed:y\thigh\tx",
    ],
)
def test_a_damaged_line_is_named_with_what_is_allowed(tmp_path: Path, line: str) -> None:
    path = tmp_path / "edges.tsv"
    path.write_text(f"# a comment\n{line}\n")
    with pytest.raises(ConfigError, match=r"edges.tsv line 2.*KIND:NAME"):
        read_edges(path)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"nothing\.tsv"):
        read_edges(tmp_path / "nothing.tsv")


def test_values_are_read() -> None:
    value = Value.parse("value:backpack|weight<1.5 kg")
    assert value == Value("backpack", "weight", "<", "1.5 kg")
    assert str(value) == "weight < 1.5 kg"
    assert str(Value.parse("value:*|dishwasher safe=true")) == "dishwasher safe"
    assert Value.parse("value:nonsense") is None


def test_a_shops_own_edges_count_and_proposals_do_not(tmp_path: Path) -> None:
    folder = tmp_path / "knowledge"
    (folder / "proposed").mkdir(parents=True)
    (folder / "own.tsv").write_text("place:boat\tuses\tproduct:rubber duck\t.9\tcommon knowledge\n")
    (folder / "proposed" / "edges.tsv").write_text("place:boat\tuses\tproduct:rubber goose\t.9\tcommon knowledge\n")
    graph = Graph.packaged(own_files(tmp_path))
    assert "product:rubber duck" in graph
    assert "product:rubber goose" not in graph


def test_the_packaged_graph_is_sound_and_quick_to_read() -> None:
    files = sorted(FOLDER.glob("edges-*.tsv"))
    if not files:
        pytest.skip("no edges are packaged")
    Graph.read(files)
    started = time.perf_counter()
    graph = Graph.read(files)
    took = time.perf_counter() - started
    assert took < 0.4 * max(1.0, len(graph.edges) / 8_000)  # a tenth of it on an idle machine
    assert all(0 < edge.confidence < 1 for edge in graph.edges)
    assert all(Value.parse(node) for node in graph.of_kind("value"))
    assert {kind_of(edge.tail) for edge in graph.edges if edge.relation == "uses"} == {"product"}
