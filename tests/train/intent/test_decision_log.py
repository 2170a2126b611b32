from __future__ import annotations

import json
import math
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pytest

from shopwright.catalog.events.decisions import Logged, Outcome
from shopwright.errors import CorpusError
from shopwright.skills.intent.linear_policy import LinearPolicy
from shopwright.train.intent.decisions import DecisionLog, LogBuilder
from shopwright.train.intent.reading import read_file, read_kept
from shopwright.train.intent.sifting import by_policy, by_rules, divided, sift

GOOD: dict[str, object] = {"features": {"gain": 0.5}, "strategy": "search", "propensity": 0.8, "reward": 1}


def written(folder: Path, *rows: Mapping[str, object] | str) -> Path:
    path = folder / "log.jsonl"
    path.write_text("\n".join(row if isinstance(row, str) else json.dumps(row) for row in rows) + "\n")
    return path


def small(n: int = 100, **changed: object) -> DecisionLog:
    fields: dict[str, object] = {
        "features": np.arange(n)[:, None] * 1.0,
        "actions": np.arange(n) % 2,
        "rewards": np.ones(n),
        "logged": np.full(n, 0.5),
        "sources": np.arange(n),
        "feature_names": ("place",),
        "action_names": ("ask", "search"),
    }
    return DecisionLog(**(fields | changed))


def test_a_file_becomes_arrays(tmp_path: Path) -> None:
    path = written(
        tmp_path,
        GOOD | {"source": "s1", "time": 10, "policy": "rules-1"},
        {"features": {"known": 2}, "strategy": "ask", "reward": 0.3, "source": "s1", "time": 20, "policy": "rules-1"},
    )
    read = read_file(path)
    log = read.log
    assert (log.feature_names, log.action_names) == (("gain", "known"), ("ask", "search"))
    assert log.features.tolist() == [[0.5, 0.0], [0.0, 2.0]]
    assert log.actions.tolist() == [1, 0]
    assert log.rewards.tolist() == [1.0, 0.3]
    assert log.logged[0] == 0.8
    assert math.isnan(log.logged[1])
    assert log.sources.tolist() == [0, 0]
    assert log.times is not None
    assert (read.told, read.policies) == ((), {"rules-1": 2})


@pytest.mark.parametrize(
    ("row", "says"),
    [
        ("{", "not JSON"),
        ("[]", "without features"),
        (GOOD | {"strategy": ""}, "without a strategy"),
        (GOOD | {"strategy": "dance"}, "the assistant has no strategy 'dance'"),
        (GOOD | {"reward": "much"}, "is missing or no number"),
        ({name: GOOD[name] for name in ("features", "strategy")}, "is missing or no number"),
        (GOOD | {"features": {"gain": "x"}}, "is missing or no number"),
        (GOOD | {"reward": None}, "no outcome yet"),
        (GOOD | {"time": 2_000}, "dated in the future"),
    ],
)
def test_what_is_wrong_is_counted_and_named(tmp_path: Path, row: object, says: str) -> None:
    read = read_file(written(tmp_path, GOOD, row, row), now=1_000)
    assert len(read.log) == 1
    assert len(read.told) == 1
    assert read.told[0].startswith("2 decisions left out")
    assert says in read.told[0]
    assert read.told[0].endswith("first in line 2")


def test_what_is_said_twice_counts_once_where_that_can_be_known(tmp_path: Path) -> None:
    assert len(read_file(written(tmp_path, GOOD, GOOD)).log) == 2, "two decisions may be alike"
    timed = GOOD | {"time": 5, "source": "s1"}
    read = read_file(written(tmp_path, timed, timed, GOOD | {"id": 3}, GOOD | {"id": 3, "reward": 0}))
    assert len(read.log) == 2
    assert "2 decisions left out: said twice, first in line 2" in read.told


def test_what_comes_late_is_put_in_order_and_said(tmp_path: Path) -> None:
    read = read_file(written(tmp_path, *(GOOD | {"time": at, "reward": at / 10} for at in (1, 5, 3, 4, 6))))
    assert read.log.rewards.tolist() == [0.1, 0.3, 0.4, 0.5, 0.6]
    assert read.told == ("2 decisions stand after a later one, first in line 3: put in order",)


def test_a_file_without_any_decision_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CorpusError, match=r"no usable decision. 1 decisions left out: not JSON"):
        read_file(written(tmp_path, "nothing"))
    with pytest.raises(CorpusError, match="there is no such file"):
        read_file(tmp_path / "gone.jsonl")


def test_chunks_are_joined(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shopwright.train.intent.decisions._CHUNK", 3)
    builder = LogBuilder()
    for place in range(8):
        builder.add({f"b{place % 4}": place, "a": 1.0}, "ask", 0.0, 0.5, "s", math.nan)
    log = builder.build()
    assert log.feature_names == ("a", "b0", "b1", "b2", "b3")
    expected = np.zeros((8, 5))
    expected[:, 0] = 1
    expected[np.arange(8), 1 + np.arange(8) % 4] = np.arange(8)
    assert np.array_equal(log.features, expected)
    assert log.times is None


def test_the_shops_own_decisions() -> None:
    def one(turn: int, outcome: Outcome | None, features: Mapping[str, float] = {"gain": 1.0}) -> Logged:
        return Logged("s1", turn, 10.0 + turn, "search", 0.9, "rules-1+0.1", features, outcome)

    rows = [
        one(0, Outcome(purchases=1, seen=True)),
        one(1, Outcome(carts=2, seen=True)),
        one(1, Outcome(carts=2, seen=True)),
        one(2, None),
        one(3, Outcome(doubted=True, seen=True)),
        one(4, Outcome()),
        one(5, Outcome(seen=True), {}),
        one(6, Outcome(seen=True)),
    ]
    read = read_kept(rows, now=1_000.0)
    assert read.log.rewards.tolist() == [1.0, 0.3, 0.0]
    assert read.log.logged.tolist() == [0.9] * 3
    assert read.policies == {"rules-1+0.1": 3}
    for reason in ("said twice", "no outcome yet", "bot", "nothing is known", "no policy decided"):
        assert sum(reason in line for line in read.told) == 1, reason


def test_sifting_leaves_out_what_cannot_teach() -> None:
    logged = np.full(100, 0.5)
    logged[:5], logged[5:7] = 0.0, 1.5
    rewards = np.ones(100)
    rewards[7], rewards[8] = np.nan, 30.0
    kept, told = sift(small(logged=logged, rewards=rewards))
    assert len(kept) == 92
    assert kept.rewards.max() == 1.0
    assert [line.split(" ")[0] for line in told] == ["1", "5", "2", "1"]
    assert "propensity 0 (ask, search)" in told[1]


def test_one_source_cannot_bring_more_than_its_share() -> None:
    sources = np.concatenate([np.zeros(900, np.int64), np.arange(1, 101)])
    kept, told = sift(small(1_000, sources=sources))
    assert (kept.sources == 0).sum() == 50
    assert told == ["850 decisions of 1 sources left out: one source may bring 5% of a log"]
    assert len(sift(small(1_000, sources=np.zeros(1_000, np.int64)))[0]) == 1_000, "one source alone is refused later"


def test_a_source_is_on_one_side_of_a_division() -> None:
    log = small(600, sources=np.arange(600) // 4)
    early, late = divided(log, 0.6, seed=3)
    assert not set(early.sources) & set(late.sources)
    assert len(early) + len(late) == 600
    assert len(early) / 600 == pytest.approx(0.6, abs=0.08)


def test_what_the_rules_would_have_done() -> None:
    features = np.array([[1.0, 0.0, 5.0], [0.0, 1.0, 5.0], [0.0, 0.0, 5.0]])
    log = small(3, features=features, feature_names=("rules:ask", "rules:search", "other"))
    shares, said = by_rules(log)
    assert shares.tolist() == [[1, 0], [0, 1], [0, 0]]
    assert said.tolist() == [True, True, False]


def test_a_policy_on_a_log_with_other_columns_and_strategies() -> None:
    policy = LinearPolicy(
        "p", ("bundle", "search"), ("unheard", "place"), np.zeros(2), np.ones(2), np.array([[0, 0, 0.0], [0, 1.0, 0]])
    )
    log = small(3).with_actions(["bundle"])
    shares = by_policy(policy, log)
    assert log.action_names == ("ask", "search", "bundle")
    assert shares[:, 0].tolist() == [0, 0, 0]
    assert shares[1] == pytest.approx([0, np.e / (1 + np.e), 1 / (1 + np.e)])


def test_what_was_not_possible_gets_no_share() -> None:
    features = np.array([[1.0, 0.0], [0.0, 0.0], [1.0, 1.0]])
    log = small(3, features=features, feature_names=("possible:ask", "possible:search"), actions=np.array([0, 1, 0]))
    assert log.possible().tolist() == [[True, False], [False, True], [True, True]]
    policy = LinearPolicy("p", ("search",), (), np.zeros(0), np.zeros(0), np.zeros((1, 1)))
    assert by_policy(policy, log).tolist() == [[0, 0], [0, 1], [0, 1]]


def test_a_log_among_some_of_its_strategies() -> None:
    part = small(6).among([1])
    assert part.action_names == ("search",)
    assert part.actions.tolist() == [0, 0, 0]
    assert part.features[:, 0].tolist() == [1, 3, 5]
