from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from shopwright.errors import ConfigError, ModelError
from shopwright.skills.intent.linear_policy import LinearPolicy, softmax

POLICY = LinearPolicy(
    "learned-1",
    ("ask", "search"),
    ("gain", "known"),
    np.array([0.5, 0.0]),
    np.array([0.25, 1.0]),
    np.array([[1.0, 0.0, 0.2], [0.0, 2.0, 0.0]]),
    0.1,
)


def test_probabilities_by_hand() -> None:
    shares = POLICY.probabilities(np.array([[0.75, 1.0]]))[0]
    ask, search = np.exp(1.0 + 0.2), np.exp(2.0)
    assert shares == pytest.approx([0.05 + 0.9 * ask / (ask + search), 0.05 + 0.9 * search / (ask + search)])
    assert shares.sum() == pytest.approx(1)


def test_what_is_not_possible_is_never_taken() -> None:
    random = np.random.default_rng(0)
    assert {POLICY.decide({"known": 9.0}, random, ["ask", "bundle"]) for _ in range(50)} == {("ask", 1.0)}
    with pytest.raises(ConfigError, match=r"\['bundle'\]: the policy knows only ask, search"):
        POLICY.decide({}, random, ["bundle"])


def test_the_propensity_is_the_frequency() -> None:
    random = np.random.default_rng(0)
    drawn = [POLICY.decide({"gain": 0.5}, random) for _ in range(4_000)]
    chance = dict(drawn)["ask"]
    assert sum(action == "ask" for action, _ in drawn) / 4_000 == pytest.approx(chance, abs=0.03)
    assert chance == pytest.approx(POLICY.probabilities(np.array([[0.5, 0.0]]))[0, 0])


@pytest.mark.parametrize("features", [{}, {"gain": 0.0, "unheard of": 7.0}, {"gain": float("nan")}])
def test_missing_and_unknown_features_count_as_nothing(features: dict[str, float]) -> None:
    assert POLICY.row(features).tolist() == [[0.0, 0.0]]


def test_a_planted_value_does_not_decide_alone() -> None:
    huge = POLICY.probabilities(np.array([[1e12, 0.0], [0.5 + 10 * 0.25, 0.0]]))
    assert huge[0] == pytest.approx(huge[1])


def test_written_and_read(tmp_path: Path) -> None:
    POLICY.write(tmp_path / "policy.json")
    again = LinearPolicy.read(tmp_path / "policy.json")
    situations = np.random.default_rng(0).normal(size=(5, 2))
    assert np.array_equal(again.probabilities(situations), POLICY.probabilities(situations))
    assert (again.name, again.actions, again.features) == (POLICY.name, POLICY.actions, POLICY.features)


@pytest.mark.parametrize("text", ["", "[]", '{"name": "x"}', '{"name": 1, "actions": 2}'])
def test_what_is_no_policy_is_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / "policy.json").write_text(text)
    with pytest.raises(ModelError, match="make it anew with shopwright train intent"):
        LinearPolicy.read(tmp_path / "policy.json")


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"weights": np.zeros((2, 2))}, "2 actions by 2 features"),
        ({"floor": 1.5}, "floor 1.5"),
        ({"scale": np.array([1.0, 0.0])}, "scales above 0"),
        ({"mean": np.array([np.nan, 0.0])}, "finite"),
        ({"mean": np.zeros(3)}, "one of each feature"),
        ({"actions": ("ask", "ask")}, "each once"),
    ],
)
def test_contradictions_are_refused(wrong: dict[str, object], says: str) -> None:
    with pytest.raises(ConfigError, match=says):
        replace(POLICY, **wrong)


def test_softmax_of_large_scores() -> None:
    assert softmax(np.array([[1e4, 1e4 - 1.0]]))[0] == pytest.approx([1 / (1 + np.exp(-1)), 1 / (1 + np.exp(1))])
