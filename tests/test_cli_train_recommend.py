"""`shopwright train recommend`, and the dial: `shopwright recommend judge | promote | rollback`."""

from __future__ import annotations

import time
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner, Result

from shopwright import cli, cli_dial
from shopwright.catalog.events.decisions import Decisions
from shopwright.catalog.events.kept import Events
from shopwright.catalog.events.log import EventLog
from shopwright.catalog.events.row import row_of
from shopwright.catalog.store import Store
from shopwright.config import Home
from shopwright.errors import ConfigError, CorpusError

AT = time.time() - 86_400


@pytest.fixture(autouse=True)
def home(own_home: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(cli_dial.console, "width", 160)
    monkeypatch.setenv("SHOPWRIGHT_HOME", str(own_home))
    return own_home


def run(*words: str) -> Result:
    return CliRunner().invoke(cli.app, words)


def test_training_without_visits_says_what_is_needed() -> None:
    result = run("train", "recommend")
    assert isinstance(result.exception, CorpusError)
    assert "200 are needed" in str(result.exception)


def test_training_tells_what_it_found(home: Path) -> None:
    with closing(Store(Home.resolve(home).store_url)) as store:
        ids, random = [product.id for product in store.all_products()], np.random.default_rng(0)
        log = EventLog(Events(store, 90))
        for number in range(260):
            chosen = random.permutation(ids)[:3].tolist()
            at = AT + 60 * number
            log.add([row_of("view_item", f"v{number}", at + place, (item,)) for place, item in enumerate(chosen)], "")
        assert log.flush()
        log.close()
    result = run("train", "recommend", "--passes", "1")
    assert result.exit_code == 0, result.output
    assert "260 visits, 50 of them held out" in result.output
    assert "not passed: recall@10 is not above that of item-kNN for sure" in result.output  # they chose by chance
    assert [path.name for path in (home / "models").iterdir()] == ["recommend-refused.md"]


def try_out(home: Path, better: float) -> None:
    """Simulated trials in which one setting is opened far more often."""
    random = np.random.default_rng(0)
    with closing(Store(Home.resolve(home).store_url)) as store:
        decisions, log = Decisions(store), EventLog(Events(store, 90))
        for number in range(600):
            session, at, dial = f"v{number}", AT + number, (0.2, 0.5, 0.8)[number % 3]
            decisions.add_named(session, -1, f"recommend:{dial:g}", 1 / 3, "default+1", {"said": 0.0}, at)
            rows = [row_of("view_item_list", session, at, ("POT-01",), fields={"item_list_id": "recommendations"})]
            if random.random() < (0.7 if dial == better else 0.1):
                rows.append(row_of("purchase", session, at + 9, ("POT-01",), value=9.0, currency="EUR"))
            log.add(rows, session)
        assert log.flush()
        log.close()


def test_the_dial_is_judged_promoted_and_taken_back(home: Path) -> None:
    assert isinstance(run("recommend", "judge").exception, CorpusError)
    assert isinstance(run("recommend", "rollback").exception, ConfigError)
    try_out(home, 0.8)
    result = run("recommend", "judge")
    assert result.exit_code == 0, result.output
    lines = result.output.splitlines()
    assert lines[0] == "600 trials, of 600 of them the page said what it showed"
    assert [line.split()[0] for line in lines[2:5]] == ["0.2", "0.5", "0.8"]
    assert lines[-2:] == ["0.2 may not be promoted: its gain is not sure", "0.8 may be promoted"]
    assert run("recommend", "promote").output.endswith("the dial stands at 0.8; before at 0.5\n")
    assert "0.8 stays" in run("recommend", "promote").output
    assert '"adventure": 0.8' in run("recommend", "--json").output
    assert "turned to 0.8, gain" in run("recommend", "judge").output
    assert run("recommend", "rollback").output == "the dial stands at 0.5 again\n"


def test_the_dial_can_be_turned_by_hand(home: Path) -> None:
    assert run("recommend", "promote", "--adventure", "0.45", "--why", "a sale").exit_code == 0
    assert "a sale" in (home / "policies" / "recommend.json").read_text()
    assert isinstance(run("recommend", "promote", "--adventure", "3").exception, ConfigError)
    assert isinstance(run("recommend", "judge", "--level", "2").exception, ConfigError)
