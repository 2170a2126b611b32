"""What `shopwright train verify` fitted: `weights/verifier.json`.

It holds three logistic regressions - that a claim is supported, by a text and by a page, and that passages answer a
question - the probability from which a word counts as unsupported, and the scores on which a promise about wrong
answers rests (`risk`).
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson

from shopwright.errors import ConfigError, ModelError
from shopwright.models.onnx_files import WEIGHTS
from shopwright.skills.verify.calibration import Logistic
from shopwright.skills.verify.risk import RiskControl, learn_then_test

FILE = "verifier.json"


@dataclass(frozen=True, slots=True)
class Calibrated:
    """The fitted decisions.

    Args:
        support: that a text supports a claim in every word.
        page: the same of a page, of which only the closest part is read.
        sufficiency: that the passages answer a question.
        marked: probability from which a word of a claim counts as unsupported.
        scores, correct: answers to questions of known truth that were not trained on: how sure, and whether right.
        judge: fingerprint of the judge that all of it was fitted for.
    """

    support: Logistic
    page: Logistic
    sufficiency: Logistic
    marked: float
    scores: tuple[float, ...]
    correct: tuple[bool, ...]
    judge: str = ""

    def promise(self, wrong: float, confidence: float = 0.9) -> RiskControl:
        """The least score at which at most this share of given answers is wrong, with this confidence.

        Raises:
            ConfigError: a share or a confidence outside (0, 1).
        """
        return learn_then_test(self.scores, self.correct, wrong, confidence)

    def record(self) -> dict[str, Any]:
        """As JSON holds it."""
        return {
            "judge": self.judge,
            "support": self.support.record(),
            "page": self.page.record(),
            "sufficiency": self.sufficiency.record(),
            "marked": self.marked,
            "scores": [round(score, 4) for score in self.scores],
            "correct": [int(right) for right in self.correct],
        }


def read_calibrated(folder: Path = WEIGHTS) -> Calibrated:
    """The file in a folder, or the shipped one where the folder has none.

    Raises:
        ModelError: it cannot be read.
    """
    path = folder / FILE if (folder / FILE).is_file() else WEIGHTS / FILE
    try:
        record = orjson.loads(path.read_bytes())
        read = Calibrated(
            Logistic.from_record(record["support"]),
            Logistic.from_record(record["page"]),
            Logistic.from_record(record["sufficiency"]),
            float(record["marked"]),
            tuple(map(float, record["scores"])),
            tuple(map(bool, record["correct"])),
            str(record["judge"]),
        )
    except (OSError, ValueError, KeyError, TypeError, ConfigError) as error:
        raise ModelError(f"{path}: cannot be read ({error!r}); make it again with shopwright train verify") from error
    if len(read.scores) != len(read.correct):
        raise ModelError(
            f"{path}: {len(read.scores)} scores but {len(read.correct)} answers; make it again with shopwright train "
            "verify"
        )
    return read
