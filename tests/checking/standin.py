"""A checker without weights: the judge that knows words only, and decisions fitted by hand."""

from __future__ import annotations

from pathlib import Path

import orjson

from shopwright.checking import Checker
from shopwright.models.scripted import OverlapJudge
from shopwright.skills.verify.calibrated import FILE, Calibrated
from shopwright.skills.verify.calibration import Logistic
from shopwright.skills.verify.verifier import Verifier


def fitted(folder: Path) -> Path:
    """A folder with a `verifier.json` that trusts the words that claim and evidence share."""
    names, weights = ("coverage", "supports", "amounts", "dates", "names"), (3.0, 3.0, -12.0, -12.0, -12.0)
    words = Logistic(names, weights, 1.0, (0.6, 0.6, 0.0, 0.0, 0.0), (0.25, 0.25, 1.0, 1.0, 1.0))
    folder.mkdir(parents=True, exist_ok=True)
    record = Calibrated(words, words, words, 0.5, (0.2, 0.9), (False, True), OverlapJudge.fingerprint).record()
    (folder / FILE).write_bytes(orjson.dumps(record))
    return folder


def checker_in(folder: Path) -> Checker:
    """The checker of such a folder."""
    return Checker(Verifier(OverlapJudge(), folder=fitted(folder)))
