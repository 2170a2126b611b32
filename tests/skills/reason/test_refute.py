from __future__ import annotations

from pathlib import Path

import pytest

from common_sense import graph_of
from shopwright.knowledge.graph import Graph
from shopwright.knowledge.links import Link, Links
from shopwright.skills.reason.chains import walk
from shopwright.skills.reason.refute import Conflict, Evidence, Refuted, conflicts, refute
from shopwright.skills.reason.wishes import denied_words, mentions
from shopwright.types import Constraint, Filter, Need


@pytest.fixture(scope="module")
def graph(tmp_path_factory: pytest.TempPathFactory) -> Graph:
    return graph_of(tmp_path_factory.mktemp("graph"))


def _held(text: str, graph: Graph, denied: tuple[str, ...] = (), links: Links | None = None) -> Refuted:
    walked = walk(graph, mentions(text, graph))
    chains = [chain for found in walked.reached.values() for chain in found]
    return refute(chains, Evidence(words=tuple(denied_words(denied)), avoided=walked.avoided, links=links), graph)


def _ends(judged: Refuted) -> set[str]:
    return {chain.end for chain in judged.kept}


def test_a_denied_step_drops_the_chain_and_says_so(graph: Graph) -> None:
    judged = _held("he retires", graph, ("not fishing",))
    assert "product:landing net" not in _ends(judged)
    assert "product:reading light" in _ends(judged)
    dropped = next(one for one in judged.dropped if one.chain.end == "product:landing net")
    assert (dropped.node, dropped.why) == ("activity:fishing", "the shopper said no to it")


def test_who_does_not_drink_needs_no_wine_glass(graph: Graph) -> None:
    assert "product:wine glass" in _ends(_held("a dinner party", graph))
    assert "product:wine glass" not in _ends(_held("a dinner party", graph, ("he does not drink",)))


def test_what_is_avoided_goes_also_in_narrower_kinds(graph: Graph) -> None:
    judged = _held("a dinner party for friends with a nut allergy", graph)
    assert "product:salted nut" not in _ends(judged)
    assert any(one.why == "avoided: nut allergy → nut" for one in judged.dropped)


def test_a_taboo_outweighs_a_present(graph: Graph) -> None:
    assert "product:clock" not in _ends(_held("for our chinese friends", graph))


def test_what_is_not_sold_is_dropped_with_its_reason(graph: Graph) -> None:
    links = Links(products={"product:landing net": Link(("Sports > Fishing",), 0.9, "category")})
    judged = _held("he fishes", graph, links=links)
    assert "product:landing net" in _ends(judged)
    assert {one.why for one in judged.dropped} == {"not sold here"}


def _conflicts(need: Need, graph: Graph) -> tuple[Conflict, ...]:
    mentioned = mentions(need.text, graph)
    return conflicts(need, mentioned, walk(graph, mentioned).avoided, graph)


def test_leather_for_a_vegan_is_a_conflict(graph: Graph) -> None:
    (conflict,) = _conflicts(Need("a leather bag for my vegan friend"), graph)
    assert (conflict.what, conflict.with_what) == ("leather", "vegan")
    assert _conflicts(Need("a bag for my vegan friend, no leather", negations=("leather",)), graph) == ()


def test_a_material_of_things_that_are_avoided_is_a_conflict(tmp_path: Path) -> None:
    graph = graph_of(tmp_path, "condition:vegan\tavoids\tproduct:leather wallet\t.9\tcommon knowledge\n")
    asked = (Constraint(Filter("attr:material", values=("leather", "calf leather"))),)
    (conflict,) = _conflicts(Need("a leather bag for my vegan friend", constraints=asked), graph)
    assert conflict.what == "leather"
    assert _conflicts(Need("a bag for my vegan friend"), graph) == ()


def test_a_range_without_anything_in_it_is_a_conflict(graph: Graph) -> None:
    limits = (Filter("attr:weight", "range", low=3.0), Filter("attr:weight", "range", high=2.0))
    (conflict,) = _conflicts(Need("a tent", constraints=tuple(map(Constraint, limits))), graph)
    assert conflict.what == "weight from 3"


def test_asked_for_and_refused_is_a_conflict(graph: Graph) -> None:
    both = (Filter("attr:colour", values=("red",)), Filter("attr:colour", "not", values=("red",)))
    (conflict,) = _conflicts(Need("a red tent, not red", constraints=tuple(map(Constraint, both))), graph)
    assert "both asked for and refused" in conflict.why
