"""Two steps of training with a body of one layer, and the files that come of it."""

from __future__ import annotations

import json
import random
from pathlib import Path

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="training needs the extra 'train'")
pytest.importorskip("transformers")
pytest.importorskip("onnx")

from shopwright.models.tool_planner import DEFAULT_PLANNER, EmbeddedToolPlanner, ToolPlanner
from shopwright.skills.plan.planner import Planner
from shopwright.train.plan.batches import Bank, batch_of, lesson, spoken_steps
from shopwright.train.plan.examples import read_public, read_written
from shopwright.train.plan.gating import measure
from shopwright.train.plan.run import PlannerPlan, planner
from shopwright.train.plan.training import PlannerSettings, train_planner
from shopwright.types import Plan
from train.plan.made import write_public, write_written
from train.tiny import write_tiny_body

pytestmark = pytest.mark.filterwarnings("ignore")
SETTINGS = PlannerSettings(passes=2, repeats=1, pieces=300, frozen=0)


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_tiny_body(tmp_path_factory.mktemp("tiny") / "body")


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_public(tmp_path_factory.mktemp("data"))


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_written(tmp_path_factory.mktemp("written"))


def test_a_lesson_has_the_called_tools_at_hand(base: Path, data: Path, written: Path) -> None:
    sources = [read_public(data), read_written(written)]
    bank = Bank(sources, base / "tokenizer.json")
    chance = random.Random(0)
    tasks = [[task for task in source.tasks if task.split == "train"] for source in sources]
    for some in tasks:
        for task in some:
            made = lesson(task, bank, chance)
            assert tuple(bank.names[made.tools[pick]] for pick in made.picks) == task.tools
    batch = batch_of([lesson(task, bank, chance) for task in tasks[1]], bank, None)
    assert batch.targets.shape[1] == batch.picks.shape[1] + 1
    assert set(batch.origins.said.unique().tolist()) == {-100.0, 0.0, 1.0}


def test_steps_in_words_are_lessons_too(base: Path, data: Path) -> None:
    source = read_public(data)
    made = spoken_steps(source, Bank([source], base / "tokenizer.json"), random.Random(0))
    assert any(len(each.picks) > 1 for each in made)
    assert any("big tent" in each.request for each in made)


def test_an_interrupted_training_goes_on(base: Path, data: Path, written: Path, tmp_path: Path) -> None:
    sources = read_public(data), read_written(written)
    whole, _ = train_planner(base, *sources, tmp_path / "whole", SETTINGS, report=lambda _: None)
    train_planner(base, *sources, tmp_path / "parts", SETTINGS, steps=50, report=lambda _: None)
    again, _ = train_planner(base, *sources, tmp_path / "parts", SETTINGS, report=lambda _: None)
    assert all(torch.isfinite(value).all() for value in whole.state_dict().values())
    assert again.state_dict().keys() == whole.state_dict().keys()


def test_the_files_plan_and_the_gate_says_who_is_better(
    base: Path, data: Path, written: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("shopwright.train.plan.exporting._LEAST_SAME", 0.0)
    plan = PlannerPlan(
        tmp_path / "work",
        tmp_path / "out",
        models=tmp_path / "none",
        data=data,
        written=written,
        base=base,
        rules=lambda _: Plan(),
        settings=SETTINGS,
    )
    outcome = planner(plan, lambda _: None)
    assert outcome.promoted
    assert outcome.before == {}
    assert {"node_f1", "plans:node_f1"} <= outcome.after.keys()
    network = EmbeddedToolPlanner(folder=tmp_path / "out")
    assert isinstance(network, ToolPlanner)
    gate = json.loads((tmp_path / "out" / f"{DEFAULT_PLANNER}.gate.json").read_text())
    assert gate["rules"]["node_f1"] == 0.0
    assert gate["own_turns"] is True
    source = read_written(written)
    figures = measure(Planner.shipped(tmp_path / "out"), source, source.tasks)
    assert 0 < figures["node_f1"] <= 1
    one = network.follow(network.read("find a tent"), network.vectors(["tent", "mug"]), np.zeros((1, 0), np.int64))
    assert one.next.shape == (1, 3)
