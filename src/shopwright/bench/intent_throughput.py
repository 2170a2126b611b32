"""How fast a log becomes a judged policy: read from JSON lines, sifted, learned, judged. Made decisions, 20 features.

`throughput` does it with 50,000 decisions, `million` with a million (only when it is named). The world is made: nine
strategies, rewards from a logistic model, a log of rules that look at one feature, mixed with a fifth of chance. So the
value of the learned policy is known too: `value`, beside `value:rules` and `value:oracle`, and `dr_error`, how far the
gate's estimate is from it.
"""

from __future__ import annotations

import resource
import time
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import orjson

from shopwright.bench.task import BenchSet, Options, Row
from shopwright.offpolicy import Floats, Ints
from shopwright.train.intent.decisions import RULES
from shopwright.train.intent.reading import read_file
from shopwright.train.intent.run import TrainingPlan, train

_BENCH, _FEATURES, _CHANCE, _TURNS = "intent", 20, 0.2, 4
_STRATEGIES = ("answer", "search", "ask", "compare", "recommend", "bundle", "browse", "serve", "hand_over")
_FRESH = 20_000


@dataclass(frozen=True, slots=True, eq=False)
class World:
    """Rewards of strategies in situations: the chance is logistic in the features.

    Args:
        weights: of each strategy, A by F.
    """

    weights: Floats

    @classmethod
    def made(cls, seed: int = 0) -> World:
        """A world in which strategies differ."""
        return cls(np.random.default_rng(seed).normal(0, 0.4, (len(_STRATEGIES), _FEATURES)))

    def situations(self, n: int, seed: int) -> Floats:
        """Features of n situations."""
        return np.random.default_rng(seed).normal(size=(n, _FEATURES)).round(3)

    def chances(self, features_NF: Floats) -> Floats:
        """Chance of a reward for every strategy, N by A."""
        return np.asarray(1 / (1 + np.exp(2 - features_NF @ self.weights.T)), np.float64)

    def rules(self, features_NF: Floats) -> Ints:
        """What rules would do that look at one feature."""
        return np.where(features_NF[:, 0] > 0, _STRATEGIES.index("search"), _STRATEGIES.index("ask"))

    def write(self, path: Path, n: int, seed: int = 1) -> None:
        """A log of n decisions with propensities, in visits of four turns, as JSON lines."""
        random = np.random.default_rng(seed)
        features_NF = self.situations(n, seed)
        rules, chances_NA = self.rules(features_NF), self.chances(features_NF)
        taken = np.where(random.random(n) < _CHANCE, random.integers(0, len(_STRATEGIES), n), rules)
        logged = _CHANCE / len(_STRATEGIES) + (1 - _CHANCE) * (taken == rules)
        rewards = random.random(n) < chances_NA[np.arange(n), taken]
        names = [f"f{place}" for place in range(_FEATURES)]
        with path.open("wb") as file:
            for place, row in enumerate(features_NF):
                record = {
                    "features": dict(zip(names, row.tolist(), strict=True)) | {RULES + _STRATEGIES[rules[place]]: 1},
                    "strategy": _STRATEGIES[taken[place]],
                    "propensity": float(logged[place]),
                    "reward": int(rewards[place]),
                    "source": f"s{place // _TURNS}",
                    "time": 1_750_000_000 + place,
                    "policy": "rules-1+0.2",
                }
                file.write(orjson.dumps(record) + b"\n")


def throughput_rows(n: int, name: str, _options: Options) -> Iterator[Row]:
    """Makes a log of n decisions, learns from it, and measures both."""
    world = World.made()
    with TemporaryDirectory(prefix="shopwright-") as folder:
        path = Path(folder) / "log.jsonl"
        world.write(path, n)
        began = time.perf_counter()
        read = read_file(path)
        took_reading = time.perf_counter() - began
    began = time.perf_counter()
    training = train(read, TrainingPlan())
    took = time.perf_counter() - began
    yield Row(_BENCH, name, "read_s", took_reading, n, seconds=took_reading)
    yield Row(_BENCH, name, "learn_s", took, n, seconds=took)
    yield Row(_BENCH, name, "decisions_per_s", n / (took + took_reading), n, seconds=took + took_reading)
    yield Row(_BENCH, name, "rss_mb", resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, n)
    features_NF = world.situations(_FRESH, 2)
    chances_NA, rules = world.chances(features_NF), world.rules(features_NF)
    at = np.arange(_FRESH)
    columns = {f"f{place}": features_NF[:, place] for place in range(_FEATURES)}
    columns |= {RULES + strategy: (rules == action).astype(np.float64) for action, strategy in enumerate(_STRATEGIES)}
    policy = training.policy
    shares_NA = policy.probabilities(np.array([columns[feature] for feature in policy.features]).T)
    own = [_STRATEGIES.index(action) for action in policy.actions]
    value = float((shares_NA * chances_NA[:, own]).sum(axis=1).mean())
    verdict = training.verdict
    low, high = verdict.value.interval()
    yield Row(_BENCH, name, "value", value, _FRESH)
    yield Row(_BENCH, name, "value:rules", float(chances_NA[at, rules].mean()), _FRESH)
    yield Row(_BENCH, name, "value:oracle", float(chances_NA.max(axis=1).mean()), _FRESH)
    yield Row(_BENCH, name, "value:estimated", verdict.value.value, training.judged, (low, high))
    yield Row(_BENCH, name, "dr_error", abs(verdict.value.value - value), training.judged)
    yield Row(_BENCH, name, "promoted", float(verdict.promoted), training.judged)


SETS = (
    BenchSet("throughput", partial(throughput_rows, 50_000, "throughput")),
    BenchSet("million", partial(throughput_rows, 1_000_000, "million"), default=False),
)
