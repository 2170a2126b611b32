"""`shopwright events`: a log brought in, what is kept shown, and what is said when something is wrong."""

from __future__ import annotations

import json
import time
from contextlib import closing
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from shopwright import cli, cli_events
from shopwright.catalog.store import Store
from shopwright.errors import ConfigError

HOUR = int(time.time()) - 3_600


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(cli_events.console, "width", 200)
    with closing(Store.open(tmp_path / "store.db")):
        pass
    return tmp_path


def run(home: Path, *words: str) -> Result:
    return CliRunner().invoke(cli.app, ["events", *words, "--home", str(home)])


def log_of(home: Path) -> str:
    rows = (f"view;{HOUR};v;[b]coat[/b]", f"cart;{HOUR + 9};v;[b]coat[/b]", f"scroll;{HOUR};v;", "view;never;v;hat")
    (path := home / "log.csv").write_text("was;wann;wer;ding\n" + "\n".join(rows) + "\n")
    return str(path)


COLUMNS = [word for pair in ("was=name", "wann=time", "wer=shopper", "ding=items") for word in ("--column", pair)]


def test_a_log_is_brought_in_and_shown(home: Path) -> None:
    said = run(home, "import", log_of(home), *COLUMNS)
    assert said.exit_code == 0, said.output
    assert "log.csv: table, 4 lines" in said.stdout
    assert "2 stored, 0 there already, 1 refused, 1 left out, 0 out of order, 2 with a product" in said.stdout
    assert "no time, line 5: time 'never'" in said.stdout
    shown = run(home, "show").stdout
    assert "2 events of 1 sessions from 20" in shown
    assert "[b]coat[/b]" in shown  # as it stands
    assert "0 decisions of the assistant, 0 with their outcome" in shown


def test_both_speak_json(home: Path) -> None:
    assert json.loads(run(home, "import", log_of(home), *COLUMNS, "--json").stdout)["refused"] == {"no time": 1}
    kept = json.loads(run(home, "show", "--json").stdout)
    assert (kept["names"], kept["sessions"], kept["decisions"]) == ({"view_item": 1, "add_to_cart": 1}, 1, 0)


def test_an_empty_shop_says_what_to_do(home: Path) -> None:
    assert "shopwright events import FILE" in run(home, "show").stdout


def test_mistakes_are_named(home: Path) -> None:
    for words, said in (
        (["import", log_of(home), "--column", "was"], "give SOURCE=FIELD"),
        (["import", log_of(home)], "no column says"),
        (["import", log_of(home), "--format", "matomo"], "give one of"),
    ):
        result = run(home, *words)
        assert isinstance(result.exception, ConfigError)
        assert said in str(result.exception)
    assert isinstance(run(home / "nowhere", "show").exception, ConfigError)
    (home / "shop.toml").write_text("events_days = 0\n")
    assert "events_days is 0" in str(run(home, "import", log_of(home), *COLUMNS).exception)


def test_simulated_visits_can_be_brought_in(own_home: Path, tmp_path: Path) -> None:
    file = str(tmp_path / "visits.jsonl")
    assert "of 40 simulated visits" in run(own_home, "simulate", file, "--visits", "40").stdout
    report = json.loads(run(own_home, "import", file, "--json").stdout)
    assert report["stored"] > 40
    assert report["unknown"] == 0
    wrong = run(own_home, "simulate", file, "--visits", "0")
    assert isinstance(wrong.exception, ConfigError)
    assert "--visits 0" in str(wrong.exception)
