"""How far a request speaks in the words of each tool at hand: evidence that needs no training.

A network knows tools that it was trained with better than others; what the request and a tool's text have in common
counts for all alike. A word counts the more, the fewer of the tools at hand have it, so that no list of function words
is needed.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Sequence

import numpy as np

from shopwright.models.tool_planner import Floats

_WORD = re.compile(r"[a-z]{3,}|\d+")
_STEM = 5
"""Letters by which words are told apart."""


def named(request: str, texts: Sequence[str]) -> Floats:
    """For each tool text the weight of the words that the request shares with it, shape (K,), 1 for the most."""
    known = [_stems(text) for text in texts]
    within = Counter(stem for stems in known for stem in stems)
    said = _stems(request)
    shared = [
        sum(math.log((len(texts) + 1) / within[stem]) for stem in stems & said) / math.sqrt(len(stems) or 1)
        for stems in known
    ]
    weights_K = np.array(shared, np.float32)
    most = float(weights_K.max(initial=0.0))
    return weights_K / most if most > 0 else weights_K


def _stems(text: str) -> set[str]:
    return {word[:_STEM] for word in _WORD.findall(text.lower())}
