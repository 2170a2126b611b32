"""A learned policy: softmax of linear scores, with a floor under every probability. numpy alone.

`LinearPolicy.decide` picks one of the strategies that are possible in a turn and says with which probability, so that
what it does can be learned from again. Made by `shopwright train intent`, kept as one JSON file. It knows features by
name: one that a turn does not have, or that is no number, counts as 0, as it does in the log; one that it never saw
counts for nothing. Standardised features are bounded, so that a value from far outside of what was seen, or planted,
cannot decide alone.
"""

from __future__ import annotations

import json
import math
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from shopwright.errors import ConfigError, ModelError

Floats = NDArray[np.float64]
_BOUND = 10.0
"""How many standard deviations from the mean a feature counts at most."""


@dataclass(frozen=True, slots=True, eq=False)
class LinearPolicy:
    """Scores of actions from standardised features.

    Args:
        name: stored with every decision, so that a log says which policy made it.
        actions: A of them.
        features: names of the F columns.
        mean: of each feature where it was learned.
        scale: its standard deviation there, above 0.
        weights: A rows of F weights and a constant.
        floor: smallest probability of an action times A, 0 to 1: the share of decisions taken by chance.
    """

    name: str
    actions: tuple[str, ...]
    features: tuple[str, ...]
    mean: Floats
    scale: Floats
    weights: Floats
    floor: float = 0.0

    def __post_init__(self) -> None:
        if self.weights.shape != (len(self.actions), len(self.features) + 1):
            raise ConfigError(
                f"weights {self.weights.shape}: must be {len(self.actions)} actions by {len(self.features)} "
                "features and a constant"
            )
        if not self.actions or len({*self.actions}) < len(self.actions) or len({*self.features}) < len(self.features):
            raise ConfigError(f"actions {self.actions}, features {self.features}: must be there, and each once")
        if self.mean.shape != (len(self.features),) or self.scale.shape != self.mean.shape:
            raise ConfigError(f"mean {self.mean.shape}, scale {self.scale.shape}: must be one of each feature")
        numbers = (self.mean, self.scale, self.weights)
        if not all(np.isfinite(each).all() for each in numbers) or not (self.scale > 0).all():
            raise ConfigError("means, scales and weights: must be finite numbers, and scales above 0")
        if not 0 <= self.floor <= 1:
            raise ConfigError(f"floor {self.floor}: must be 0 to 1")

    def probabilities(self, features_NF: Floats, possible_NA: NDArray[np.bool_] | None = None) -> Floats:
        """Probability of every action in N situations; 0 for those that are not possible there.

        Args:
            features_NF: in the order of `features`.
            possible_NA: what can be done, in the order of `actions`, one or more in every row; None: everything.
        """
        standard_NF = standardised(features_NF, self.mean, self.scale)
        scores_NA = standard_NF @ self.weights[:, :-1].T + self.weights[:, -1]
        possible = np.ones(scores_NA.shape, np.bool_) if possible_NA is None else possible_NA
        shares = softmax(np.where(possible, scores_NA, -np.inf))
        return np.asarray((1 - self.floor) * shares + self.floor * possible / possible.sum(axis=1, keepdims=True))

    def decide(
        self, features: Mapping[str, float], random: np.random.Generator, possible: Collection[str] | None = None
    ) -> tuple[str, float]:
        """An action drawn from the policy, and the probability with which it was drawn.

        Raises:
            ConfigError: none of the policy's actions is possible.
        """
        mask = np.array([[possible is None or action in possible for action in self.actions]])
        if not mask.any():
            raise ConfigError(f"possible {sorted(possible or ())}: the policy knows only {', '.join(self.actions)}")
        shares = self.probabilities(self.row(features), mask)[0]
        drawn = int(random.choice(len(shares), p=shares))
        return self.actions[drawn], float(shares[drawn])

    def row(self, features: Mapping[str, float]) -> Floats:
        """Features by name as one row in the policy's order."""
        values = [float(features.get(name, 0.0)) for name in self.features]
        return np.array([[value if math.isfinite(value) else 0.0 for value in values]])

    def write(self, path: Path) -> None:
        """Keep it as JSON."""
        fields = {
            "name": self.name,
            "actions": self.actions,
            "features": self.features,
            "floor": self.floor,
            "mean": self.mean.tolist(),
            "scale": self.scale.tolist(),
            "weights": self.weights.tolist(),
        }
        path.write_text(json.dumps(fields, indent=1) + "\n", encoding="utf-8")

    @classmethod
    def read(cls, path: Path) -> LinearPolicy:
        """A policy that was kept.

        Raises:
            ModelError: the file is not one.
        """
        try:
            fields = json.loads(path.read_text(encoding="utf-8"))
            return cls(
                str(fields["name"]),
                tuple(map(str, fields["actions"])),
                tuple(map(str, fields["features"])),
                np.array(fields["mean"], np.float64),
                np.array(fields["scale"], np.float64),
                np.array(fields["weights"], np.float64),
                float(fields["floor"]),
            )
        except (OSError, ValueError, KeyError, TypeError, ConfigError) as error:
            raise ModelError(f"{path}: not a policy ({error}); make it anew with shopwright train intent") from error


def standardised(features_NF: Floats, mean: Floats, scale: Floats) -> Floats:
    """Features in standard deviations from their mean, bounded."""
    return np.clip((features_NF - mean) / scale, -_BOUND, _BOUND)


def softmax(scores_NA: Floats) -> Floats:
    """Shares of each row."""
    raised = np.exp(scores_NA - scores_NA.max(axis=1, keepdims=True))
    return np.asarray(raised / raised.sum(axis=1, keepdims=True), np.float64)
