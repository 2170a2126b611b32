"""Two steps of each stage: what comes out is a model, its threshold, a card and a table; only a better one is written."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest

torch = pytest.importorskip("torch", reason="training needs the extra 'train'")
pytest.importorskip("transformers")
pytest.importorskip("onnx")

from facts.shelf import TEXTS, catalogue
from shopwright.errors import ModelError
from shopwright.train.facts import run as room
from shopwright.train.facts.closed_book import FACTS, ClosedBook, file_of
from shopwright.train.facts.run import FactsPlan, run, start
from shopwright.train.facts.teaching import FactsSettings
from shopwright.train.lm_export import LmExportSettings
from shopwright.train.outcome import Outcome
from train.rewrite.tiny_decoder import write_tiny_decoder

pytestmark = pytest.mark.filterwarnings("ignore")
FILES = {f"{FACTS}.onnx", f"{FACTS}.tokenizer.json", f"{FACTS}.md", file_of(FACTS)}
LOOSE = partial(LmExportSettings, least_agreement=0.0, most_loss=1.0)
"""Random weights may choose otherwise after rounding."""


@pytest.fixture(scope="module")
def plan(tmp_path_factory: pytest.TempPathFactory) -> FactsPlan:
    place = tmp_path_factory.mktemp("run")
    return FactsPlan(
        products=catalogue(),
        texts=TEXTS,
        base=write_tiny_decoder(place / "tiny"),
        work=place / "work",
        target=place / "models",
        count=6,
        each=2,
        settings=FactsSettings(exposures=4, questions=8, statements=2, windows=1),
        steps=2,
    )


@pytest.fixture(scope="module")
def outcome(plan: FactsPlan) -> Outcome:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(room, "LmExportSettings", LOOSE)
        return run(plan, lambda _: None)


def test_a_trial_writes_a_model_with_its_threshold_and_card(plan: FactsPlan, outcome: Outcome) -> None:
    assert {path.name for path in plan.target.iterdir()} == FILES
    assert ClosedBook.open(plan.target).answers(["How heavy is the Corrie tent?"])
    card = (plan.target / f"{FACTS}.md").read_text()
    assert "| refusal recall |" in card
    assert "source: tiny" in card
    assert plan.command in card
    assert "Prices and stock were never taught" in card


def test_the_table_has_counts_and_intervals(outcome: Outcome) -> None:
    table = "\n".join(outcome.notes)
    assert outcome.notes[0].split()[-4:] == ["taught", "with", "the", "threshold"]
    for row in ("recall ", "invention", "refusal precision", "refusal recall: made up", "perplexity", "guessing"):
        assert row in table
    assert outcome.notes[1].endswith("] 12")
    assert "as int8, run without torch: recall" in table


def test_before_and_after_are_of_one_examination(outcome: Outcome) -> None:
    assert {"recall", "invention", "perplexity"} <= set(outcome.before) & set(outcome.after)
    assert all(0 <= outcome.after[name] <= 1 for name in outcome.after if name != "perplexity")


def test_a_run_goes_on_without_drawing_samples_again(
    plan: FactsPlan, outcome: Outcome, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(room, "LmExportSettings", LOOSE)
    monkeypatch.setattr(room.Speaker, "samples", None)
    kept = (plan.work / "samples.json").read_bytes()
    run(plan, lambda _: None)
    assert (plan.work / "samples.json").read_bytes() == kept


def test_only_what_recalls_more_is_written(
    plan: FactsPlan, outcome: Outcome, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(room, "LmExportSettings", LOOSE)
    monkeypatch.setattr(room, "teach", lambda *_, **__: None)
    same = replace(plan, work=tmp_path / "work", target=tmp_path / "models", steps=None)
    monkeypatch.setattr(room, "_SAMPLES", 1)
    found = run(same, lambda _: None)
    assert not found.promoted
    assert not same.target.exists()
    assert (same.work / "final" / "model.safetensors").is_file()


def test_of_a_model_that_is_not_converted_the_checkpoint_is_written(plan: FactsPlan, tmp_path: Path) -> None:
    other = write_tiny_decoder(tmp_path / "other")
    text = (other / "tokenizer.json").read_text()
    (other / "tokenizer.json").write_text(text.replace("<|user|>", "<|u|>").replace("<|end|>", "</s>"))
    asked = replace(plan, base=other, work=tmp_path / "work", target=tmp_path / "models")
    found = run(asked, lambda _: None)
    assert {"model.safetensors", "tokenizer.json", file_of(FACTS)} <= {
        path.name for path in (asked.target / FACTS).iterdir()
    }
    assert "a checkpoint" in found.notes[-1]


def test_the_model_that_ships_is_where_it_starts(tmp_path: Path) -> None:
    folder = start(tmp_path / "none", tmp_path / "work")
    assert (folder / "model.safetensors").is_file()
    before = (folder / "config.json").stat().st_mtime_ns
    assert start(tmp_path / "none", tmp_path / "work") == folder
    assert (folder / "config.json").stat().st_mtime_ns == before


def test_a_base_that_is_not_there_is_refused(plan: FactsPlan, tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="none"):
        run(replace(plan, base=tmp_path / "none", work=tmp_path / "work"), lambda _: None)
