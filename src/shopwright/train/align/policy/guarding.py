"""Rewards that may fail: what a reward function gives is checked, and what is no reward is never trained on.

    guarded = Guarded(reward, "rules")
    scores_PGK, kept_P = guarded.groups(assignments, answers_PG)

A reward that raises, or that gives NaN, an infinity, another shape, or a value out of range, is counted, with the ids
of the first prompts, and its whole group is left out of the step: an advantage is a difference within a group, so one
bad score spoils them all. Where more than a share of the last groups failed, training stops, because what is left is
no longer the data that was asked for. Whether a finite score is a good one is for `alarms`.
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from shopwright.errors import ConfigError, ModelError
from shopwright.models.reward_objectives import OBJECTIVES
from shopwright.train.align.assignments import Assignment
from shopwright.train.align.flaws import ENDLESS, flaw_of

Floats = NDArray[np.float64]
RewardFunction = Callable[[Assignment, Sequence[str]], NDArray[Any]]
"""An assignment and N answers to it -> N x K scores."""
_EXAMPLES = 5
_SAID = 200


@dataclass(frozen=True, slots=True)
class Fault:
    """A group that a reward could not score.

    Args:
        prompt: id of the assignment.
        kind: "raised", "shape", "not finite" or "out of range".
        said: what was wrong, in a few words.
    """

    prompt: str
    kind: str
    said: str


class Guarded:
    """A reward function that is checked.

    Args:
        reward: what is guarded.
        name: of the reward, for messages.
        objectives: K, how many scores an answer has.
        limits: least and largest score that is believed.
        most: share of a window of groups that may fail.
        window: groups that the share is of: the last ones.

    Raises:
        ConfigError: the limits, the share or the window cannot work.
    """

    def __init__(
        self,
        reward: RewardFunction,
        name: str,
        *,
        objectives: int = len(OBJECTIVES),
        limits: tuple[float, float] = (-100.0, 100.0),
        most: float = 0.1,
        window: int = 100,
    ) -> None:
        if not limits[0] < limits[1] or not 0 <= most < 1 or window < 1 or objectives < 1:
            raise ConfigError(
                f"limits {limits}, most {most}, window {window}, objectives {objectives}: expected limits that rise, a "
                "share from 0 to below 1, and at least one group and one objective"
            )
        self.name = name
        self.counts: Counter[str] = Counter()
        self.examples: list[Fault] = []
        self.seen = 0
        self._reward, self._objectives, self._limits = reward, objectives, limits
        self._most = most
        self._failed: deque[bool] = deque(maxlen=window)

    def __call__(self, assignment: Assignment, answers: Sequence[str]) -> tuple[Floats, bool]:
        """The scores of N answers to one prompt, shape (N, K), and whether they are to be trained on.

        Scores that are not are zeros, so that they do no harm where a mask multiplies.

        Raises:
            ModelError: too many groups of the window failed.
        """
        self.seen += 1
        scores_NK, fault, cause = self._scored(assignment, answers)
        self._failed.append(fault is not None)
        if fault is not None:
            self.counts[fault.kind] += 1
            if len(self.examples) < _EXAMPLES:
                self.examples.append(fault)
            if sum(self._failed) > self._most * (self._failed.maxlen or 1):
                raise ModelError(self._stopped(fault)) from cause
        return scores_NK, fault is None

    def groups(
        self, assignments: Sequence[Assignment], answers_PG: Sequence[Sequence[str]]
    ) -> tuple[Floats, NDArray[np.bool_]]:
        """The scores of G answers to each of P prompts, shape (P, G, K), and which groups to train on, shape (P,).

        Raises:
            ConfigError: the groups differ in size, or there are more or fewer than prompts.
            ModelError: too many groups of the window failed.
        """
        sizes = {len(answers) for answers in answers_PG}
        if len(assignments) != len(answers_PG) or len(sizes) > 1:
            raise ConfigError(
                f"{len(assignments)} prompts with {len(answers_PG)} groups of {sorted(sizes)} answers: expected a "
                "group a prompt, all of one size"
            )
        found = [self(assignment, answers) for assignment, answers in zip(assignments, answers_PG, strict=True)]
        scores_PGK = np.zeros((len(found), max(sizes, default=0), self._objectives))
        for place, (scores_GK, _) in enumerate(found):
            scores_PGK[place] = scores_GK
        return scores_PGK, np.array([kept for _, kept in found], np.bool_)

    def lines(self) -> list[str]:
        """What failed, for the report of a training; empty when nothing did."""
        if not self.counts:
            return []
        kinds = ", ".join(f"{count} {kind}" for kind, count in self.counts.most_common())
        head = f"reward {self.name!r}: {self.counts.total()} of {self.seen} groups left out ({kinds})"
        return [head, *(f"  prompt {fault.prompt!r}: {fault.said}" for fault in self.examples)]

    def state(self) -> dict[str, Any]:
        """What was counted, for a checkpoint; as JSON."""
        examples = [asdict(fault) for fault in self.examples]
        return {
            "counts": dict(self.counts),
            "examples": examples,
            "seen": self.seen,
            "failed": [int(failed) for failed in self._failed],
        }

    def load(self, state: Mapping[str, Any]) -> None:
        """Go on from what `state` gave."""
        self.counts = Counter(state["counts"])
        self.examples = [Fault(**fault) for fault in state["examples"]]
        self.seen = state["seen"]
        self._failed = deque(map(bool, state["failed"]), maxlen=self._failed.maxlen)

    def _scored(self, assignment: Assignment, answers: Sequence[str]) -> tuple[Floats, Fault | None, Exception | None]:
        nothing = np.zeros((len(answers), self._objectives))
        try:
            scores_NK = np.array(self._reward(assignment, answers), np.float64)
        except Exception as error:  # noqa: BLE001  what a reward raises is its own affair
            said = f"{type(error).__name__}: {error}"[:_SAID]
            return nothing, Fault(assignment.id, "raised", said), error
        if (wrong := self._wrong(scores_NK, nothing.shape)) is not None:
            return nothing, Fault(assignment.id, *wrong), None
        return scores_NK, None, None

    def _wrong(self, scores_NK: Floats, expected: tuple[int, ...]) -> tuple[str, str] | None:
        low, high = self._limits
        if scores_NK.shape != expected:
            return "shape", f"shape {scores_NK.shape} where {expected} is expected"
        if (odd := scores_NK[~np.isfinite(scores_NK)]).size:
            return "not finite", f"{odd.size} of {scores_NK.size} scores are not finite, e.g. {odd[0]}"
        if (odd := scores_NK[(scores_NK < low) | (scores_NK > high)]).size:
            return "out of range", f"{odd.size} of {scores_NK.size} scores outside {low:g} to {high:g}, e.g. {odd[0]:g}"
        return None

    def _stopped(self, fault: Fault) -> str:
        return (
            f"reward {self.name!r} failed on {sum(self._failed)} of the last {len(self._failed)} groups, more than "
            f"{self._most:.0%} of {self._failed.maxlen} (last: prompt {fault.prompt!r}, {fault.kind}: {fault.said}): "
            "repair the reward or leave out those prompts, then resume from the last checkpoint"
        )


def screen(answers: Sequence[str], cut: Sequence[bool] = ()) -> list[str]:
    """What is wrong with each of N answers: `EMPTY`, `ENDLESS`, or "" (`flaws`).

    Args:
        answers: as generated.
        cut: N, whether the limit of tokens ended it, which makes it endless unless it is empty; none by default.

    Raises:
        ConfigError: `cut` is of another length.
    """
    if cut and len(cut) != len(answers):
        raise ConfigError(f"{len(answers)} answers, but {len(cut)} say whether they were cut: give one for each")
    ended = [flaw_of(answer) for answer in answers]
    return [
        flaw or (ENDLESS if was_cut else "") for flaw, was_cut in zip(ended, cut or [False] * len(ended), strict=True)
    ]
