"""A randomised e-mail campaign (Hillstrom): three arms, eight features, whether the person visited the shop.

Ten splits, so that every person is judged once by policies learned on the other nine tenths. All values are doubly
robust, over propensities of 1/3 that are known. Measured beside each other:

    value                  what would be shipped: the learned policy where the gate lets it pass, else the best arm
    value:policy           the learned policy without a gate (policy gradient, `train.intent.learning`)
    value:t_learner        for each person the arm that a reward model expects most of
    value:best_constant    the arm that did best in the nine tenths, for all

`gain` is the paired difference of `value` and `value:best_constant`; `claims_gain` is 1 only when its 95 % interval
lies above 0. It is known that choosing by person does not win here: a 1 deserves distrust.
"""

from __future__ import annotations

import gzip
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import orjson

from shopwright.bench.task import BenchSet, NeededFile, Options, Row
from shopwright.offpolicy import Estimate, Floats, Ints, doubly_robust
from shopwright.train.intent.decisions import DecisionLog
from shopwright.train.intent.gating import paired
from shopwright.train.intent.learning import LearningSettings, learn
from shopwright.train.intent.models import Predict, crossed, rewards_of

_BENCH, _NAME, _FILE, _SPLITS = "intent", "hillstrom", "intent/hillstrom.jsonl.gz", 10
_NUMBERS = ("recency", "history", "mens", "womens", "newbie")
_KINDS = {"zip_code": ("Rural", "Urban"), "channel": ("Phone", "Web")}


def campaign_rows(options: Options) -> Iterator[Row]:
    """Measures the policies on every person."""
    assert options.data is not None
    log = read_campaign(options.data / _FILE)
    began = time.perf_counter()
    terms = judged(log)
    took = time.perf_counter() - began
    for metric, found in terms.items():
        estimate = Estimate("dr", float(found.mean()), float(len(log)), found)
        yield Row(_BENCH, _NAME, metric, estimate.value, len(log), estimate.interval(), took)
    gain = terms["value"] - terms["value:best_constant"]
    difference = Estimate("dr", float(gain.mean()), float(len(log)), gain)
    interval = difference.interval()
    yield Row(_BENCH, _NAME, "gain", difference.value, len(log), interval, took)
    for name in ("policy", "t_learner"):
        gain = terms[f"value:{name}"] - terms["value:best_constant"]
        other = Estimate("dr", float(gain.mean()), float(len(log)), gain)
        yield Row(_BENCH, _NAME, f"gain:{name}", other.value, len(log), other.interval(), took)
    yield Row(_BENCH, _NAME, "claims_gain", float(interval[0] > 0), len(log), seconds=took)


def read_campaign(path: Path) -> DecisionLog:
    """The campaign as logged decisions: the arm, and whether the person visited."""
    with gzip.open(path, "rb") as lines:
        people = [orjson.loads(line) for line in lines]
    columns = {name: [float(person[name]) for person in people] for name in _NUMBERS}
    for field, values in _KINDS.items():
        columns |= {f"{field}={value}": [float(person[field] == value) for person in people] for value in values}
    arms = sorted({person["segment"] for person in people})
    return DecisionLog(
        np.array(list(columns.values())).T,
        np.array([arms.index(person["segment"]) for person in people], np.int64),
        np.array([float(person["visit"]) for person in people]),
        np.full(len(people), 1 / len(arms)),
        np.arange(len(people)),
        tuple(columns),
        tuple(arms),
    )


def judged(log: DecisionLog, splits: int = _SPLITS, seed: int = 0) -> dict[str, Floats]:
    """What each person contributes to the value of each policy, learned without that person."""
    fold = np.random.default_rng(seed).permutation(len(log)) % splits
    terms: dict[str, Floats] = {}
    for each in range(splits):
        train, test = log.at(fold != each), log.at(fold == each)
        predicted = _rewards(train, test)
        for name, target in _policies(train, test, predicted, each).items():
            estimate = doubly_robust(test.rewards, test.actions, test.logged, target, predicted)
            terms.setdefault(name, np.zeros(len(log)))[fold == each] = estimate.terms
    return terms


def _policies(train: DecisionLog, test: DecisionLog, predicted: Floats, seed: int) -> dict[str, Floats]:
    arms = np.eye(len(log_arms := train.action_names))
    earned = np.array([train.rewards[train.actions == arm].mean() for arm in range(len(log_arms))])
    constant = np.repeat(arms[earned.argmax()][None], len(test), axis=0)
    half = np.random.default_rng(seed).permutation(len(train)) % 2
    early, late = train.at(half == 0), train.at(half == 1)
    trial = _learned(early, late, seed)
    best_NA = np.repeat(arms[earned.argmax()][None], len(late), axis=0)
    gain = paired(late, late.logged, _rewards(early, late), trial, best_NA)
    learned = _learned(train, test, seed)
    return {
        "value": learned if gain.interval()[0] > 0 else constant,
        "value:best_constant": constant,
        "value:policy": learned,
        "value:t_learner": arms[predicted.argmax(axis=1)],
    }


def _learned(train: DecisionLog, test: DecisionLog, seed: int) -> Floats:
    def fit(places: Ints) -> Predict:
        part = train.at(places)
        return rewards_of(part.features, part.actions, part.rewards, len(part.action_names))

    predicted = crossed(fit, train.features, seed=seed)
    policy = learn(train, train.logged, predicted, LearningSettings(seed=seed, floor=0.0))
    return policy.probabilities(test.features)


def _rewards(train: DecisionLog, test: DecisionLog) -> Floats:
    return rewards_of(train.features, train.actions, train.rewards, len(train.action_names))(test.features)


SET = BenchSet(_NAME, campaign_rows, (NeededFile(_FILE, "people, their arm and whether they visited"),))
