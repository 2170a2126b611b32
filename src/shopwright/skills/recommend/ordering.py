"""Candidates become a list: scored, discounted where they were shown in vain, spread over kinds.

    score = serendipity * fatigue * freshness

The best 200 by score go to `spreading`, which fills the places one by one. The same pool gives the same list.

What not: what the shopper never wants to see again, or already has, is taken out before. Whether a reason holds is not
asked here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from shopwright.errors import ConfigError, CorpusError
from shopwright.skills.recommend.serendipity import ADVENTURE, SENSE, Floats, sensible, serendipity
from shopwright.skills.recommend.spreading import Ints, pick


@dataclass(frozen=True, slots=True, eq=False)
class Pool:
    """N candidates.

    Args:
        ids: of the products; one that comes twice is taken once, where it scores best.
        relevance, unexpectedness, timeliness: N numbers, 0 to 1.
        vectors: N x D, each of length 1, or all 0 where a product has no text.
        groups: category of each, as broad as a department, "" where it is not known.
        shown: how often each was shown to the shopper and left alone.
        age_days: days since it came into the catalogue; NaN where that is not known.

    Raises:
        CorpusError: lengths that differ, or a relevance, unexpectedness or timeliness that is NaN.
    """

    ids: tuple[str, ...]
    relevance: Floats
    unexpectedness: Floats
    timeliness: Floats
    vectors: NDArray[np.float32]
    groups: tuple[str, ...]
    shown: Ints
    age_days: Floats

    def __post_init__(self) -> None:
        for name in ("relevance", "unexpectedness", "timeliness", "vectors", "groups", "shown", "age_days"):
            if (found := len(getattr(self, name))) != len(self.ids):
                raise CorpusError(f"{name} has {found} entries for {len(self.ids)} ids: give one for each")
        for name in ("relevance", "unexpectedness", "timeliness"):
            if np.isnan(getattr(self, name)).any():
                raise CorpusError(f"{name} holds NaN: every candidate needs a number from 0 to 1")

    def __len__(self) -> int:
        return len(self.ids)


@dataclass(frozen=True, slots=True)
class OrderSettings:
    """What the order is made with.

    Args:
        sense: least share of the best candidate's relevance.
        tired_after: showings in vain that halve a score.
        freshness: what a product that came in today gains, as a share of its score; halves every `fresh_days`.
        spread: what a cosine of 1 to a product of the list costs, in score.
        calibration: what 1 nat nearer to the shopper's own shares is worth, in score, at adventure 0; at 1 nothing.
        cut: how many candidates are looked at one by one.
    """

    sense: float = SENSE
    tired_after: float = 3.0
    freshness: float = 0.05
    fresh_days: float = 14.0
    spread: float = 0.1
    calibration: float = 0.3
    cut: int = 200


@dataclass(frozen=True, slots=True, eq=False)
class Ordered:
    """A list.

    Args:
        indices: places in the pool, best first.
        scores: of each, before they were spread.
    """

    indices: Ints
    scores: Floats


def order(
    pool: Pool,
    wanted: Mapping[str, float],
    limit: int,
    adventure: float = ADVENTURE,
    settings: OrderSettings | None = None,
) -> Ordered:
    """The candidates to recommend, best first; fewer than `limit`, or none, where no more of them make sense.

    Args:
        pool: the candidates.
        wanted: share of each group in the shopper's history; empty where there is none.
        limit: how many at most.
        adventure: 0 to 1, see `serendipity`.

    Raises:
        ConfigError: a limit below 0, or an adventure that is not 0 to 1.
    """
    if limit < 0:
        raise ConfigError(f"limit {limit}: must be 0 or more")
    settings = settings or OrderSettings()
    scores_N = scored(pool, adventure, settings)
    best_C = _best(pool, scores_N, max(settings.cut, limit))
    picked = pick(
        scores_N[best_C],
        pool.vectors[best_C],
        [pool.groups[place] for place in best_C],
        wanted,
        limit,
        settings.spread,
        settings.calibration * (1.0 - adventure),
    )
    return Ordered(best_C[picked], scores_N[best_C[picked]])


def scored(pool: Pool, adventure: float = ADVENTURE, settings: OrderSettings | None = None) -> Floats:
    """Score of each candidate before it is spread, N; -inf for one that makes no sense.

    Relevance counts as a share of the best candidate's.
    """
    settings = settings or OrderSettings()
    relevance_N = pool.relevance / max(pool.relevance.max(initial=0.0), 1e-12)
    scores_N = serendipity(relevance_N, pool.unexpectedness, pool.timeliness, adventure)
    fatigue_N = 0.5 ** (np.maximum(pool.shown, 0) / settings.tired_after)
    newness_N = np.nan_to_num(0.5 ** (np.maximum(pool.age_days, 0.0) / settings.fresh_days))
    scores_N *= fatigue_N * (1.0 + settings.freshness * newness_N)
    return np.where(sensible(relevance_N, settings.sense), scores_N, -np.inf)


def _best(pool: Pool, scores_N: Floats, cut: int) -> Ints:
    """Places of the best candidates that make sense, each product once; of equal ones the earlier."""
    first: dict[str, int] = {}
    for place in np.argsort(-scores_N, kind="stable").tolist():
        if len(first) == cut or scores_N[place] == -np.inf:
            break
        first.setdefault(pool.ids[place], place)
    return np.fromiter(first.values(), np.int64, len(first))
