"""The names that are encoded beforehand are those that linking asks for, each once."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from common_sense import graph_of
from shopwright.knowledge.graph import Graph
from shopwright.knowledge.names import FILE, KnownNames
from shopwright.models.scripted import HashingEncoder
from shopwright.skills.reason.neighbours import Situation, Situations
from shopwright.train.reason.naming import known_names, write_names

EDGES = """\
need:staying dry\tmet_by\tproduct:rain jacket\t.95\tcommon knowledge
need:staying dry\twants\tvalue:rain boot|waterproof=true\t.95\ttrade practice
need:staying dry\tadvises\tadvice:Wax the seams\t.9\ttrade practice
"""
NEEDS = Situations(
    (Situation((("umbrella", "it rains"), ("rain jacket", "it rains")), "rain"),),
    np.zeros((1, 8), np.float32),
    np.zeros((1, 8), np.float32),
    np.zeros(1, np.int64),
    "none",
)


def test_types_ways_scopes_and_needs_once_each(tmp_path: Path) -> None:
    names = known_names(graph_of(tmp_path, EDGES), NEEDS)
    assert sorted(names) == ["rain boot", "rain jacket", "staying dry", "umbrella"]


def test_the_file_is_what_the_reader_of_names_expects(tmp_path: Path) -> None:
    file, encoder = tmp_path / "deep" / "names.npz", HashingEncoder(64)
    assert write_names(graph_of(tmp_path, EDGES), encoder, file, NEEDS) == 4
    made = KnownNames(encoder, file).encode(["umbrella", "rain boot"])
    assert np.all(np.sum(made * encoder.encode(["umbrella", "rain boot"]), axis=1) > 0.999)


def test_the_packaged_file_holds_exactly_these_names() -> None:
    with np.load(FILE) as stored:
        assert len(stored["vectors"]) == len(known_names(Graph.packaged(), Situations.packaged()))
