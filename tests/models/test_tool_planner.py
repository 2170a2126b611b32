"""What is read of tools, and, where they ship, the trained weights on tools that nobody trained on."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from shopwright.errors import ModelError
from shopwright.models.onnx_files import WEIGHTS
from shopwright.models.overlap_planner import OverlapToolPlanner
from shopwright.models.tool_planner import (
    DEFAULT_PLANNER,
    EmbeddedToolPlanner,
    ToolPlanner,
    known_links,
    parameter_text,
    tool_text,
    words_of,
)
from shopwright.skills.plan.planner import Planner
from shopwright.types import ToolSpec

KILN = ToolSpec(
    "pottery.bookKiln",
    "Reserve a kiln for a firing.",
    {"properties": {"firingDate": {"type": "string", "description": "Day of the firing"}}, "required": ["firingDate"]},
    {"properties": {"slotId": {"type": "string"}}},
)
GLAZES = ToolSpec("pottery.list_glazes", "Glazes in stock, by colour.", {"properties": {"colour": {"type": "string"}}})
ships = pytest.mark.skipif(not (WEIGHTS / f"{DEFAULT_PLANNER}.md").is_file(), reason="the planner is not there")


@pytest.mark.parametrize(
    ("name", "words"),
    [("trackParcel", "track parcel"), ("set-1.list_all", "set 1 list all"), ("FaultFinder", "fault finder"), ("", "")],
)
def test_names_become_words(name: str, words: str) -> None:
    assert words_of(name) == words


def test_a_tool_is_read_with_its_arguments_and_results() -> None:
    assert tool_text(KILN) == "pottery book kiln: Reserve a kiln for a firing. (firing date) -> slot id"
    assert parameter_text(KILN, "firingDate") == "firing date (string, required): Day of the firing"


def test_a_schema_that_is_none_is_read_as_nothing() -> None:
    odd = ToolSpec("odd", "Odd.", {"properties": ["a"]})
    assert tool_text(odd) == "odd: Odd."
    assert parameter_text(odd, "a") == "a (): "


def test_known_links_stand_after_the_pick_that_they_follow() -> None:
    linked = np.array([[0, 1], [0, 0]], np.float32)
    known = known_links(np.array([[0, 1]]), 2, linked)
    assert known.shape == (1, 3, 2)
    assert known[0].tolist() == [[0, 0], [0, 1], [0, 0]]
    assert not known_links(np.zeros((1, 0), np.int64), 2, linked).any()
    assert not known_links(np.array([[0]]), 2, None).any()


def test_a_planner_without_files_says_what_is_missing(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="no model card"):
        EmbeddedToolPlanner(folder=tmp_path)


@pytest.mark.parametrize("network", [OverlapToolPlanner()])
def test_the_overlap_planner_is_a_tool_planner(network: ToolPlanner) -> None:
    assert isinstance(network, ToolPlanner)
    read = network.read("book a kiln")
    after = network.follow(read, network.vectors([tool_text(KILN), tool_text(GLAZES)]), np.array([[0]]))
    assert np.exp(after.next).sum() == pytest.approx(1.0)
    assert after.made.shape[1] == 2


@ships
def test_a_damaged_part_is_refused(tmp_path: Path) -> None:
    for path in WEIGHTS.glob(f"{DEFAULT_PLANNER}*"):
        (tmp_path / path.name).write_bytes(path.read_bytes())
    part = tmp_path / f"{DEFAULT_PLANNER}.decoder.onnx"
    part.write_bytes(part.read_bytes()[:-1])
    with pytest.raises(ModelError, match="damaged"):
        EmbeddedToolPlanner(folder=tmp_path)


@ships
def test_the_shipped_planner_reads_tools_that_nobody_trained_on() -> None:
    network = EmbeddedToolPlanner()
    assert isinstance(network, ToolPlanner)
    planner = Planner.shipped()
    for said, tool in (("please reserve a kiln for firing", KILN), ("which blue glazes are in stock?", GLAZES)):
        assert tool.name in [step.tool for step in planner.plan(said, [KILN, GLAZES]).plan.steps]
    size = sum(path.stat().st_size for path in WEIGHTS.glob(f"{DEFAULT_PLANNER}*.onnx"))
    assert size < 24e6
