from __future__ import annotations

from pathlib import Path

import pytest

from shopwright.errors import ConfigError
from shopwright.knowledge.critic import FEATURES, RELATIONS, Critic, fit, scores
from shopwright.knowledge.graph import Edge, Graph
from shopwright.models.scripted import HashingEncoder

ENCODER = HashingEncoder(128)
WORLDS = ("fishing", "baking", "cycling", "sewing", "painting", "climbing", "rowing", "skating")
THINGS = ("bag", "book", "shoe", "stand", "set", "lamp", "case", "mat")


def _edge(head: str, tail: str) -> Edge:
    return Edge(f"activity:{head}", "uses", f"product:{tail}", 0.9, "common knowledge", "")


@pytest.fixture(scope="module")
def graph() -> Graph:
    return Graph(
        [
            _edge(f"{world} {how}", f"{world} {thing}")
            for world in WORLDS
            for thing in THINGS
            for how in ("at home", "abroad")
        ]
    )


def test_a_critic_tells_what_belongs_together(graph: Graph) -> None:
    critic, figures = fit(graph, ENCODER)
    assert figures["auroc"] > 0.8
    right, wrong = scores(
        [_edge("sewing for beginners", "sewing box"), _edge("sewing for beginners", "rowing box")],
        graph,
        ENCODER,
        critic,
    )
    assert right > 0.5
    assert right > wrong


def test_a_critic_is_written_and_read(graph: Graph, tmp_path: Path) -> None:
    critic, _ = fit(graph, ENCODER)
    critic.write(tmp_path / "critic.json")
    assert Critic.read(tmp_path / "critic.json") == critic
    with pytest.raises(ConfigError, match=r"nothing.json"):
        Critic.read(tmp_path / "nothing.json")


def test_the_packaged_critic_fits_the_features() -> None:
    assert len(Critic.packaged().weights) == len(FEATURES) + len(RELATIONS)


def test_nothing_has_no_scores(graph: Graph) -> None:
    assert scores([], graph, ENCODER, Critic.packaged()).shape == (0,)
