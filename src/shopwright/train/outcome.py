"""What a training reports: figures before and after, and whether what it made was written."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

Report = Callable[[str], None]
"""Is told of progress, a line at a time."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """Figures on the development queries, by metric, and whether the new model was written."""

    before: dict[str, float]
    after: dict[str, float]
    promoted: bool
    notes: list[str] = field(default_factory=list)
