"""The vocabulary of a benchmark: what it measures (`Row`), on what (`BenchSet`), and under which word (`Task`).

A new benchmark is a module with a `TASK`; `run.TASKS` names it. A set says which files it needs, so that whoever runs
it learns what is missing before anything is computed.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from shopwright.metrics import bootstrap_interval, mean


@dataclass(frozen=True, slots=True)
class Row:
    """One figure.

    Args:
        metric: its name; a suffix after ":" names a baseline or a variant of the same measure ("ndcg@10:bm25").
        value: the figure, NaN when there was nothing to measure.
        n: how many queries, conversations, numbers ... it rests on.
        ci95: bootstrap interval of the mean, where the figure is one.
        seconds: how long it took to measure.
        curve: points (x, y) that the figure sums up, for the report alone, e.g. risk over coverage.
    """

    bench: str
    set: str
    metric: str
    value: float
    n: int
    ci95: tuple[float, float] | None = None
    seconds: float = 0.0
    curve: tuple[tuple[float, float], ...] = ()

    def record(self) -> dict[str, Any]:
        """The row as it is printed: six significant digits, null for NaN, no `ci95` where there is none."""
        record: dict[str, Any] = {
            "bench": self.bench,
            "set": self.set,
            "metric": self.metric,
            "value": _rounded(self.value),
            "n": self.n,
            "ci95": [_rounded(bound) for bound in self.ci95] if self.ci95 else None,
            "seconds": round(self.seconds, 3),
        }
        return {key: value for key, value in record.items() if key != "ci95" or value is not None}


@dataclass(frozen=True, slots=True)
class Options:
    """What a run was asked for: the folder of data and the endpoint (`URL#NAME`), both optional."""

    data: Path | None = None
    model: str | None = None


@dataclass(frozen=True, slots=True)
class NeededFile:
    """A file that a set reads: its place below the folder of data, and what it should hold."""

    path: str
    holds: str


@dataclass(frozen=True, slots=True)
class BenchSet:
    """Something to measure on.

    Args:
        name: as given to `--set`.
        run: measures and yields rows as they are known.
        files: what it needs below the folder of data; empty when it needs none.
        default: whether it is measured when no set is named.
    """

    name: str
    run: Callable[[Options], Iterator[Row]]
    files: tuple[NeededFile, ...] = ()
    default: bool = True

    def missing(self, data: Path | None) -> tuple[NeededFile, ...]:
        """Those of its files that are not there."""
        return tuple(file for file in self.files if data is None or not (data / file.path).is_file())


@dataclass(frozen=True, slots=True)
class Task:
    """A benchmark.

    Args:
        name: its word.
        sets: those that it knows, given a folder of data; also those whose files are missing.
        notes: lines on what is not compared with, and why.
    """

    name: str
    sets: Callable[[Path | None], tuple[BenchSet, ...]]
    notes: Callable[[], Sequence[str]] = tuple


def mean_row(bench: str, set: str, metric: str, values: Iterable[float], seconds: float) -> Row:
    """The mean of one figure a query, with its 95 % interval; NaN values are left out and not counted."""
    known = list(values)
    value, n = mean(known)
    return Row(bench, set, metric, value, n, bootstrap_interval(known) if n else None, seconds)


def _rounded(value: float) -> float | None:
    return None if math.isnan(value) else float(f"{value:.6g}")
