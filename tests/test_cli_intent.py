from __future__ import annotations

import json
import time
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from shopwright.bench.intent_throughput import World
from shopwright.catalog.events.decisions import Decisions, Logged, Outcome
from shopwright.catalog.store import Store
from shopwright.cli import app
from shopwright.config import Home
from shopwright.errors import ConfigError
from shopwright.skills.intent.linear_policy import LinearPolicy
from shopwright.skills.intent.policies import Policies


def call(*words: str | Path) -> str:
    done = CliRunner().invoke(app, [str(word) for word in words], catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return " ".join(done.output.split())


def offered(home: Path) -> Path:
    file = Home(home).policies
    file.parent.mkdir(parents=True)
    policy = LinearPolicy("learned-1", ("ask",), (), np.zeros(0), np.zeros(0), np.zeros((1, 1)))
    policy.write(file.with_name("learned-1.json"))
    Policies().offered("learned-1.json", 1.75e9, "gain +0.2").write(file)
    return file


def test_from_training_to_a_trial(tmp_path: Path) -> None:
    World.made().write(tmp_path / "log.jsonl", 8_000)
    report = tmp_path / "report.html"
    said = call(
        "train", "intent", "--home", tmp_path, "--log", tmp_path / "log.jsonl", "--report", report, "--clip", "80"
    )
    assert "It passed the gate" in said
    assert "effective sample size" in said
    assert report.read_text().startswith("<!doctype html>")
    assert "waits to be tried: learned-" in call("intent", "status", "--home", tmp_path)


def test_a_trial_by_hand(tmp_path: Path) -> None:
    offered(tmp_path)
    assert "runs: the rules waits to be tried: learned-1.json" in call("intent", "status", "--home", tmp_path)
    assert "learned-1.json decides 20%" in call("intent", "canary", "--share", "0.2", "--home", tmp_path)
    assert "tried on 20%" in call("intent", "status", "--home", tmp_path)
    assert "promoted learned-1.json" in call("intent", "promote", "--why", "I say so", "--home", tmp_path)
    assert "I say so" in call("intent", "status", "--home", tmp_path)
    assert "rolled back to the rules" in call("intent", "rollback", "--home", tmp_path)


@pytest.mark.parametrize(("canary", "does"), [(0.4, "promoted learned-1.json"), (0.0, "dropped learned-1.json")])
def test_watching_acts_when_it_is_sure(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, canary: float, does: str
) -> None:
    file, now = offered(tmp_path), time.time()
    Store(Home(tmp_path).store_url).close()
    call("intent", "canary", "--share", "0.3", "--home", tmp_path)
    policies, random = Policies.load(file), np.random.default_rng(0)

    def settled(_self: Decisions, **_: object) -> list[Logged]:
        found = []
        for number in range(2_000):
            session = f"s{number}"
            bought = random.random() < (canary if policies.in_canary(session) else 0.15)
            outcome = Outcome(purchases=int(bought), seen=True)
            name = ("ask", "search")[number % 2]
            found.append(Logged(session, 0, now + 1, name, 1.0, "p", {"gain": 1.0}, outcome))
        return found

    monkeypatch.setattr(Decisions, "read", settled)
    monkeypatch.setattr(time, "time", lambda: now + 3_600)
    looked = call("intent", "watch", "--no-act", "--home", tmp_path)
    assert "interval of the gain" in looked
    assert Policies.load(file).candidate == "learned-1.json"
    assert does in call("intent", "watch", "--home", tmp_path)
    assert Policies.load(file).candidate is None
    assert json.loads(file.read_text())["history"][-1][1] == does


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("train", "intent", "--objective", "guess"), "use dr or ips"),
        (("train", "intent", "--level", "1.5"), "--level 1.5"),
        (("train", "intent", "--clip", "0"), "--clip 0.0"),
        (("intent", "canary"), "make one with shopwright train intent"),
        (("intent", "rollback"), "the rules run alone"),
    ],
)
def test_what_contradicts_is_refused(tmp_path: Path, words: tuple[str, ...], says: str) -> None:
    with pytest.raises(ConfigError, match=says):
        CliRunner().invoke(app, [*words, "--home", str(tmp_path)], catch_exceptions=False)
