"""Will this session end in a purchase? Logistic regression over what it did so far.

Every session is one example, cut at an event drawn at random before its first purchase, as it must be judged before it
is over. The weights are found by Newton's method with a small ridge. Not covered: prices, stock, and who the visitor
is; a purchase without an earlier event of the session teaches nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from shopwright.catalog.events.names import CART, PURCHASE, SEARCHES, VIEW
from shopwright.errors import CorpusError, ModelError
from shopwright.sequences.archive import read_arrays, write_arrays
from shopwright.sequences.log import Floats

Act = tuple[float, str, Sequence[str]]
"""An event of a session: its time in seconds, its GA4 name and its products."""

FEATURES = ("views", "products", "repeated", "carts", "cart_last", "searches", "minutes", "dwell")
"""Views of products, different products, views of one seen before, additions to the cart and whether the last event was
one, searches, minutes since the first event, minutes at the page that was looked at longest; all but `cart_last` as
log(1 + x)."""
_RIDGE = 1e-2
_ROUNDS = 20
_BOUND = 5.0
"""How many standard deviations from the mean a feature counts at most."""


@dataclass(frozen=True, slots=True, eq=False)
class BuyingModel:
    """Probability of a purchase from features of the session.

    Args:
        mean: of each of the F features where it was learned.
        scale: their standard deviations.
        weights: F of them, and a constant.
    """

    mean: Floats
    scale: Floats
    weights: Floats

    @classmethod
    def fit(cls, sessions: Iterable[Sequence[Act]], seed: int = 0) -> BuyingModel:
        """Learn from whole sessions, each in order of time.

        Raises:
            CorpusError: the sessions all ended in a purchase, or none did.
        """
        random = np.random.default_rng(seed)
        rows, bought = [], []
        for acts in sessions:
            first = next((at for at, (_, name, _) in enumerate(acts) if name == PURCHASE), None)
            if open_until := len(acts) if first is None else first:
                rows.append(features(acts[: int(random.integers(1, open_until + 1))]))
                bought.append(first is not None)
        if len({*bought}) < 2:
            raise CorpusError(
                f"{len(rows)} sessions, {sum(bought)} with a purchase: both kinds are needed to learn from"
            )
        table, bought_N = np.stack(rows), np.array(bought, np.float64)
        mean, scale = table.mean(axis=0), table.std(axis=0) + 1e-6
        return cls(mean, scale, _newton(_standard(table, mean, scale), bought_N))

    def probability(self, acts: Sequence[Act]) -> float:
        """That the session under way ends in a purchase; of an empty one, that of a session just begun."""
        row = _standard(features(acts)[None], self.mean, self.scale)
        return float(_sigmoid(row @ self.weights)[0])

    def save(self, path: Path) -> None:
        """Keep it as one NumPy archive."""
        write_arrays(path, {"mean": self.mean, "scale": self.scale, "weights": self.weights})

    @classmethod
    def load(cls, path: Path) -> BuyingModel:
        """The model that `save` kept.

        Raises:
            ModelError: there is no such file, or it is another model.
        """
        kept = read_arrays(path)
        shapes = {name: array.shape for name, array in kept.items()}
        width = len(FEATURES)
        if shapes != {"mean": (width,), "scale": (width,), "weights": (width + 1,)}:
            raise ModelError(f"{path}: no model of purchases, or of another version: fit it again")
        return cls(*(np.asarray(kept[name], np.float64) for name in ("mean", "scale", "weights")))


def features(acts: Sequence[Act]) -> Floats:
    """What a session did so far, as the numbers that `FEATURES` names."""
    if not acts:
        return np.zeros(len(FEATURES))
    viewed = [item for _, name, items in acts if name == VIEW for item in items]
    carts = sum(name == CART for _, name, _ in acts)
    times = np.array([time for time, _, _ in acts])
    pauses = np.maximum(np.diff(times), 0.0)
    counted = [
        len(viewed),
        len({*viewed}),
        len(viewed) - len({*viewed}),
        carts,
        sum(name in SEARCHES for _, name, _ in acts),
        pauses.sum() / 60,
        pauses.max(initial=0.0) / 60,
    ]
    logs = np.log1p(counted)
    return np.asarray(np.insert(logs, 4, acts[-1][1] == CART), np.float64)


def _standard(table: Floats, mean: Floats, scale: Floats) -> Floats:
    bounded = np.clip((table - mean) / scale, -_BOUND, _BOUND)
    return np.concatenate([bounded, np.ones((len(table), 1))], axis=1)


def _newton(table: Floats, bought: Floats) -> Floats:
    weights = np.zeros(table.shape[1])
    ridge = _RIDGE * len(table) * np.diag([*np.ones(table.shape[1] - 1), 0.0])
    for _ in range(_ROUNDS):
        chance = _sigmoid(table @ weights)
        slope = table.T @ (bought - chance) - ridge @ weights
        curve = (table * (chance * (1 - chance))[:, None]).T @ table + ridge + 1e-6 * np.eye(len(weights))
        weights = weights + np.linalg.solve(curve, slope)
    return weights


def _sigmoid(scores: Floats) -> Floats:
    return np.asarray(0.5 * (1 + np.tanh(scores / 2)), np.float64)
