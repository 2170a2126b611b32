"""The benchmark `intent`: learning from behaviour, and judging before shipping.

diginetica     the next item of anonymous shopping sessions (`intent_sessions`)
simulated      strategies learned from a log of simulated shoppers, against the rules (`intent_simulated`)
hillstrom      a randomised campaign: does choosing by person beat the best single arm? (`intent_campaign`)
open_bandit    estimators against what the other policy really earned (`intent_bandit`)
events         events a second from a file into the store (`intent_events`)
throughput     decisions a second from a file to a judged policy; `million` the same at full size (`intent_throughput`)

shopwright bench intent --data DIR [--set NAME]
"""

from __future__ import annotations

from pathlib import Path

from shopwright.bench import (
    intent_bandit,
    intent_campaign,
    intent_events,
    intent_sessions,
    intent_simulated,
    intent_throughput,
)
from shopwright.bench.task import BenchSet, Task


def _sets(_data: Path | None) -> tuple[BenchSet, ...]:
    learned = (intent_sessions.SET, intent_simulated.SET, intent_campaign.SET, intent_bandit.SET)
    return (*learned, intent_events.SET, *intent_throughput.SETS)


TASK = Task("intent", _sets)
