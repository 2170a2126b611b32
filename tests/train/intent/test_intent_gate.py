"""The gate over made logs: it lets through what is better, and names what a log cannot tell."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from shopwright.train.intent.decisions import DecisionLog, Floats
from shopwright.train.intent.gating import Part, judge, paired

CHANCES = np.array([[0.2, 0.5], [0.4, 0.3]])
RULES = np.array([[0.9, 0.1], [0.9, 0.1]])


def decided(n: int, seed: int = 0) -> tuple[DecisionLog, Floats, Floats]:
    """A log of the rules with a tenth of the other action; where it was decided, and a model that knows nothing."""
    random = np.random.default_rng(seed)
    place = random.integers(0, 2, n)
    actions = (random.random(n) > 0.9).astype(np.int64)
    rewards = (random.random(n) < CHANCES[place, actions]).astype(np.float64)
    log = DecisionLog(
        place[:, None] * 1.0, actions, rewards, RULES[place, actions], np.arange(n), ("place",), ("ask", "search")
    )
    return log, np.eye(2)[place], np.full((n, 2), 0.3)


def always(n: int, action: int) -> Floats:
    return np.repeat(np.eye(2)[action][None], n, axis=0)


def test_what_is_better_passes_and_its_parts_say_where() -> None:
    log, place, model = decided(6_000)
    better = np.where(place[:, :1] > 0, np.array([[0.0, 1.0]]), np.array([[1.0, 0.0]]))
    verdict = judge(log, log.logged, model, better, always(6_000, 0))
    assert verdict.promoted
    assert verdict.reasons == ()
    assert verdict.gain.gain == pytest.approx(0.15, abs=0.05)
    says = {part.name: part.says for part in verdict.parts}
    assert says["would do: search"] == "wins"
    assert says["would do: ask"] == "open", "there both do the same"


def test_it_says_where_a_policy_loses() -> None:
    log, _, model = decided(20_000)
    verdict = judge(log, log.logged, model, always(20_000, 1), always(20_000, 0))
    says = {part.name: part.says for part in verdict.parts if part.name.startswith("place")}
    assert set(says.values()) == {"wins", "loses"}
    assert all(says[name] == ("wins" if name.split(" ")[1] in "≤<" else "loses") for name in says)


def test_a_policy_without_any_gain_passes_seldom() -> None:
    passed = 0
    for seed in range(200):
        random = np.random.default_rng(seed)
        log, _, model = decided(2_000, seed)
        log = replace(log, rewards=(random.random(2_000) < 0.3).astype(np.float64))
        passed += judge(log, log.logged, model, always(2_000, 1), always(2_000, 0)).promoted
    assert passed / 200 <= 0.05


def test_sessions_make_the_gate_stricter() -> None:
    log, place, model = decided(3_000)
    better = np.where(place[:, :1] > 0, np.array([[0.0, 1.0]]), np.array([[1.0, 0.0]]))
    copied = log.at(np.repeat(np.arange(3_000), 4))
    given = [np.repeat(each, 4, axis=0) for each in (log.logged, model, better, always(3_000, 0))]
    once = judge(log, log.logged, model, better, always(3_000, 0)).gain
    grouped = judge(copied, *given).gain
    assert (grouped.low, grouped.high) == pytest.approx((once.low, once.high))


def test_against_what_made_the_log() -> None:
    log, _, model = decided(4_000)
    verdict = judge(log, log.logged, model, always(4_000, 0), None)
    assert verdict.running.value == pytest.approx(log.rewards.mean())
    assert verdict.running.method == "mean"


def test_each_defect_of_a_log_is_named() -> None:
    log, _, model = decided(2_000)
    search = always(2_000, 1)
    single = log.at(log.actions == 0)
    count = len(single)
    verdict = judge(single, single.logged, model[:count], always(count, 1), always(count, 0))
    assert not verdict.promoted
    said = " ".join(verdict.reasons)
    for reason in ("single action", "effective sample size 0", "100% of its decisions are actions that the log never"):
        assert reason in said
    wrong = judge(log, np.full(2_000, 0.5), model, search, always(2_000, 0))
    assert any("its weights average 0.2" in reason for reason in wrong.reasons)
    assert any("the running policy's weights average 1.8" in reason for reason in wrong.reasons)
    cut = judge(log, log.logged, model, search, always(2_000, 0), clip=2.0)
    assert any("the clip takes 80%" in reason for reason in cut.reasons)


def test_the_difference_of_a_policy_and_itself_is_none() -> None:
    log, _, model = decided(500)
    same = paired(log, log.logged, model, RULES[np.zeros(500, np.int64)], RULES[np.zeros(500, np.int64)])
    assert (same.value, same.error) == (0.0, 0.0)


@pytest.mark.parametrize(
    ("ess", "low", "high", "says"),
    [(500, 0.1, 0.2, "wins"), (500, -0.2, -0.1, "loses"), (500, -0.1, 0.1, "open"), (20, 0.1, 0.2, "no data")],
)
def test_what_a_part_says(ess: float, low: float, high: float, says: str) -> None:
    assert Part("x", 1_000, ess, (low + high) / 2, low, high).says == says
