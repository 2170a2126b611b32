from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from shopwright.errors import ModelError
from shopwright.sequences.archive import write_arrays
from shopwright.skills.intent.arms import KeptArms
from shopwright.skills.intent.linear_policy import LinearPolicy

POLICY = LinearPolicy(
    "p", ("ask", "search"), ("doubt", "words"), np.array([1.0, 2.0]), np.array([0.5, 1.0]), np.zeros((2, 3))
)


def learned() -> KeptArms:
    random = np.random.default_rng(0)
    features_NF, actions = random.normal(1.0, 1.0, (400, 2)), random.integers(0, 2, 400)
    rewards = np.where(actions == 0, features_NF[:, 0] > 1, 0.2).astype(np.float64)
    return KeptArms.learned(POLICY, features_NF, actions.astype(np.int64), rewards)


def test_they_know_which_strategy_earns_more_where() -> None:
    arms = learned()
    doubtful, sure = (arms.arms.weights @ np.append(arms.row({"doubt": value}), 1.0) for value in (3.0, -1.0))
    assert doubtful[0] > doubtful[1]
    assert sure[0] < sure[1]


def test_a_row_is_standardised_by_name_and_a_missing_feature_is_0() -> None:
    assert learned().row({"doubt": 2.0, "else": 9.0}).tolist() == [2.0, -2.0]
    assert learned().row({"doubt": float("nan")}).tolist() == [-2.0, -2.0]


def test_what_is_kept_is_what_was_learned(tmp_path: Path) -> None:
    arms = learned()
    arms.save(tmp_path / "arms.npz")
    again = KeptArms.load(tmp_path / "arms.npz")
    assert (again.actions, again.features) == (arms.actions, arms.features)
    np.testing.assert_allclose(again.arms.weights, arms.arms.weights)
    assert again.arms.tried.tolist() == arms.arms.tried.tolist()


def test_something_else_is_refused(tmp_path: Path) -> None:
    write_arrays(tmp_path / "arms.npz", {"actions": np.array(["ask"]), "features": np.array(["doubt"])})
    with pytest.raises(ModelError, match="train intent"):
        KeptArms.load(tmp_path / "arms.npz")
