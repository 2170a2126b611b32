"""A merchant's promise becomes a threshold: "at most 5 % of the given answers wrong, with 90 % confidence".

    control = learn_then_test(scores, correct, alpha=0.05, confidence=0.9)
    control.answers(0.93)          # or refuse
    control.remedy                 # why it always refuses, when no threshold keeps the promise

`learn_then_test` bounds the share of wrong answers among those given, with the stated confidence over the draw of the
calibration questions. `conformal` bounds the share of all questions that get a wrong answer, on average over such
draws: a weaker promise that also small calibration sets can keep.

Both take the calibration questions for a fair sample of those to come. Simplifications: the promise is proven for
thresholds fixed beforehand, while here they are tried where the scores reach fixed coverages, so they move with the
scores (never with the labels), and a `batch` is tested as if its thresholds were fixed. Simulations in the tests hold
the promise for both, also with scores that say nothing.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import lru_cache
from typing import Any, Literal, Self

import numpy as np
from numpy.typing import NDArray

from shopwright.errors import ConfigError, CorpusError
from shopwright.selective import RiskCoverage, risk_coverage

Method = Literal["learn_then_test", "conformal"]
_GRID = 100
"""At how many coverages thresholds are tried, evenly spaced."""
_STARTS = (0.1, 0.25, 0.5)
"""Coverages at which a sequence of tests begins; they share what may go wrong equally."""
_LEAST_STEP = 1e-4


@dataclass(frozen=True, slots=True)
class RiskControl:
    """A threshold and the promise that it keeps.

    Args:
        method: `learn_then_test` (wrong among the given answers) or `conformal` (wrong answers among all questions).
        alpha: the share that is promised not to be exceeded.
        confidence: with which it holds, over the draw of the calibration questions; NaN for `conformal`, which
            promises a mean.
        threshold: an answer is given from this score on; infinity: never.
        coverage: share of the calibration questions that it answers.
        risk: share of those answers that were wrong there; NaN when none is given.
        n: how many calibration questions there were.
        least: the smallest alpha that could have been promised with the same questions.
        batch: how many questions the promise is counted over; None: in the long run.
    """

    method: Method
    alpha: float
    confidence: float
    threshold: float
    coverage: float
    risk: float
    n: int
    least: float
    batch: int | None = None

    def answers(self, score: float) -> bool:
        """Whether an answer of this score is given; one that is NaN is not."""
        return score >= self.threshold

    @property
    def remedy(self) -> str:
        """What to do when every question is refused; empty when some are answered."""
        if self.threshold < math.inf:
            return ""
        return (
            f"at most {self.alpha:.1%} wrong cannot be promised from {self.n:,} calibration questions, so all are "
            f"refused: promise {math.ceil(self.least * 1000) / 1000:.1%} or more, accept less confidence, "
            "or calibrate on more questions"
        )

    def record(self) -> dict[str, Any]:
        """As JSON holds it: null for infinity and NaN."""
        fields = asdict(self)
        return {name: None if _is_unbounded(value) else value for name, value in fields.items()}

    @classmethod
    def from_record(cls, record: Mapping[str, Any]) -> Self:
        """What `record` gave.

        Raises:
            ConfigError: a field that is missing or unknown.
        """
        absent = {"threshold": math.inf, "confidence": math.nan, "risk": math.nan}
        filled: dict[str, Any] = {name: absent.get(name) if value is None else value for name, value in record.items()}
        try:
            return cls(**filled)
        except TypeError as error:
            raise ConfigError(f"not a risk control ({error}): calibrate again") from error


def learn_then_test(
    scores: Sequence[float] | NDArray[np.float64],
    correct: Sequence[bool],
    alpha: float,
    confidence: float = 0.9,
    batch: int | None = None,
) -> RiskControl:
    """The lowest threshold of which a test says that at most `alpha` of the answers it gives are wrong.

    Learn then Test (Angelopoulos, Bates, Candès, Jordan and Lei, 2021) with fixed-sequence testing from several starts:
    from each start down, thresholds are accepted until one cannot be. Of the answers given from a threshold on, the
    number of wrong ones is binomial, so its exact tail is the p-value (Clopper and Pearson, 1934).

    Args:
        scores: of the answers to the calibration questions, higher where they are trusted more.
        correct: whether each answer is right.
        alpha: share of wrong answers among those given that is promised not to be exceeded.
        confidence: of the promise.
        batch: promise it of the count over the next so many questions, whose luck then counts as well, and not of
            the long run. The p-value is Fisher's exact one, of calibration and batch drawn from one urn.

    Returns:
        The control; its threshold is infinite when no threshold is accepted.

    Raises:
        ConfigError: alpha or confidence outside (0, 1), or a batch below 1.
        CorpusError: no questions, NaN among the scores, or answers all right or all wrong.
    """
    _between("alpha", alpha)
    _between("confidence", confidence)
    if batch is not None and batch < 1:
        raise ConfigError(f"batch {batch}: give the number of questions, 1 or more, or None for the long run")
    curve = _curve(scores, correct)
    n, places, starts = _grid(curve)
    level = (1.0 - confidence) / len(starts)

    def p_value(place: int, promise: float) -> float:
        answered, wrong = int(curve.answered[place]), int(curve.wrong[place])
        if batch is None:
            return binomial_tail(wrong, answered, promise)
        return batch_tail(wrong, answered, max(1, round(batch * answered / n)), promise)

    accepted = -1
    for start in starts:
        for place in places[places >= start].tolist():
            if p_value(place, alpha) > level:
                break
            accepted = max(accepted, place)
    least = _least(lambda promise: any(p_value(start, promise) <= level for start in starts))
    return _control("learn_then_test", alpha, confidence, curve, accepted, least, batch)


def conformal(scores: Sequence[float] | NDArray[np.float64], correct: Sequence[bool], alpha: float) -> RiskControl:
    """The lowest threshold at which at most `alpha` of all questions get a wrong answer, on average.

    Conformal risk control (Angelopoulos, Bates, Fisch, Lei and Schuster, 2022) of the loss "answered and wrong", which
    only falls as the threshold rises: (wrong + 1) / (n + 1) <= alpha. A refusal costs nothing here.

    Args:
        scores, correct: as for `learn_then_test`.
        alpha: share of all questions.

    Raises:
        ConfigError: alpha outside (0, 1).
        CorpusError: no questions, NaN among the scores, or answers all right or all wrong.
    """
    _between("alpha", alpha)
    curve = _curve(scores, correct)
    n = int(curve.answered[-1])
    kept = np.flatnonzero(curve.wrong + 1 <= alpha * (n + 1) + 1e-9)
    accepted = int(kept[-1]) if len(kept) else -1
    return _control("conformal", alpha, math.nan, curve, accepted, (int(curve.wrong[0]) + 1) / (n + 1), None)


def binomial_tail(wrong: int, answered: int, rate: float) -> float:
    """P(X <= wrong) for X of `answered` draws, each wrong with this rate: exact, summed in logarithms."""
    if wrong >= answered:
        return 1.0
    counts = np.arange(wrong + 1)
    logs = _log_choose(answered, counts) + counts * math.log(rate) + (answered - counts) * math.log1p(-rate)
    return min(1.0, float(np.exp(logs).sum()))


def batch_tail(wrong: int, answered: int, batch: int, rate: float) -> float:
    """The largest chance of at most so many wrong here and yet more than the rate in the batch, in any one urn.

    Of calibration and batch answers together some number is wrong, and which of them fall here is a draw without
    replacement. The chance is largest when one wrong answer fewer would have kept the batch within the rate.
    It tends to `binomial_tail` as the batch grows.
    """
    too_many = math.floor(rate * batch + 1e-9) + 1
    total = wrong + too_many
    if too_many > batch or wrong >= answered:
        return 0.0 if too_many > batch else 1.0
    counts = np.arange(max(0, total - batch), wrong + 1)
    logs = _log_choose(answered, counts) + _log_choose(batch, total - counts)
    whole = _log_choose(answered + batch, np.array([total]))[0]
    return min(1.0, float(np.exp(logs - whole).sum()))


def _log_choose(n: int, counts: NDArray[np.int64]) -> NDArray[np.float64]:
    """Logarithms of the binomial coefficients "n choose each count"."""
    logs = _log_factorials(1 << n.bit_length())
    return np.asarray(logs[n] - logs[counts] - logs[n - counts], np.float64)


@lru_cache(maxsize=8)
def _log_factorials(size: int) -> NDArray[np.float64]:
    return np.concatenate([[0.0], np.cumsum(np.log(np.arange(1, size)))])


def _between(name: str, value: float) -> None:
    if not 0.0 < value < 1.0:
        raise ConfigError(f"{name} {value!r}: give a share above 0 and below 1, e.g. 0.05 for 5 %")


def _curve(scores: Sequence[float] | NDArray[np.float64], correct: Sequence[bool]) -> RiskCoverage:
    curve = risk_coverage(scores, correct)
    n, wrong = int(curve.answered[-1]), int(curve.wrong[-1])
    if wrong in (0, n):
        raise CorpusError(
            f"all {n:,} calibration answers are {'wrong' if wrong else 'right'}: nothing can be learned from them; "
            "add questions of the other kind, e.g. some that cannot be answered"
        )
    return curve


def _grid(curve: RiskCoverage) -> tuple[int, NDArray[np.int64], list[int]]:
    """How many questions there are; the places on the curve that are tried, and those where a sequence starts."""
    n = int(curve.answered[-1])

    def at(shares: Sequence[float] | NDArray[np.float64]) -> NDArray[np.int64]:
        return np.unique(np.searchsorted(curve.answered, np.ceil(np.asarray(shares) * n - 1e-9)))

    return n, at(np.arange(1, _GRID + 1) / _GRID), at(_STARTS).tolist()


def _least(kept: Callable[[float], bool]) -> float:
    """The smallest promise that is kept, by halving: a larger one is kept wherever a smaller one is."""
    low, high = 0.0, 1.0
    while high - low > _LEAST_STEP:
        middle = (low + high) / 2
        low, high = (low, middle) if kept(middle) else (middle, high)
    return high


def _control(
    method: Method, alpha: float, confidence: float, curve: RiskCoverage, place: int, least: float, batch: int | None
) -> RiskControl:
    n = int(curve.answered[-1])
    if place < 0:
        return RiskControl(method, alpha, confidence, math.inf, 0.0, math.nan, n, least, batch)
    threshold, coverage, risk = (float(each[place]) for each in (curve.thresholds, curve.coverage, curve.risk))
    return RiskControl(method, alpha, confidence, threshold, coverage, risk, n, min(least, alpha), batch)


def _is_unbounded(value: object) -> bool:
    return isinstance(value, float) and not math.isfinite(value)
