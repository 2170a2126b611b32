"""Requests: played wants as arrays, with what every strategy is worth in each; and logs drawn from them.

A request is a want said on one device. As the worth of every strategy is known here, and not only that of the one that
was taken, a policy's value is exact, and what estimators say of it can be checked. Everything from here is simulated.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from shopwright.errors import ConfigError
from shopwright.train.intent.decisions import POSSIBLE, DecisionLog
from shopwright.train.intent.shoppers.playing import Played, value
from shopwright.train.intent.shoppers.settings import DEVICES, Device
from shopwright.train.intent.shoppers.shopper import Shopper
from shopwright.train.intent.shoppers.wants import Want
from shopwright.types import Strategy

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]
PHONE = "shopper:phone"
_HOUR = ("when:hour_sin", "when:hour_cos", "when:weekend")
"""Features that tell the time: the clock's when the want was played, so they are drawn anew."""


@dataclass(frozen=True, slots=True, eq=False)
class Requests:
    """N situations in which one of A strategies is taken.

    Args:
        wants: N, one for each device.
        devices: N.
        features: N x F, what a policy is told.
        possible: N x A, what it may take.
        values: N x A, how pleased the shopper is expected to be, 0 where it is not possible.
        rules: what the rules take, 0 to A - 1.
    """

    wants: tuple[Want, ...]
    devices: tuple[Device, ...]
    features: Floats
    possible: Bools
    values: Floats
    rules: Ints
    feature_names: tuple[str, ...]
    action_names: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.rules)

    @property
    def by_rules(self) -> Floats:
        """The rules as probabilities."""
        return np.eye(len(self.action_names))[self.rules]

    @property
    def by_oracle(self) -> Floats:
        """The best strategy of each request as probabilities, which only who knows the want can take."""
        return np.eye(len(self.action_names))[np.where(self.possible, self.values, -1.0).argmax(axis=1)]

    def earned(self, chances_NA: Floats) -> Floats:
        """What a policy is expected to earn in each request."""
        return np.asarray((chances_NA * self.values).sum(axis=1), np.float64)

    def constant(self, action: int) -> Floats:
        """One strategy wherever it is possible, else the rules; as probabilities."""
        there = self.possible[:, action]
        return np.eye(len(self.action_names))[np.where(there, action, self.rules)]

    def at(self, places: Ints | Bools) -> Requests:
        """Some of the requests."""
        numbers = np.flatnonzero(places) if places.dtype == np.bool_ else places
        return Requests(
            tuple(self.wants[int(place)] for place in numbers),
            tuple(self.devices[int(place)] for place in numbers),
            self.features[numbers],
            self.possible[numbers],
            self.values[numbers],
            self.rules[numbers],
            self.feature_names,
            self.action_names,
        )

    def of_split(self, split: str) -> Requests:
        """The requests of one split; a want is in one of them with all of its devices."""
        return self.at(np.array([want.split == split for want in self.wants], np.bool_))


def requests_of(
    played: Iterable[Played], shopper: Shopper, devices: Sequence[Device] = DEVICES, seed: int = 0
) -> Requests:
    """The requests of played wants; those where nothing was to be decided are left out.

    Raises:
        ConfigError: nothing is left.
    """
    kept = [one for one in played if one.is_decision]
    if not kept:
        raise ConfigError("no want with more than one possible strategy: nothing to decide")
    actions = tuple(each for each in Strategy if any(each in one.plays for one in kept))
    of_policies = {f"{POSSIBLE}{action}" for action in actions}
    names = tuple(sorted({PHONE, *_HOUR, *of_policies, *(name for one in kept for name in one.features)}))
    rows = [(one, device) for one in kept for device in devices]
    random = np.random.default_rng(seed)
    times = [_time(random) | {PHONE: float(device == "phone")} for _, device in rows]
    told = [
        {**one.features, **time, **{f"{POSSIBLE}{action}": float(action in one.plays) for action in actions}}
        for (one, _), time in zip(rows, times, strict=True)
    ]
    return Requests(
        tuple(one.want for one, _ in rows),
        tuple(device for _, device in rows),
        np.array([[features.get(name, 0.0) for name in names] for features in told]),
        np.array([[action in one.plays for action in actions] for one, _ in rows], np.bool_),
        np.array([[value(one, action, shopper, device) for action in actions] for one, device in rows]),
        np.array([actions.index(one.rules) for one, _ in rows], np.int64),
        names,
        tuple(map(str, actions)),
    )


@dataclass(frozen=True, slots=True, eq=False)
class Drawn:
    """A simulated log over requests: which request, what was taken with which chance, and whether it pleased."""

    places: Ints
    actions: Ints
    logged: Floats
    rewards: Floats


def draw_log(requests: Requests, n: int, exploration: float = 0.3, seed: int = 0) -> Drawn:
    """Decisions of the rules with chance mixed in, on requests drawn with replacement.

    Args:
        n: decisions.
        exploration: share of them in which any possible strategy is taken, each as likely.
        seed: of everything drawn.

    Returns:
        Rewards of 0 or 1 whose expectation is the request's value.
    """
    if not 0 <= exploration <= 1:
        raise ConfigError(f"exploration {exploration}: must be 0 to 1")
    random = np.random.default_rng(seed)
    chances_NA = exploring(requests, exploration)
    places = random.integers(0, len(requests), n)
    drawn = random.random((n, 1)) < chances_NA[places].cumsum(axis=1) - 1e-12
    actions = np.where(drawn.any(axis=1), drawn.argmax(axis=1), requests.rules[places])
    rewards = random.random(n) < requests.values[places, actions]
    return Drawn(places, actions, chances_NA[places, actions], rewards.astype(np.float64))


def log_of(requests: Requests, drawn: Drawn) -> DecisionLog:
    """A drawn log as what learning and judging read.

    All decisions of a want count as of one source: whoever splits them by source never learns from a text and judges by
    it. A log of real shoppers has a source for each visit.
    """
    places = drawn.places
    numbers = {want: number for number, want in enumerate(dict.fromkeys(want.id for want in requests.wants))}
    sources = np.array([numbers[want.id] for want in requests.wants], np.int64)
    return DecisionLog(
        requests.features[places],
        drawn.actions,
        drawn.rewards,
        drawn.logged,
        sources[places],
        requests.feature_names,
        requests.action_names,
    )


def exploring(requests: Requests, exploration: float) -> Floats:
    """The logging policy: the rules, and in a share of the decisions chance."""
    possible = requests.possible
    return np.asarray(
        (1 - exploration) * requests.by_rules + exploration * possible / possible.sum(axis=1, keepdims=True), np.float64
    )


def _time(random: np.random.Generator) -> dict[str, float]:
    """A moment of a visit, as a policy is told of it; it has no influence on simulated shoppers."""
    hour, weekend = 2 * math.pi * random.random(), random.random() < 2 / 7
    return dict(zip(_HOUR, (math.sin(hour), math.cos(hour), float(weekend)), strict=True))
