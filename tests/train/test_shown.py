"""What whoever trained is shown: both figures, and whether anything was written."""

from __future__ import annotations

from pathlib import Path

import pytest

from shopwright.train.outcome import Outcome
from shopwright.train.shown import print_outcome

TARGET = Path("models")


@pytest.fixture(autouse=True)
def wide(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "160")


def shown(capsys: pytest.CaptureFixture[str], outcome: Outcome, steps: int | None = None) -> str:
    print_outcome(outcome, TARGET, steps)
    return capsys.readouterr().out


def test_both_figures_and_where_it_was_written(capsys: pytest.CaptureFixture[str]) -> None:
    told = shown(capsys, Outcome({"f1": 0.5}, {"f1": 0.61234, "exact": 0.25}, True, ["20 tasks [held]"]))
    rows = [line.split() for line in told.splitlines()]
    assert ["f1", "0.500", "0.612"] in rows
    assert ["exact", "-", "0.250"] in rows  # nothing runs now that could be measured
    assert "20 tasks [held]" in told  # brackets are words, no markup
    assert "written to models; a shop takes it up" in told


def test_what_is_no_better_is_not_written(capsys: pytest.CaptureFixture[str]) -> None:
    told = shown(capsys, Outcome({"f1": 0.5}, {"f1": 0.4}, False))
    assert "Not better: what runs now stays, nothing was written." in told


def test_a_trial_is_called_one(capsys: pytest.CaptureFixture[str]) -> None:
    assert "A trial of 3 steps: written to models without comparing." in shown(capsys, Outcome({}, {}, False), 3)
    assert "Better" in shown(capsys, Outcome({}, {}, True), 3)
