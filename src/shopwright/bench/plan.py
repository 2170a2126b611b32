"""The benchmark `plan`: are the right tools called in the right order, and does the world stand right afterwards?

plans, written     picked calls and their links against gold plans (`plan_requests`)
retail             a customer-service world: the final database against the reference's (`plan_retail`)
malls              shopping tasks over four shops against gold offers (`malls`)
runtime            the executor: speed-up, hung and failing tools, overhead (`plan_runtime`)

shopwright bench plan --data DIR [--set NAME]
"""

from __future__ import annotations

from pathlib import Path

from shopwright.bench import malls, plan_requests, plan_retail
from shopwright.bench.plan_runtime import runtime_rows
from shopwright.bench.task import BenchSet, Task


def _sets(data: Path | None) -> tuple[BenchSet, ...]:
    runtime = BenchSet("runtime", lambda _: runtime_rows())
    return (*plan_requests.sets(data), plan_retail.RETAIL_SET, malls.PLAN, runtime)


TASK = Task("plan", _sets)
