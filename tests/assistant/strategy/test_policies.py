from __future__ import annotations

import random
from collections import Counter
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from shopwright.assistant.strategy.policies import Curious, Exploring, Forced, Learned, RulePolicy, policies_file
from shopwright.assistant.strategy.situation import Situation
from shopwright.errors import ConfigError
from shopwright.models.kept_file import KeptFile
from shopwright.skills.intent.arms import FILE, KeptArms
from shopwright.skills.intent.linear_policy import LinearPolicy
from shopwright.skills.intent.policies import Policies
from shopwright.types import Decision, Strategy

RULES = Decision(Strategy.SEARCH, policy="rules-1", reason="a kind of thing")
OPEN = Situation({}, (Strategy.SEARCH, Strategy.ASK, Strategy.RECOMMEND, Strategy.BROWSE), RULES)
CLOSED = Situation({}, (Strategy.SEARCH,), RULES)


def test_the_rules_are_certain() -> None:
    assert RulePolicy().decide(OPEN) == RULES


def test_a_forced_strategy_is_taken_where_it_is_possible() -> None:
    assert Forced(Strategy.ASK).decide(OPEN).strategy is Strategy.ASK
    assert Forced(Strategy.ASK).decide(CLOSED) == RULES


def test_the_propensities_of_exploring_are_those_it_draws_by() -> None:
    policy, times = Exploring(RulePolicy(), 0.4, random.Random(0)), Counter[Strategy]()
    chance: dict[Strategy, float] = {}
    for _ in range(20_000):
        decision = policy.decide(OPEN)
        times[decision.strategy] += 1
        chance[decision.strategy] = decision.propensity
    assert sum(chance.values()) == pytest.approx(1.0)
    assert chance[Strategy.SEARCH] == pytest.approx(0.7)
    for strategy, count in times.items():
        assert count / 20_000 == pytest.approx(chance[strategy], abs=0.015)


def test_where_one_thing_is_possible_nothing_is_tried() -> None:
    assert Exploring(RulePolicy(), 1.0, random.Random(0)).decide(CLOSED) == RULES


def test_a_log_says_whose_decision_it_was() -> None:
    decision = Exploring(RulePolicy(), 1.0, random.Random(3)).decide(OPEN)
    assert decision.policy == "rules-1+1"
    assert decision.propensity == pytest.approx(0.25)


@pytest.mark.parametrize("share", [-0.1, 1.5])
def test_a_share_outside_of_0_to_1_is_refused(share: float) -> None:
    with pytest.raises(ConfigError, match="give 0"):
        Exploring(RulePolicy(), share)


def kept(folder: Path, *, running: str | None = None, candidate: str | None = None, share: float = 0.0) -> Path:
    """A state in which one policy, which always asks where it can, decides the conversations it is given."""
    weights = np.array([[0.0, 50.0], [0.0, 0.0]])
    LinearPolicy("asks-1", ("ask", "search"), ("need:words",), np.zeros(1), np.ones(1), weights).write(
        folder / "asks.json"
    )
    Policies(running, candidate, share).write(folder / "intent.json")
    return folder / "intent.json"


def test_without_a_file_the_other_policy_decides(tmp_path: Path) -> None:
    assert Learned(policies_file(tmp_path / "intent.json"), RulePolicy()).decide(OPEN) == RULES


def test_a_learned_policy_decides_among_what_is_possible(tmp_path: Path) -> None:
    policy = Learned(policies_file(kept(tmp_path, running="asks.json")), RulePolicy())
    decision = policy.decide(OPEN)
    assert (decision.strategy, decision.policy) == (Strategy.ASK, "asks-1")
    assert decision.propensity == pytest.approx(1.0)
    assert policy.decide(CLOSED) == RULES
    answers = Situation({}, (Strategy.ANSWER, Strategy.BROWSE), RULES)
    assert policy.decide(answers) == RULES  # it knows neither


def test_a_canary_decides_its_share_of_the_conversations(tmp_path: Path) -> None:
    policy = Learned(policies_file(kept(tmp_path, candidate="asks.json", share=0.3)), RulePolicy())
    tried = [policy.decide(replace(OPEN, session_id=f"s{place}")).policy == "asks-1" for place in range(2000)]
    assert sum(tried) / len(tried) == pytest.approx(0.3, abs=0.04)


def test_a_change_of_the_file_counts_at_once_and_a_broken_one_changes_nothing(tmp_path: Path) -> None:
    file = policies_file(kept(tmp_path, running="asks.json"))
    policy = Learned(file, RulePolicy())
    assert policy.decide(OPEN).policy == "asks-1"
    file.path.write_text("{", encoding="utf-8")
    assert policy.decide(OPEN).policy == "asks-1"
    file.path.unlink()
    assert policy.decide(OPEN) == RULES


def curious(folder: Path, budget: int, share: float = 0.5) -> Curious:
    """Explores by arms that are sure that asking earns 1 and anything else nothing."""
    policy = LinearPolicy("p", ("ask", "recommend", "search"), ("doubt",), np.zeros(1), np.ones(1), np.zeros((3, 2)))
    actions = np.arange(3000) % 3
    KeptArms.learned(policy, np.zeros((3000, 1)), actions, (actions == 0).astype(np.float64)).save(folder / FILE)
    arms: KeptFile[KeptArms | None] = KeptFile(folder / FILE, KeptArms.load, None)
    return Curious(Exploring(RulePolicy(), share), arms, "thompson", budget, np.random.default_rng(0))


def test_what_may_well_earn_most_is_tried_in_a_share_of_the_turns(tmp_path: Path) -> None:
    policy = curious(tmp_path, budget=10_000)
    made = [policy.decide(OPEN) for _ in range(600)]
    asked = [decision for decision in made if decision.strategy is Strategy.ASK]
    assert len(asked) / len(made) == pytest.approx(0.5, abs=0.07)
    assert {round(decision.propensity, 2) for decision in asked} == {0.5}
    assert {decision.strategy for decision in made} == {Strategy.ASK, Strategy.SEARCH}
    assert asked[0].policy == "rules-1+0.5 thompson"


def test_a_budget_ends_the_trying(tmp_path: Path) -> None:
    policy = curious(tmp_path, budget=5)
    made = [policy.decide(OPEN) for _ in range(200)]
    assert sum(decision.strategy is Strategy.ASK for decision in made) == 5
    assert made[-1].propensity == 1.0


def test_as_long_as_nothing_is_known_each_is_tried_as_often(tmp_path: Path) -> None:
    arms: KeptFile[KeptArms | None] = KeptFile(tmp_path / FILE, KeptArms.load, None)
    policy = Curious(Exploring(RulePolicy(), 1.0, random.Random(0)), arms, "linucb", 100)
    assert {policy.decide(OPEN).strategy for _ in range(200)} == set(OPEN.possible)
