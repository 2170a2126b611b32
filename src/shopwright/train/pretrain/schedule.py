"""The learning rate as a pure function of the step and of the share of the budget that is spent.

`wsd` rises, stays and falls (MiniCPM, arXiv:2404.06395; `wsd-sqrt`: 1 - sqrt, arXiv:2405.18392), which lets a budget be
extended before the fall; `cosine` falls from the start. Going on from a checkpoint is the same with a new rise:
re-warming and re-decaying (Ibrahim et al., arXiv:2403.08763).
"""

from __future__ import annotations

import math
from typing import Literal

Shape = Literal["wsd", "wsd-sqrt", "cosine", "constant"]


def rate_share(
    shape: Shape, step: int, spent: float, *, warmup: int = 0, decay: float = 0.3, final: float = 0.0
) -> float:
    """The rate of a step as a share of the peak.

    Args:
        step: 0 for the first.
        spent: share of the budget that is behind, 0 to 1.
        warmup: steps of linear rise.
        decay: last share of the budget in which a wsd schedule falls.
        final: share of the peak at the end.
    """
    rise = min((step + 1) / (warmup + 1), 1.0)
    spent = min(max(spent, 0.0), 1.0)
    if shape == "cosine":
        fall = 0.5 * (1 + math.cos(math.pi * spent))
    elif shape == "constant" or decay == 0 or spent <= 1 - decay:
        fall = 1.0
    else:
        into = (spent - (1 - decay)) / decay
        fall = 1 - math.sqrt(into) if shape == "wsd-sqrt" else 1 - into
    return rise * (final + (1 - final) * fall)
