from __future__ import annotations

import json
from pathlib import Path

import pytest

from common_sense import graph_of
from shopwright.errors import ConfigError, ModelError
from shopwright.knowledge.critic import FEATURES, RELATIONS, Critic
from shopwright.knowledge.graph import Graph, own_files
from shopwright.models.scripted import HashingEncoder, ScriptedModel
from shopwright.train.reason.grow import Grown, GrowPlan, accept, grow, propose
from shopwright.train.reason.settings import ReasonTraining
from shopwright.types import Product

PRODUCTS = [
    Product(id="rod", title="Heron fishing rod", brand="Heron", category=("Fishing",)),
    Product(id="tent", title="Lark tent", brand="Lark", category=("Tents",)),
]
CREDULOUS = Critic((0.0,) * (len(FEATURES) + len(RELATIONS)), 2.0, (0.0,) * 13, (1.0,) * 13)
DOUBTING = Critic((0.0,) * (len(FEATURES) + len(RELATIONS)), -2.0, (0.0,) * 13, (1.0,) * 13)
GOOD = ["activity:fishing", "uses", "product:bait box"]


def _answer(*edges: list[str]) -> str:
    rows = [{"head": head, "relation": relation, "tail": tail, "confidence": 0.8} for head, relation, tail in edges]
    return json.dumps({"edges": rows})


def _grow(folder: Path, answers: list[str | Exception], critic: Critic = CREDULOUS, count: int = 1) -> Grown:
    model = ScriptedModel(answers)
    plan = GrowPlan(model, graph_of(folder), HashingEncoder(64), PRODUCTS, count=count, critic=critic)
    return grow(plan, lambda _line: None)


def test_what_is_proposed_says_what_it_was_made_from(tmp_path: Path) -> None:
    (edge,) = _grow(tmp_path, [_answer(GOOD)]).edges
    assert list(edge[:3]) == GOOD
    assert edge.place.startswith("product ")
    assert edge.confidence == pytest.approx(0.8 * 0.88, abs=0.01)  # the model's, times the critic's


@pytest.mark.parametrize(
    ("edge", "why"),
    [
        (["activity:fishing", "met_by", "product:bait"], "no sound relation between such nodes"),
        (["activity:fishing", "sells", "product:bait"], "no sound relation between such nodes"),
        (["activity:fishing", "wants", "value:bait"], "no sound value"),
        (["activity:fishing", "uses", "product:Bait"], "no plain name"),
        (["activity:fishing", "uses", "product:heron rod"], "names a brand"),
        (["need:tents", "met_by", "product:tent"], "says nothing"),
        (["activity:fishing", "uses", "product:landing net"], "known already"),
    ],
)
def test_rules_refuse_what_has_no_sound_form(tmp_path: Path, edge: list[str], why: str) -> None:
    grown = _grow(tmp_path, [_answer(edge)])
    assert (grown.edges, grown.refused) == ((), {why: 1})


def test_the_critic_refuses(tmp_path: Path) -> None:
    assert _grow(tmp_path, [_answer(GOOD)], DOUBTING).refused == {"not plausible to the critic": 1}


def test_products_pairs_and_queries_take_turns(tmp_path: Path) -> None:
    model = ScriptedModel([_answer()])
    plan = GrowPlan(
        model, graph_of(tmp_path), HashingEncoder(64), PRODUCTS, [(PRODUCTS[0], PRODUCTS[1])], ["carp bait"], 9
    )
    assert grow(plan, lambda _line: None).asked == 4
    asked = [next(iter(json.loads(call[1]["content"])["about"])) for call in model.calls]
    assert asked == ["product", "bought_together", "query", "product"]


def test_one_failure_is_passed_over_and_three_are_not(tmp_path: Path) -> None:
    grown = _grow(tmp_path, ["no form", _answer(GOOD)], count=2)
    assert (len(grown.edges), grown.refused) == (1, {"no usable answer": 1})
    down = ScriptedModel([ModelError("down")])
    plan = GrowPlan(down, graph_of(tmp_path), HashingEncoder(64), PRODUCTS, queries=["carp", "perch"])
    with pytest.raises(ModelError, match="down"):
        grow(plan, lambda _line: None)


def test_a_person_accepts(tmp_path: Path) -> None:
    edges = _grow(tmp_path, [_answer(GOOD, ["activity:fishing", "uses", "product:bait"])]).edges
    path = propose(edges, tmp_path)
    assert own_files(tmp_path) == []  # nothing counts before it was read
    with pytest.raises(ConfigError, match="waits to be read"):
        propose(edges, tmp_path)
    lines = [line for line in path.read_text().splitlines() if not line.endswith("endpoint") or "box" in line]
    path.write_text("\n".join(lines) + "\n")
    assert accept(tmp_path) == 1
    assert [edge.tail for edge in Graph.read(own_files(tmp_path)).edges] == ["product:bait box"]
    with pytest.raises(ConfigError, match="nothing to accept"):
        accept(tmp_path)


def test_settings_contradict(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="--model and --accept"):
        ReasonTraining(model="http://x#y", accept=True)
    with pytest.raises(ConfigError, match="none: give one"):
        ReasonTraining()
    with pytest.raises(ConfigError, match="--count 0"):
        ReasonTraining(accept=True, count=0)
