"""What a log tells of every strategy, kept for exploring: LinUCB and Thompson sampling need means and doubts.

    arms = KeptArms.learned(policy, features, actions, rewards)   # by `shopwright train intent`
    arms.save(path); KeptArms.load(path)

A turn's features are standardised as the policy's are, so that the same doubt means the same for each of them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import numpy as np
from numpy.typing import NDArray

from shopwright.errors import ModelError
from shopwright.sequences.archive import read_arrays, write_arrays
from shopwright.skills.intent.exploring import Floats, Ints, LinearArms
from shopwright.skills.intent.linear_policy import LinearPolicy, standardised

FILE = "arms.npz"
"""Its name beside the policies of a shop."""


@dataclass(frozen=True, slots=True, eq=False)
class KeptArms:
    """The regressions of a shop's strategies.

    Args:
        actions: A of them.
        features: names of the F columns.
        mean, scale: by which features are standardised.
        arms: their regressions.
    """

    actions: tuple[str, ...]
    features: tuple[str, ...]
    mean: Floats
    scale: Floats
    arms: LinearArms

    @classmethod
    def learned(cls, policy: LinearPolicy, features_NF: Floats, actions: Ints, rewards: Floats) -> Self:
        """From a log whose columns and actions are those of a policy, which was learned from it.

        Args:
            features_NF: in the order of the policy's.
            actions: taken, by their place among the policy's.
            rewards: 0 to 1.
        """
        arms = LinearArms(len(policy.actions), len(policy.features))
        arms.learn_all(standardised(features_NF, policy.mean, policy.scale), actions, rewards)
        return cls(policy.actions, policy.features, policy.mean, policy.scale, arms)

    def row(self, features: Mapping[str, float]) -> Floats:
        """A turn's features, standardised."""
        values = np.array([[float(features.get(name, 0.0)) for name in self.features]])
        return np.asarray(standardised(np.nan_to_num(values), self.mean, self.scale)[0], np.float64)

    def among(self, names: Sequence[str]) -> NDArray[np.bool_]:
        """Which of the actions are named."""
        return np.array([action in names for action in self.actions])

    def save(self, path: Path) -> None:
        """Keep them as one NumPy archive."""
        kept = {"inverse": self.arms.inverse, "moment": self.arms.moment, "tried": self.arms.tried}
        names = {"actions": np.array(self.actions), "features": np.array(self.features)}
        write_arrays(path, {**kept, **names, "mean": self.mean, "scale": self.scale})

    @classmethod
    def load(cls, path: Path) -> Self:
        """Those that were kept.

        Raises:
            ModelError: there is no such file, or it holds something else.
        """
        kept = read_arrays(path)
        try:
            actions, features = (tuple(map(str, kept[name])) for name in ("actions", "features"))
            arms = LinearArms(len(actions), len(features))
            if kept["inverse"].shape != arms.inverse.shape or kept["moment"].shape != arms.moment.shape:
                raise ValueError(
                    f"inverse {kept['inverse'].shape} for {len(actions)} actions, {len(features)} features"
                )
            arms.inverse, arms.moment, arms.tried = kept["inverse"], kept["moment"], kept["tried"]
            return cls(actions, features, kept["mean"], kept["scale"], arms)
        except (KeyError, ValueError) as error:
            raise ModelError(f"{path}: no arms of strategies ({error}): run shopwright train intent again") from error
