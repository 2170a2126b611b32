from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from shopwright.errors import ConfigError, ModelError
from shopwright.skills.intent.linear_policy import LinearPolicy
from shopwright.skills.intent.policies import Policies

SESSIONS = [f"s{number}" for number in range(4_000)]


def keep(folder: Path, name: str) -> str:
    policy = LinearPolicy(name, ("ask", "search"), (), np.zeros(0), np.zeros(0), np.zeros((2, 1)))
    policy.write(folder / f"{name}.json")
    return f"{name}.json"


def test_without_a_file_the_rules_run(tmp_path: Path) -> None:
    policies = Policies.load(tmp_path / "intent.json")
    assert policies == Policies()
    assert policies.arm("s1") is None


def test_from_offer_to_rollback(tmp_path: Path) -> None:
    file, first, second = tmp_path / "intent.json", keep(tmp_path, "one"), keep(tmp_path, "two")
    Policies().offered(first, 1.0, "gain +0.1").write(file)
    waiting = Policies.load(file)
    assert all(waiting.arm(session) is None for session in SESSIONS[:50]), "it waits"
    waiting.tried(0.1, 2.0).write(file)
    trying = Policies.load(file)
    arms = [trying.arm(session) for session in SESSIONS]
    assert sum(arm is not None for arm in arms) / len(arms) == pytest.approx(0.1, abs=0.02)
    assert {arm.name for arm in arms if arm} == {"one"}
    assert [trying.in_canary(session) for session in SESSIONS] == [arm is not None for arm in arms], "and stay there"
    trying.promoted(3.0, "better").write(file)
    running = Policies.load(file)
    assert {arm.name for session in SESSIONS[:50] if (arm := running.arm(session))} == {"one"}
    running.offered(second, 4.0, "").tried(0.5, 5.0).promoted(6.0, "").write(file)
    assert Policies.load(file).rolled_back(7.0, "worse").running == first
    dropped = running.offered(second, 4.0, "").tried(0.5, 5.0).rolled_back(6.0, "worse")
    assert (dropped.running, dropped.candidate, dropped.share) == (first, None, 0.0)
    assert [change.done for change in dropped.history[-2:]] == ["trying two.json on 50%", "dropped two.json"]
    assert running.rolled_back(4.0, "").running is None


def test_another_candidate_draws_other_conversations() -> None:
    one = [Policies(candidate="one.json", share=0.3).in_canary(session) for session in SESSIONS]
    two = [Policies(candidate="two.json", share=0.3).in_canary(session) for session in SESSIONS]
    both = sum(a and b for a, b in zip(one, two, strict=True)) / len(SESSIONS)
    assert both == pytest.approx(0.09, abs=0.02)


def test_what_cannot_be_done_says_what_can() -> None:
    with pytest.raises(ConfigError, match="shopwright train intent"):
        Policies().tried(0.1, 0.0)
    with pytest.raises(ConfigError, match=r"--share 0.6: must be above 0 and at most 0.5"):
        Policies(candidate="one.json").tried(0.6, 0.0)
    with pytest.raises(ConfigError, match="no policy is being tried"):
        Policies(candidate="one.json").promoted(0.0, "")
    with pytest.raises(ConfigError, match="the rules run alone"):
        Policies().rolled_back(0.0, "")
    with pytest.raises(ConfigError, match=r"one.json is being tried"):
        Policies(candidate="one.json", share=0.1).offered("two.json", 0.0, "")


@pytest.mark.parametrize(
    "changed", [{"running": "../../etc/passwd"}, {"share": 0.9}, {"share": "x"}, {"history": [[1]]}, {"candidate": 3}]
)
def test_a_broken_file_is_named(tmp_path: Path, changed: dict[str, object]) -> None:
    file = tmp_path / "intent.json"
    Policies().write(file)
    file.write_text(json.dumps(json.loads(file.read_text()) | changed))
    with pytest.raises(ModelError, match=r"intent.json: not the state of a shop's policies"):
        Policies.load(file)


def test_a_policy_that_is_gone_is_named(tmp_path: Path) -> None:
    Policies(running="gone.json").write(tmp_path / "intent.json")
    with pytest.raises(ModelError, match=r"gone.json: not a policy"):
        Policies.load(tmp_path / "intent.json")


def test_the_history_does_not_grow_for_ever(tmp_path: Path) -> None:
    file, policies = tmp_path / "intent.json", Policies()
    for at in range(100):
        policies = replace(policies, candidate=None, share=0.0).offered("one.json", float(at), "")
    replace(policies, candidate=None).write(file)
    assert [change.at for change in Policies.load(file).history] == list(map(float, range(50, 100)))
    assert [path.name for path in tmp_path.iterdir()] == ["intent.json"], "nothing half-written is left"
