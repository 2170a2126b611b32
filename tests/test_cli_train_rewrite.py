"""`train rewrite`: flags, file of options, what is refused before anything is trained, and a trial from end to end."""

from __future__ import annotations

from functools import partial
from importlib.util import find_spec
from pathlib import Path

import orjson
import pytest
from typer.testing import CliRunner

from shopwright import cli, cli_train
from shopwright.errors import ConfigError, MissingExtraError
from train.rewrite.shelf_of_five import PRODUCTS

TRAINS = all(map(find_spec, ("torch", "transformers", "onnx")))


@pytest.fixture
def home(tmp_path: Path) -> Path:
    feed = tmp_path / "feed.jsonl"
    rows = [{"id": each.id, "title": each.title, "brand": each.brand} for each in PRODUCTS]
    feed.write_bytes(b"\n".join(map(orjson.dumps, rows)))
    done = CliRunner().invoke(cli.app, ["ingest", str(feed), "--home", str(tmp_path / "home")])
    assert done.exit_code == 0, done.output
    return tmp_path / "home"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--steps", "0"), "--steps 0: expected a number of at least 1"),
        (("--pairs", "63"), "--pairs 63: expected a number of at least 64"),
        (("--queries", "7"), "--queries 7: expected a number of at least 8"),
        (("--seed", "-1"), "--seed -1"),
    ],
)
def test_what_cannot_be_trained_is_refused(words: tuple[str, ...], said: str, tmp_path: Path) -> None:
    error = CliRunner().invoke(cli.app, ["train", "rewrite", *words, "--home", str(tmp_path)]).exception
    assert isinstance(error, ConfigError)
    assert said in str(error)


def test_options_come_from_a_file_and_flags_override_it(tmp_path: Path) -> None:
    file = tmp_path / "own.toml"
    file.write_text(f'home = "{tmp_path.as_posix()}"\nqueries = 5\n')
    error = CliRunner().invoke(cli.app, ["train", "rewrite", "--config", str(file)]).exception
    assert "--queries 5" in str(error)
    error = CliRunner().invoke(cli.app, ["train", "rewrite", "--config", str(file), "--queries", "6"]).exception
    assert "--queries 6" in str(error)


def test_it_has_numbers_of_its_own() -> None:
    settings = cli_train.RewriterTraining()
    assert (settings.pairs, settings.queries, settings.steps) == (130_000, 1_500, None)
    told = CliRunner().invoke(cli.app, ["train", "rewrite", "--help"]).output
    assert all(flag in told for flag in ("--events", "--judgements", "--base", "--work", "--pairs", "--queries"))


@pytest.mark.skipif(TRAINS, reason="the extra 'train' is installed")
def test_without_the_extra_it_says_which_one_is_missing(tmp_path: Path) -> None:
    error = CliRunner().invoke(cli.app, ["train", "rewrite", "--home", str(tmp_path)]).exception
    assert isinstance(error, MissingExtraError)


@pytest.mark.skipif(not TRAINS, reason="training needs the extra 'train'")
def test_a_shop_without_products_is_told_so(tmp_path: Path) -> None:
    error = CliRunner().invoke(cli.app, ["train", "rewrite", "--home", str(tmp_path)]).exception
    assert isinstance(error, ConfigError)
    assert "no products" in str(error)


@pytest.mark.skipif(not TRAINS, reason="training needs the extra 'train'")
@pytest.mark.filterwarnings("ignore")
def test_a_trial_of_two_steps_writes_what_a_shop_can_load(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from shopwright.train import recipe
    from shopwright.train.lm_export import LmExportSettings
    from shopwright.train.rewrite import run
    from train.rewrite.tiny_decoder import write_tiny_decoder

    monkeypatch.setattr(recipe, "packaged_recipe", lambda _: recipe.Recipe({}, [], []))
    loose = partial(LmExportSettings, least_agreement=0.0, most_loss=1.0)
    monkeypatch.setattr(run, "LmExportSettings", loose)
    base = write_tiny_decoder(tmp_path / "base")
    words = ["train", "rewrite", "--steps", "2", "--pairs", "64", "--queries", "8", "--base", str(base)]
    done = CliRunner().invoke(cli.app, [*words, "--home", str(home)])
    assert done.exit_code == 0, done.output
    assert "A trial of 2 steps" in done.output
    written = {path.name for path in (home / "models").iterdir()}
    assert written == {f"rewriter-s-int8.{end}" for end in ("onnx", "tokenizer.json", "md")} | {"rewriter-gate.json"}
    found = CliRunner().invoke(cli.app, ["search", "waterproof boots", "--home", str(home)])
    assert found.exit_code == 0, found.output
    assert "boots" in found.output.lower()
