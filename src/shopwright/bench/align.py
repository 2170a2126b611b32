"""The benchmark `align`: what rewards are worth, how fast they are learned, and what a policy makes of them.

alpaca_eval, unieval    the reward model against preferences and people's scores (`align_reward`)
throughput              pairs and answers a CPU second, beside TRL (`align_throughput`); when it is named
pareto                  four objectives at once, beside the sum, GDPO and soups (`align_pareto`); when it is named

shopwright bench align --data DIR [--set NAME]
"""

from __future__ import annotations

from pathlib import Path

from shopwright.bench import align_pareto, align_reward, align_throughput
from shopwright.bench.task import BenchSet, Task


def _sets(_: Path | None) -> tuple[BenchSet, ...]:
    return (*align_reward.SETS, *align_throughput.SETS, *align_pareto.SETS)


TASK = Task("align", _sets)
