from __future__ import annotations

import numpy as np
import pytest

from shopwright.catalog.events.decisions import Logged, Outcome
from shopwright.errors import CorpusError
from shopwright.skills.intent.policies import Policies
from shopwright.train.intent.watching import compared, watch

TRYING = Policies(candidate="learned-1.json", share=0.2, started=1_000.0)
BOUGHT, LEFT = Outcome(purchases=1, seen=True), Outcome(seen=True)
LATER = 1_000.0 + 2 * 86_400


def visits(
    n: int,
    canary: float,
    running: float,
    seed: int = 0,
    *,
    start: float = 1_001.0,
    strategies: int = 3,
    shift: float = 0,
) -> list[Logged]:
    """Visits of two turns, with the chance to buy in each arm."""
    random, found = np.random.default_rng(seed), []
    for number in range(n):
        session = f"{seed}-{start}-{number}"
        drawn = TRYING.in_canary(session)
        outcome = BOUGHT if random.random() < (canary if drawn else running) else LEFT
        for turn in range(2):
            name = ("ask", "search", "answer")[int(random.integers(strategies if drawn else 3))]
            features = {"gain": float(random.normal(shift))}
            found.append(Logged(session, turn, start + number, name, 0.5, "p", features, outcome))
    return found


def test_what_earns_more_is_promoted_and_what_earns_less_is_rolled_back() -> None:
    better = watch(TRYING, visits(4_000, 0.3, 0.1), LATER)
    assert better.says == "promote"
    assert better.low < 0.2 < better.high
    assert better.gain == pytest.approx(0.2, abs=0.05)
    assert better.canary.conversations / 4_000 == pytest.approx(0.2, abs=0.03)
    assert better.canary.decisions == 2 * better.canary.conversations
    worse = watch(TRYING, visits(4_000, 0.1, 0.3), LATER)
    assert worse.says == "roll back"
    assert worse.why.startswith("it earns less")


def test_looking_all_the_time_moves_nothing_by_luck() -> None:
    moved = 0
    for seed in range(100):
        random = np.random.default_rng(seed)
        drawn = random.random(2_000) < 0.2
        rewards = (random.random(2_000) < 0.2).astype(np.float64)
        for n in range(400, 2_001, 100):
            low, high = compared(rewards[:n][drawn[:n]], rewards[:n][~drawn[:n]], 0.2).anytime()
            if low > 0 or high < 0:
                moved += 1
                break
    assert moved <= 5


def test_the_difference_of_arms_is_unbiased() -> None:
    found = []
    for seed in range(300):
        random = np.random.default_rng(seed)
        drawn = random.random(500) < 0.2
        rewards = (random.random(500) < np.where(drawn, 0.4, 0.3)).astype(np.float64)
        found.append(compared(rewards[drawn], rewards[~drawn], 0.2).value)
    assert np.mean(found) == pytest.approx(0.1, abs=3 * np.std(found) / np.sqrt(300))


def test_few_conversations_wait() -> None:
    found = watch(TRYING, visits(100, 1.0, 0.0), LATER)
    assert found.says == "wait"
    assert "50 are needed in each arm" in found.why
    empty = watch(TRYING, [], LATER)
    assert (empty.says, empty.canary.decisions) == ("wait", 0)


def test_a_policy_that_does_but_one_thing_is_rolled_back() -> None:
    found = watch(TRYING, visits(1_500, 0.2, 0.2, strategies=1), LATER)
    assert (found.says, found.why) == ("roll back", "it does hardly anything but ask (100% of its decisions)")


def test_another_world_rolls_back_after_a_day() -> None:
    before = visits(1_500, 0.2, 0.2, start=-5_000.0)
    since = visits(1_500, 0.2, 0.2, shift=2.0)
    found = watch(TRYING, [*before, *since], LATER)
    assert (found.says, "gain; train anew" in found.why) == ("roll back", True)
    assert watch(TRYING, [*before, *since], 5_000.0).says == "wait", "an hour is no day"
    assert watch(TRYING, [*before, *visits(1_500, 0.2, 0.2)], LATER).says == "wait"


def test_decisions_from_before_do_not_count() -> None:
    found = watch(TRYING, [*visits(3_000, 0.9, 0.1, start=-9_000.0), *visits(300, 0.2, 0.2)], LATER)
    assert found.canary.conversations + found.running.conversations == 300


def test_nothing_to_watch() -> None:
    with pytest.raises(CorpusError, match="no policy is being tried"):
        watch(Policies(candidate="waiting.json"), [], 0.0)
