"""The best of a list read once more by a cross-encoder, as many as fit into the time that there is.

The score of a product that was read is a mixture of what it had and of the relevance that the cross-encoder expects.
What was not read counts as the least relevant of what was, so it may still pass something that turned out wrong.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

import numpy as np

from shopwright.models.pairs import relevance
from shopwright.models.protocols import PairScorer, Probabilities
from shopwright.search.columns import Integers
from shopwright.search.ranking import Ranking
from shopwright.types import Reason

MOST = 50
"""How many products are read at most."""

_TOGETHER = 8
_CLASSES = ("exact", "substitute", "complement", "irrelevant")


def reread(
    ranking: Ranking,
    query: str,
    texts: Callable[[Integers], Sequence[str]],
    scorer: PairScorer,
    share: float,
    milliseconds: float,
) -> tuple[Ranking, Mapping[int, Reason]]:
    """The ranking after the scorer has read its first products.

    Args:
        ranking: fused, best first.
        query: as the shopper wrote it.
        texts: gives what is read of the products in some rows.
        scorer: reads.
        share: of the scorer's judgement in the new score, 0 to 1.
        milliseconds: for reading; the first eight are read in any case.

    Returns:
        The new ranking, and by row what was thought of each product that was read.
    """
    rows = ranking.rows[:MOST]
    found = _within(query, texts(rows), scorer, milliseconds)
    if not len(found):
        return ranking, {}
    expected = relevance(found)
    judged = np.full(len(ranking.rows), expected.min(), np.float64)
    judged[: len(found)] = expected
    scores = (1.0 - share) * ranking.scores + share * judged
    order = np.argsort(-scores, kind="stable")
    reasons = {
        row: Reason("reread", share * float(gain), f"{_CLASSES[int(each.argmax())]} {each.max():.0%}")
        for row, gain, each in zip(rows.tolist(), expected, found, strict=False)
    }
    return replace(ranking, rows=ranking.rows[order], scores=scores[order]), reasons


def _within(query: str, texts: Sequence[str], scorer: PairScorer, milliseconds: float) -> Probabilities:
    """The probabilities of as many of the first texts as can be read in the time, shape (M, 4)."""
    begun = started = time.perf_counter()
    parts: list[Probabilities] = []
    slowest = 0.0
    for start in range(0, len(texts), _TOGETHER):
        if start and 1000.0 * (started - begun + slowest) > milliseconds:
            break
        parts.append(scorer.probabilities(query, texts[start : start + _TOGETHER]))
        now = time.perf_counter()
        slowest, started = max(slowest, now - started), now
    return np.concatenate(parts) if parts else np.zeros((0, len(_CLASSES)), np.float32)
