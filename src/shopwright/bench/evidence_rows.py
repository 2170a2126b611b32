"""What the sets of `bench evidence` share: reading rows, the parts that are reported, intervals, words in common."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from shopwright.bench.baselines import english_analyzer
from shopwright.bench.task import Row
from shopwright.errors import CorpusError
from shopwright.train.verify.examples import records

BENCH = "evidence"
_BOOTSTRAP, _SEED = 200, 0
T = TypeVar("T")


def read_rows(path: Path, *needed: str) -> list[dict[str, Any]]:
    """The objects of a JSON lines file, which may be gzipped.

    Args:
        needed: keys that each of them must have.

    Raises:
        CorpusError: a line that is no object or lacks a key, or no line at all.
    """
    rows: list[dict[str, Any]] = []
    try:
        for row in records(path):
            if lacking := [key for key in needed if key not in row]:
                raise CorpusError(f"{path}, line {len(rows) + 1} has no {', '.join(lacking)}: copy the file again")
            rows.append(row)
    except (ValueError, TypeError, OSError, EOFError) as error:
        raise CorpusError(f"{path}, line {len(rows) + 1} cannot be read ({error}): copy the file again") from error
    if not rows:
        raise CorpusError(f"{path} is empty: copy the file again")
    return rows


def parts(held: Sequence[bool]) -> Iterator[tuple[str, list[int]]]:
    """Suffix and places of all units and, where only some were kept from training, of those."""
    yield "", list(range(len(held)))
    if any(held) and not all(held):
        yield ":held", [place for place, kept in enumerate(held) if kept]


def timed(function: Callable[[], T], times: list[float]) -> T:
    """What the function gives; the seconds that it took are added to `times`."""
    started = time.perf_counter()
    value = function()
    times.append(time.perf_counter() - started)
    return value


def p50_row(set: str, times: Sequence[float]) -> Row:
    """The median time of one list of candidates."""
    return Row(BENCH, set, "p50_ms", 1000 * float(np.median(times)), len(times), None, sum(times))


def measured_row(
    set: str,
    metric: str,
    measure: Callable[[NDArray[np.int64]], float],
    units: Sequence[Sequence[int]],
    seconds: float,
) -> Row:
    """A figure that is no mean, with a percentile bootstrap over units (a claim with all its evidence is one).

    Args:
        measure: the figure over the items at these places; NaN where it has none.
        units: places of the items of each independent unit, at least one; `n` is how many items there are.
        seconds: how long the scores took.
    """
    places = [np.asarray(unit, np.int64) for unit in units]
    everything = np.concatenate(places)
    generator = np.random.default_rng(_SEED)
    drawn = [generator.integers(0, len(places), len(places)) for _ in range(_BOOTSTRAP)]
    values = [measure(np.concatenate([places[unit] for unit in chosen])) for chosen in drawn]
    known = [value for value in values if not np.isnan(value)]
    interval = None
    if known:
        low, high = np.quantile(known, [0.025, 0.975])
        interval = (float(low), float(high))
    return Row(BENCH, set, metric, measure(everything), len(everything), interval, seconds)


class Words:
    """The words that two texts share: lower case, stemmed, without English stop words."""

    def __init__(self) -> None:
        self._analyzer = english_analyzer()

    def share(self, asked: str, text: str) -> float:
        """The share of the words of the first that the second has; 0 where it has none."""
        wanted = frozenset(self._analyzer.analyze(asked))
        return len(wanted.intersection(self._analyzer.analyze(text))) / len(wanted) if wanted else 0.0
