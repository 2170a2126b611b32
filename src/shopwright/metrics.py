"""Measures of quality as pure functions: benches, training and promotion gates compute them here and nowhere else.

Ranking measures take one query's ranked ids, best first, and what is known to be relevant. A query without anything
relevant has no value: the functions return NaN, and `mean` leaves NaN out and says how many values it kept.
Ids that come twice count once, at their first place. Measures of scores and decisions are in `selective`.
"""

from __future__ import annotations

import math
import re
import string
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

_ARTICLE = re.compile(r"\b(?:a|an|the)\b")
_PUNCTUATION = str.maketrans("", "", string.punctuation)


def ndcg(ranked: Sequence[str], gains: Mapping[str, float], k: int = 10) -> float:
    """Normalised discounted cumulative gain at k (Järvelin and Kekäläinen, 2002), with log2 discount.

    Args:
        ranked: ids, best first.
        gains: gain of each judged id, 0 or more; an id that is not judged gains nothing.
        k: how many places count.

    Returns:
        0 to 1, or NaN when no id has a positive gain.
    """
    best = sorted((gain for gain in gains.values() if gain > 0), reverse=True)[:k]
    if not best:
        return math.nan
    return _discounted(gains.get(id_, 0.0) for id_ in _first_places(ranked, k)) / _discounted(best)


def recall(ranked: Sequence[str], relevant: Collection[str], k: int = 100) -> float:
    """Share of the relevant ids among the first k; NaN when nothing is relevant."""
    wanted = frozenset(relevant)
    return len(wanted.intersection(ranked[:k])) / len(wanted) if wanted else math.nan


def precision(ranked: Sequence[str], relevant: Collection[str], k: int = 10) -> float:
    """Share of relevant ids among the first k places, empty places counted as wrong; NaN when nothing is relevant."""
    wanted = frozenset(relevant)
    return len(wanted.intersection(ranked[:k])) / k if wanted else math.nan


def reciprocal_rank(ranked: Sequence[str], relevant: Collection[str], k: int | None = None) -> float:
    """1 / place of the first relevant id, 0 when it is not among the first k; NaN when nothing is relevant."""
    wanted = frozenset(relevant)
    if not wanted:
        return math.nan
    return next((1.0 / place for place, id_ in enumerate(ranked[:k], start=1) if id_ in wanted), 0.0)


def serendipity_at(ranked: Sequence[str], relevant: Collection[str], primitive: Collection[str], k: int = 10) -> float:
    """Share of the first k places with an id that is relevant and that a primitive recommender does not list.

    After Ge, Delgado-Battenfeld and Jannach (2010): what anybody would have recommended does not surprise. Empty places
    count as wrong; NaN when nothing is relevant.
    """
    if not relevant:
        return math.nan
    return len(frozenset(ranked[:k]).intersection(relevant).difference(primitive)) / k


def novelty(ranked: Sequence[str], chosen: Mapping[str, int], total: int, k: int = 10) -> float:
    """Mean self-information, in bits, of the first k ids: -log2 of the share that chose each (Zhou et al., 2010).

    Args:
        ranked: ids, best first.
        chosen: how often each id was chosen; one that never was counts as chosen once.
        total: how many there were to choose, at least 1 and no less than any count.

    Returns:
        0 where everybody chose everything listed, up to log2 of `total`; NaN for an empty list.
    """
    shares = [max(chosen.get(id_, 0), 1) / total for id_ in dict.fromkeys(ranked[:k])]
    return -sum(math.log2(share) for share in shares) / len(shares) if shares else math.nan


def catalogue_coverage(lists: Iterable[Sequence[str]], size: int) -> float:
    """Share of a catalogue of `size` ids that comes up in any of the lists (Ge et al., 2010); NaN where it is empty."""
    return len(frozenset(id_ for ranked in lists for id_ in ranked)) / size if size else math.nan


def intra_list_diversity(vectors_KD: NDArray[np.floating]) -> float:
    """1 - mean cosine of the pairs of a list (Ziegler et al., 2005).

    Args:
        vectors_KD: of the list's items, each of length 1; one of zeros is like nothing.

    Returns:
        0 where all are the same, 1 where none are alike, up to 2; NaN for fewer than two items.
    """
    count = len(vectors_KD)
    if count < 2:
        return math.nan
    rows_KD = np.asarray(vectors_KD, np.float64)
    pairs = float((rows_KD.sum(axis=0) ** 2).sum() - (rows_KD**2).sum())
    return 1.0 - pairs / (count * (count - 1))


def mean(values: Iterable[float]) -> tuple[float, int]:
    """Mean of the values that are not NaN, and how many those are; (NaN, 0) when there are none."""
    kept = _known(values)
    return (float(kept.mean()), len(kept)) if len(kept) else (math.nan, 0)


def bootstrap_interval(
    values: Iterable[float], *, level: float = 0.95, resamples: int = 2000, seed: int = 0
) -> tuple[float, float]:
    """Percentile bootstrap interval of the mean (Efron, 1979) over values that are not NaN, e.g. one a query.

    Args:
        values: one figure for each independent unit.
        level: coverage of the interval.
        resamples: how many resamples with replacement.
        seed: of the resampling; the same values and seed give the same interval.

    Returns:
        (low, high), or (NaN, NaN) when there are no values.
    """
    kept = _known(values)
    if not len(kept):
        return math.nan, math.nan
    generator = np.random.default_rng(seed)
    means = np.array([kept[generator.integers(0, len(kept), len(kept))].mean() for _ in range(resamples)])
    tail = (1.0 - level) / 2.0
    low, high = np.quantile(means, [tail, 1.0 - tail])
    return float(low), float(high)


def calibration_error(probabilities: Sequence[float], outcomes: Sequence[bool], bins: int = 10) -> float:
    """Expected calibration error (Naeini et al., 2015): how far shares of success are from what was promised, by bin.

    Args:
        probabilities: promised, each 0 to 1.
        outcomes: whether it came so.
        bins: of equal width.
    """
    promised, came = np.asarray(probabilities, np.float64), np.asarray(outcomes, np.float64)
    if not len(promised):
        return math.nan
    place = np.minimum((promised * bins).astype(np.int64), bins - 1)
    gaps = [abs(float((promised - came)[place == each].sum())) for each in range(bins)]
    return sum(gaps) / len(promised)


def token_f1(said: str, gold: str) -> float:
    """F1 of the words of an answer against those of the gold one, as SQuAD scores it (Rajpurkar et al., 2016).

    Lower case, without ASCII punctuation and English articles. Two texts without words agree (SQuAD 2.0).
    """
    one, other = Counter(_squad_words(said)), Counter(_squad_words(gold))
    words = one.total() + other.total()
    return 2 * (one & other).total() / words if words else 1.0


def _squad_words(text: str) -> list[str]:
    return _ARTICLE.sub(" ", text.lower().translate(_PUNCTUATION)).split()


def _known(values: Iterable[float]) -> NDArray[np.float64]:
    every = np.array(list(values), np.float64)
    return every[~np.isnan(every)]


def _first_places(ranked: Sequence[str], k: int) -> list[str]:
    """The first k ids; one that comes again is replaced by "", which gains nothing."""
    return [id_ if ranked.index(id_) == place else "" for place, id_ in enumerate(ranked[:k])]


def _discounted(gains: Iterable[float]) -> float:
    return sum(gain / math.log2(place + 1) for place, gain in enumerate(gains, start=1))
