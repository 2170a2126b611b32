"""From a file to a judged, written and offered policy, over the made world of the throughput bench."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from shopwright.bench.intent_throughput import World
from shopwright.catalog.events.decisions import Decisions, Outcome
from shopwright.config import Home
from shopwright.errors import ConfigError, CorpusError
from shopwright.skills.intent.linear_policy import LinearPolicy
from shopwright.skills.intent.policies import Policies
from shopwright.train.intent.command import run
from shopwright.train.intent.reading import read_file
from shopwright.train.intent.report import render
from shopwright.train.intent.run import Training, TrainingPlan, train

N = 12_000


@pytest.fixture(scope="module")
def log(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("intent") / "log.jsonl"
    World.made().write(path, N)
    return path


@pytest.fixture(scope="module")
def training(log: Path) -> Training:
    return train(read_file(log), TrainingPlan())


def changed(log: Path, to: Path, change: Callable[[dict[str, Any], int], dict[str, Any] | None]) -> Path:
    """The log with every record changed, or left out."""
    rows = (change(json.loads(line), place) for place, line in enumerate(log.read_text().splitlines()))
    path = to / "changed.jsonl"
    path.write_text("\n".join(json.dumps(row) for row in rows if row is not None))
    return path


def without_propensity(row: dict[str, Any], _place: int) -> dict[str, Any]:
    return {name: value for name, value in row.items() if name != "propensity"}


def test_a_better_policy_passes_and_is_worth_what_the_gate_says(training: Training) -> None:
    assert training.verdict.promoted
    assert training.against == "the rules"
    assert not training.warnings
    assert training.learned + training.judged == N
    low, high = training.verdict.value.interval(0.99)
    world = World.made()
    features, at = world.situations(5_000, 7), np.arange(5_000)
    strategies = list(training.taken)
    order = ("answer", "search", "ask", "compare", "recommend", "bundle", "browse", "serve", "hand_over")
    rules = world.rules(features)
    columns = {f"f{place}": features[:, place] for place in range(features.shape[1])}
    columns |= {f"rules:{name}": (rules == place) * 1.0 for place, name in enumerate(order)}
    shares = training.policy.probabilities(np.array([columns[name] for name in training.policy.features]).T)
    chances = world.chances(features)
    true = float((shares * chances[:, [order.index(name) for name in training.policy.actions]]).sum(axis=1).mean())
    assert low <= true <= high
    assert true > 1.8 * chances[at, rules].mean()
    assert sorted(strategies) == sorted(order)


def test_the_same_seed_gives_the_same_policy(log: Path, training: Training) -> None:
    again = train(read_file(log), TrainingPlan())
    assert again.policy.name == training.policy.name
    assert again.verdict.gain == training.verdict.gain
    averaged = train(read_file(log), TrainingPlan(seeds=2))
    assert averaged.policy.name != training.policy.name
    assert averaged.verdict.value.value == pytest.approx(training.verdict.value.value, abs=0.03)


def test_a_log_without_propensities_is_warned_about(log: Path, tmp_path: Path) -> None:
    guessed = train(read_file(changed(log, tmp_path, without_propensity)), TrainingPlan())
    assert any("12,000 of 12,000 decisions have no propensity" in line for line in guessed.warnings)
    assert guessed.verdict.value.value == pytest.approx(0.5, abs=0.15)


def test_a_log_of_one_strategy_teaches_nothing(log: Path, tmp_path: Path) -> None:
    def one(row: dict[str, Any], _place: int) -> dict[str, Any]:
        return row | {"strategy": "search", "propensity": 1.0}

    found = train(read_file(changed(log, tmp_path, one)), TrainingPlan())
    assert not found.verdict.promoted
    assert any("a single strategy throughout, search" in line for line in found.warnings)
    assert any("what runs knows strategies that the log never took: ask" in line for line in found.warnings)
    assert any("were certain" in line for line in found.warnings)


def test_rare_and_unknown_strategies_and_silent_rules_are_named(log: Path, tmp_path: Path) -> None:
    def spoiled(row: dict[str, Any], place: int) -> dict[str, Any]:
        if place == 5:
            row["strategy"] = "dance"
        if place in (7, 8):
            row["strategy"] = "decline"
        if place < 4:
            row["features"] = {"f1": 1.0}
        return row

    found = train(read_file(changed(log, tmp_path, spoiled)), TrainingPlan())
    assert any("no strategy 'dance', first in line 6" in line for line in found.told)
    assert any(line.startswith("4 decisions left out: the log does not say what the rules") for line in found.told)
    assert any("decline (2)" in line for line in found.warnings)
    assert "decline" not in found.policy.actions


def test_too_little_or_one_source_is_refused(log: Path, tmp_path: Path) -> None:
    few = changed(log, tmp_path, lambda row, place: row if place < 60 else None)
    with pytest.raises(CorpusError, match="45 decisions are left of 60: 500 or more"):
        train(read_file(few), TrainingPlan())
    same = changed(log, tmp_path, lambda row, place: row | {"source": "s"} if place < 900 else None)
    with pytest.raises(CorpusError, match="all decisions are of one source"):
        train(read_file(same), TrainingPlan())


def test_the_running_policy_is_what_is_compared_with(log: Path, training: Training) -> None:
    again = train(read_file(log), TrainingPlan(), running=training.policy)
    assert again.against == training.policy.name
    assert again.verdict.gain.gain == 0
    assert not again.verdict.promoted, "what is no better than what runs does not pass"
    assert again.verdict.running.value == training.verdict.value.value


def test_drift_is_in_the_report(log: Path, tmp_path: Path) -> None:
    def shifted(row: dict[str, Any], place: int) -> dict[str, Any]:
        if place > 0.8 * N:
            row["features"]["f3"] += 2
            row["reward"] = 1
        return row

    found = train(read_file(changed(log, tmp_path, shifted)), TrainingPlan())
    assert [one.name for one in found.drift.drifted] == ["f3"]
    page = render(found, "Title", "shopwright train intent")
    assert "The mean reward changed from" in page
    assert "f3" in page.split("Did the shop change")[1]


def test_the_report_says_it_in_words(training: Training) -> None:
    page = render(training, "A <title>", "shopwright train intent --seed 0")
    assert "A &lt;title&gt;" in page
    assert f"The policy {training.policy.name} may be tried: it earns more than the rules." in page
    for heading in ("Where it wins", "Where it loses", "Strategies", "rest on", "left out"):
        assert heading in page
    wins = [part for part in training.verdict.parts if part.says == "wins"]
    assert page.count('data-part="') >= min(12, len(wins))
    assert f"worth {training.verdict.support.ess:,.0f}" in page


def test_the_command_writes_and_offers(log: Path, tmp_path: Path) -> None:
    home = Home(tmp_path)
    written = run(home, TrainingPlan(), log=log, say=lambda _: None)
    policies = Policies.load(tmp_path / "policies" / "intent.json")
    assert written.offered
    assert policies.candidate == written.policy.name
    assert LinearPolicy.read(written.policy).name == written.training.policy.name
    assert "passed the gate" in written.card.read_text()
    assert "</html>" in written.report.read_text()
    policies.tried(0.2, 1.0).write(tmp_path / "policies" / "intent.json")
    again = run(home, TrainingPlan(seed=1), log=log, say=lambda _: None)
    assert not again.offered, "another is being tried"
    assert Policies.load(tmp_path / "policies" / "intent.json").candidate == written.policy.name
    aside = run(Home(tmp_path / "other"), TrainingPlan(), log=log, out=tmp_path / "own.json", say=lambda _: None)
    assert (aside.policy, aside.offered) == (tmp_path / "own.json", False)
    assert not (tmp_path / "other").exists()


def test_the_command_names_what_is_missing(log: Path, tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"there is no shop; name its folder with --home, or a file with --log"):
        run(Home(tmp_path), TrainingPlan())
    with pytest.raises(ConfigError, match="does not exist; create it first"):
        run(Home(tmp_path), TrainingPlan(), log=log, out=tmp_path / "none" / "x.json")


def test_the_shops_own_store_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from shopwright.catalog.store import Store
    from shopwright.types import Decision, Strategy

    store = Store(Home(tmp_path).store_url)
    decisions, random = Decisions(store), np.random.default_rng(0)
    for number in range(600):
        strategy = Strategy.ASK if random.random() < 0.5 else Strategy.SEARCH
        features = {"gain": float(random.random()), "rules:search": 1.0}
        decisions.add(f"s{number}", 0, Decision(strategy, 0.5, "rules-1+0.5"), features, at=time.time() - 9_000)
    store.close()
    with pytest.raises(CorpusError, match="600 decisions left out: nothing is known of the visit"):
        run(Home(tmp_path), TrainingPlan(), say=lambda _: None)
    seen = Outcome(looks=1, seen=True)
    monkeypatch.setattr("shopwright.catalog.events.decisions.Outcome", lambda **_: seen)
    written = run(Home(tmp_path), TrainingPlan(), say=lambda _: None)
    assert written.training.learned + written.training.judged == 600
    assert not written.offered
