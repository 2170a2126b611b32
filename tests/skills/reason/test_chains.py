from __future__ import annotations

from pathlib import Path

import pytest

from common_sense import graph_of
from shopwright.knowledge.graph import Graph
from shopwright.skills.reason.chains import DAMPING, HOPS, Walk, walk
from shopwright.skills.reason.wishes import mentions


@pytest.fixture(scope="module")
def graph(tmp_path_factory: pytest.TempPathFactory) -> Graph:
    return graph_of(tmp_path_factory.mktemp("graph"))


def _walk(text: str, graph: Graph, **options: bool) -> Walk:
    return walk(graph, mentions(text, graph), **options)


def test_a_chain_tells_how_it_came(graph: Graph) -> None:
    best = _walk("he retires", graph).reached["product:landing net"][0]
    assert str(best) == "retirement → free time → fishing → landing net"
    assert best.end == "product:landing net"
    assert [step.place for step in best.steps] == ["edges-test.tsv:1", "edges-test.tsv:2", "edges-test.tsv:4"]


def test_longer_chains_are_worth_less(graph: Graph) -> None:
    reached = _walk("he retires", graph).reached
    far, near = reached["product:landing net"][0], reached["activity:fishing"][0]
    assert far.worth == pytest.approx(near.worth * 0.8 * DAMPING)
    assert all(len(chain.steps) <= HOPS for chains in reached.values() for chain in chains)


def test_every_mention_has_a_chain_of_its_own(graph: Graph) -> None:
    chains = _walk("he retires and fishes", graph).reached["product:fishing rod"]
    assert [chain.origin for chain in chains] == ["activity:fishing", "event:retirement"]


def test_what_is_denied_leads_nowhere(graph: Graph) -> None:
    assert _walk("he does not fish", graph).reached == {}


def test_ends_are_kept_apart(graph: Graph) -> None:
    walked = _walk("he fishes, she has a nut allergy", graph)
    assert [str(chain) for chain in walked.avoided] == ["nut allergy → nut"]
    assert "value:rain jacket|waterproof=true" in {chain.end for chain in walked.wanted}
    assert [chain.end for chain in walked.advised] == ["advice:Ask for the licence first"]


def test_presents_count_less_when_nobody_gets_one(graph: Graph) -> None:
    given, bought = (_walk("turns six", graph, gift=gift).reached["product:board game"][0] for gift in (True, False))
    assert bought.worth < given.worth


def test_a_ring_ends(tmp_path: Path) -> None:
    ring = "need:a\tleads_to\tneed:b\t.9\tcraft\nneed:b\tleads_to\tneed:a\t.9\tcraft\nneed:b\tmet_by\tproduct:net\t.9\tcraft\n"
    graph = graph_of(tmp_path, ring.replace("need:a", "need:rest").replace("need:b", "need:calm"))
    assert str(_walk("rest", graph).reached["product:net"][0]) == "rest → calm → net"
