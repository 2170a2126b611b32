"""The set `pairs` of `bench rewrite`: the shipped rewriter on the project's own pairs that it was not trained on.

    exact:KIND     the likeliest rewrite is one of those that a person wrote (kinds of `train.rewrites`)
    any:KIND       one of the first four is
    ...:untrained  the same of the language model that the rewriter was made from, which only goes on with the prompt
    p50_ms         one query, one thread, beams of four

Split test. Whether a rewrite helps is measured by the other sets: a person writes one of many that do.
"""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Iterator

import numpy as np

from shopwright.bench.task import BenchSet, Options, Row, mean_row
from shopwright.models.language.engine import EmbeddedLanguageModel
from shopwright.skills.rewrite.generator import REWRITER, Generator
from shopwright.skills.rewrite.tasks import Task
from shopwright.train.rewrite.pairs import MEANT_KINDS
from shopwright.train.rewrites import Rewrite, packaged_rewrites

_WIDTH = 4
_LANGUAGE_MODEL = "lm-s-int8"


def measure_pairs(options: Options) -> Iterator[Row]:
    """All figures of the set."""
    del options
    held = packaged_rewrites("test")
    for suffix, name in (("", REWRITER), (":untrained", _LANGUAGE_MODEL)):
        yield from judged(Generator(EmbeddedLanguageModel(name)), held, suffix)


def judged(generator: Generator, pairs: list[Rewrite], suffix: str = "") -> Iterator[Row]:
    """How often the likeliest rewrites are what a person wrote, by kind, and how long they take."""
    exact: dict[str, list[float]] = defaultdict(list)
    near: dict[str, list[float]] = defaultdict(list)
    times = []
    begun = time.perf_counter()
    for each in pairs:
        started = time.perf_counter()
        task: Task = "meant" if each.kind in MEANT_KINDS else "also"
        found = [one.text for one in generator.write(each.query, task, width=_WIDTH)]
        times.append(1000.0 * (time.perf_counter() - started))
        wanted = {rewrite.lower() for rewrite in each.rewrites}
        exact[each.kind].append(float(bool(found) and found[0] in wanted))
        near[each.kind].append(float(bool(wanted & set(found))))
    seconds = time.perf_counter() - begun
    for kind in exact:
        yield mean_row("rewrite", "pairs", f"exact:{kind}{suffix}", exact[kind], seconds)
        yield mean_row("rewrite", "pairs", f"any:{kind}{suffix}", near[kind], seconds)
    yield Row("rewrite", "pairs", f"p50_ms{suffix}", float(np.median(times)), len(times), None, seconds)


SETS = (BenchSet("pairs", measure_pairs),)
