"""The fixed recommender that surprise is measured against: what sells, and what followed what was looked at.

What it lists is expected: a shop shows as much without thinking. It is two counts over the same log, so it stays the
same while the real recommender is changed (Ge et al., 2010: unexpected is what a primitive model does not give).
"""

from __future__ import annotations

from shopwright.sequences.log import Floats, Ints
from shopwright.skills.recommend.sequence.memory import FADE, Memory, best_of

POPULAR, NEAR = 100, 50
"""How many of the most popular, and of those that followed the history, it lists."""


def item_knn(memory: Memory, back: Ints) -> Floats:
    """Counts of what followed the items of a history, later ones counting more; a score for every item.

    Args:
        memory: that counted.
        back: the history as `Memory.known` gives it.
    """
    scores = memory.followed.add_up(back, FADE[: len(back)])
    scores[back] = 0
    return scores


def expected(memory: Memory, back: Ints) -> dict[int, int]:
    """Place, from 0, of each item that the primitive recommender lists: what followed first, then the popular."""
    near = best_of(item_knn(memory, back), NEAR)
    listed = dict.fromkeys([*near.tolist(), *memory.best_selling[:POPULAR].tolist()])
    return {item: place for place, item in enumerate(listed)}
