"""The benchmark `recommend`: what comes next, what surprises and makes sense, and how fast.

beauty ...            every folder of `recommend/` with sequences and items (`recommend_sequences`)
taobao_serendipity    the score that ships against people's ratings (`recommend_ratings`)
codes                 a generator of semantic ids alone, trained for ten minutes; only when named (`recommend_codes`)
scale                 20 recommendations at 100,000 items, simulated (`recommend_scale`)

shopwright bench recommend --data DIR [--set NAME]
"""

from __future__ import annotations

from pathlib import Path

from shopwright.bench import recommend_ratings, recommend_scale
from shopwright.bench.recommend_codes import codes_set
from shopwright.bench.recommend_sequences import sequence_sets
from shopwright.bench.task import BenchSet, Task


def _sets(data: Path | None) -> tuple[BenchSet, ...]:
    return (*sequence_sets(data), recommend_ratings.SET, codes_set(data), recommend_scale.SET)


TASK = Task("recommend", _sets)
