"""What the command gathers: pairs from every source, purchases, and where to start."""

from __future__ import annotations

from pathlib import Path

import orjson
import pytest

torch = pytest.importorskip("torch", reason="training needs the extra 'train'")
pytest.importorskip("transformers")
pytest.importorskip("onnx")

from shopwright.errors import ConfigError
from shopwright.train.recipe import Recipe
from shopwright.train.rewrite.command import plan_of
from shopwright.train.rewrites import Rewrite, packaged_rewrites
from train.rewrite.shelf_of_five import EXAMPLES, PRODUCTS

pytestmark = pytest.mark.filterwarnings("ignore")
RECIPE = Recipe({"own": PRODUCTS}, EXAMPLES, EXAMPLES)


def test_pairs_come_from_every_source(tmp_path: Path) -> None:
    own, accepted, log = tmp_path / "own.tsv", tmp_path / "rewrites.tsv", tmp_path / "events.jsonl"
    own.write_text("mugg\tmug\nbroken line\n", encoding="utf-8")
    accepted.write_text("billy can\tsteel mug | enamel mug\n", encoding="utf-8")
    rows = []
    for shopper in range(6):
        of = {"session": f"s{shopper}"}
        rows += [
            {**of, "time": 100, "name": "search", "query": "waterprof boots"},
            {**of, "time": 110, "name": "search", "query": "waterproof boots", "items": ["boots"]},
            {**of, "time": 120, "name": "select_item", "items": ["boots"]},
            {**of, "time": 130, "name": "purchase", "items": ["boots"]},
        ]
        rows += [{"session": f"o{shopper}-{n}", "time": 100, "name": "search", "query": f"pan {n}"} for n in range(60)]
    log.write_bytes(b"\n".join(map(orjson.dumps, rows)))
    told: list[str] = []
    plan = plan_of(
        RECIPE,
        tmp_path / "work",
        tmp_path / "out",
        tmp_path / "models",
        rewrites=own,
        accepted=accepted,
        events=log,
        base=tmp_path / "base",
        report=told.append,
    )
    assert {
        Rewrite("mugg", ("mug",)),
        Rewrite("billy can", ("steel mug", "enamel mug")),
        Rewrite("waterprof boots", ("waterproof boots",)),
    } <= set(plan.rewrites)
    assert set(packaged_rewrites("train")) <= set(plan.rewrites)
    assert list(plan.dev) == packaged_rewrites("dev")
    assert plan.bought["waterproof boots"] == {"boots": 6}
    assert plan.base == tmp_path / "base"
    assert any(line.startswith("left out: line 2: 1 columns") for line in told)
    assert any("366 sessions, 1 pairs" in line for line in told)


def test_accepted_rewrites_need_not_be_there_but_a_named_file_must(tmp_path: Path) -> None:
    places = tmp_path / "work", tmp_path / "out", tmp_path / "models"
    missing, base = tmp_path / "none.tsv", tmp_path / "base"
    plan = plan_of(RECIPE, *places, accepted=missing, base=base, report=lambda _: None)
    assert len(plan.rewrites) == len(packaged_rewrites("train"))
    with pytest.raises(ConfigError, match=r"none\.tsv"):
        plan_of(RECIPE, *places, rewrites=missing, base=base, report=lambda _: None)
    with pytest.raises(ConfigError, match=r"none\.tsv"):
        plan_of(RECIPE, *places, events=missing, base=base, report=lambda _: None)


def test_it_starts_from_what_runs(tmp_path: Path) -> None:
    plan = plan_of(RECIPE, tmp_path / "work", tmp_path / "out", tmp_path / "models", report=lambda _: None)
    assert (plan.base / "model.safetensors").is_file()
    assert plan.base.parent == tmp_path / "work" / "base"
    assert (plan.supervised.pairs, plan.queries, plan.steps) == (130_000, 1_500, None)
