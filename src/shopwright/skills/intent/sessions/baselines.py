"""What a session model must beat, counts of what was clicked together and the most clicked, and by which measure.

The numbers of `counts` are the best of seven that were tried on an inner tenth of Diginetica's training part.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

import numpy as np

from shopwright.sequences.log import Floats, Ints, Sessions
from shopwright.skills.intent.sessions.memories import co_occurrence

_RECENT, _FADE, _DAMPING = 10, 0.6, 0.5

Scorer = Callable[[Ints], tuple[Ints, Floats]]
"""Gives the candidates for the next item of a session, and a score of each."""


def counts(train: Sessions) -> Scorer:
    """Counts of what was clicked near each item, added up over the session's clicks."""
    together = co_occurrence(train)

    def score(clicks: Ints) -> tuple[Ints, Floats]:
        back = clicks[clicks < train.count][::-1][:_RECENT]
        if not len(back):
            return back, np.zeros(0)
        items, weights = together.gather(back, np.power(_FADE, np.arange(len(back)), dtype=np.float64), _DAMPING)
        found, place = np.unique(items, return_inverse=True)
        return found, np.bincount(place, weights=weights, minlength=len(found)).astype(np.float64)

    return score


def popular(train: Sessions, k: int = 20) -> Scorer:
    """The most clicked items; those of the session itself come first."""
    clicked = np.bincount(train.items, minlength=train.count).astype(np.float64)
    top = np.argsort(-clicked, kind="stable")[:k]

    def score(clicks: Ints) -> tuple[Ints, Floats]:
        own = np.unique(clicks[clicks < train.count])
        items = np.union1d(own, top)
        return items, clicked[items] + np.isin(items, own) * clicked.max()

    return score


def reciprocal_ranks(scorer: Scorer, sessions: Iterable[Ints], k: int = 20) -> Floats:
    """1 / place of the next click for every prefix of every session, 0 when it is not among the first k."""
    ranks = []
    for session in sessions:
        for at in range(1, len(session)):
            items, scores = scorer(session[:at])
            own = scores[items == session[at]]
            place = int((scores >= own[0]).sum()) if len(own) else k + 1
            ranks.append(1.0 / place if place <= k else 0.0)
    return np.array(ranks)
