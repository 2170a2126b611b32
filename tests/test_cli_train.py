"""`train encoder | reranker | fusion`: flags, file of options, and what is refused before anything is trained."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from shopwright import cli, cli_train
from shopwright.errors import ConfigError


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("encoder", "--steps", "0"), "--steps 0: expected a number of at least 1"),
        (("encoder", "--passes", "-0.5"), "--passes -0.5"),
        (("reranker", "--passes", "nan"), "--passes nan"),
        (("reranker", "--seed", "-1"), "--seed -1"),
        (("fusion", "--tries", "19"), "--tries 19: expected a number of at least 20"),
        (("fusion",), "--data is missing"),
    ],
)
def test_what_cannot_be_trained_is_refused(words: tuple[str, ...], said: str, tmp_path: Path) -> None:
    error = CliRunner().invoke(cli.app, ["train", *words, "--home", str(tmp_path)]).exception
    assert isinstance(error, ConfigError)
    assert said in str(error)


def test_options_come_from_a_file_and_flags_override_it(tmp_path: Path) -> None:
    file = tmp_path / "own.toml"
    file.write_text(f'home = "{tmp_path.as_posix()}"\ntries = 5\n')
    error = CliRunner().invoke(cli.app, ["train", "fusion", "--config", str(file)]).exception
    assert "--tries 5" in str(error)
    error = CliRunner().invoke(cli.app, ["train", "fusion", "--config", str(file), "--tries", "20"]).exception
    assert "--data is missing" in str(error)


def test_each_model_has_its_own_number_of_passes() -> None:
    assert (cli_train.EncoderTraining().passes, cli_train.RerankerTraining().passes) == (0.8, 1.6)
