"""Logged decisions from a file or from the shop's store, as arrays; what is refused is counted and named.

A file has a JSON object a line:

    {"features": {"document_score": 0.4}, "strategy": "search", "propensity": 0.8, "reward": 1,
     "source": "s17", "time": 1750000000, "policy": "rules-1", "id": "s17:3"}

`propensity`, `source`, `time`, `policy` and `id` may be missing; a reward of null is one that is not known yet. A line
without a source is a source of its own. Lines of one `id` count once; so do lines without one that are alike to the
letter, if they have a time.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import orjson

from shopwright.catalog.events.decisions import Logged
from shopwright.errors import CorpusError
from shopwright.train.intent.decisions import DecisionLog, LogBuilder
from shopwright.types import Strategy

KNOWN = frozenset(map(str, Strategy))
"""Strategies that the assistant has."""
_PENDING = "no outcome yet"


@dataclass(frozen=True, slots=True)
class ReadLog:
    """What was read.

    Args:
        log: the decisions, in order of time.
        told: a line on each kind of defect.
        policies: decisions of each policy by name.
    """

    log: DecisionLog
    told: tuple[str, ...]
    policies: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class _Row:
    features: Mapping[str, float]
    strategy: str
    reward: float
    propensity: float
    source: str
    time: float
    policy: str
    key: int | None = None
    """Alike for what is the same decision."""


class _Collector:
    """Takes rows in, and counts those that are refused."""

    def __init__(self, now: float, strategies: frozenset[str] | None) -> None:
        self._now, self._strategies = now, strategies
        self._builder, self._policies = LogBuilder(), Counter[str]()
        self._refused: dict[str, tuple[int, int]] = {}
        self._seen = set[int]()
        self._latest, self._turned, self._first_turned = -math.inf, 0, 0

    def take(self, row: _Row | str, number: int) -> None:
        """A decision, or what is wrong with it; `number` is its place, from 1."""
        wrong = row if isinstance(row, str) else self._wrong(row)
        if wrong or isinstance(row, str):
            count, first = self._refused.get(wrong, (0, number))
            self._refused[wrong] = (count + 1, first)
            return
        if row.time < self._latest:
            self._turned, self._first_turned = self._turned + 1, self._first_turned or number
        else:
            self._latest = row.time
        self._policies[row.policy] += 1
        self._builder.add(row.features, row.strategy, row.reward, row.propensity, row.source, row.time)

    def read(self, where: str) -> ReadLog:
        """What was taken in.

        Raises:
            CorpusError: nothing.
        """
        told = [
            f"{count} decisions left out: {reason}, first in {where} {first}"
            for reason, (count, first) in self._refused.items()
        ]
        if not len(self._builder):
            raise CorpusError(f"no usable decision. {'; '.join(told) or 'The log is empty.'}")
        log = self._builder.build()
        if self._turned:
            told.append(
                f"{self._turned} decisions stand after a later one, first in {where} {self._first_turned}: put in order"
            )
        if log.times is not None:
            log = log.at(np.argsort(log.times, kind="stable"))
        return ReadLog(log, tuple(told), dict(self._policies))

    def _wrong(self, row: _Row) -> str:
        if row.time > self._now:
            return "dated in the future"
        if self._strategies is not None and row.strategy not in self._strategies:
            return f"the assistant has no strategy {row.strategy!r}"
        if row.key in self._seen:
            return "said twice"
        if row.key is not None:
            self._seen.add(row.key)
        return ""


def read_file(path: Path, now: float = math.inf, strategies: frozenset[str] | None = KNOWN) -> ReadLog:
    """The decisions of a file.

    Args:
        path: JSON lines.
        now: seconds since the epoch; later decisions are refused.
        strategies: that there are; None: whatever the file names.

    Raises:
        CorpusError: no such file, or no usable decision in it.
    """
    if not path.is_file():
        raise CorpusError(f"{path}: there is no such file; name a log of decisions as JSON lines")
    collector = _Collector(now, strategies)
    with path.open("rb") as lines:
        for number, line in enumerate(lines, start=1):
            if line.strip():
                collector.take(_row(line, number), number)
    try:
        return collector.read("line")
    except CorpusError as error:
        raise CorpusError(f"{path}: {error}") from error


def read_kept(decisions: Iterable[Logged], now: float = math.inf) -> ReadLog:
    """The settled decisions of a shop, e.g. of `Decisions(store).read(settled=True)`.

    Left out are visits that were marked as a bot's or as poison, visits of which nothing more is known, and turns that
    no policy decided, such as answers to an approval, which have no features.

    Raises:
        CorpusError: no usable decision among them.
    """
    collector = _Collector(now, KNOWN)
    for number, one in enumerate(decisions, start=1):
        collector.take(_kept(one), number)
    return collector.read("decision")


def _kept(one: Logged) -> _Row | str:
    if one.outcome is None:
        return _PENDING
    if not one.features:
        return "no policy decided them"
    if one.outcome.doubted:
        return "the visit looks like a bot's or like poison"
    if not one.outcome.seen:
        return "nothing is known of the visit"
    key = hash((one.session_id, one.turn))
    made = (one.propensity, one.session_id, one.at, one.policy)
    return _Row(one.features, one.strategy, one.outcome.reward, *made, key)


def _row(line: bytes, number: int) -> _Row | str:
    """The fields of a line, or what is wrong with it."""
    try:
        record: Any = orjson.loads(line)
    except orjson.JSONDecodeError:
        return "not JSON"
    if not isinstance(record, dict) or not isinstance(record.get("features"), dict):
        return "without features"
    if not isinstance(record.get("strategy"), str) or not record["strategy"]:
        return "without a strategy"
    if "reward" in record and record["reward"] is None:
        return _PENDING
    try:
        features = {name: float(value) for name, value in record["features"].items()}
        reward, given, at = float(record["reward"]), record.get("propensity"), record.get("time")
        propensity = math.nan if given is None else float(given)
        time = math.nan if at is None else float(at)
    except (KeyError, TypeError, ValueError):
        return "a reward, propensity, time or feature is missing or no number"
    key = hash(line) if at is not None else None
    if record.get("id") is not None:
        key = hash(str(record["id"]))
    source = str(record.get("source") or f"line {number}")
    return _Row(features, record["strategy"], reward, propensity, source, time, str(record.get("policy") or ""), key)
