"""`shopwright train reward`: what it prints, what it writes, and what it says when something is wrong."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from shopwright import cli, cli_align
from shopwright.errors import ConfigError, CorpusError, MissingExtraError
from shopwright.models.reward import RewardModel
from train.align.policy.tiny_policy import write_tiny_policy

WORDS = ("dull", "fair", "superb")


def run(*words: object) -> Result:
    return CliRunner().invoke(cli.app, ["train", "reward", *map(str, words)])


def written(folder: Path, prompts: int = 24) -> Path:
    """Made comparisons without labels of single objectives: the later the word among `WORDS`, the better."""
    place = folder / "reward/alpaca_eval"
    place.mkdir(parents=True)
    asked = [{"id": f"p{prompt}", "text": f"Question number {prompt} about tents?"} for prompt in range(prompts)]
    answers = [
        {"id": f"{one['id']}-{word}", "prompt": one["id"], "model": word, "text": f"A {word} tent, I would say."}
        for one in asked
        for word in WORDS
    ]
    said = [f"{one['prompt']}\tb\t{one['id']}\t{WORDS.index(one['model']) / 2}\tv2" for one in answers]
    (place / "prompts.jsonl").write_text("\n".join(map(json.dumps, asked)))
    (place / "responses.jsonl").write_text("\n".join(map(json.dumps, answers)))
    (place / "preferences.tsv").write_text("\n".join(said))
    return folder


def test_two_passes_write_a_model_that_a_second_training_must_beat(tmp_path: Path) -> None:
    pytest.importorskip("torch", reason="trains a small network")
    words = ("--data", written(tmp_path), "--target", tmp_path / "out", "--passes", 2, "--seed", 3)
    first = run(*words)
    assert first.exit_code == 0, f"{first.output}{first.exception!r}"
    assert "fold 5" in first.output
    assert "pair_accuracy" in first.output
    model = RewardModel(folder=tmp_path / "out")
    assert len(model.trained_prompts) == 24
    card = (tmp_path / "out/reward-s.md").read_text()
    assert "passes=2" in card
    assert "24 groups of 24 prompts" in card
    assert not (tmp_path / "out/reward-aspects.json").exists()
    assert "what runs now stays" in run(*words).output


def test_two_steps_on_the_body_of_a_language_model(tmp_path: Path) -> None:
    pytest.importorskip("torch", reason="trains a small network")
    pytest.importorskip("transformers")
    out = tmp_path / "out"
    base = write_tiny_policy(tmp_path / "base")
    words = ("--data", written(tmp_path), "--base", base, "--out", out, "--steps", 2)
    said = run(*words)
    assert said.exit_code == 0, f"{said.output}{said.exception!r}"
    assert "pair_accuracy:shipped" in said.output
    card = json.loads((out / "model/reward.json").read_text())
    assert card["pairs"] == 6
    assert set(card["results"]) == {"pair_accuracy", "pair_accuracy:shipped", "pair_accuracy:length"}


def test_what_is_missing_or_wrong_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for words, said in (((), "--data is missing"), (("--data", tmp_path, "--passes", 0), "--passes 0")):
        error = run(*words).exception
        assert isinstance(error, ConfigError)
        assert said in str(error)
    monkeypatch.setattr(cli_align, "find_spec", lambda _: None)
    assert isinstance(run("--data", tmp_path).exception, MissingExtraError)


def test_a_folder_without_comparisons_is_refused(tmp_path: Path) -> None:
    pytest.importorskip("torch", reason="the training reads the folder")
    error = run("--data", tmp_path, "--target", tmp_path).exception
    assert isinstance(error, CorpusError)
    assert "prompts.jsonl" in str(error)
