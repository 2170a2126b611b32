"""`train verify`: flags, file of options, what is refused before anything is trained, and a trial from end to end."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

import pytest
from typer.testing import CliRunner

from shopwright import cli, cli_train
from shopwright.errors import ConfigError, MissingExtraError
from train.verify.made import row, write_lines, write_sets

TRAINS = all(map(find_spec, ("torch", "transformers", "onnx")))


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--steps", "0"), "--steps 0: expected a number of at least 1"),
        (("--seed", "-1"), "--seed -1"),
        ((), "--data is missing: name a file of documents, or --sets"),
    ],
)
def test_what_cannot_be_trained_is_refused(words: tuple[str, ...], said: str, tmp_path: Path) -> None:
    error = CliRunner().invoke(cli.app, ["train", "verify", *words, "--home", str(tmp_path)]).exception
    assert isinstance(error, ConfigError)
    assert said in str(error)


def test_options_come_from_a_file_and_flags_override_it(tmp_path: Path) -> None:
    file = tmp_path / "own.toml"
    file.write_text(f'home = "{tmp_path.as_posix()}"\nsteps = -5\n')
    error = CliRunner().invoke(cli.app, ["train", "verify", "--config", str(file)]).exception
    assert "--steps -5" in str(error)
    error = CliRunner().invoke(cli.app, ["train", "verify", "--config", str(file), "--steps", "-6"]).exception
    assert "--steps -6" in str(error)


def test_its_flags_are_told() -> None:
    settings = cli_train.JudgeTraining()
    assert (settings.seed, settings.steps, settings.data, settings.sets) == (0, None, None, None)
    told = CliRunner().invoke(cli.app, ["train", "verify", "--help"]).output
    assert all(
        flag in told for flag in ("--home", "--data", "--sets", "--base", "--work", "--out", "--seed", "--steps")
    )


@pytest.mark.skipif(TRAINS, reason="the extra 'train' is installed")
def test_without_the_extra_it_says_which_one_is_missing(tmp_path: Path) -> None:
    words = ["train", "verify", "--home", str(tmp_path), "--data", str(tmp_path / "own.jsonl")]
    assert isinstance(CliRunner().invoke(cli.app, words).exception, MissingExtraError)


@pytest.mark.skipif(not TRAINS, reason="training needs the extra 'train'")
def test_documents_and_sets_that_cannot_be_read_are_named(tmp_path: Path) -> None:
    own = tmp_path / "own.jsonl"
    words = ["train", "verify", "--home", str(tmp_path), "--data", str(own)]
    assert "there is no such file" in str(CliRunner().invoke(cli.app, words).exception)
    own.write_text('{"id": "a"}\n')
    assert "own.jsonl, line 1: KeyError('kind')" in str(CliRunner().invoke(cli.app, words).exception)
    words = ["train", "verify", "--home", str(tmp_path), "--sets", str(tmp_path / "none")]
    error = CliRunner().invoke(cli.app, words).exception
    assert isinstance(error, ConfigError)
    assert "--sets" in str(error)


@pytest.mark.skipif(not TRAINS, reason="training needs the extra 'train'")
@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("public", [False, True], ids=["own documents", "own and public sets"])
def test_a_trial_of_two_steps_writes_what_a_shop_can_load(
    public: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from shopwright.models.judge import DEFAULT_JUDGE, EmbeddedJudge
    from shopwright.skills.verify.calibrated import read_calibrated
    from shopwright.skills.verify.verifier import Verifier
    from shopwright.train import export
    from shopwright.train.verify import run
    from train.tiny import write_tiny_body

    monkeypatch.setattr(run, "documents", lambda: iter(()))
    monkeypatch.setattr(export, "_LEAST_ORDER", -1.0)
    own = write_lines(tmp_path / "own.jsonl", [row(place) for place in range(30)])
    base, home = write_tiny_body(tmp_path / "body"), tmp_path / "home"
    words = ["train", "verify", "--home", str(home), "--data", str(own), "--base", str(base), "--steps", "2"]
    if public:
        words += ["--sets", str(write_sets(tmp_path / "sets"))]
    done = CliRunner().invoke(cli.app, words)
    assert done.exit_code == 0, (done.output, done.exception)
    assert "A trial of 2 steps" in done.output or "Better" in done.output
    assert "supported_auroc" in done.output
    models = home / "models"
    assert {path.name for path in models.iterdir()} == {
        f"{DEFAULT_JUDGE}.{end}" for end in ("onnx", "tokenizer.json", "md")
    } | {"verifier.json"}
    card = (models / f"{DEFAULT_JUDGE}.md").read_text()
    assert "a merchant's own documents" in card
    assert ("SQuAD" in card) is public
    judge = EmbeddedJudge(folder=models)
    assert read_calibrated(models).judge == judge.fingerprint
    (verdict,) = Verifier(judge, folder=models).verify("It weighs 9 kg.", ["It weighs 3 kg."])
    assert verdict.label != "supported"
