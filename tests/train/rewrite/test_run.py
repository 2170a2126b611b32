"""The three stages on a shop of five products: what comes out is a model, a gate and a card."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from pathlib import Path

import orjson
import pytest

torch = pytest.importorskip("torch", reason="training needs the extra 'train'")
pytest.importorskip("transformers")
pytest.importorskip("onnx")

from shopwright.errors import ModelError
from shopwright.models.language.engine import EmbeddedLanguageModel
from shopwright.skills.rewrite.gate import FILE, Gate
from shopwright.skills.rewrite.generator import REWRITER, Generator
from shopwright.skills.rewrite.rewriter import Rewriter
from shopwright.train.lm_export import LmExportSettings
from shopwright.train.outcome import Outcome
from shopwright.train.recipe import Recipe
from shopwright.train.rewrite import run
from shopwright.train.rewrite.feedback import Ranked, Scored
from shopwright.train.rewrite.run import RewritePlan, recalled
from shopwright.train.rewrite.supervised import SupervisedSettings
from train.rewrite.shelf_of_five import EXAMPLES, PRODUCTS, REWRITES, ground
from train.rewrite.tiny_decoder import write_tiny_decoder

pytestmark = pytest.mark.filterwarnings("ignore")
FILES = {f"{REWRITER}.onnx", f"{REWRITER}.tokenizer.json", f"{REWRITER}.md", FILE}
LOOSE = partial(LmExportSettings, least_agreement=0.0, most_loss=1.0)
"""Random weights may choose otherwise after rounding."""


@pytest.fixture(scope="module")
def plan(tmp_path_factory: pytest.TempPathFactory) -> RewritePlan:
    place = tmp_path_factory.mktemp("run")
    return RewritePlan(
        recipe=Recipe({"own": PRODUCTS}, EXAMPLES, EXAMPLES),
        rewrites=REWRITES,
        dev=REWRITES,
        base=write_tiny_decoder(place / "base"),
        work=place / "work",
        target=place / "models",
        running=place / "models",
        supervised=SupervisedSettings(pairs=64, batch=8),
        bought={"steel mug": {"mug": 3}},
        queries=8,
        steps=2,
    )


@pytest.fixture(scope="module")
def outcome(plan: RewritePlan) -> Outcome:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(run, "LmExportSettings", LOOSE)
        return run.rewriter(plan, lambda _: None)


def test_a_trial_writes_a_model_a_gate_and_a_card(plan: RewritePlan, outcome: Outcome) -> None:
    assert {path.name for path in plan.target.iterdir()} == FILES
    own = Rewriter(Generator(EmbeddedLanguageModel(REWRITER, plan.target)), Gate.load(plan.target / FILE))
    assert own.rewrites([], ground(plan.work / "again").index.state.lexical) == ()
    card = (plan.target / f"{REWRITER}.md").read_text()
    assert "8 queries for feedback" in card
    assert "| recall@100 |" in card
    assert orjson.loads((plan.target / FILE).read_bytes())["command"] == plan.command


def test_it_is_measured_beside_what_runs(outcome: Outcome) -> None:
    wanted = {"loss:meant", "loss:also", "reward:chosen", "reward:best", "reward:typed", "recall@100", "queries"}
    assert set(outcome.before) == set(outcome.after) == wanted
    assert 0.0 <= outcome.before["recall@100"] <= 1.0
    assert outcome.after["queries"] == outcome.before["queries"] > len(EXAMPLES)


def test_a_run_goes_on_without_asking_the_search_again(
    plan: RewritePlan, outcome: Outcome, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(run, "LmExportSettings", LOOSE)
    monkeypatch.setattr(run, "ranked", None)
    kept = (plan.work / "feedback.jsonl").read_bytes()
    again = run.rewriter(plan, lambda _: None)
    assert (plan.work / "feedback.jsonl").read_bytes() == kept
    assert set(again.after) == set(outcome.after)


def test_only_what_finds_more_is_written(
    plan: RewritePlan, outcome: Outcome, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    del outcome
    monkeypatch.setattr(run, "LmExportSettings", LOOSE)
    monkeypatch.setattr(run, "recalled", lambda *_: {"recall@100": 0.5, "queries": 1.0})
    same = replace(plan, target=tmp_path / "models", steps=None)
    assert not run.rewriter(same, lambda _: None).promoted
    assert not (tmp_path / "models").exists()
    values = iter([0.5, 0.6])
    monkeypatch.setattr(run, "recalled", lambda *_: {"recall@100": next(values), "queries": 1.0})
    assert run.rewriter(same, lambda _: None).promoted
    assert {path.name for path in (tmp_path / "models").iterdir()} == FILES


def test_a_base_that_is_not_there_is_refused(plan: RewritePlan, tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="none"):
        run.rewriter(replace(plan, base=tmp_path / "none", work=tmp_path / "work"), lambda _: None)


def test_recall_is_of_the_right_products(tmp_path: Path) -> None:
    own = ground(tmp_path / "index")
    assert recalled({"own": replace(own, asked={"steel mug": ("mug",)})}, None) == {"recall@100": 1.0, "queries": 1.0}
    assert recalled({"own": replace(own, asked={"mug": ("mug", "unknown")})}, None)["recall@100"] == 0.5
    assert recalled({}, None) == {"recall@100": 0.0, "queries": 0.0}


def test_the_likeliest_candidate_is_what_a_shop_would_use(plan: RewritePlan) -> None:
    decoder = run.Decoder(plan.base)
    texts = Scored("red boots", 0.9, 0.0, 0.0), Scored("red bots", 0.3, 0.0, 0.0)
    found = run.chosen_rewards(decoder, [Ranked("meant", "red bots", texts)])
    assert found["best"] == pytest.approx(0.3)
    assert found["typed"] == pytest.approx(0.1)
    assert found["chosen"] in (pytest.approx(0.3), pytest.approx(0.1))
    assert run.chosen_rewards(decoder, []) == {"chosen": 0.0, "best": 0.0, "typed": 0.0}
