"""Answering only where sure, measured: how a score ranks right answers above wrong ones, and whether promises hold.

    rows = selective_rows("squad2", Scored(scores, correct), {"bm25": Scored(theirs, correct)})

    auroc               a right answer scores above a wrong one
    aurc                area under the risk-coverage curve, which the report draws; smaller is better
    coverage@risk5      largest share answered with at most 5 % of the answers wrong, the threshold chosen in hindsight;
                        `coverage@risk10`
    ece, brier          of the score as a probability; a score outside 0 to 1 is made one by Platt scaling, fitted on
                        the other half of the questions
    violations          share of 200 random halves on which more than the promised 10 % of the answers were wrong, when
                        the threshold was learned on the other half with a confidence of 90 %; `violations@risk5`
    promised@risk10     mean share of questions answered in those halves; `promised@risk5`: a control that keeps its
                        promise by refusing everything is seen here

The promise in `violations` is about what is counted: the wrong answers among the questions of one half, luck included
(`batch` of `learn_then_test`). Where all answers are right, or all wrong, `auroc` is NaN and all is refused.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from shopwright.bench.task import Row
from shopwright.errors import CorpusError
from shopwright.metrics import calibration_error
from shopwright.selective import aurc, auroc, brier, coverage_at_risk, risk_coverage
from shopwright.skills.verify.calibration import Logistic
from shopwright.skills.verify.risk import learn_then_test

BENCH = "verify"
PROMISES = {"risk10": 0.10, "risk5": 0.05}
CONFIDENCE = 0.9
RESAMPLES = 200
_Measure = Callable[[Any, Any], float]
_BOOTSTRAP, _SEED, _POINTS = 200, 0, 100


@dataclass(frozen=True, slots=True)
class Scored:
    """What a system would answer: its trust in each answer, and whether the answer is right.

    An answer to a question that has none is wrong.
    """

    scores: Sequence[float]
    correct: Sequence[bool]


def selective_rows(
    set: str, system: Scored, baselines: Mapping[str, Scored] | None = None, *, bench: str = BENCH, seconds: float = 0.0
) -> Iterator[Row]:
    """The rows of a system and, under their suffixes, of baselines over the same questions.

    Args:
        set: name of the set.
        system: its scores and whether its answers are right.
        baselines: suffix without the colon ("bm25") -> the same of a baseline.
        bench: name of the bench.
        seconds: what the scores took, counted in the first row of the system.

    Raises:
        CorpusError: no questions, NaN among the scores, or two lengths.
    """
    for suffix, scored in {"": system, **{f":{name}": one for name, one in (baselines or {}).items()}}.items():
        yield from _ranked_rows(bench, set, suffix, scored, 0.0 if suffix else seconds)
        yield from _promised_rows(bench, set, suffix, scored)


def curve_points(scored: Scored) -> tuple[tuple[float, float], ...]:
    """The risk-coverage curve as at most 100 points (coverage, risk), from little coverage to all."""
    curve = risk_coverage(scored.scores, scored.correct)
    chosen = np.unique(np.searchsorted(curve.coverage, np.arange(1, _POINTS + 1) / _POINTS - 1e-9))
    return tuple(zip(curve.coverage[chosen].tolist(), curve.risk[chosen].tolist(), strict=True))


def probabilities(scored: Scored) -> NDArray[np.float64]:
    """The scores as probabilities that the answer is right: as they are, or by Platt scaling across two halves."""
    scores, right = np.asarray(scored.scores, np.float64), np.asarray(scored.correct, np.bool_)
    if not len(scores) or (scores.min() >= 0.0 and scores.max() <= 1.0):
        return scores
    half = np.random.default_rng(_SEED).permutation(len(scores)) % 2 == 0
    made = np.empty(len(scores))
    for fitted, told in ((half, ~half), (~half, half)):
        try:
            platt = Logistic.fit([{"score": score} for score in scores[fitted].tolist()], right[fitted].tolist())
        except CorpusError:
            made[told] = right[fitted].mean() if fitted.any() else 0.5  # one class: no slope to learn
            continue
        made[told] = [platt.probability({"score": score}) for score in scores[told].tolist()]
    return made


def kept_promises(scored: Scored, promise: float, seed: int = _SEED) -> tuple[list[bool], list[float]]:
    """Whether the promise was broken, and the share answered, in each of the random halves.

    Args:
        scored: all questions; each resample learns the threshold on a random half and applies it to the other.
        promise: share of wrong answers among those given.
        seed: of the halves.
    """
    scores, right = np.asarray(scored.scores, np.float64), np.asarray(scored.correct, np.bool_)
    generator = np.random.default_rng(seed)
    broken, answered = [], []
    for _ in range(RESAMPLES):
        order = generator.permutation(len(scores))
        learned, told = order[: len(order) // 2], order[len(order) // 2 :]
        threshold = _threshold(scores[learned], right[learned], promise, len(told))
        given = scores[told] >= threshold
        broken.append(bool((~right[told][given]).sum() > promise * given.sum() + 1e-9))
        answered.append(float(given.mean()))
    return broken, answered


def _threshold(scores: NDArray[np.float64], right: NDArray[np.bool_], promise: float, batch: int) -> float:
    """The learned threshold; where a half holds one kind of answer alone, nothing is learned and all is refused."""
    if right.all() or not right.any():
        return math.inf
    return learn_then_test(scores, right.tolist(), promise, CONFIDENCE, batch).threshold


def _ranked_rows(bench: str, set: str, suffix: str, scored: Scored, seconds: float) -> Iterator[Row]:
    begun = time.perf_counter() - seconds
    measures: dict[str, _Measure] = {"aurc": aurc, "auroc": auroc}
    measures |= {f"coverage@{name}": partial(coverage_at_risk, risk=risk) for name, risk in PROMISES.items()}
    for metric, measure in measures.items():
        value, interval = measure(scored.scores, scored.correct), _interval(measure, scored.scores, scored.correct)
        points = curve_points(scored) if metric == "aurc" else ()
        took = time.perf_counter() - begun
        yield Row(bench, set, metric + suffix, value, len(scored.scores), interval, took, points)
        begun = time.perf_counter()
    promised = probabilities(scored).tolist()
    calibrated: dict[str, _Measure] = {"ece": calibration_error, "brier": brier}
    for metric, measure in calibrated.items():
        interval = _interval(measure, promised, scored.correct)
        yield Row(bench, set, metric + suffix, measure(promised, scored.correct), len(promised), interval)


def _promised_rows(bench: str, set: str, suffix: str, scored: Scored) -> Iterator[Row]:
    for name, promise in PROMISES.items():
        begun = time.perf_counter()
        broken, answered = kept_promises(scored, promise)
        metric = "violations" if name == "risk10" else f"violations@{name}"
        took = time.perf_counter() - begun
        yield Row(bench, set, metric + suffix, float(np.mean(broken)), RESAMPLES, None, took)
        yield Row(bench, set, f"promised@{name}{suffix}", float(np.mean(answered)), RESAMPLES)


def _interval(measure: _Measure, scores: Sequence[float], correct: Sequence[bool]) -> tuple[float, float] | None:
    """Percentile bootstrap over questions; None where the measure has no value."""
    values, right = np.asarray(scores, np.float64), np.asarray(correct, np.bool_)
    generator = np.random.default_rng(_SEED)
    drawn = (generator.integers(0, len(values), len(values)) for _ in range(_BOOTSTRAP))
    known = [value for pick in drawn if not math.isnan(value := measure(values[pick], right[pick]))]
    if not known:
        return None
    low, high = np.quantile(known, [0.025, 0.975])
    return float(low), float(high)
