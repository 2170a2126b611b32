"""The benchmark `reason`: what a wish needs that it does not name.

journeys    the project's own wishes with gold sub-goals over the demo shop, beside one search (`reason_journeys`)
malls       the vague, substitute and compatible tasks over four shops (`malls`)

shopwright bench reason [--data DIR] [--set NAME]
"""

from __future__ import annotations

from pathlib import Path

from shopwright.bench import malls
from shopwright.bench.reason_journeys import wish_sets
from shopwright.bench.task import BenchSet, Task


def _sets(_: Path | None) -> tuple[BenchSet, ...]:
    return (*wish_sets(), malls.REASON)


TASK = Task("reason", _sets)
