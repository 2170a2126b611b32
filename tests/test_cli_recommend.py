"""`shopwright recommend`: what it prints, and as JSON."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from shopwright import cli, cli_recommend
from shopwright.errors import NotFoundError


@pytest.fixture(autouse=True)
def home(tea_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cli_recommend.console, "width", 200)
    monkeypatch.setenv("SHOPWRIGHT_HOME", str(tea_home))


def run(*words: str) -> Result:
    return CliRunner().invoke(cli.app, ["recommend", *words])


def test_a_page_is_told_with_prices_and_reasons() -> None:
    result = run("--product", "POT-01", "--limit", "4", "--explain")
    assert result.exit_code == 0, result.output
    lines = result.output.splitlines()
    assert lines[0].split() == ["Product", "Price", "As", "Why"]
    assert any("Glass teapot 1.2 l" in line and "€32.00" in line and "In place of" in line for line in lines)
    assert "[POT-02]" in result.output


def test_nothing_known_is_said() -> None:
    result = run("--limit", "3", "--adventure", "0")
    assert (result.exit_code, "Nothing is known of this shopper" in result.output) == (0, True)


def test_as_json() -> None:
    result = run("--seen", "POT-01", "--seen", "nothing", "--json")
    found = json.loads(result.output)
    assert (found["place"], found["adventure"], found["policy"]) == ("home", 0.5, "default")
    assert {"id", "title", "price", "reason", "source"} <= {*found["items"][0]}
    assert "chain" not in found["items"][0]
    assert found["notes"] == ["1 of the named products are not in this shop, or not any more."]


def test_a_product_that_is_not_there() -> None:
    assert isinstance(run("--product", "nothing").exception, NotFoundError)
