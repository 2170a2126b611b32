"""Estimators on logged recommendations (Open Bandit, small): the value of one policy from the other one's log.

Two campaigns, each logged once under uniformly random items and once under Bernoulli Thompson sampling (BTS), 10,000
decisions each. The mean reward of the other log is what the estimate should meet. With some 40 clicks a log and a
handful of effective decisions this tests the wiring, not the estimators: `ess` and the intervals say so, and an error
within `noise` (two standard errors of the true value) means nothing.
"""

from __future__ import annotations

import csv
import gzip
import math
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from shopwright.bench.task import BenchSet, NeededFile, Options, Row
from shopwright.offpolicy import Estimate, Floats, Ints, direct, doubly_robust, inspect, ips, snips, switch_dr

_BENCH, _NAME = "intent", "open_bandit"
_CLIP, _FOLDS, _PRIOR = 10.0, 5, 50.0
_WAYS = (("random", "bts"), ("bts", "random"))


@dataclass(frozen=True, slots=True, eq=False)
class Shown:
    """Recommendations that were shown: item, place on the page, click, propensity."""

    items: Ints
    places: Ints
    clicks: Floats
    logged: Floats


def bandit_rows(options: Options) -> Iterator[Row]:
    """Measures every estimator in both campaigns and both directions."""
    assert options.data is not None
    for campaign in ("men", "women"):
        logs = {name: read_shown(options.data / _file(name, campaign)) for name in ("random", "bts")}
        for source, target in _WAYS:
            yield from _direction(f"{campaign}_{source}_to_{target}", logs[source], logs[target])


def read_shown(path: Path) -> Shown:
    """A log of the data set."""
    with gzip.open(path, "rt", encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    _, places = np.unique([int(row["position"]) for row in rows], return_inverse=True)
    return Shown(
        np.array([int(row["item_id"]) for row in rows], np.int64),
        places.astype(np.int64),
        np.array([float(row["click"]) for row in rows]),
        np.array([float(row["propensity_score"]) for row in rows]),
    )


def policy_of(log: Shown, items: int) -> Floats:
    """Probability of every item at each place: what the log says it is, averaged and made to add up to 1."""
    width = int(log.places.max()) + 1
    key = log.places * items + log.items
    times = np.bincount(key, minlength=width * items)
    chance = np.bincount(key, weights=log.logged, minlength=width * items) / np.maximum(times, 1)
    table = chance.reshape(width, items)
    return np.asarray(table / table.sum(axis=1, keepdims=True), np.float64)


def estimates(log: Shown, target: Shown, seed: int = 0) -> tuple[dict[str, Estimate], Floats]:
    """The value of the target's policy by every estimator, and the policy's probabilities."""
    items = int(max(log.items.max(), target.items.max())) + 1
    target_NA = policy_of(target, items)[log.places]
    chosen = target_NA[np.arange(len(log.items)), log.items]
    predicted_NA = _click_rates(log, items, seed)
    given = (log.clicks, log.items, log.logged, target_NA, predicted_NA)
    found = {
        "ips": ips(log.clicks, chosen, log.logged),
        "clipped_ips": ips(log.clicks, chosen, log.logged, _CLIP),
        "snips": snips(log.clicks, chosen, log.logged),
        "direct": direct(predicted_NA, target_NA),
        "dr": doubly_robust(*given),
        "switch_dr": switch_dr(*given, threshold=_CLIP),
    }
    return found, target_NA


def _click_rates(log: Shown, items: int, seed: int) -> Floats:
    """Each item's rate of clicks, drawn to the overall one, from the other folds."""
    fold = np.random.default_rng(seed).permutation(len(log.items)) % _FOLDS
    rates_NA = np.zeros((len(log.items), items))
    for each in range(_FOLDS):
        other = fold != each
        shown = np.bincount(log.items[other], minlength=items)
        clicked = np.bincount(log.items[other], weights=log.clicks[other], minlength=items)
        overall = float(log.clicks[other].mean())
        rates_NA[fold == each] = (clicked + _PRIOR * overall) / (shown + _PRIOR)
    return rates_NA


def _direction(name: str, log: Shown, target: Shown) -> Iterator[Row]:
    began = time.perf_counter()
    found, target_NA = estimates(log, target)
    support = inspect(log.items, log.logged, target_NA, _CLIP)
    took = time.perf_counter() - began
    n, truth = len(log.items), float(target.clicks.mean())
    noise = 2 * float(target.clicks.std(ddof=1)) / math.sqrt(len(target.clicks))
    yield Row(_BENCH, _NAME, f"on_policy:{name}", truth, len(target.clicks), seconds=took)
    yield Row(_BENCH, _NAME, f"noise:{name}", noise, len(target.clicks), seconds=took)
    yield Row(_BENCH, _NAME, f"ess:{name}", support.ess, n, seconds=took)
    yield Row(_BENCH, _NAME, f"max_weight:{name}", support.max_weight, n, seconds=took)
    yield Row(_BENCH, _NAME, f"clipped:{name}", support.clipped, n, seconds=took)
    for method, estimate in found.items():
        low, high = estimate.interval()
        yield Row(_BENCH, _NAME, f"{method}:{name}", estimate.value, n, (low, high), took)
        yield Row(_BENCH, _NAME, f"{method}_error:{name}", abs(estimate.value - truth), n, seconds=took)


def _file(policy: str, campaign: str) -> str:
    return f"intent/open_bandit/{policy}_{campaign}.csv.gz"


SET = BenchSet(
    _NAME,
    bandit_rows,
    tuple(
        NeededFile(_file(policy, campaign), f"{campaign}'s fashion, logged under {policy}")
        for campaign in ("men", "women")
        for policy in ("random", "bts")
    ),
)
