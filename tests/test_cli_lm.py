"""From two files of text to a model that answers without torch, by the four commands alone."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from typer.testing import CliRunner

from shopwright import cli, cli_lm
from shopwright.errors import ConfigError, CorpusError, MissingExtraError, ShopwrightError
from train.pretrain.foreign import write_texts

SHAPE = [
    "--layers", "2", "--width", "64", "--heads", "4", "--kv-heads", "2", "--head-size", "16", "--ffn", "96",
]  # fmt: skip
STEPS = [
    "--context", "64", "--batch-tokens", "256", "--micro-batch", "2", "--threads", "1", "--precision", "fp32",
    "--warmup", "1", "--eval-tokens", "256",
]  # fmt: skip


def done(*words: object) -> str:
    result = CliRunner().invoke(cli.app, ["train", *map(str, words)])
    assert result.exit_code == 0, f"{result.output}{result.exception!r}"
    return result.output


def failed(*words: object) -> ShopwrightError:
    error = CliRunner().invoke(cli.app, ["train", *map(str, words)]).exception
    assert isinstance(error, ShopwrightError), error
    return error


@pytest.fixture(scope="module")
def texts(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("lm")
    write_texts(folder, "novels", range(60))
    write_texts(folder, "guides", range(100, 180))
    return folder


@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # of the exporter's libraries
def test_from_text_to_a_model_that_answers(texts: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for package in ("torch", "transformers", "onnx", "rensa", "py3langid"):
        pytest.importorskip(package)
    from shopwright.models.language.engine import EmbeddedLanguageModel
    from shopwright.train.pretrain import machine

    monkeypatch.setattr(machine, "matrix_rate", lambda *_: 1e9)
    monkeypatch.chdir(texts)
    sources = ("--domain", "guides.jsonl", "--general", "novels.jsonl")
    assert "tokens in corpus" in done("corpus", "--out", "corpus", *sources, "--vocabulary", 900)
    assert Path("corpus/datasheet.html").is_file()

    config = Path("tiny.toml")
    config.write_text("minutes = 90.0\nseed = 2\n")
    pretrain = ("pretrain", "--corpus", "corpus", "--config", config)
    general = done(*pretrain, "--out", "general", *SHAPE, *STEPS, "--steps", 2, "--replay", 1)
    assert "step 2: held-out bits per byte general" in general
    done(*pretrain, "--out", "model", "--base", "general", *STEPS, "--steps", 2)
    assert json.loads(Path("model/recipe.json").read_text())["minutes"] is None

    measured = ("frontier", "--corpus", "corpus", "--base", "general", "--trained", "model", "--tokens", 1024)
    told = done(*measured, "--way", "linear", "--share", 0.5, "--out", "merged")
    assert told.count("linear") == 9
    assert Path("frontier.svg").read_text().startswith("<svg")
    assert Path("merged/model.safetensors").is_file()

    for checkpoint in ("model", "merged"):
        told = done(
            "lm", "--checkpoint", checkpoint, "--corpus", "corpus", "--out", "models", "--name", f"lm-{checkpoint}"
        )
        assert "bits_per_byte" in told
        model = EmbeddedLanguageModel(f"lm-{checkpoint}", Path("models"))
        assert model.generate(["The lamp"], max_tokens=8)[0].tokens
    cards = {name: Path(f"models/lm-{name}.md").read_text() for name in ("model", "merged")}
    assert all("guides (domain" in card and "source: general" in card for card in cards.values())
    assert "merged=linear, share=0.5" in cards["merged"]


def test_without_the_extra_the_remedy_is_named(texts: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cli_lm, "find_spec", lambda _: None)
    for words in (
        ("corpus", "--out", texts / "c", "--domain", texts),
        ("pretrain", "--out", texts / "o", "--corpus", texts, "--steps", 1),
        ("frontier", "--corpus", texts, "--base", "b", "--trained", texts),
        ("lm", "--corpus", texts, "--checkpoint", texts),
    ):
        error = failed(*words)
        assert isinstance(error, MissingExtraError)
        assert "pip install 'shopwright[" in str(error)


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("corpus",), "--out is missing"),
        (("corpus", "--out", "c", "--end-token", "</s>"), "--end-token '</s>' needs --tokenizer"),
        (("corpus", "--out", "c", "--tokenizer", "gone.json"), "--tokenizer gone.json: there is no such file"),
        (("corpus", "--out", "c", "--threshold", "0"), "--threshold 0.0: a Jaccard similarity"),
        (("corpus", "--out", "c", "--epochs", "0"), "--epochs 0.0: above 0"),
        (("pretrain", "--out", "o", "--corpus", "c"), "no budget"),
        (("pretrain", "--config", "cpu-smal"), "cpu-small"),
        (("frontier", "--corpus", "c", "--base", "b", "--trained", "t", "--share", "1.5"), "--share 1.5"),
    ],
)
def test_what_cannot_work_is_named(words: tuple[str, ...], told: str) -> None:
    error = failed(*words)
    assert isinstance(error, ConfigError)
    assert told in str(error)


def test_a_folder_that_is_no_corpus_is_named(tmp_path: Path) -> None:
    pytest.importorskip("torch")
    pytest.importorskip("transformers")
    assert isinstance(failed("pretrain", "--corpus", tmp_path, "--out", tmp_path / "o", "--steps", 1), CorpusError)


def test_of_several_processes_one_prints(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    line = "a long line [of a path] " * 20
    monkeypatch.setattr(cli_lm.console, "width", 40)
    for rank in ("0", "1"):
        monkeypatch.setitem(os.environ, "RANK", rank)
        cli_lm._say(line)
    assert capsys.readouterr().out == line + "\n"
