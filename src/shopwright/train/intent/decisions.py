"""Logged decisions as arrays, for whatever learns from them or judges by them.

`DecisionLog` holds N decisions among A actions; `LogBuilder` makes one from decisions that come one by one. What the
shop itself keeps are the rows of `catalog.events.decisions`; `reading` makes arrays of them.

Two families of features have a meaning by name, both one column an action:

    rules:search       1 where the rules would have searched
    possible:search    1 where searching was possible; without any such column everything was possible everywhere

A feature that a decision does not have is 0 there, as in `LinearPolicy.decide`.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from shopwright.errors import CorpusError

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

RULES, POSSIBLE = "rules:", "possible:"
_CHUNK = 50_000


@dataclass(frozen=True, slots=True, eq=False)
class DecisionLog:
    """A log of N decisions among A actions.

    Args:
        features: of the situations, N by F.
        actions: taken, 0 to A - 1.
        rewards: 0 to 1.
        logged: propensities; NaN where the log has none.
        sources: a number for each session or client.
        feature_names: F of them.
        action_names: A of them.
        times: of the decisions, seconds since the epoch; None where the log does not say, which is taken as in order.
    """

    features: Floats
    actions: Ints
    rewards: Floats
    logged: Floats
    sources: Ints
    feature_names: tuple[str, ...]
    action_names: tuple[str, ...]
    times: Floats | None = None

    def __len__(self) -> int:
        return len(self.actions)

    def at(self, places: Ints | Bools) -> DecisionLog:
        """Some of the decisions."""
        return replace(
            self,
            features=self.features[places],
            actions=self.actions[places],
            rewards=self.rewards[places],
            logged=self.logged[places],
            sources=self.sources[places],
            times=None if self.times is None else self.times[places],
        )

    def with_actions(self, names: Iterable[str]) -> DecisionLog:
        """The same log, which also knows actions that it never took."""
        new = sorted(set(names) - set(self.action_names))
        return replace(self, action_names=(*self.action_names, *new))

    def among(self, actions: Iterable[int]) -> DecisionLog:
        """The decisions that took some of the actions, which alone it then knows."""
        kept = sorted(set(actions))
        number = np.full(len(self.action_names), -1, np.int64)
        number[kept] = np.arange(len(kept))
        part = self.at(number[self.actions] >= 0)
        return replace(
            part, actions=number[part.actions], action_names=tuple(self.action_names[action] for action in kept)
        )

    def family(self, prefix: str) -> Floats:
        """The columns of one family, N by A; 0 for an action that has none."""
        column = {name: place for place, name in enumerate(self.feature_names)}
        found = np.zeros((len(self), len(self.action_names)))
        for action, name in enumerate(self.action_names):
            if prefix + name in column:
                found[:, action] = self.features[:, column[prefix + name]]
        return found

    def has_family(self, prefix: str) -> bool:
        """Whether there is a column of the family."""
        return any(name.startswith(prefix) for name in self.feature_names)

    def possible(self) -> Bools:
        """Which actions could have been taken, N by A; the one that was taken always could."""
        found = np.ones((len(self), len(self.action_names)), np.bool_)
        if self.has_family(POSSIBLE):
            found = self.family(POSSIBLE) > 0
            found[np.arange(len(self)), self.actions] = True
        return found


class LogBuilder:
    """Collects decisions one by one; the names of features and actions need not be known before."""

    def __init__(self) -> None:
        self._columns: dict[str, int] = {}
        self._actions: dict[str, int] = {}
        self._sources: dict[str, int] = {}
        self._taken, self._from = array("q"), array("q")
        self._rewards, self._logged, self._times = array("d"), array("d"), array("d")
        self._chunks: list[Floats] = []
        self._rows, self._places, self._values = array("q"), array("q"), array("d")

    def __len__(self) -> int:
        return len(self._taken)

    def add(
        self, features: Mapping[str, float], action: str, reward: float, propensity: float, source: str, time: float
    ) -> None:
        """Take in a decision; `propensity` and `time` are NaN where nothing is known."""
        row = len(self._taken) - len(self._chunks) * _CHUNK
        columns = self._columns
        for name, value in features.items():
            self._rows.append(row)
            self._places.append(columns.setdefault(name, len(columns)))
            self._values.append(value)
        self._taken.append(self._actions.setdefault(action, len(self._actions)))
        self._from.append(self._sources.setdefault(source, len(self._sources)))
        self._rewards.append(reward)
        self._logged.append(propensity)
        self._times.append(time)
        if row + 1 == _CHUNK:
            self._close(_CHUNK)

    def build(self) -> DecisionLog:
        """The log, with features and actions in the order of their names.

        Raises:
            CorpusError: nothing was added.
        """
        if not self._taken:
            raise CorpusError("no usable decision: a log needs at least one")
        if left := len(self._taken) - len(self._chunks) * _CHUNK:
            self._close(left)
        names, actions = sorted(self._columns), sorted(self._actions)
        features_NF = np.zeros((len(self._taken), len(names)))
        to = np.argsort(np.array([self._columns[name] for name in names], np.int64))
        for place, chunk in enumerate(self._chunks):
            begin = place * _CHUNK
            features_NF[begin : begin + len(chunk), to[: chunk.shape[1]]] = chunk
        number = np.zeros(len(actions), np.int64)
        number[[self._actions[action] for action in actions]] = np.arange(len(actions))
        times = np.array(self._times)
        return DecisionLog(
            features_NF,
            number[np.array(self._taken, np.int64)],
            np.array(self._rewards),
            np.array(self._logged),
            np.array(self._from, np.int64),
            tuple(names),
            tuple(actions),
            times if np.isfinite(times).all() else None,
        )

    def _close(self, rows: int) -> None:
        """Put what was collected into a dense chunk."""
        chunk = np.zeros((rows, len(self._columns)))
        chunk[np.array(self._rows, np.int64), np.array(self._places, np.int64)] = np.array(self._values)
        self._chunks.append(chunk)
        self._rows, self._places, self._values = array("q"), array("q"), array("d")
