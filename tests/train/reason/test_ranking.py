from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from common_sense import graph_of
from shopwright.catalog.vocabulary import build_vocabulary
from shopwright.errors import ConfigError
from shopwright.knowledge.graph import Edge, Graph
from shopwright.knowledge.links import link
from shopwright.models.scripted import HashingEncoder
from shopwright.skills.reason.neighbours import Situations
from shopwright.skills.reason.ranking import FEATURES, Ranking
from shopwright.train.reason.ranking import RankingPlan, associate, fit, fit_ranking
from shopwright.train.reason.situations import Written
from shopwright.types import Need, Product

ENCODER = HashingEncoder(256)
WRITTEN = (
    Written("the roof leaks and nobody comes", (("bucket", "catch water"), ("tarpaulin", "cover")), (), "s.jsonl:1"),
    Written("he reads till late", (("reading light", "late"),), (), "s.jsonl:2"),
)
PRODUCTS = (
    Product(id="rod", title="Heron fishing rod", category=("Sports", "Fishing", "Rods")),
    Product(id="light", title="Finch reading light", category=("Home", "Lamps")),
    Product(id="tarp", title="Wren tarpaulin", category=("Garden", "Covers")),
)
WISHES = (
    {"wish": "he reads a lot", "split": "dev", "goals": [{"categories": [["Home", "Lamps"]]}]},
    {"wish": "the roof leaks", "split": "dev", "goals": [{"families": ["tarp"]}]},
    {"wish": "he fishes", "split": "held", "goals": [{"categories": [["Sports"]]}]},
)


def _plan(folder: Path, wishes: str) -> RankingPlan:
    graph = graph_of(folder)
    (folder / "wishes.jsonl").write_text(wishes)
    links = link(graph, build_vocabulary(PRODUCTS), PRODUCTS, ENCODER)
    return RankingPlan(graph, links, ENCODER, PRODUCTS, Need, folder / "wishes.jsonl", WRITTEN)


def test_everything_is_fitted_at_once_on_the_dev_split(tmp_path: Path) -> None:
    lines: list[str] = []
    ranking = fit(_plan(tmp_path, "\n".join(map(json.dumps, WISHES))), tmp_path / "out", lines.append)
    assert lines[-1] == "fitted on 2 wishes"
    assert Ranking.read(tmp_path / "out" / "ranking.json") == ranking
    assert Situations.read(tmp_path / "out" / "situations.npz").told[0].place == "s.jsonl:1"
    assert np.load(tmp_path / "out" / "association.npy").shape == (256, 256)


def test_a_line_that_is_no_wish_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"wishes\.jsonl line 1"):
        fit(_plan(tmp_path, '{"split": "dev"}'), tmp_path / "out", lambda _: None)


def test_what_needs_what_is_learned() -> None:
    worlds = {"fishing": "rod", "baking": "tin", "sewing": "thread", "camping": "tent", "skating": "helmet"}
    edges = [Edge(f"activity:{one}", "uses", f"product:{other}", 0.9, "craft", "") for one, other in worlds.items()]
    encoder = HashingEncoder(32)
    matrix = associate(Graph(edges), encoder, WRITTEN, steps=200)
    heads, goods = encoder.encode(list(worlds)), encoder.encode(list(worlds.values()))
    assert np.array_equal((heads @ matrix @ goods.T).argmax(1), np.arange(5))
    others = encoder.encode(["tarpaulin", "reading light"])
    assert np.array_equal((encoder.encode([one.text for one in WRITTEN]) @ matrix @ others.T).argmax(1), [0, 1])


def test_a_feature_that_tells_gets_weight() -> None:
    random = np.random.default_rng(0)
    features = [random.normal(size=(50, len(FEATURES))).astype(np.float32) for _ in range(20)]
    labels = [(each[:, 0] > 1).astype(np.float32) for each in features]
    ranking = fit_ranking(features, labels)
    assert ranking.weights[0] > 1 > max(map(abs, ranking.weights[1:]))
