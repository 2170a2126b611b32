"""Trials of the dial: what was done with what was shown, and which setting may be promoted. All of it is simulated."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest

from shopwright.assistant.recommending.dial import Dial, keep
from shopwright.catalog.events.decisions import WINDOW_S, Decisions, Logged
from shopwright.catalog.events.kept import Events
from shopwright.catalog.events.log import EventLog
from shopwright.catalog.events.row import row_of
from shopwright.catalog.store import Store
from shopwright.errors import CorpusError
from shopwright.train.intent.decisions import DecisionLog
from shopwright.train.recommend.comparing import compare
from shopwright.train.recommend.feedback import outcomes, read_feedback
from shopwright.types import Event, RecommendRequest

AT = time.time() - 86_400
DIALS = ("0.2", "0.5", "0.8")


def event(name: str, after_s: float, *items: str, listed: str = "") -> Event:
    return Event(name, "s", AT + after_s, items, fields={"item_list_id": listed} if listed else {})


def made(after_s: float) -> Logged:
    return Logged("s", -1, AT + after_s, "recommend:0.5", 0.5, "default+0.3", {})


def test_only_what_was_shown_speaks() -> None:
    done = [
        event("view_item_list", 1, "a", "b", listed="recommendations"),
        event("view_item_list", 2, "c", listed="search"),
        event("view_item", 10, "c"),
        event("add_to_cart", 20, "c"),
        event("add_to_cart", 30, "a-red"),
        event("view_item_list", 101, "d", listed="recommendations"),
        event("select_item", 110, "d", listed="recommendations"),
        event("purchase", 200, "c", "b"),
        event("purchase", WINDOW_S + 150, "d"),
    ]
    (first, told), (second, _) = outcomes([made(0), made(100)], done, {"a-red": "a"})
    assert (first.looks, first.carts, first.purchases, told) == (0, 1, 1, True)
    assert (second.looks, second.carts, second.purchases) == (1, 0, 0)
    assert (first.reward, second.reward) == (1.0, 0.05)


def test_nothing_shown_is_a_reward_of_0_and_no_visit_is_left_out() -> None:
    ((outcome, told),) = outcomes([made(0)], [event("view_item", 5, "a")], {})
    assert (outcome.reward, outcome.seen, told) == (0.0, True, False)
    ((unseen, _),) = outcomes([made(0)], [], {})
    assert not unseen.seen


@pytest.fixture
def events(tmp_path: Path) -> Iterator[Events]:
    with closing(Store.open(tmp_path / "store.db")) as store:
        yield Events(store, 90)


def try_out(events: Events, visits: int, opened: dict[float, float]) -> None:
    """Simulated visits that are recommended something and open it as often as the dial has it."""
    random, dial, decisions, log = np.random.default_rng(0), Dial(1.0), Decisions(events.store), EventLog(events)
    for number in range(visits):
        session, at = f"v{number}", AT + number
        setting = dial.set(RecommendRequest(session=session))
        made = (f"recommend:{setting.adventure:g}", setting.propensity, setting.policy)
        decisions.add_named(session, -1, *made, {"place:home": 1.0}, at)
        rows = [row_of("view_item_list", session, at + 1, ("a", "b"), fields={"item_list_id": "recommendations"})]
        if random.random() < opened[setting.adventure]:
            rows += [row_of("view_item", session, at + 9, ("a",)), row_of("add_to_cart", session, at + 20, ("a",))]
        log.add(rows, session)
    assert log.flush()
    log.close()


def test_a_planted_better_setting_is_found_in_the_store(events: Events) -> None:
    try_out(events, 600, {0.2: 0.1, 0.5: 0.2, 0.8: 0.6})
    feedback = read_feedback(events, time.time())
    assert (len(feedback.log), feedback.shown, feedback.told) == (600, 600, ())
    found = compare(feedback.log, 0.5)
    assert [one.adventure for one in found.settings] == [0.2, 0.5, 0.8]
    best = found.best
    assert best is not None
    assert best.adventure == 0.8
    assert best.dr.value == pytest.approx(0.18, abs=0.04)
    assert best.ips.value == pytest.approx(best.snips.value, abs=0.03)
    assert 0 < best.low < best.gain < best.high
    worse = found.settings[0]
    assert worse.high < best.gain
    assert worse.reasons == ("its gain is not sure",)
    with pytest.raises(CorpusError, match=r"no trial of the present setting 0\.45"):
        compare(feedback.log, 0.45)


def test_without_trials(events: Events) -> None:
    keep(Decisions(events.store), "s", Dial(1.0).set(RecommendRequest(session="s")), {})
    with pytest.raises(CorpusError, match="recommend_explore"):
        read_feedback(events, time.time() + 2 * WINDOW_S)


def simulated(visits: int, looks: tuple[float, float, float], seed: int) -> DecisionLog:
    """Visits of one to four decisions; who is eager looks at more, whatever the dial."""
    random = np.random.default_rng(seed)
    sources = np.repeat(np.arange(visits), random.integers(1, 5, visits))
    actions = random.integers(0, 3, len(sources))
    eager = random.gamma(2.0, 0.5, visits)[sources]
    looked = random.random(len(sources)) < np.array(looks)[actions] * eager
    rewards = np.where(looked, random.choice([0.05, 0.3, 1.0], len(sources), p=[0.75, 0.17, 0.08]), 0.0)
    chance = np.full(len(sources), 1 / 3)
    return DecisionLog(np.zeros((len(sources), 1)), actions, rewards, chance, sources, ("home",), DIALS)


def test_settings_that_earn_the_same_are_not_promoted() -> None:
    promoted = sum(compare(simulated(400, (0.2, 0.2, 0.2), seed), 0.5).best is not None for seed in range(100))
    assert promoted <= 5


def test_a_log_that_cannot_tell_promotes_nothing() -> None:
    few = compare(simulated(110, (0.1, 0.1, 0.9), 0), 0.5)
    assert few.best is None
    assert any("effective sample size" in reason for reason in few.settings[2].reasons)
    with pytest.raises(CorpusError, match="60 visits with trials of the dial: 100 are needed"):
        compare(simulated(60, (0.1, 0.1, 0.9), 0), 0.5)
    wrong = simulated(2_000, (0.1, 0.1, 0.9), 0)
    wrong.logged[wrong.actions == 2] = 0.9
    assert any("logged probabilities are wrong" in reason for reason in compare(wrong, 0.5).settings[2].reasons)
