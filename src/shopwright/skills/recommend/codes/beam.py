"""Beam search over the codes that exist: the likeliest items under a model that writes codes digit by digit.

Only digits that some item has can be proposed, and with a mask only those that lead to an allowed item, so nothing is
proposed that is not there and no beam is lost on the way (constrained as in De Cao et al., 2021). With at least as many
beams as there are prefixes of a length the search is exact.

Log-probabilities are the model's over all digits of a level, those that cannot follow included: among items that may
be proposed their order is right, while their sum is below 1.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from shopwright.errors import ConfigError
from shopwright.sequences.log import Ints
from shopwright.skills.recommend.codes.trie import Mask, Trie

Floats = NDArray[np.float32]
Step = Callable[[Ints, Ints], Floats]
"""Takes for each new beam the beam that it goes on from and an item whose code begins as the beam does, both of shape
(B,); gives the log-probabilities of the next level's digits, shape (B, K)."""


def beam(first_K: Floats, step: Step, trie: Trie, width: int, allowed: Mask | None = None) -> tuple[Ints, Floats]:
    """The likeliest items.

    Args:
        first_K: log-probabilities of the first digit.
        step: of the model; called once for each further level.
        trie: of the codes that exist.
        width: beams, and items at most.
        allowed: which items may be proposed, shape (N,); None: all.

    Returns:
        Rows of items and their log-probabilities, best first; of equals the one whose code is less.

    Raises:
        ConfigError: the width is below 1.
    """
    if width < 1:
        raise ConfigError(f"width {width}: must be 1 or more")
    reach = None if allowed is None else trie.reach(allowed)
    prefixes, totals, scores_BK = trie.root(), np.zeros(1, np.float32), first_K[None]
    for level in range(trie.depth):
        found = trie.after(prefixes, level, reach)
        sums = totals[found.parents] + scores_BK[found.parents, found.digits]
        best = _best(sums, width)
        prefixes, totals = found.taken(best), sums[best]
        if level + 1 < trie.depth and len(best):
            scores_BK = step(prefixes.parents, trie.items[prefixes.low])
    return trie.items[prefixes.low], totals


def _best(sums: Floats, width: int) -> Ints:
    """Places of the highest sums, best first, the earlier of equals."""
    if len(sums) > width:
        least = np.partition(sums, len(sums) - width)[len(sums) - width]
        near = np.flatnonzero(sums >= least)
        return near[np.argsort(-sums[near], kind="stable")[:width]]
    return np.argsort(-sums, kind="stable")
