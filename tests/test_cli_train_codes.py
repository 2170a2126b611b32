"""`shopwright train codes` at the command line: what it needs, before anything is learned."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from shopwright import cli, cli_recommend_train
from shopwright.errors import ConfigError, CorpusError, MissingExtraError


def test_without_torch_it_says_what_to_install(own_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cli_recommend_train, "find_spec", lambda _name: None)
    result = CliRunner().invoke(cli.app, ["train", "codes", "--home", str(own_home)])
    assert isinstance(result.exception, MissingExtraError)
    assert "shopwright[train]" in str(result.exception)


def test_options_are_checked_before_a_shop_is_opened() -> None:
    result = CliRunner().invoke(cli.app, ["train", "codes", "--held", "0.9"])
    assert isinstance(result.exception, ConfigError)
    assert "--held 0.9" in str(result.exception)


@pytest.mark.filterwarnings("ignore")
def test_a_shop_and_its_visits_are_needed(own_home: Path, tmp_path: Path) -> None:
    pytest.importorskip("torch", reason="training needs the extra 'train'")
    pytest.importorskip("transformers")
    result = CliRunner().invoke(cli.app, ["train", "codes", "--home", str(tmp_path / "none")])
    assert isinstance(result.exception, ConfigError)
    result = CliRunner().invoke(cli.app, ["train", "codes", "--home", str(own_home)])
    assert isinstance(result.exception, CorpusError)
    assert "200 are needed" in str(result.exception)
