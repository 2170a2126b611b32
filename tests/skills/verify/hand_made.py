"""A calibration written by hand, in the place of the one that a training fits."""

from __future__ import annotations

from pathlib import Path

import orjson

from shopwright.skills.verify.calibrated import FILE, Calibrated
from shopwright.skills.verify.calibration import Logistic


def rising(name: str, middle: float = 0.5, steep: float = 12.0) -> Logistic:
    """A probability that rises with one feature and is a half at the middle."""
    return Logistic((name,), (steep,), 0.0, (middle,), (1.0,))


def calibrated() -> Calibrated:
    """Supported where the judge says so and code does not contradict; answered where the best passage is relevant."""
    support = Logistic(("contradicted", "supports"), (-9.0, 12.0), 0.0, (0.0, 0.7), (1.0, 1.0))
    right = (True,) * 90 + (False,) * 10
    scores = tuple((100 - place) / 100 for place in range(100))
    return Calibrated(support, support, rising("both", 0.0, 2.0), 0.5, scores, right, "overlap-1")


def write_calibration(folder: Path) -> Path:
    """Write `verifier.json`; returns its folder."""
    (folder / FILE).write_bytes(orjson.dumps(calibrated().record()))
    return folder
