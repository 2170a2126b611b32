"""The benchmark `align`: what rewards are worth.

alpaca_eval, unieval    the reward model against preferences and people's scores (`align_reward`)

shopwright bench align --data DIR [--set NAME]
"""

from __future__ import annotations

from pathlib import Path

from shopwright.bench import align_reward
from shopwright.bench.task import BenchSet, Task


def _sets(_: Path | None) -> tuple[BenchSet, ...]:
    return align_reward.SETS


TASK = Task("align", _sets)
"""Not among `run.TASKS` before the other sets are there."""
