"""Rewards that fail are counted, told of and left out; too many stop the training."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pytest

from shopwright.errors import ConfigError, ModelError
from shopwright.train.align.assignments import Assignment
from shopwright.train.align.policy.guarding import Guarded, RewardFunction, screen


def asked(*names: str) -> list[Assignment]:
    return [Assignment(name, f"prompt of {name}", {}) for name in names]


def good(assignment: Assignment, answers: Sequence[str]) -> Any:
    return np.ones((len(answers), 4))


def failing(wrong: Callable[[], Any]) -> RewardFunction:
    """Fails on the assignment "bad" alone."""
    return lambda assignment, answers: wrong() if assignment.id == "bad" else good(assignment, answers)


def raising() -> Any:
    raise KeyError("price")


@pytest.mark.parametrize(
    ("wrong", "kind", "said"),
    [
        (raising, "raised", "KeyError: 'price'"),
        (lambda: None, "shape", "shape () where (2, 4) is expected"),
        (lambda: np.ones((4, 2)), "shape", "shape (4, 2) where (2, 4)"),
        (lambda: [["good"] * 4] * 2, "raised", "ValueError"),
        (lambda: [[1, 2, 3, np.nan]] * 2, "not finite", "2 of 8 scores are not finite, e.g. nan"),
        (lambda: [[1, 2, 3, np.inf]] * 2, "not finite", "inf"),
        (lambda: [[1, 2, 3, 1e9]] * 2, "out of range", "2 of 8 scores outside -100 to 100, e.g. 1e+09"),
    ],
)
def test_a_group_that_cannot_be_scored_is_left_out_and_told_of(wrong: Any, kind: str, said: str) -> None:
    guarded = Guarded(failing(wrong), "rules")
    scores_PGK, kept_P = guarded.groups(asked("first", "bad", "last"), [["a", "b"]] * 3)
    assert kept_P.tolist() == [True, False, True]
    assert scores_PGK.shape == (3, 2, 4)
    assert scores_PGK[1].tolist() == [[0.0] * 4] * 2
    assert scores_PGK[kept_P].min() == 1
    assert guarded.counts == {kind: 1}
    head, example = guarded.lines()
    assert head == f"reward 'rules': 1 of 3 groups left out (1 {kind})"
    assert "'bad'" in example
    assert said in example


def test_too_many_failures_of_a_window_stop_the_training_and_name_the_remedy() -> None:
    guarded = Guarded(failing(raising), "rules", window=20)
    (bad,), (fine,) = asked("bad"), asked("fine")
    for _ in range(3):  # two in twenty are borne
        guarded(bad, ["a"])
        guarded(bad, ["a"])
        for _ in range(18):
            guarded(fine, ["a"])
    assert guarded.counts.total() == 6
    assert len(guarded.examples) == 5
    guarded(bad, ["a"])
    guarded(bad, ["a"])
    with pytest.raises(ModelError, match=r"reward 'rules' failed on 3 of the last 20 .* repair the reward") as raised:
        guarded(bad, ["a"])
    assert isinstance(raised.value.__cause__, KeyError)


def test_a_resumed_training_counts_on() -> None:
    guarded = Guarded(failing(raising), "rules", window=10)
    guarded(asked("bad")[0], ["a"])
    resumed = Guarded(failing(raising), "rules", window=10)
    resumed.load(json.loads(json.dumps(guarded.state())))
    assert resumed.lines() == guarded.lines()
    with pytest.raises(ModelError, match="2 of the last 2"):
        resumed(asked("bad")[0], ["a"])


def test_a_guard_that_found_nothing_says_nothing() -> None:
    guarded = Guarded(good, "rules")
    assert guarded.groups([], [])[0].shape == (0, 0, 4)
    assert guarded(asked("one")[0], ["a", "b"])[1]
    assert guarded.lines() == []
    with pytest.raises(ConfigError, match="all of one size"):
        guarded.groups(asked("one", "two"), [["a"], ["a", "b"]])
    with pytest.raises(ConfigError, match="most"):
        Guarded(good, "rules", most=1.0)


def test_answers_are_screened() -> None:
    assert screen(["fine.", " ...", "loop and " * 40, "cut"], [False, True, False, True]) == [
        "",
        "empty",
        "endless",
        "endless",
    ]
    assert screen(["fine."]) == [""]
    with pytest.raises(ConfigError, match="2 answers, but 1"):
        screen(["a", "b"], [True])
