"""A shop whose judge knows words only, with decisions fitted by hand, so that no model file is read."""

from __future__ import annotations

from pathlib import Path

import orjson

from shopwright.models.protocols import LanguageModel
from shopwright.models.scripted import HashingEncoder, OverlapJudge
from shopwright.shop import Shop
from shopwright.skills.verify.calibrated import FILE, Calibrated
from shopwright.skills.verify.calibration import Logistic

_COMPARED = ("amounts", "dates", "names")
SUPPORT = Logistic(("supports", *_COMPARED), (4.0, *(-20.0 for _ in _COMPARED)), 0.0, (0.55, 0, 0, 0), (0.2, 1, 1, 1))
SUFFICIENCY = Logistic(("relevance",), (3.0,), 0.0, (0.0,), (1.0,))
SCORES = tuple(place / 200 for place in range(200))


def fit(home: Path) -> None:
    """Write what was fitted: answers of a score below a half are wrong, above it one in fifty."""
    correct = tuple(place > 100 and place % 50 != 0 for place in range(200))
    record = Calibrated(SUPPORT, SUPPORT, SUFFICIENCY, 0.5, SCORES, correct, OverlapJudge.fingerprint).record()
    (home / "models").mkdir(parents=True, exist_ok=True)
    (home / "models" / FILE).write_bytes(orjson.dumps(record))


def open_shop(home: Path, model: LanguageModel | None = None) -> Shop:
    """Open the shop in a folder."""
    fit(home)
    return Shop.open(home, model=model, encoder=HashingEncoder(), judge=OverlapJudge())
