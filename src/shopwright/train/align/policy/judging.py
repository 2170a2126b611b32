"""Who gives the rewards: the programs that define the objectives, the learned heads, or both; all are always heard.

What is not trained on watches: an alarm rings when the two part (`alarms`).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from shopwright.models.reward import RewardModel
from shopwright.train.align.assignments import Assignment
from shopwright.train.align.policy.guarding import Guarded, RewardFunction

Floats = NDArray[np.float64]
Kind = Literal["rules", "heads", "both"]
_WATCHING = 0.99
"""Share of groups that may fail where the scores are not trained on."""


class Judge:
    """Scores answers by rule and by head.

    Args:
        kind: which of the two is the reward.
        rules: scores by program, N x K in [0, 1].
        heads: scores by learned head, N x K in [0, 1]; None: those of the shipped reward model.
        most: share of groups that may fail (`Guarded`).
    """

    def __init__(
        self, kind: Kind, rules: RewardFunction, heads: RewardFunction | None = None, most: float = 0.1
    ) -> None:
        self.kind = kind
        self._parts = {
            "rules": Guarded(rules, "rules", most=_WATCHING if kind == "heads" else most),
            "heads": Guarded(heads or shipped_heads(), "heads", most=_WATCHING if kind == "rules" else most),
        }

    def __call__(
        self, assignments: Sequence[Assignment], answers_PG: Sequence[Sequence[str]]
    ) -> tuple[Floats, Floats, Floats, NDArray[np.bool_]]:
        """Rewards, scores by rule, scores by head (P, G, K each), and which of the P groups can be trained on.

        Raises:
            ModelError: too many groups could not be scored.
        """
        rules_PGK, ruled_P = self._parts["rules"].groups(assignments, answers_PG)
        heads_PGK, headed_P = self._parts["heads"].groups(assignments, answers_PG)
        rewards_PGK = {"rules": rules_PGK, "heads": heads_PGK, "both": (rules_PGK + heads_PGK) / 2}[self.kind]
        kept_P = {"rules": ruled_P, "heads": headed_P, "both": ruled_P & headed_P}[self.kind]
        return rewards_PGK, rules_PGK, heads_PGK, kept_P

    def lines(self) -> list[str]:
        """What could not be scored."""
        return [line for part in self._parts.values() for line in part.lines()]

    def state(self) -> dict[str, dict[str, object]]:
        """For a checkpoint."""
        return {name: part.state() for name, part in self._parts.items()}

    def load(self, state: dict[str, dict[str, object]]) -> None:
        """Go on from what `state` gave."""
        for name, part in self._parts.items():
            part.load(state[name])


def shipped_heads() -> RewardFunction:
    """The heads of the shipped reward model, each squeezed into [0, 1] by a logistic function."""
    model = RewardModel()

    def heads(assignment: Assignment, answers: Sequence[str]) -> Floats:
        scores_NK = model.judge(assignment.prompt, answers).heads.astype(np.float64)
        return np.asarray(1 / (1 + np.exp(-np.clip(scores_NK, -30, 30))), np.float64)

    return heads
