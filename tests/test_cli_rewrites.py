"""`shopwright rewrites`: what it prints, and what it says when something is wrong."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from shopwright import cli, cli_rewrites
from shopwright.assistant.accepted import record, recorded
from shopwright.errors import ConfigError, ModelError, RetryableModelError
from shopwright.models import endpoint
from shopwright.models.scripted import ScriptedModel

MODEL = "http://localhost:1/v1#small"


@pytest.fixture(autouse=True)
def wide(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cli_rewrites.console, "width", 200)


def run(*words: object) -> Result:
    return CliRunner().invoke(cli.app, ["rewrites", *map(str, words)])


def done(*words: object) -> str:
    result = run(*words)
    assert result.exit_code == 0, f"{result.output}{result.exception!r}"
    return result.output


def answers(monkeypatch: pytest.MonkeyPatch, *scripted: str | Exception) -> None:
    class Endpoint(ScriptedModel):
        def __init__(self, _: object) -> None:
            super().__init__(scripted)

        def close(self) -> None:
            """As a real one."""

    monkeypatch.setattr(endpoint, "EndpointModel", Endpoint)


def says(*rewrites: str) -> str:
    return json.dumps({"rewrites": [{"text": text, "kind": "synonym", "confidence": 0.9} for text in rewrites]})


def test_collect_show_and_list(own_home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    answers(monkeypatch, says("teapot"))
    queries = tmp_path / "queries.txt"
    queries.write_text("samovar\n")
    told = done("collect", "--model", MODEL, "--home", own_home, "--queries", queries)
    assert "samovar > teapot: " in told
    assert "1 queries asked, 0 had rewrites already; " in told
    record(own_home, "samovar", ["teapot"])
    shown = done("show", "Samovar", "--home", own_home)
    assert "teapot" in shown
    assert "accepted" in shown
    assert "searched as it stands" in done("show", "green tea", "--home", own_home)
    listed = done("list", "--home", own_home)
    assert "samovar: teapot" in listed
    assert "1 queries with accepted rewrites" in listed


def test_an_empty_log_needs_no_endpoint(own_home: Path) -> None:
    assert "No doubtful queries in the log of 30 days" in done("collect", "--model", MODEL, "--home", own_home)


def test_what_is_wrong_is_said(own_home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert isinstance(run("collect", "--model", "nonsense", "--home", own_home).exception, ConfigError)
    missing = run("collect", "--model", MODEL, "--home", own_home, "--queries", tmp_path / "none")
    assert isinstance(missing.exception, ConfigError)
    answers(monkeypatch, RetryableModelError("http://localhost:1/v1: ConnectError"))
    (tmp_path / "queries.txt").write_text("samovar\n")
    lost = run("collect", "--model", MODEL, "--home", own_home, "--queries", tmp_path / "queries.txt")
    assert isinstance(lost.exception, ModelError)
    assert "run the same again" in str(lost.exception)
    assert recorded(own_home) == {}
