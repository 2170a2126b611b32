"""Rounds of branches: a policy for each objective, weights averaged, again from there (WARP: Rame et al., 2024).

    OUT/round-1/accuracy/ ...      trainings of their own (`loop.align`), each leaning to an objective
    OUT/round-1/mean/              the mean of their weights, from which the next round starts
    OUT/policy/                    the mean of the last round; the points of a front lie between its branches

The branches learn from the same objectives with one before the others. Averaging takes out what each learned of chance,
so that the mean reaches more than any of them, and the directions in which they differ stay at hand: any weighting is a
weighted mean. Run again, it goes on with the branch at which it was interrupted.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from shopwright.errors import ConfigError
from shopwright.models.reward_objectives import OBJECTIVES
from shopwright.train.align.assignments import Assignment
from shopwright.train.align.policy.alarms import Alarm
from shopwright.train.align.policy.judging import Judge
from shopwright.train.align.policy.loop import NOTE, Aligned, Say, align
from shopwright.train.align.policy.measure import souped
from shopwright.train.align.policy.model import load_policy
from shopwright.train.align.policy.settings import AlignSettings, leaning

_EVEN = (1.0,) * len(OBJECTIVES)


def align_rounds(
    settings: AlignSettings, assignments: Sequence[Assignment], judge: Callable[[], Judge], say: Say = print
) -> Aligned:
    """Train all rounds, or go on; each branch takes `settings.steps` steps.

    Args:
        judge: makes a judge for each branch, since a judge counts what it could not score.

    Raises:
        ConfigError: a branch was begun with other settings, or several processes were started.
    """
    if int(os.environ.get("WORLD_SIZE", "1")) > 1:
        raise ConfigError("--rounds: several processes cannot share them yet; start one")
    base, steps = settings.base, 0
    notes: list[str] = []
    alarms: list[Alarm] = []
    for turn in range(settings.rounds):
        folder = settings.out / f"round-{turn + 1}"
        for place, name in enumerate(OBJECTIVES):
            own = folder / name
            say(f"round {turn + 1} of {settings.rounds}, {name}")
            seed = 1_000 * settings.seed + 10 * turn + place
            branch = replace(
                settings, out=own, base=base, weights=leaning(name), conditioned=False, rounds=0, seed=seed
            )
            done = align(branch, assignments, judge(), say)
            notes, alarms, steps = [*notes, *done.notes], done.alarms, steps + done.step
            if not done.finished:
                return Aligned(steps, False, alarms, notes)
        base = str(_mean(folder))
    shutil.copytree(base, settings.out / "policy", dirs_exist_ok=True)
    return Aligned(steps, True, alarms, notes)


def _mean(folder: Path) -> Path:
    """The mean of a round's branches, in its place."""
    target = folder / "mean"
    if not (target / NOTE).is_file():
        policies = [load_policy(str(folder / name / "policy"), folder) for name in OBJECTIVES]
        into = policies[0].copied()
        souped(policies, _EVEN, into)
        into.save(target)
        note = {"conditioned": False, "weights": _EVEN, "method": "rounds"}
        (target / NOTE).write_text(json.dumps(note), encoding="utf-8")
    return target
